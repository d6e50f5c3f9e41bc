//! The messages of subscriptions: what is to be sent, and what became of it.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text};
use domain::id::{WebhookDeliveryId, WebhookSubscriptionId};
use domain::webhook::DeliveryState;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::code;
use crate::schema::webhook_deliveries::{self, dsl};
use crate::schema::webhook_progress;
use crate::transaction::Transaction;
use crate::types::{Instant, Key, SqlInstant, SqlKey, key};
use crate::views::WEBHOOKS;

const TABLE: &str = "webhook_deliveries";

/// An entry of the feed that a subscription is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its position.
    pub position: i64,
    /// Its id, which every message about it carries.
    pub webhook_id: Uuid,
    /// What kind of thing it is about.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// What was done.
    pub verb: String,
}

/// A message, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its name.
    pub id: WebhookDeliveryId,
    /// The subscription.
    pub subscription_id: WebhookSubscriptionId,
    /// What it tells.
    pub entry: NewDelivery,
    /// Its state.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// How long it waited between attempts.
    pub waited: SignedDuration,
    /// When it was taken over from the feed.
    pub created_at: Timestamp,
    /// When it is sent next.
    pub next_attempt_at: Timestamp,
    /// When it was sent last.
    pub last_attempt_at: Option<Timestamp>,
    /// The status that the endpoint answered with.
    pub last_status: Option<u16>,
    /// What was wrong, in words of ours.
    pub error: Option<String>,
    /// How long the last attempt took.
    pub duration: Option<SignedDuration>,
}

/// What became of an attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Its state after it.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// How long it waited, or will have waited at the next attempt.
    pub waited: SignedDuration,
    /// When it is sent next.
    pub next_attempt_at: Timestamp,
    /// When it was sent.
    pub at: Timestamp,
    /// The status that the endpoint answered with.
    pub status: Option<u16>,
    /// What was wrong, in words of ours.
    pub error: Option<String>,
    /// How long it took.
    pub duration: SignedDuration,
}

/// What is taken over from the feed: a stretch of it, with what of it the subscription is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// How often the owner of the subscription had moved its place when the stretch was read.
    pub moves: i64,
    /// The position after which it begins.
    pub from: i64,
    /// The position with which it ends.
    pub to: i64,
    /// The messages in the order of the feed, and what became of those that were sent already.
    pub messages: Vec<(NewDelivery, Option<Tried>)>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    subscription_id: Key,
    position: i64,
    webhook_id: Key,
    subject_kind: String,
    subject_id: Key,
    verb: String,
    state: String,
    attempts: i32,
    waited_milliseconds: i64,
    created_at: Instant,
    next_attempt_at: Instant,
    last_attempt_at: Option<Instant>,
    last_status: Option<i32>,
    error: Option<String>,
    duration_milliseconds: Option<i64>,
}

impl TryFrom<Row> for Delivery {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        Ok(Self {
            id: id.into(),
            subscription_id: row.subscription_id.0.into(),
            entry: NewDelivery {
                position: row.position,
                webhook_id: row.webhook_id.0,
                subject_kind: row.subject_kind,
                subject_id: row.subject_id.0,
                verb: row.verb,
            },
            state: code(TABLE, "state", id, &row.state, DeliveryState::from_code)?,
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            waited: SignedDuration::from_millis(row.waited_milliseconds),
            created_at: row.created_at.0,
            next_attempt_at: row.next_attempt_at.0,
            last_attempt_at: row.last_attempt_at.map(|at| at.0),
            last_status: row.last_status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            duration: row.duration_milliseconds.map(SignedDuration::from_millis),
        })
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Row {
    /// Makes the row of a message; of one that was not sent yet with the time at which it is due.
    fn new(
        transaction: &Transaction<'_>,
        subscription: WebhookSubscriptionId,
        entry: &NewDelivery,
        tried: Option<&Tried>,
        due: Timestamp,
    ) -> Self {
        Self {
            id: Key(transaction.new_id()),
            subscription_id: key(subscription),
            position: entry.position,
            webhook_id: Key(entry.webhook_id),
            subject_kind: entry.subject_kind.clone(),
            subject_id: Key(entry.subject_id),
            verb: entry.verb.clone(),
            state: tried.map_or(DeliveryState::Pending, |tried| tried.state).code().to_owned(),
            attempts: tried.map_or(0, |tried| i32::try_from(tried.attempts).unwrap_or(i32::MAX)),
            waited_milliseconds: tried.map_or(0, |tried| milliseconds(tried.waited)),
            created_at: Instant(transaction.now()),
            next_attempt_at: Instant(tried.map_or(due, |tried| tried.next_attempt_at)),
            last_attempt_at: tried.map(|tried| Instant(tried.at)),
            last_status: tried.and_then(|tried| tried.status).map(i32::from),
            error: tried.and_then(|tried| tried.error.clone()),
            duration_milliseconds: tried.map(|tried| milliseconds(tried.duration)),
        }
    }
}

/// Writes rows, on PostgreSQL all in one statement.
fn insert(connection: &mut AnyConnection, rows: Vec<Row>) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Postgresql(connection) => {
            if rows.is_empty() {
                return Ok(());
            }
            // A column at a time: a statement that is always the same, whatever the number of rows.
            diesel::sql_query(
                "INSERT INTO webhook_deliveries (id, subscription_id, position, webhook_id, subject_kind, subject_id, verb, \
                 state, attempts, waited_milliseconds, created_at, next_attempt_at, last_attempt_at, last_status, error, \
                 duration_milliseconds) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            )
            .bind::<Array<SqlKey>, _>(column(&rows, |row| row.id))
            .bind::<Array<SqlKey>, _>(column(&rows, |row| row.subscription_id))
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.position))
            .bind::<Array<SqlKey>, _>(column(&rows, |row| row.webhook_id))
            .bind::<Array<Text>, _>(column(&rows, |row| row.subject_kind.as_str()))
            .bind::<Array<SqlKey>, _>(column(&rows, |row| row.subject_id))
            .bind::<Array<Text>, _>(column(&rows, |row| row.verb.as_str()))
            .bind::<Array<Text>, _>(column(&rows, |row| row.state.as_str()))
            .bind::<Array<Integer>, _>(column(&rows, |row| row.attempts))
            .bind::<Array<BigInt>, _>(column(&rows, |row| row.waited_milliseconds))
            .bind::<Array<SqlInstant>, _>(column(&rows, |row| row.created_at))
            .bind::<Array<SqlInstant>, _>(column(&rows, |row| row.next_attempt_at))
            .bind::<Array<Nullable<SqlInstant>>, _>(column(&rows, |row| row.last_attempt_at))
            .bind::<Array<Nullable<Integer>>, _>(column(&rows, |row| row.last_status))
            .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.error.as_deref()))
            .bind::<Array<Nullable<BigInt>>, _>(column(&rows, |row| row.duration_milliseconds))
            .execute(connection)?;
        }
        AnyConnection::Sqlite(connection) => {
            for row in rows {
                diesel::insert_into(webhook_deliveries::table).values(row).execute(connection)?;
            }
        }
    }
    Ok(())
}

