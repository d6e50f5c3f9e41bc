//! The audit chain: each record of the audit trail is hashed together with the hash of the one before, so that whoever knows a
//! hash knows all that came before it.
//!
//! The hash of a record is the SHA-256, in lower-case hexadecimal, of the hash before it, its position and its canonical JSON
//! (RFC 8785), a line each: [`Entry::link`]. Before the first one stands [`BEGINNING`].

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::code::codes;

/// What stands for the hash before the first record.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

codes! {
    /// What became of what was asked for.
    Outcome {
        /// It was done.
        Succeeded = "succeeded",
        /// It was refused.
        Refused = "refused",
    }
}

/// What somebody looks at something for: text that may have to be erased, and therefore stands beside the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// What was given.
    pub text: String,
    /// What is hashed before it, so that nobody can find out the text by trying.
    pub salt: String,
    /// The hash that stands in the chain.
    pub hash: String,
}

impl Purpose {
    /// Hashes a purpose: the salt, a line break and the text.
    pub fn new(text: String, salt: String, digest: impl Fn(&[u8]) -> String) -> Self {
        let hash = digest(format!("{salt}\n{text}").as_bytes());
        Self { text, salt, hash }
    }
}

codes! {
    /// What is wrong where the chain breaks.
    BreakReason {
        /// A record that was sealed is not there any more.
        RecordMissing = "recordMissing",
        /// A record, its place or its seal is not what it was.
        RecordChanged = "recordChanged",
        /// A seal is not there any more.
        SealMissing = "sealMissing",
        /// What something was done for is not what it was.
        PurposeChanged = "purposeChanged",
        /// The oldest part was destroyed, and no record tells who did so.
        CutUnrecorded = "cutUnrecorded",
    }
}

/// What is hashed of a record, its members in the order of RFC 8785.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry<'a> {
    /// The case that it is about or that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<Uuid>,
    /// The client application that acted.
    pub client_id: Uuid,
    /// Its name.
    pub id: Uuid,
    /// The operation, as in the contract.
    pub operation: &'a str,
    /// The organisation in whose name it acted.
    pub organisation_id: Uuid,
    /// The code of what became of it: one of [`Outcome`].
    pub outcome: &'a str,
    /// Why it was refused: the last part of the type of the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'a str>,
    /// The hash of what it was done for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose_hash: Option<&'a str>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The request.
    pub request_id: Uuid,
    /// The roles of the client, in their alphabetical order.
    pub roles: Vec<&'a str>,
    /// Which thing it was about; absent when the request named none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Uuid>,
    /// What kind of thing that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_kind: Option<&'a str>,
    /// The user behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<&'a str>,
    /// The version after it; absent for a reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl Entry<'_> {
    /// Gives the text that is hashed for a position after a hash.
    pub fn link(&self, position: i64, previous: &str) -> String {
        // Strings, numbers and names only: it can be written.
        let record = serde_json::to_string(self).unwrap_or_default();
        format!("{previous}\n{position}\n{record}")
    }
}

/// A record as it stands in the chain.
#[derive(Debug, Clone)]
pub struct Link<'a> {
    /// Its position: 1, 2, 3 …
    pub position: i64,
    /// Its hash.
    pub hash: &'a str,
    /// The record; absent when it is not there any more.
    pub record: Option<Entry<'a>>,
}

/// Where the chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// The first position at which it is not what it was.
    pub position: i64,
    /// What is wrong there.
    pub reason: BreakReason,
}

/// A place in the chain: all up to it is known to be what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The position; 0 before the first record.
    pub position: i64,
    /// The hash.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { position: 0, hash: BEGINNING.to_owned() }
    }
}

impl Head {
    /// Puts a record behind it.
    pub fn seal(&mut self, record: &Entry<'_>, digest: impl Fn(&[u8]) -> String) {
        self.position = self.position.saturating_add(1);
        self.hash = digest(record.link(self.position, &self.hash).as_bytes());
    }

    /// Goes on to the next link, if it is what was sealed there.
    pub fn follow(&mut self, link: &Link<'_>, digest: impl Fn(&[u8]) -> String) -> Result<(), Break> {
        let position = self.position.saturating_add(1);
        let broken = |reason| Err(Break { position, reason });
        if link.position != position {
            return broken(BreakReason::SealMissing);
        }
        let Some(record) = &link.record else { return broken(BreakReason::RecordMissing) };
        let mut next = self.clone();
        next.seal(record, digest);
        if next.hash != link.hash {
            return broken(BreakReason::RecordChanged);
        }
        *self = next;
        Ok(())
    }
}
