//! SQL types that both databases share: what is native on PostgreSQL is text or an integer on SQLite.
//!
//! | type | PostgreSQL | SQLite |
//! |---|---|---|
//! | [`Key`] | `UUID` | `TEXT`, canonical form |
//! | [`Instant`] | `TIMESTAMPTZ` | `INTEGER`, microseconds since 1970 |
//! | [`Day`] | `DATE` | `INTEGER`, days since 2000-01-01 |
//! | [`Json`] | `JSONB` | `TEXT` |

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, HasSqlType, Integer, SqlType};
use diesel::sqlite::Sqlite;
use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;
use uuid::Uuid;

use crate::connection::MultiBackend;
use crate::error::StoreError;

/// The SQL type of a [`Key`].
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Text"))]
pub struct SqlKey;

/// The SQL type of an [`Instant`].
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Long"))]
pub struct SqlInstant;

/// The SQL type of a [`Day`].
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1082, array_oid = 1182))]
#[diesel(sqlite_type(name = "Integer"))]
pub struct SqlDay;

/// The SQL type of a [`Json`].
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct SqlJson;

/// A UUID as a column holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlKey)]
pub struct Key(pub Uuid);

/// Makes a column value of any id.
pub(crate) fn key(id: impl Into<Uuid>) -> Key {
    Key(id.into())
}

/// A point in time as a column holds it, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlInstant)]
pub struct Instant(pub Timestamp);

/// A calendar day as a column holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlDay)]
pub struct Day(pub Date);

/// A JSON document as a column holds it: a text that is read when it is needed, without a tree in between.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlJson)]
pub struct Json(String);

impl Json {
    /// Writes a value as JSON.
    pub fn of(value: &impl Serialize) -> Result<Self, StoreError> {
        serde_json::to_string(value).map(Self).map_err(|error| StoreError::Unwritable(error.to_string()))
    }

    /// Gives an object without members.
    pub(crate) fn empty() -> Self {
        Self("{}".to_owned())
    }

    /// Gives the document as a tree; one that is no JSON is null.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    /// Reads a value back; a document that does not fit is a corrupt row, which the caller names.
    pub fn read<T: DeserializeOwned>(
        &self,
        table: &'static str,
        column: &'static str,
        row: Uuid,
    ) -> Result<T, StoreError> {
        serde_json::from_str(&self.0)
            .map_err(|error| StoreError::corrupt(table, column, row, &error.to_string()))
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        Self(value.to_string())
    }
}

impl diesel::sql_types::SqlOrd for SqlInstant {}

macro_rules! shared {
    ($($sql:ident => $rust:ident,)*) => {$(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }

        impl FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                bytes.from_sql::<Self, $sql>()
            }
        }

        impl ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
    )*};
}

shared! {
    SqlKey => Key,
    SqlInstant => Instant,
    SqlDay => Day,
    SqlJson => Json,
}

impl FromSql<SqlKey, Pg> for Key {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

impl ToSql<SqlKey, Pg> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<SqlKey, Sqlite> for Key {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = value.read_text();
        // Any other form of it would be found by no comparison.
        if text.len() != 36 || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("{text:?} is no canonical UUID").into());
        }
        Ok(Self(Uuid::try_parse(text)?))
    }
}

impl ToSql<SqlKey, Sqlite> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.hyphenated().to_string());
        Ok(IsNull::No)
    }
}

/// 2000-01-01T00:00:00Z, where PostgreSQL counts from, in microseconds since 1970.
const PG_EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

fn instant(microseconds: i64) -> deserialize::Result<Instant> {
    Ok(Instant(Timestamp::from_microsecond(microseconds)?))
}

impl FromSql<SqlInstant, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let since_2000 = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        instant(since_2000.saturating_add(PG_EPOCH_MICROSECONDS))
    }
}

impl ToSql<SqlInstant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let since_2000 = self.0.as_microsecond().saturating_sub(PG_EPOCH_MICROSECONDS);
        out.write_all(&since_2000.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<SqlInstant, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        instant(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
    }
}

impl ToSql<SqlInstant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_microsecond());
        Ok(IsNull::No)
    }
}

/// 2000-01-01, the day that both databases count from.
const DAY_ZERO: Date = jiff::civil::date(2000, 1, 1);

fn day(since_2000: i32) -> deserialize::Result<Day> {
    let span: Span = i64::from(since_2000).days();
    Ok(Day(DAY_ZERO.checked_add(span)?))
}

fn days(day: Day) -> Result<i32, jiff::Error> {
    Ok(DAY_ZERO.until(day.0)?.get_days())
}

impl FromSql<SqlDay, Pg> for Day {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        day(<i32 as FromSql<Integer, Pg>>::from_sql(value)?)
    }
}

impl ToSql<SqlDay, Pg> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&days(*self)?.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<SqlDay, Sqlite> for Day {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        day(<i32 as FromSql<Integer, Sqlite>>::from_sql(value)?)
    }
}

impl ToSql<SqlDay, Sqlite> for Day {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(days(*self)?);
        Ok(IsNull::No)
    }
}

impl FromSql<SqlJson, Pg> for Json {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        // The binary form of JSONB is a version byte and the text.
        match value.as_bytes() {
            [1, text @ ..] => Ok(Self(std::str::from_utf8(text)?.to_owned())),
            _ => Err("unknown version of the binary form of JSONB".into()),
        }
    }
}

impl ToSql<SqlJson, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<SqlJson, Sqlite> for Json {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_text().to_owned()))
    }
}

impl ToSql<SqlJson, Sqlite> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}
