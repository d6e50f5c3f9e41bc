//! Leases: which of several processes does a job, by the time of the database.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::schema::leases;
use crate::types::Key;

/// Takes a lease that is free, or keeps one that is held; tells whether it is held now.
///
/// Within a unit of work nobody else takes it before the end.
pub fn hold(
    connection: &mut AnyConnection,
    name: &str,
    holder: Uuid,
    term: Duration,
) -> Result<bool, StoreError> {
    let now = now(connection)?;
    let term = i64::try_from(term.as_micros()).unwrap_or(i64::MAX);
    let is_free = leases::holder.eq(Key(holder)).or(leases::held_until.lt(now));
    let held = diesel::update(leases::table.filter(leases::name.eq(name)).filter(is_free))
        .set((leases::holder.eq(Key(holder)), leases::held_until.eq(now.saturating_add(term))))
        .execute(connection)?;
    if held > 0 {
        return Ok(true);
    }
    let is_known: bool = diesel::select(diesel::dsl::exists(leases::table.filter(leases::name.eq(name))))
        .get_result(connection)?;
    if is_known {
        return Ok(false);
    }
    diesel::insert_into(leases::table)
        .values((
            leases::name.eq(name),
            leases::holder.eq(Key(holder)),
            leases::held_until.eq(now.saturating_add(term)),
        ))
        .execute(connection)?;
    Ok(true)
}

/// Gives a lease back.
pub fn release(connection: &mut AnyConnection, name: &str, holder: Uuid) -> Result<(), StoreError> {
    diesel::update(leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(Key(holder))))
        .set(leases::held_until.eq(0))
        .execute(connection)?;
    Ok(())
}

/// The time of SQLite, in microseconds since 1970.
pub(crate) const SQLITE_CLOCK: &str = "CAST(unixepoch('subsec') * 1000000 AS INTEGER)";

/// Gives the time of the database, in microseconds since 1970.
fn now(connection: &mut AnyConnection) -> Result<i64, StoreError> {
    let now = match connection {
        AnyConnection::Postgresql(_) => "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
        AnyConnection::Sqlite(_) => SQLITE_CLOCK,
    };
    Ok(diesel::select(sql::<BigInt>(now)).get_result(connection)?)
}
