//! The one main statement of each measured scenario, with nothing around it: what the program is compared with.
//!
//! Compiled only with the feature `floor`, for `cargo xtask bench`.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use domain::id::{ConsultationId, FollowUpRequestId, OrganisationId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::follow_ups::{Row, SummaryRow, summary};
use crate::schema::{cases, follow_up_requests};
use crate::types::{Instant, Json, Key, key};

/// Lets PostgreSQL look at what a bulk load wrote, as it does by itself after a while.
pub fn settle(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgresql(connection) => Ok(connection.batch_execute("VACUUM ANALYZE")?),
    }
}

/// Reads one request with its case, in the program's own statement; gives its subject and question.
pub fn get(
    connection: &mut AnyConnection,
    id: FollowUpRequestId,
) -> Result<Option<(String, String)>, StoreError> {
    let row: Option<(Row, SummaryRow)> = follow_up_requests::table
        .inner_join(cases::table)
        .filter(follow_up_requests::id.eq(key(id)))
        .select((follow_up_requests::all_columns, summary!()))
        .first(connection)
        .optional()?;
    Ok(row.map(|(row, _)| row.texts()))
}

/// Reads the newest requests of a service with their cases, in the program's own statement; gives their subjects and
/// questions.
pub fn page(
    connection: &mut AnyConnection,
    organisation: OrganisationId,
    size: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows: Vec<(Row, SummaryRow)> = follow_up_requests::table
        .inner_join(cases::table)
        .filter(follow_up_requests::organisation_id.eq(key(organisation)))
        .filter(follow_up_requests::sent_at.is_not_null())
        .order((follow_up_requests::created_at.desc(), follow_up_requests::id.desc()))
        .limit(size)
        .select((follow_up_requests::all_columns, summary!()))
        .load(connection)?;
    Ok(rows.into_iter().map(|(row, _)| row.texts()).collect())
}

/// Reads the first page of the feed in some channels, in the program's own statement; gives what each is about and what was
/// done.
pub fn feed(
    connection: &mut AnyConnection,
    channels: &[Uuid],
    size: i64,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let last = crate::feed::span(connection)?.last;
    let notices = crate::feed::after(connection, channels, 0, last, size)?;
    Ok(notices.into_iter().map(|notice| (notice.subject_id, notice.verb)).collect())
}

/// Writes one row: one durable update.
pub fn answer(
    connection: &mut AnyConnection,
    id: FollowUpRequestId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(diesel::update(follow_up_requests::table.find(key(id)))
        .set((
            follow_up_requests::version.eq(follow_up_requests::version + 1),
            follow_up_requests::status.eq("answered"),
            follow_up_requests::last_answered_at.eq(Some(Instant(now))),
        ))
        .execute(connection)?)
}

/// Writes one row: one durable insert.
pub fn insert_case(
    connection: &mut AnyConnection,
    id: Uuid,
    consultation: ConsultationId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(diesel::insert_into(cases::table)
        .values((
            cases::id.eq(Key(id)),
            cases::version.eq(1),
            cases::sequence.eq(1),
            cases::reference.eq(id.to_string()),
            cases::consultation_id.eq(key(consultation)),
            cases::kind.eq("situation"),
            cases::status.eq("signalled"),
            cases::category.eq("AFV.SLUIK"),
            cases::category_group.eq("AFV"),
            cases::title.eq("Sluikstort aan de glasbol"),
            cases::source.eq("guard"),
            cases::location_kind.eq("unknown"),
            cases::created_at.eq(Instant(now)),
            cases::updated_at.eq(Instant(now)),
            cases::details.eq(Json::empty()),
        ))
        .execute(connection)?)
}

/// Reads records of the audit trail after one of them, as verifying does, with nothing of the chain; gives their names.
pub fn audit_records(
    connection: &mut AnyConnection,
    after: Uuid,
    size: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let records = crate::audit::records_after(connection, after, size)?;
    Ok(records.into_iter().map(|record| record.id).collect())
}
