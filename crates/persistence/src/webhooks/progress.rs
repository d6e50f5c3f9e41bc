//! How far each subscription is, and who delivers it: what changes with every message, and is no change of a subscription.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::id::WebhookSubscriptionId;
use domain::webhook::Status;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::leases::SQLITE_CLOCK;
use crate::schema::{webhook_deliveries, webhook_progress, webhook_subscriptions};
use crate::transaction::Transaction;
use crate::types::{Instant, Key, SqlKey, key};
use crate::views::WEBHOOKS;

/// What an endpoint did last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// How many attempts failed since it last took something.
    pub attempts: u32,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// The last status that it answered with.
    pub last_status: Option<u16>,
    /// What was wrong with the last attempt, in words of ours.
    pub last_error: Option<String>,
    /// When it last took something.
    pub last_delivered_at: Option<Timestamp>,
}

/// How far a subscription is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The position in the feed up to which everything was taken over into deliveries.
    pub cursor: i64,
    /// How often its owner moved that position.
    pub moves: i64,
    /// When there is something to be sent again.
    pub next_due_at: Option<Timestamp>,
    /// Whether so much waits to be sent again that the feed is read no further until some of it is due.
    pub is_full: bool,
    /// What its endpoint did last.
    pub endpoint: Endpoint,
}

#[derive(Queryable)]
struct Row {
    cursor_position: i64,
    moves: i64,
    next_due_at: Option<Instant>,
    is_full: bool,
    attempts: i32,
    failing_since: Option<Instant>,
    last_status: Option<i32>,
    last_error: Option<String>,
    last_delivered_at: Option<Instant>,
}

impl From<Row> for Progress {
    fn from(row: Row) -> Self {
        Self {
            cursor: row.cursor_position,
            moves: row.moves,
            is_full: row.is_full,
            next_due_at: row.next_due_at.map(|at| at.0),
            endpoint: Endpoint {
                attempts: u32::try_from(row.attempts).unwrap_or_default(),
                failing_since: row.failing_since.map(|at| at.0),
                last_status: row.last_status.and_then(|status| u16::try_from(status).ok()),
                last_error: row.last_error,
                last_delivered_at: row.last_delivered_at.map(|at| at.0),
            },
        }
    }
}

/// Puts a new subscription at a position of the feed, to be verified when it is due.
pub fn begin(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    cursor: i64,
    due: Timestamp,
) -> Result<(), StoreError> {
    use webhook_progress as p;
    let due = Instant(due);
    diesel::insert_into(p::table)
        .values((
            p::subscription_id.eq(key(id)),
            p::cursor_position.eq(cursor),
            p::next_due_at.eq(due),
            p::attempts.eq(0),
        ))
        .execute(transaction.connection())?;
    Ok(())
}

/// Reads how far a subscription is.
pub fn progress(connection: &mut AnyConnection, id: WebhookSubscriptionId) -> Result<Progress, StoreError> {
    use webhook_progress as p;
    let row: Row = p::table
        .find(key(id))
        .select((
            p::cursor_position,
            p::moves,
            p::next_due_at,
            p::is_full,
            p::attempts,
            p::failing_since,
            p::last_status,
            p::last_error,
            p::last_delivered_at,
        ))
        .first(connection)?;
    Ok(row.into())
}

/// Keeps how far a subscription is as it is until the end of the unit of work: whoever decides on it comes first or waits.
pub fn hold(transaction: &mut Transaction<'_>, id: WebhookSubscriptionId) -> Result<(), StoreError> {
    // On SQLite nobody else writes.
    if let AnyConnection::Postgresql(connection) = transaction.connection() {
        diesel::sql_query("SELECT 1 FROM webhook_progress WHERE subscription_id = $1 FOR UPDATE")
            .bind::<SqlKey, _>(key(id))
            .execute(connection)?;
    }
    Ok(())
}

/// Moves the place of a subscription in the feed, and looks at it at once; what is under way does not move it back.
pub fn go_on_from(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    cursor: i64,
    due: Timestamp,
) -> Result<(), StoreError> {
    let due = Instant(due);
    diesel::update(webhook_progress::table.find(key(id)))
        .set((
            webhook_progress::cursor_position.eq(cursor),
            webhook_progress::moves.eq(webhook_progress::moves + 1),
            webhook_progress::next_due_at.eq(due),
            webhook_progress::is_full.eq(false),
        ))
        .execute(transaction.connection())?;
    transaction.touch([WEBHOOKS]);
    Ok(())
}

/// Notes what an endpoint did last.
pub fn note(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    endpoint: &Endpoint,
) -> Result<(), StoreError> {
    use webhook_progress as p;
    diesel::update(p::table.find(key(id)))
        .set((
            p::attempts.eq(i32::try_from(endpoint.attempts).unwrap_or(i32::MAX)),
            p::failing_since.eq(endpoint.failing_since.map(Instant)),
            p::last_status.eq(endpoint.last_status.map(i32::from)),
            p::last_error.eq(endpoint.last_error.clone()),
            p::last_delivered_at.eq(endpoint.last_delivered_at.map(Instant)),
        ))
        .execute(transaction.connection())?;
    transaction.touch([WEBHOOKS]);
    Ok(())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlKey)]
    subscription_id: Key,
}

