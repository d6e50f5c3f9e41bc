//! Holding a case, so that what is decided on its state holds until the commit.

use diesel::prelude::*;
use domain::case::Status;
use domain::id::CaseId;

use super::TABLE;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::cases;
use crate::transaction::Transaction;
use crate::types::key;

/// How a case is held until the end of a unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Its state stays as it is: for who adds something open to it. Others may do so at the same time.
    Still,
    /// Nobody else adds something open to it: for who ends it.
    Alone,
}

/// Holds a case until the end of the unit of work and gives its state, absent when there is no such case.
///
/// What was read of it before may be out of date by now. On SQLite, who writes is alone in any case.
pub fn hold(transaction: &mut Transaction<'_>, id: CaseId, hold: Hold) -> Result<Option<Status>, StoreError> {
    let state = cases::table.filter(cases::id.eq(key(id))).select(cases::status);
    let found: Option<String> = match (transaction.connection(), hold) {
        (AnyConnection::Sqlite(connection), _) => state.get_result(connection).optional()?,
        (AnyConnection::Postgresql(connection), Hold::Still) => {
            state.for_share().get_result(connection).optional()?
        }
        (AnyConnection::Postgresql(connection), Hold::Alone) => {
            state.for_no_key_update().get_result(connection).optional()?
        }
    };
    found.map(|state| code(TABLE, "status", id.uuid(), &state, Status::from_code)).transpose()
}
