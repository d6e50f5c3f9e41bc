//! From columns to values: what does not fit names its table, column and row.

use std::fmt::Display;

use uuid::Uuid;

use crate::error::StoreError;

/// Reads a code.
pub(crate) fn code<T>(
    table: &'static str,
    column: &'static str,
    row: Uuid,
    value: &str,
    from_code: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    from_code(value).ok_or_else(|| StoreError::corrupt(table, column, row, "unknown code"))
}

/// Reads a code that may be absent.
pub(crate) fn optional_code<T>(
    table: &'static str,
    column: &'static str,
    row: Uuid,
    value: Option<&str>,
    from_code: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    value.map(|value| code(table, column, row, value, from_code)).transpose()
}

/// Takes a parsed value.
pub(crate) fn parsed<T, E: Display>(
    table: &'static str,
    column: &'static str,
    row: Uuid,
    value: Result<T, E>,
) -> Result<T, StoreError> {
    value.map_err(|error| StoreError::corrupt(table, column, row, &error.to_string()))
}
