//! What an import has taken over already.

use std::collections::HashSet;

use diesel::prelude::*;
use domain::id::FollowUpRequestId;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::schema::imported_rows::{self, dsl};
use crate::transaction::Transaction;
use crate::types::{Instant, key};

/// Tells which of some rows of a source were taken over before.
pub fn known(
    connection: &mut AnyConnection,
    source: &str,
    keys: &[&str],
) -> Result<HashSet<String>, StoreError> {
    let known: Vec<String> = dsl::imported_rows
        .filter(dsl::source.eq(source))
        .filter(dsl::row_key.eq_any(keys))
        .select(dsl::row_key)
        .load(connection)?;
    Ok(known.into_iter().collect())
}

/// Notes that a row was taken over, together with what it became; [`StoreError::Taken`] when another run was first.
pub fn note(
    transaction: &mut Transaction<'_>,
    source: &str,
    row_key: &str,
    request: FollowUpRequestId,
) -> Result<(), StoreError> {
    let now = Instant(transaction.now());
    diesel::insert_into(imported_rows::table)
        .values((
            dsl::source.eq(source),
            dsl::row_key.eq(row_key),
            dsl::follow_up_request_id.eq(key(request)),
            dsl::imported_at.eq(now),
        ))
        .execute(transaction.connection())?;
    Ok(())
}
