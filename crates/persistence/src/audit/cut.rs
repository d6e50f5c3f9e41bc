//! Destroying the oldest part of the audit trail: only what is sealed, and with a checkpoint in its place.

use diesel::dsl::min;
use diesel::prelude::*;
use domain::audit::Head;
use domain::change::Version;
use jiff::Timestamp;
use uuid::Uuid;

use super::{AuditRecord, chain};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::schema::{audit_checkpoints, audit_purposes, audit_records, audit_seals};
use crate::transaction::{Deed, Transaction};
use crate::types::{Instant, Key};

/// The operation that cuts; it stands in the record of it.
pub const CUT: &str = "cutAudit";

/// Where the trail begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last place of what was destroyed.
    pub head: Head,
    /// When that was decided.
    pub cut_at: Timestamp,
    /// The record of it in the trail.
    pub record_id: Uuid,
}

impl Checkpoint {
    /// Tells whether a record tells of this cut.
    pub fn is_told_by(&self, record: &AuditRecord) -> bool {
        record.id == self.record_id && record.operation == CUT && record.version == Some(self.head.position)
    }
}

/// Gives the place where the trail begins; absent while all of it is there.
pub fn checkpoint(connection: &mut AnyConnection) -> Result<Option<Checkpoint>, StoreError> {
    let last: Option<(i64, String, Instant, Key)> =
        audit_checkpoints::table.order(audit_checkpoints::position.desc()).first(connection).optional()?;
    Ok(last.map(|(position, hash, cut_at, record_id)| Checkpoint {
        head: Head { position, hash },
        cut_at: cut_at.0,
        record_id: record_id.0,
    }))
}

/// Sets a checkpoint behind the part of the sealed trail that was recorded before a moment; absent when there is none.
///
/// Nothing is destroyed yet: [`destroy`] does so.
pub fn cut(transaction: &mut Transaction<'_>, before: Timestamp) -> Result<Option<Checkpoint>, StoreError> {
    let cut_at = transaction.now();
    let connection = transaction.connection();
    let present = checkpoint(connection)?.map_or(0, |checkpoint| checkpoint.head.position);
    // Read first: what is sealed meanwhile stays.
    let end = chain::head(connection)?.position;
    // Records are sealed in about the order in which they were recorded: what comes before the first one that stays, goes.
    let first: Option<i64> = audit_seals::table
        .inner_join(audit_records::table.on(audit_records::id.eq(audit_seals::record_id)))
        .filter(audit_records::recorded_at.ge(Instant(before)))
        .select(min(audit_seals::position))
        .first(connection)?;
    let last = first.map_or(end, |first| first.saturating_sub(1).min(end));
    if last <= present {
        return Ok(None);
    }
    let hash: String =
        audit_seals::table.find(last).select(audit_seals::hash).first(connection).optional()?.ok_or_else(
            || StoreError::corrupt("audit_seals", "position", Uuid::nil(), "the seal of a checkpoint"),
        )?;
    // What the chain tells of it: without such a record nobody may have cut.
    let record_id = transaction.record(&Deed { version: Some(Version(last)), ..Deed::default() })?;
    let connection = transaction.connection();
    diesel::insert_into(audit_checkpoints::table)
        .values((
            audit_checkpoints::position.eq(last),
            audit_checkpoints::hash.eq(&hash),
            audit_checkpoints::cut_at.eq(Instant(cut_at)),
            audit_checkpoints::record_id.eq(Key(record_id)),
        ))
        .execute(connection)?;
    Ok(Some(Checkpoint { head: Head { position: last, hash }, cut_at, record_id }))
}

/// Destroys at most `size` records before the last checkpoint; gives how many there were.
pub fn destroy(transaction: &mut Transaction<'_>, size: i64) -> Result<usize, StoreError> {
    let connection = transaction.connection();
    let Some(checkpoint) = checkpoint(connection)? else { return Ok(0) };
    let seals: Vec<(i64, Key)> = audit_seals::table
        .filter(audit_seals::position.le(checkpoint.head.position))
        .order(audit_seals::position)
        .limit(size)
        .select((audit_seals::position, audit_seals::record_id))
        .load(connection)?;
    let Some((last, _)) = seals.last() else { return Ok(0) };
    let ids: Vec<Key> = seals.iter().map(|(_, id)| *id).collect();
    diesel::delete(audit_purposes::table.filter(audit_purposes::record_id.eq_any(ids.clone())))
        .execute(connection)?;
    diesel::delete(audit_records::table.filter(audit_records::id.eq_any(ids))).execute(connection)?;
    diesel::delete(audit_seals::table.filter(audit_seals::position.le(*last))).execute(connection)?;
    Ok(seals.len())
}