fn column<'a, T>(rows: &'a [Row], value: impl Fn(&'a Row) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Takes a stretch of the feed over, and moves the place of the subscription behind it; tells whether its place was where the
/// stretch begins. When it was not, its owner moved it meanwhile, and nothing is done.
pub fn take_over(
    transaction: &mut Transaction<'_>,
    subscription: WebhookSubscriptionId,
    stretch: &Stretch,
    due: Timestamp,
) -> Result<bool, StoreError> {
    let moved = diesel::update(webhook_progress::table.find(key(subscription)))
        .filter(webhook_progress::cursor_position.eq(stretch.from))
        .filter(webhook_progress::moves.eq(stretch.moves))
        .set(webhook_progress::cursor_position.eq(stretch.to))
        .execute(transaction.connection())?;
    if moved != 1 {
        return Ok(false);
    }
    let messages = stretch.messages.iter();
    let rows = messages
        .map(|(entry, tried)| Row::new(transaction, subscription, entry, tried.as_ref(), due))
        .collect();
    insert(transaction.connection(), rows)?;
    if !stretch.messages.is_empty() {
        transaction.touch([WEBHOOKS]);
    }
    Ok(true)
}

/// Tells what is still to be sent, in the words of the index of it: a value that is bound finds no partial index.
pub(super) fn is_pending() -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {
    diesel::dsl::sql("webhook_deliveries.state = 'pending'")
}

/// Lists what is still to be sent, in the order of the feed.
pub fn pending(
    connection: &mut AnyConnection,
    subscription: WebhookSubscriptionId,
    most: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<Row> = dsl::webhook_deliveries
        .filter(dsl::subscription_id.eq(key(subscription)))
        .filter(is_pending())
        .order((dsl::position, dsl::id))
        .limit(most)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes down what became of attempts; what is not to be sent any more meanwhile stays so, unless it was taken.
pub fn record(
    transaction: &mut Transaction<'_>,
    tried: &[(WebhookDeliveryId, Tried)],
) -> Result<(), StoreError> {
    let pending = [DeliveryState::Pending.code()];
    let open = [DeliveryState::Pending.code(), DeliveryState::Superseded.code()];
    for (id, tried) in tried {
        let from = if tried.state == DeliveryState::Delivered { open.as_slice() } else { pending.as_slice() };
        diesel::update(dsl::webhook_deliveries.find(key(*id)).filter(dsl::state.eq_any(from)))
            .set((
                dsl::state.eq(tried.state.code()),
                dsl::attempts.eq(i32::try_from(tried.attempts).unwrap_or(i32::MAX)),
                dsl::waited_milliseconds.eq(milliseconds(tried.waited)),
                dsl::next_attempt_at.eq(Instant(tried.next_attempt_at)),
                dsl::last_attempt_at.eq(Some(Instant(tried.at))),
                dsl::last_status.eq(tried.status.map(i32::from)),
                dsl::error.eq(tried.error.clone()),
                dsl::duration_milliseconds.eq(Some(milliseconds(tried.duration))),
            ))
            .execute(transaction.connection())?;
    }
    if !tried.is_empty() {
        transaction.touch([WEBHOOKS]);
    }
    Ok(())
}

/// Does not send messages any more: those named, or all of a subscription behind a position.
pub fn supersede(
    transaction: &mut Transaction<'_>,
    subscription: WebhookSubscriptionId,
    behind: i64,
    only: Option<&[WebhookDeliveryId]>,
) -> Result<(), StoreError> {
    let superseded = DeliveryState::Superseded.code();
    let open = [DeliveryState::Pending.code(), DeliveryState::Failed.code()];
    let of = dsl::webhook_deliveries
        .filter(dsl::subscription_id.eq(key(subscription)))
        .filter(dsl::state.eq_any(open))
        .filter(dsl::position.gt(behind));
    match only {
        None => {
            diesel::update(of).set(dsl::state.eq(superseded)).execute(transaction.connection())?;
        }
        Some(ids) => {
            let ids: Vec<Key> = ids.iter().copied().map(key).collect();
            diesel::update(of.filter(dsl::id.eq_any(ids)))
                .set(dsl::state.eq(superseded))
                .execute(transaction.connection())?;
        }
    }
    transaction.touch([WEBHOOKS]);
    Ok(())
}

/// Lets what was given up or waits for another attempt be sent at once, as if for the first time.
pub fn revive(
    transaction: &mut Transaction<'_>,
    subscription: WebhookSubscriptionId,
    due: Timestamp,
) -> Result<(), StoreError> {
    let open = [DeliveryState::Pending.code(), DeliveryState::Failed.code()];
    diesel::update(
        dsl::webhook_deliveries
            .filter(dsl::subscription_id.eq(key(subscription)))
            .filter(dsl::state.eq_any(open)),
    )
    .set((
        dsl::state.eq(DeliveryState::Pending.code()),
        dsl::attempts.eq(0),
        dsl::waited_milliseconds.eq(0),
        dsl::next_attempt_at.eq(Instant(due)),
    ))
    .execute(transaction.connection())?;
    transaction.touch([WEBHOOKS]);
    Ok(())
}

/// Begins to send to an endpoint that was verified, with what could not be delivered to the one before.
pub fn begin_sending(
    transaction: &mut Transaction<'_>,
    subscription: WebhookSubscriptionId,
    due: Timestamp,
) -> Result<(), StoreError> {
    revive(transaction, subscription, due)?;
    super::note(transaction, subscription, &super::Endpoint::default())?;
    super::set_due(transaction, subscription, Some(due), false)
}

/// Sends what a message told once more, in a message of its own with the same id.
pub fn redeliver(
    transaction: &mut Transaction<'_>,
    delivery: &Delivery,
    due: Timestamp,
) -> Result<Delivery, StoreError> {
    let row = Row::new(transaction, delivery.subscription_id, &delivery.entry, None, due);
    let id = row.id;
    insert(transaction.connection(), vec![row])?;
    diesel::update(webhook_progress::table.find(key(delivery.subscription_id)))
        .set(webhook_progress::next_due_at.eq(Instant(due)))
        .execute(transaction.connection())?;
    transaction.touch([WEBHOOKS]);
    let row: Row = dsl::webhook_deliveries.find(id).first(transaction.connection())?;
    row.try_into()
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DeliveryFilter {
    /// Messages in this state.
    pub state: Option<DeliveryState>,
}

/// Lists the messages of a subscription, by the time at which they were taken over.
pub fn list_deliveries(
    connection: &mut AnyConnection,
    subscription: WebhookSubscriptionId,
    filter: &DeliveryFilter,
    page: PageRequest,
) -> Result<Page<Delivery>, StoreError> {
    let mut query = dsl::webhook_deliveries.filter(dsl::subscription_id.eq(key(subscription))).into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(dsl::state.eq(state.code()));
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Finds a message of a subscription.
pub fn find_delivery(
    connection: &mut AnyConnection,
    subscription: WebhookSubscriptionId,
    id: WebhookDeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let row: Option<Row> = dsl::webhook_deliveries
        .find(key(id))
        .filter(dsl::subscription_id.eq(key(subscription)))
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Forgets what was settled before a moment, at most `most` at a time; gives how many.
pub fn forget(transaction: &mut Transaction<'_>, before: Timestamp, most: i64) -> Result<usize, StoreError> {
    let settled = [DeliveryState::Delivered.code(), DeliveryState::Superseded.code()];
    let ids: Vec<Key> = dsl::webhook_deliveries
        .filter(dsl::created_at.lt(Instant(before)))
        .filter(dsl::state.eq_any(settled))
        .select(dsl::id)
        .limit(most)
        .load(transaction.connection())?;
    Ok(diesel::delete(dsl::webhook_deliveries.filter(dsl::id.eq_any(ids)))
        .execute(transaction.connection())?)
}
