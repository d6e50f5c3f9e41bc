//! Following the feed: the next page of a reader from a place on.

use std::time::{Duration, Instant};

use domain::access::Principal;
use domain::feed::Readership;
use persistence::feed::{self, Notice, Span};
use persistence::{AnyConnection, StoreError};
use uuid::Uuid;

use super::cursor::{FeedCursor, Gone};
use super::view::type_of;

/// How much is looked at for one page at the most, in pages, however little of it a filter lets through.
const ROUNDS: usize = 10;

/// How many notices a round looks at, at least.
const ROUND: i64 = 250;

/// What a reader wants to be told of what it may be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these types, or those that begin with one of these and a dot.
    pub types: Vec<String>,
    /// Only about this thing.
    pub subject: Option<Uuid>,
}

impl Filter {
    /// Tells whether it lets an event through.
    pub fn admits(&self, notice: &Notice, service: &str) -> bool {
        self.subject.is_none_or(|subject| subject == notice.subject_id)
            && (self.types.is_empty() || {
                let found = type_of(service, notice);
                let begins = |wanted: &String| {
                    found
                        .strip_prefix(wanted.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                };
                self.types.iter().any(begins)
            })
    }

    const fn is_open(&self) -> bool {
        self.types.is_empty() && self.subject.is_none()
    }
}

/// A page of the feed.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// What is told.
    pub notices: Vec<Notice>,
    /// The last position that was looked at.
    pub until: i64,
    /// Whether there may be more already.
    pub has_more: bool,
}

/// Who follows the feed.
#[derive(Debug, Clone)]
pub struct Following {
    /// What it may be told.
    pub readership: Readership,
    /// What of it it wants to be told.
    pub filter: Filter,
    /// The first part of types.
    pub service: String,
}

impl Following {
    /// Gives the place from which a cursor goes on, or says why it does not.
    pub fn place(&self, cursor: &FeedCursor, principal: &Principal, span: Span) -> Result<i64, Gone> {
        cursor.place(principal, &self.readership, span)
    }

    /// Reads what comes after a position, at most `size` of it.
    pub fn read(&self, connection: &mut AnyConnection, after: i64, size: i64) -> Result<Part, StoreError> {
        let channels: Vec<Uuid> = self.readership.channels.iter().copied().collect();
        // What is hidden from a reader seldom stands in its channels: without a filter the first look is nearly always enough.
        let mut round = if self.filter.is_open() { size } else { size.max(ROUND) };
        let wanted = usize::try_from(size).unwrap_or(usize::MAX);
        let mut part = Part { until: after, ..Part::default() };
        for _ in 0..ROUNDS {
            // Read before the rows: all that has a position up to here is there.
            let last = feed::span(connection)?.last;
            let found = feed::after(connection, &channels, part.until, last, round)?;
            let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= round;
            let until = found.last().map(|notice| notice.position).filter(|_| is_full).unwrap_or(last);
            for notice in found {
                if part.notices.len() == wanted {
                    part.has_more = true;
                    return Ok(part);
                }
                part.until = notice.position;
                if !self.readership.hidden.contains(&notice.subject)
                    && self.filter.admits(&notice, &self.service)
                {
                    part.notices.push(notice);
                }
            }
            part.until = part.until.max(until);
            part.has_more = is_full;
            if !is_full || part.notices.len() == wanted {
                break;
            }
            round = size.max(ROUND);
        }
        Ok(part)
    }
}

/// How long a caller may still wait.
pub(super) fn left(wait: Option<Duration>, started: Instant) -> Duration {
    wait.unwrap_or_default().saturating_sub(started.elapsed())
}
