//! The chain of the audit trail: records are sealed after their commit, by one process at a time.

use std::time::Duration;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use domain::audit::{Head, Link};
use uuid::Uuid;

use super::cut::checkpoint;
use super::{AuditRecord, Row};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::leases;
use crate::schema::{audit_pending, audit_purposes, audit_records, audit_seals};
use crate::transaction::Transaction;
use crate::types::{Key, SqlKey};

/// The name of the lease.
const LEASE: &str = "audit";

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Whether the lease was held; nothing is done without it.
    pub held: bool,
    /// How many records were sealed.
    pub records: usize,
}

/// Tells whether a record is not sealed yet.
pub fn is_behind(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(audit_pending::table.select(audit_pending::record_id)))
        .get_result(connection)?)
}

/// Finds a record that waits for its seal.
pub fn pending(connection: &mut AnyConnection, record: Uuid) -> Result<Option<AuditRecord>, StoreError> {
    let row: Option<Row> = audit_pending::table
        .inner_join(audit_records::table.on(audit_records::id.eq(audit_pending::record_id)))
        .filter(audit_pending::record_id.eq(Key(record)))
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Seals at most `size` records that are not; `digest` gives a SHA-256 in lower-case hexadecimal.
///
/// `holder` must not be used by two processes.
pub fn seal(
    transaction: &mut Transaction<'_>,
    holder: Uuid,
    term: Duration,
    size: i64,
    digest: impl Fn(&[u8]) -> String,
) -> Result<Sealed, StoreError> {
    let connection = transaction.connection();
    if !leases::hold(connection, LEASE, holder, term)? {
        return Ok(Sealed::default());
    }
    let rows: Vec<Row> = audit_pending::table
        .inner_join(audit_records::table.on(audit_records::id.eq(audit_pending::record_id)))
        .order(audit_pending::record_id)
        .limit(size)
        .select(Row::as_select())
        .load(connection)?;
    let mut head = head(connection)?;
    let mut seals = Vec::with_capacity(rows.len());
    for row in rows {
        let record = AuditRecord::from(row);
        head.seal(&record.entry(), &digest);
        seals.push((head.position, Key(record.id), head.hash.clone()));
    }
    let sealed = Sealed { held: true, records: seals.len() };
    write(connection, &seals)?;
    Ok(sealed)
}

fn write(connection: &mut AnyConnection, seals: &[(i64, Key, String)]) -> Result<(), StoreError> {
    use audit_seals as s;
    let ids: Vec<Key> = seals.iter().map(|(_, id, _)| *id).collect();
    match connection {
        AnyConnection::Postgresql(connection) => {
            let positions: Vec<i64> = seals.iter().map(|(position, _, _)| *position).collect();
            let hashes: Vec<&str> = seals.iter().map(|(_, _, hash)| hash.as_str()).collect();
            diesel::sql_query(
                "INSERT INTO audit_seals (position, record_id, hash) SELECT * FROM unnest($1, $2, $3)",
            )
            .bind::<Array<BigInt>, _>(positions)
            .bind::<Array<SqlKey>, _>(ids.clone())
            .bind::<Array<Text>, _>(hashes)
            .execute(connection)?;
        }
        AnyConnection::Sqlite(connection) => {
            for (position, id, hash) in seals {
                diesel::insert_into(s::table)
                    .values((s::position.eq(*position), s::record_id.eq(*id), s::hash.eq(hash)))
                    .execute(connection)?;
            }
        }
    }
    for ids in ids.chunks(10_000) {
        diesel::delete(audit_pending::table.filter(audit_pending::record_id.eq_any(ids.to_vec())))
            .execute(connection)?;
    }
    Ok(())
}

/// Gives the end of the chain.
pub fn head(connection: &mut AnyConnection) -> Result<Head, StoreError> {
    let last: Option<(i64, String)> = audit_seals::table
        .order(audit_seals::position.desc())
        .select((audit_seals::position, audit_seals::hash))
        .first(connection)
        .optional()?;
    match last {
        Some((position, hash)) => Ok(Head { position, hash }),
        None => Ok(beginning(connection)?),
    }
}

/// Gives the place before the first link that is there.
pub fn beginning(connection: &mut AnyConnection) -> Result<Head, StoreError> {
    Ok(checkpoint(connection)?.map(|checkpoint| checkpoint.head).unwrap_or_default())
}

/// A link of the chain as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLink {
    /// Its position.
    pub position: i64,
    /// Its hash.
    pub hash: String,
    /// The name of the record.
    pub record_id: Uuid,
    /// The record; absent when it is not there any more.
    pub record: Option<AuditRecord>,
}

