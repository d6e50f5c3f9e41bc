//! What can go wrong with the store, as callers need to tell it apart.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use uuid::Uuid;

use crate::constraints;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such row, or none that the caller may see.
    #[error("not found")]
    NotFound,
    /// The row changed since the caller read it.
    #[error("the row has changed in the meantime")]
    Stale,
    /// A value that has to be unique is taken.
    #[error("{constraint} is taken")]
    Taken {
        /// The name of the constraint or index.
        constraint: String,
    },
    /// A row refers to another one that does not exist.
    #[error("a referenced row does not exist: {}", constraint.as_deref().unwrap_or("unknown"))]
    Dangling {
        /// The name of the constraint; SQLite does not tell it.
        constraint: Option<String>,
    },
    /// Another writer was in the way, more often than was tried again.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A row does not hold what it should.
    #[error("{table}.{column} of {row} is corrupt: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        row: Uuid,
        /// What is wrong with it.
        reason: String,
    },
    /// A value cannot be written.
    #[error("a value cannot be written: {0}")]
    Unwritable(String),
    /// The database refused a statement.
    #[error("the database failed: {0}")]
    Failed(#[source] DieselError),
}

impl StoreError {
    /// Names a corrupt value; the value itself is not told.
    pub fn corrupt(table: &'static str, column: &'static str, row: Uuid, reason: &str) -> Self {
        Self::Corrupt { table, column, row, reason: reason.to_owned() }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let DieselError::DatabaseError(kind, ref information) = error else {
            return match error {
                DieselError::NotFound => Self::NotFound,
                DieselError::SerializationError(cause) => Self::Unwritable(cause.to_string()),
                other => Self::Failed(other),
            };
        };
        let message = information.message();
        match kind {
            DatabaseErrorKind::UniqueViolation => Self::Taken { constraint: unique(information.as_ref()) },
            DatabaseErrorKind::ForeignKeyViolation => {
                Self::Dangling { constraint: information.constraint_name().map(str::to_owned) }
            }
            DatabaseErrorKind::SerializationFailure => Self::Busy,
            // A server that became read-only is one that another took over from.
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction => Self::Unavailable(message.trim().to_owned()),
            _ => by_message(message).unwrap_or(Self::Failed(error)),
        }
    }
}

/// Names the constraint: PostgreSQL tells it, SQLite tells the columns of the index.
fn unique(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    information.constraint_name().map_or_else(
        || {
            let message = information.message();
            let columns = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(message);
            constraints::name_of(columns).unwrap_or(columns).to_owned()
        },
        str::to_owned,
    )
}

/// Tells apart what Diesel lumps together as unknown.
fn by_message(message: &str) -> Option<StoreError> {
    const BUSY: [&str; 5] = [
        "database is locked",
        "database table is locked",
        "deadlock detected",
        "canceling statement due to lock timeout",
        "could not serialize access",
    ];
    const AWAY: [&str; 13] = [
        "server closed the connection",
        "terminating connection",
        "the database system is",
        "could not connect",
        "connection to server",
        "no connection to the server",
        "SSL connection has been closed",
        "canceling statement due to statement timeout",
        "unable to open database file",
        "attempt to write a readonly database",
        "database or disk is full",
        "disk I/O error",
        "No space left on device",
    ];
    if BUSY.iter().any(|part| message.contains(part)) {
        return Some(StoreError::Busy);
    }
    if AWAY.iter().any(|part| message.contains(part)) {
        return Some(StoreError::Unavailable(message.to_owned()));
    }
    None
}
