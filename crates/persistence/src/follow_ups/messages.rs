//! The thread of a follow-up request.

use diesel::prelude::*;
use domain::change::Actor;
use domain::follow_up::{DelayReason, Event, Message, Side, Verb, is_said_to_the_other_side};
use domain::id::{FollowUpRequestId, MessageId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::{code, optional_code};
use crate::schema::follow_up_messages::{self, dsl};
use crate::transaction::Transaction;
use crate::types::{Day, Instant, Json, Key, key};

const TABLE: &str = "follow_up_messages";

/// A message of the thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its name.
    pub id: MessageId,
    /// The event that it came with.
    pub sequence: i64,
    /// The verb that it came with.
    pub verb: Verb,
    /// The side that said it.
    pub side: Side,
    /// What was said.
    pub text: Option<String>,
    /// The promised day.
    pub promised_on: Option<Date>,
    /// Why it lies after the original term.
    pub delay_reason: Option<DelayReason>,
    /// When it was said.
    pub said_at: Timestamp,
    /// Who said it.
    pub said_by: Actor,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = follow_up_messages, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    follow_up_request_id: Key,
    sequence: i64,
    verb: String,
    side: String,
    text: Option<String>,
    promised_on: Option<Day>,
    delay_reason: Option<String>,
    said_at: Instant,
    said_by: Json,
}

impl TryFrom<Row> for StoredMessage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        Ok(Self {
            id: id.into(),
            sequence: row.sequence,
            verb: code(TABLE, "verb", id, &row.verb, Verb::from_code)?,
            side: code(TABLE, "side", id, &row.side, Side::from_code)?,
            text: row.text,
            promised_on: row.promised_on.map(|day| day.0),
            delay_reason: optional_code(
                TABLE,
                "delay_reason",
                id,
                row.delay_reason.as_deref(),
                DelayReason::from_code,
            )?,
            said_at: row.said_at.0,
            said_by: row.said_by.read(TABLE, "said_by", id)?,
        })
    }
}

pub(super) fn add(
    transaction: &mut Transaction<'_>,
    request: FollowUpRequestId,
    event: &Event,
    sequence: i64,
    message: &Message,
) -> Result<(), StoreError> {
    let row = Row {
        id: Key(transaction.new_id()),
        follow_up_request_id: key(request),
        sequence,
        verb: event.verb.code().to_owned(),
        side: event.side.code().to_owned(),
        text: message.text.as_ref().map(|text| text.as_str().to_owned()),
        promised_on: message.promised_on.map(Day),
        delay_reason: message.delay_reason.map(|reason| reason.code().to_owned()),
        said_at: Instant(event.at),
        said_by: Json::of(transaction.actor())?,
    };
    diesel::insert_into(follow_up_messages::table).values(row).execute(transaction.connection())?;
    Ok(())
}

/// Lists the thread of a request after a sequence as a side reads it, oldest first; at most `size` messages and one more.
///
/// The service reads what was said to it and what it said, the team its own remarks as well.
pub fn list(
    connection: &mut AnyConnection,
    request: FollowUpRequestId,
    reader: Side,
    after: i64,
    size: i64,
) -> Result<Vec<StoredMessage>, StoreError> {
    let thread = dsl::follow_up_messages
        .filter(dsl::follow_up_request_id.eq(key(request)))
        .filter(dsl::sequence.gt(after))
        .order(dsl::sequence)
        .limit(size.saturating_add(1));
    let rows: Vec<Row> = match reader {
        Side::Team => thread.load(connection)?,
        Side::Service => {
            let said = Verb::ALL.iter().copied().filter(|verb| is_said_to_the_other_side(*verb));
            thread.filter(dsl::verb.eq_any(said.map(Verb::code))).load(connection)?
        }
    };
    rows.into_iter().map(TryInto::try_into).collect()
}