/// Lists the subscriptions that nobody delivers and that have something to be sent or an endpoint to be verified, those that
/// wait longest first; `head` is the last position of the feed.
pub fn due(
    connection: &mut AnyConnection,
    now: Timestamp,
    head: i64,
    most: i64,
) -> Result<Vec<WebhookSubscriptionId>, StoreError> {
    let (at, active) = (Instant(now), Status::Active.code());
    let pending = Status::PendingVerification.code();
    let text = |clock: &str, place: fn(usize) -> String| {
        format!(
            "SELECT p.subscription_id FROM webhook_progress AS p JOIN webhook_subscriptions AS s ON s.id = p.subscription_id \
             WHERE (p.lease_until IS NULL OR p.lease_until < {clock}) \
             AND ((s.status IN ('{active}', '{pending}') AND p.next_due_at <= {}) OR (s.status = '{active}' AND NOT p.is_full AND p.cursor_position < {})) \
             ORDER BY p.next_due_at IS NOT NULL, p.next_due_at, p.subscription_id LIMIT {}",
            place(1),
            place(2),
            place(3)
        )
    };
    let found: Vec<Found> = match connection {
        AnyConnection::Postgresql(connection) => {
            diesel::sql_query(text(POSTGRESQL_CLOCK, |number| format!("${number}")))
                .bind::<crate::types::SqlInstant, _>(at)
                .bind::<BigInt, _>(head)
                .bind::<BigInt, _>(most)
                .load(connection)?
        }
        AnyConnection::Sqlite(connection) => diesel::sql_query(text(SQLITE_CLOCK, |_| "?".to_owned()))
            .bind::<crate::types::SqlInstant, _>(at)
            .bind::<BigInt, _>(head)
            .bind::<BigInt, _>(most)
            .load(connection)?,
    };
    Ok(found.into_iter().map(|found| found.subscription_id.0.into()).collect())
}

/// The time of the database, as it stands in a column.
const POSTGRESQL_CLOCK: &str = "clock_timestamp()";

/// Takes a subscription for a time, or keeps it for longer; tells whether nobody else has it.
pub fn lease(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    holder: Uuid,
    time: SignedDuration,
) -> Result<bool, StoreError> {
    let (id, holder) = (key(id), Key(holder));
    let microseconds = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    let updated = match transaction.connection() {
        AnyConnection::Postgresql(connection) => diesel::sql_query(
            "UPDATE webhook_progress SET lease_holder = $1, lease_until = clock_timestamp() + $2 * INTERVAL '1 microsecond' \
             WHERE subscription_id = $3 AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease_holder = $1)",
        )
        .bind::<SqlKey, _>(holder)
        .bind::<BigInt, _>(microseconds)
        .bind::<SqlKey, _>(id)
        .execute(connection)?,
        AnyConnection::Sqlite(connection) => diesel::sql_query(format!(
            "UPDATE webhook_progress SET lease_holder = ?1, lease_until = {SQLITE_CLOCK} + ?2 \
             WHERE subscription_id = ?3 AND (lease_until IS NULL OR lease_until < {SQLITE_CLOCK} OR lease_holder = ?1)"
        ))
        .bind::<SqlKey, _>(holder)
        .bind::<BigInt, _>(microseconds)
        .bind::<SqlKey, _>(id)
        .execute(connection)?,
    };
    Ok(updated == 1)
}

/// Lets somebody else take a subscription, if its holder still has it.
pub fn release(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    holder: Uuid,
) -> Result<(), StoreError> {
    diesel::update(webhook_progress::table.find(key(id)))
        .filter(webhook_progress::lease_holder.eq(Key(holder)))
        .set(webhook_progress::lease_until.eq(None::<Instant>))
        .execute(transaction.connection())?;
    Ok(())
}

/// Says when a subscription is to be looked at again, and whether only then.
pub fn set_due(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    due: Option<Timestamp>,
    is_full: bool,
) -> Result<(), StoreError> {
    diesel::update(webhook_progress::table.find(key(id)))
        .set((webhook_progress::next_due_at.eq(due.map(Instant)), webhook_progress::is_full.eq(is_full)))
        .execute(transaction.connection())?;
    transaction.touch([WEBHOOKS]);
    Ok(())
}

/// What is still to be delivered, of all subscriptions together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many messages.
    pub pending: i64,
    /// The earliest position of an active subscription.
    pub cursor: Option<i64>,
}

/// Counts what is still to be delivered.
pub fn backlog(connection: &mut AnyConnection) -> Result<Backlog, StoreError> {
    let pending = webhook_deliveries::table
        .filter(super::deliveries::is_pending())
        .select(count_star())
        .first(connection)?;
    let active = webhook_subscriptions::table
        .filter(webhook_subscriptions::status.eq(Status::Active.code()))
        .select(webhook_subscriptions::id);
    let cursor = webhook_progress::table
        .filter(webhook_progress::subscription_id.eq_any(active))
        .select(min(webhook_progress::cursor_position))
        .first(connection)?;
    Ok(Backlog { pending, cursor })
}
