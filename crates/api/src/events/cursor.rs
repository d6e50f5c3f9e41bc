//! A place in the feed as opaque text, bound to who follows it and to what that may see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Principal;
use domain::feed::Readership;
use serde::{Deserialize, Serialize};

use crate::fingerprint;

/// The present form of a cursor; one of another form is refused.
const FORM: u8 = 1;

/// A place in the feed: what was told up to a position, to one client with its organisations and roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedCursor {
    #[serde(rename = "v")]
    form: u8,
    /// The last position that was looked at.
    #[serde(rename = "at")]
    pub position: i64,
    #[serde(rename = "by")]
    reader: String,
}

impl FeedCursor {
    /// Names a place for a reader.
    pub fn new(position: i64, principal: &Principal, readership: &Readership) -> Self {
        Self { form: FORM, position, reader: reader(principal, readership) }
    }

    /// Tells whether it was given to this reader, as it is now.
    pub fn belongs_to(&self, principal: &Principal, readership: &Readership) -> bool {
        self.reader == reader(principal, readership)
    }

    /// Writes it as text.
    pub fn text(&self) -> String {
        // Plain values; one that is no JSON gives a text that is refused when it comes back.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads it back.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&bytes).ok()?;
        (cursor.form == FORM && cursor.position >= 0).then_some(cursor)
    }
}

fn reader(principal: &Principal, readership: &Readership) -> String {
    let client = principal.client_id.uuid();
    let channels = readership.channels.iter().map(|channel| channel.as_bytes().as_slice());
    let hidden = readership.hidden.iter().map(|kind| kind.code().as_bytes());
    fingerprint::of([client.as_bytes().as_slice()].into_iter().chain(channels).chain(hidden))
}
