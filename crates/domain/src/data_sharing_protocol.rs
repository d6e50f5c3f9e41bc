//! Data-sharing protocols: on what ground personal data goes from one organisation to another.
//!
//! A Flemish instance that passes personal data on electronically needs a protocol for it, which is published (decree of
//! 18 July 2008 on electronic administrative data traffic, article 8). A protocol is written as a draft; once it is valid it
//! stays as it is, ends on its last day, and can be revoked before. What was sent under it goes on.

mod code;
mod edge;
mod facts;
#[cfg(test)]
mod tests;

pub use code::{DataCategory, LegalBasis, Status, Verb};
pub use edge::{allowed, edge};
pub use facts::{Event, Facts, LegalGround, Terms, Transfer};

use jiff::civil::Date;
use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::id::DataSharingProtocolId;
use crate::text::Remark;

/// How many days before its end a protocol is said to end soon.
pub const SOON_DAYS: i64 = 60;

/// A new state of a protocol with its events.
pub type Change = GenericChange<DataSharingProtocol, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<DataSharingProtocol, Event>;

/// A protocol between those who pass personal data on and those who receive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSharingProtocol {
    facts: Facts,
}

impl std::ops::Deref for DataSharingProtocol {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolError {
    /// The state, on the day on which it was tried.
    pub from: Status,
    /// The verb.
    pub verb: Verb,
    /// What the state allows.
    pub allowed: Vec<Verb>,
}

impl DataSharingProtocol {
    /// Takes a protocol back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Writes a draft.
    pub fn create(id: DataSharingProtocolId, terms: Terms, stamp: &Stamp) -> Change {
        let facts = Facts::new(id, terms, stamp);
        let event = facts.tell(Verb::Create, stamp.at);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Changes a draft.
    pub fn edit(self, terms: &Terms, today: Date, stamp: &Stamp) -> Result<Outcome, ProtocolError> {
        self.act(Verb::Edit, terms, today, stamp, |facts| facts.terms = terms.clone())
    }

    /// Puts a draft into force: it was signed. Before its first day and after its last one nothing is sent under it.
    pub fn validate(self, today: Date, stamp: &Stamp) -> Result<Outcome, ProtocolError> {
        self.act(Verb::Validate, &(), today, stamp, |facts| facts.validated_at = Some(stamp.at))
    }

    /// Ends it before its last day, with a reason that is published.
    pub fn revoke(self, reason: &Remark, today: Date, stamp: &Stamp) -> Result<Outcome, ProtocolError> {
        self.act(Verb::Revoke, reason, today, stamp, |facts| {
            facts.revoked_at = Some(stamp.at);
            facts.revoke_reason = Some(reason.clone());
        })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        today: Date,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts),
    ) -> Result<Outcome, ProtocolError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status_on(today);
        let to = edge(from, verb).ok_or_else(|| ProtocolError { from, verb, allowed: allowed(from) })?;
        change(facts);
        if from == to {
            facts.done.stay(done);
        } else {
            facts.done.enter(done);
        }
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(verb, stamp.at);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}
