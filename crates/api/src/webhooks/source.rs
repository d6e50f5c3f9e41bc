//! The change feed as subscriptions read it: what their clients may see now, and nothing else.

use std::collections::HashMap;

use domain::access::Principal;
use domain::feed::{Readership, past_participle};
use domain::subject::Subject;
use domain::webhook::Pattern;
use persistence::feed::{self, Notice};
use persistence::webhooks::NewDelivery;
use persistence::{AnyConnection, StoreError};
use uuid::Uuid;

use crate::events::{CloudEvent, FeedCursor};
use crate::problem::Problem;
use crate::state::State;
use crate::work::Refusal;

/// Whose part of the feed it is.
pub(super) struct Reader {
    channels: Vec<Uuid>,
    readership: Readership,
}

impl Reader {
    /// Gives the part of the feed that a client may see now.
    pub(super) fn of(principal: &Principal) -> Self {
        let readership = principal.readership();
        Self { channels: readership.channels.iter().copied().collect(), readership }
    }

    /// Tells whether a notice is of a kind that it may read.
    fn may_read(&self, notice: &Notice) -> bool {
        !self.readership.hidden.contains(&notice.subject)
    }
}

/// A page of the feed.
pub(super) struct FeedPage {
    /// What the reader may be told.
    pub(super) notices: Vec<Notice>,
    /// The last position of it; absent when nothing more stands in the channels of the reader.
    pub(super) end: Option<i64>,
}

/// Gives the name of the service in types of events.
pub(super) fn service(state: &State) -> &str {
    &state.config.event_service
}

/// Tells whether anything is told of the subject of a pattern.
pub(super) fn is_known(pattern: &Pattern) -> bool {
    Subject::from_code(pattern.subject()).is_some_and(|subject| subject.reading().is_some())
}

/// Gives the last position of the feed.
pub(super) fn head(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    Ok(feed::span(connection)?.last)
}

/// Gives the place from which a client has itself told what happened: a cursor that it was given, or the end of the feed.
pub(super) fn place(
    connection: &mut AnyConnection,
    principal: &Principal,
    after: Option<&FeedCursor>,
) -> Result<i64, Refusal> {
    let span = feed::span(connection)?;
    match after {
        None => Ok(span.last),
        Some(cursor) => Ok(cursor.place(principal, &principal.readership(), span).map_err(Problem::from)?),
    }
}

/// Gives the place right after something that was told, as its client names it.
pub(super) fn cursor(principal: &Principal, position: i64) -> String {
    FeedCursor::new(position, principal, &principal.readership()).text()
}

/// Tells whether the feed no longer keeps what follows a position.
pub(super) fn is_lost(connection: &mut AnyConnection, cursor: i64) -> Result<bool, StoreError> {
    Ok(cursor.saturating_add(1) < feed::span(connection)?.first)
}

/// Reads a page of the feed after a position, up to the last one that was read before.
pub(super) fn after(
    connection: &mut AnyConnection,
    reader: &Reader,
    after: i64,
    until: i64,
    size: i64,
) -> Result<FeedPage, StoreError> {
    let mut notices = feed::after(connection, &reader.channels, after, until, size)?;
    let is_full = i64::try_from(notices.len()).unwrap_or(i64::MAX) >= size;
    let end = notices.last().map(|last| last.position).filter(|_| is_full);
    notices.retain(|notice| reader.may_read(notice));
    Ok(FeedPage { notices, end })
}

/// Finds what stands at some positions, by position, as far as the reader may see it now.
pub(super) fn at(
    connection: &mut AnyConnection,
    reader: &Reader,
    positions: &[i64],
) -> Result<HashMap<i64, Notice>, StoreError> {
    let found = feed::at(connection, &reader.channels, positions)?;
    let readable = found.into_iter().filter(|notice| reader.may_read(notice));
    Ok(readable.map(|notice| (notice.position, notice)).collect())
}

/// Gives what a subscription is told of a notice.
pub(super) fn delivery(notice: &Notice) -> NewDelivery {
    NewDelivery {
        position: notice.position,
        webhook_id: notice.id,
        subject_kind: notice.subject.code().to_owned(),
        subject_id: notice.subject_id,
        verb: past_participle(&notice.verb),
    }
}

/// Writes the event of a notice, as the feed gives it.
pub(super) fn body(state: &State, notice: &Notice) -> Result<Vec<u8>, Refusal> {
    let event = CloudEvent::of(notice, service(state), &state.base_url);
    Ok(serde_json::to_vec(&event).map_err(Problem::internal)?)
}
