//! The change feed: what is told in which channel, in the order of positions that are given after the commit.
//!
//! Every event waits in `feed_pending` until whoever holds the lease gives it a position ([`sequence`]). A position that is
//! read tells that all before it are there: positions are given by one process at a time, each batch in one transaction.

mod audiences;
mod sequence;

use diesel::prelude::*;
use domain::subject::Subject;
use jiff::Timestamp;
use uuid::Uuid;

use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::{feed_entries, feed_notices, feed_pending, feed_span};
use crate::types::{Instant, Key};

pub use sequence::{Sequenced, prune, sequence};

const TABLE: &str = "feed_notices";

/// The row of `feed_span`.
const SPAN: &str = "feed";

/// What readers are told of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Where it stands in the feed.
    pub position: i64,
    /// Its name, the same for whoever is told it again.
    pub id: Uuid,
    /// What kind of thing it is about.
    pub subject: Subject,
    /// Which one.
    pub subject_id: Uuid,
    /// What was done.
    pub verb: String,
    /// The version and sequence after it; absent when it tells that the thing is not seen any more.
    pub after: Option<(i64, i64)>,
    /// The state after it.
    pub state: Option<String>,
    /// What the address of the thing is made of, beside its id.
    pub parent_id: Option<Uuid>,
    /// When it took effect.
    pub effective_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = feed_notices, treat_none_as_default_value = false)]
struct Row {
    position: i64,
    id: Key,
    subject_kind: String,
    subject_id: Key,
    verb: String,
    version: Option<i64>,
    sequence: Option<i64>,
    state: Option<String>,
    parent_id: Option<Key>,
    effective_at: Instant,
    recorded_at: Instant,
    positioned_at: Instant,
}

impl TryFrom<Row> for Notice {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            position: row.position,
            id: row.id.0,
            subject: code(TABLE, "subject_kind", row.id.0, &row.subject_kind, Subject::from_code)?,
            subject_id: row.subject_id.0,
            verb: row.verb,
            after: row.version.zip(row.sequence),
            state: row.state,
            parent_id: row.parent_id.map(|key| key.0),
            effective_at: row.effective_at.0,
            recorded_at: row.recorded_at.0,
        })
    }
}

/// The positions that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first that is kept; what stood before is forgotten.
    pub first: i64,
    /// The last that was given; 0 when none was.
    pub last: i64,
}

/// Gives the positions that there are.
pub fn span(connection: &mut AnyConnection) -> Result<Span, StoreError> {
    let (first, last) = feed_span::table
        .find(SPAN)
        .select((feed_span::first_position, feed_span::last_position))
        .first(connection)?;
    Ok(Span { first, last })
}

/// Tells whether an event waits for its position.
pub fn is_behind(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(feed_pending::table.select(feed_pending::event_id)))
        .get_result(connection)?)
}

/// Gives what stands at some positions, as far as it is told in some channels now, in its order.
pub fn at(
    connection: &mut AnyConnection,
    channels: &[Uuid],
    positions: &[i64],
) -> Result<Vec<Notice>, StoreError> {
    let channels: Vec<Key> = channels.iter().copied().map(Key).collect();
    let told = feed_entries::table
        .filter(feed_entries::position.eq_any(positions.to_vec()))
        .filter(feed_entries::channel_id.eq_any(channels))
        .select(feed_entries::position);
    let rows: Vec<Row> = feed_notices::table
        .filter(feed_notices::position.eq_any(told))
        .order(feed_notices::position)
        .select(feed_notices::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Gives what was told in some channels after a position up to another one, in its order, at most `size` of it.
///
/// `until` is a last position that was read before: without it the statements of a reader of many channels, each of which sees
/// the feed as it is then, could leave out what was given its position in between.
pub fn after(
    connection: &mut AnyConnection,
    channels: &[Uuid],
    after: i64,
    until: i64,
    size: i64,
) -> Result<Vec<Notice>, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    // Nearly always one statement.
    for channels in channels.chunks(BRANCHES) {
        let branches = channels.iter().map(|channel| {
            feed_entries::table
                .filter(feed_entries::channel_id.eq(Key(*channel)))
                .filter(feed_entries::position.gt(after))
                .filter(feed_entries::position.le(until))
                .order(feed_entries::position)
                .limit(size)
                .select(feed_entries::position)
        });
        let found = feed_notices::table
            .filter(AmongBranches { id: "feed_notices.position", branches: branches.collect() })
            .order(feed_notices::position)
            .limit(size)
            .select(feed_notices::all_columns);
        rows.extend(found.load::<Row>(connection)?);
    }
    if channels.len() > BRANCHES {
        rows.sort_by_key(|row| row.position);
        rows.dedup_by_key(|row| row.position);
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    }
    rows.into_iter().map(TryInto::try_into).collect()
}