impl StoredLink {
    /// Gives it as the chain has it.
    pub fn link(&self) -> Link<'_> {
        let record = self.record.as_ref().map(AuditRecord::entry);
        Link { position: self.position, hash: &self.hash, record }
    }
}

/// Gives the links after a position, in their order, at most `size` of them.
pub fn links(connection: &mut AnyConnection, after: i64, size: i64) -> Result<Vec<StoredLink>, StoreError> {
    let rows: Vec<(i64, String, Key, Option<Row>)> = audit_seals::table
        .left_join(audit_records::table.on(audit_records::id.eq(audit_seals::record_id)))
        .filter(audit_seals::position.gt(after))
        .order(audit_seals::position)
        .limit(size)
        .select((
            audit_seals::position,
            audit_seals::hash,
            audit_seals::record_id,
            Option::<Row>::as_select(),
        ))
        .load(connection)?;
    let link = |(position, hash, id, record): (i64, String, Key, Option<Row>)| StoredLink {
        position,
        hash,
        record_id: id.0,
        record: record.map(Into::into),
    };
    Ok(rows.into_iter().map(link).collect())
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Records.
    pub records: i64,
    /// Records that are in the chain.
    pub sealed: i64,
    /// Records that wait for their seal.
    pub pending: i64,
    /// Those among them that are not there any more.
    pub gone: i64,
}

impl Counts {
    /// Gives how many records nobody knows of: neither sealed nor waiting, or waiting and gone.
    pub const fn unknown(&self) -> i64 {
        (self.records - self.sealed - (self.pending - self.gone)).abs() + self.gone
    }
}

/// Counts records, seals and what waits; in a snapshot they fit together.
pub fn counts(connection: &mut AnyConnection) -> Result<Counts, StoreError> {
    let pending: i64 = audit_pending::table.select(count_star()).first(connection)?;
    let present: i64 = audit_pending::table
        .inner_join(audit_records::table.on(audit_records::id.eq(audit_pending::record_id)))
        .select(count_star())
        .first(connection)?;
    Ok(Counts {
        records: audit_records::table.select(count_star()).first(connection)?,
        sealed: audit_seals::table.select(count_star()).first(connection)?,
        pending,
        gone: pending - present,
    })
}

/// A purpose that is kept beside the chain, with the hash of it that stands in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHash {
    /// The record.
    pub record_id: Uuid,
    /// Where it stands in the chain; absent while it waits for its seal.
    pub position: Option<i64>,
    /// What is hashed before the text.
    pub salt: String,
    /// The text.
    pub text: String,
    /// The hash that stands in the record.
    pub hash: Option<String>,
}

/// Gives purposes that are kept, by the names of their records, after one of them.
pub fn purposes(
    connection: &mut AnyConnection,
    after: Option<Uuid>,
    size: i64,
) -> Result<Vec<KeptHash>, StoreError> {
    use audit_purposes as p;
    type Kept = (Key, Option<i64>, String, String, Option<String>);
    let rows: Vec<Kept> = p::table
        .left_join(audit_records::table.on(audit_records::id.eq(p::record_id)))
        .left_join(audit_seals::table.on(audit_seals::record_id.eq(p::record_id)))
        .filter(p::record_id.gt(Key(after.unwrap_or_default())))
        .order(p::record_id)
        .limit(size)
        .select((
            p::record_id,
            audit_seals::position.nullable(),
            p::salt,
            p::text,
            audit_records::purpose_hash.nullable(),
        ))
        .load(connection)?;
    let kept =
        |(id, position, salt, text, hash): Kept| KeptHash { record_id: id.0, position, salt, text, hash };
    Ok(rows.into_iter().map(kept).collect())
}
