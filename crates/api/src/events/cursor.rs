//! A place in the feed as opaque text, bound to who follows it and to what that may see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Principal;
use domain::feed::Readership;
use persistence::feed::Span;
use serde::{Deserialize, Serialize};

use crate::fingerprint;
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};

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

    /// Gives the place that it names, or says why a reader does not go on from it.
    pub fn place(&self, principal: &Principal, readership: &Readership, span: Span) -> Result<i64, Gone> {
        if self.reader != reader(principal, readership) {
            return Err(Gone::OtherRights);
        }
        // What is ahead of all positions was given by another database.
        if self.position.saturating_add(1) < span.first || self.position > span.last {
            return Err(Gone::TooOld);
        }
        Ok(self.position)
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

    /// Reads the parameter `after` of a query.
    pub fn of_query(text: &str) -> Result<Self, Problem> {
        Self::of_input(text, Place::Query).map_err(|issue| Problem::bad_request([issue]))
    }

    /// Reads what a caller gave as `after`.
    pub fn of_input(text: &str, place: Place) -> Result<Self, Issue> {
        Self::read(text).ok_or_else(|| {
            Issue::new(Kind::InvalidInput, place, "after").detail(Detail::new(
                "Dit is geen positie van de stroom van wijzigingen: neem `next` van de vorige bladzijde.",
                "Ceci n'est pas une position du flux des modifications : prenez `next` de la page précédente.",
                "This is no place in the change feed: take `next` of the page before.",
            ))
        })
    }
}

/// Why nobody goes on from a cursor any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// What its reader may see is not what it was.
    OtherRights,
    /// What came after it is not kept any more.
    TooOld,
}

impl From<Gone> for Problem {
    fn from(why: Gone) -> Self {
        let detail = match why {
            Gone::OtherRights => Detail::new(
                "Wat u mag zien is veranderd sinds deze positie gegeven werd.",
                "Ce que vous pouvez voir a changé depuis que cette position a été donnée.",
                "What you may see has changed since this cursor was given.",
            ),
            Gone::TooOld => Detail::new(
                "Wat na deze positie kwam, wordt niet meer bewaard.",
                "Ce qui suivait cette position n'est plus conservé.",
                "What came after this cursor is not kept any more.",
            ),
        };
        Self::new(Code::GoneCursor).detail(detail)
    }
}

fn reader(principal: &Principal, readership: &Readership) -> String {
    let client = principal.client_id.uuid();
    let channels = readership.channels.iter().map(|channel| channel.as_bytes().as_slice());
    let hidden = readership.hidden.iter().map(|kind| kind.code().as_bytes());
    fingerprint::of([client.as_bytes().as_slice()].into_iter().chain(channels).chain(hidden))
}
