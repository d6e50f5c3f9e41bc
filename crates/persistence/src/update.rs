//! An `UPDATE` that writes only what differs.
//!
//! SQLite deletes and inserts the entries of every index on a column that an `UPDATE` names, changed or not, and each
//! costs a page of the log. Diesel prepares its own `UPDATE` anew each time; this one is kept, by its text.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double, Integer, Nullable, Text};

use domain::change::Version;

use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::types::{Day, Instant, Json, Key, SqlDay, SqlInstant, SqlJson, SqlKey};

/// A column with its value in one row.
pub(crate) type Column<'a> = (&'static str, Value<'a>);

/// Gives the columns of a row by their names.
macro_rules! columns {
    ($row:expr, $($column:ident),+ $(,)?) => {
        vec![$((stringify!($column), $crate::update::Value::from(&$row.$column))),+]
    };
}
pub(crate) use columns;

/// The value of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Key(Option<&'a Key>),
    Instant(Option<&'a Instant>),
    Day(Option<&'a Day>),
    Json(&'a Json),
    Text(Option<&'a str>),
    Integer(i32),
    BigInt(Option<i64>),
    Double(Option<f64>),
    Bool(bool),
}

macro_rules! value_from {
    ($($rust:ty => |$value:ident| $column:expr,)*) => {$(
        impl<'a> From<&'a $rust> for Value<'a> {
            fn from($value: &'a $rust) -> Self {
                $column
            }
        }
    )*};
}

value_from! {
    Key => |value| Self::Key(Some(value)),
    Option<Key> => |value| Self::Key(value.as_ref()),
    Instant => |value| Self::Instant(Some(value)),
    Option<Instant> => |value| Self::Instant(value.as_ref()),
    Day => |value| Self::Day(Some(value)),
    Option<Day> => |value| Self::Day(value.as_ref()),
    Json => |value| Self::Json(value),
    String => |value| Self::Text(Some(value)),
    Option<String> => |value| Self::Text(value.as_deref()),
    i32 => |value| Self::Integer(*value),
    i64 => |value| Self::BigInt(Some(*value)),
    Option<i64> => |value| Self::BigInt(*value),
    Option<f64> => |value| Self::Double(*value),
    bool => |value| Self::Bool(*value),
}

impl Value<'_> {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Key(value) => out.push_bind_param::<Nullable<SqlKey>, _>(value),
            Self::Instant(value) => out.push_bind_param::<Nullable<SqlInstant>, _>(value),
            Self::Day(value) => out.push_bind_param::<Nullable<SqlDay>, _>(value),
            Self::Json(value) => out.push_bind_param::<SqlJson, _>(*value),
            Self::Text(value) => out.push_bind_param::<Nullable<Text>, _>(value),
            Self::Integer(value) => out.push_bind_param::<Integer, _>(value),
            Self::BigInt(value) => out.push_bind_param::<Nullable<BigInt>, _>(value),
            Self::Double(value) => out.push_bind_param::<Nullable<Double>, _>(value),
            Self::Bool(value) => out.push_bind_param::<Bool, _>(value),
        }
    }
}

/// Which consultation must still lead a row, where another one than its own may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Led {
    /// Whichever.
    ByAny,
    /// This one, or its own.
    StillBy(Option<Key>),
}

/// The change of one row.
pub(crate) struct Update<'a> {
    /// The table.
    pub(crate) table: &'static str,
    /// The row.
    pub(crate) id: &'a Key,
    /// The version that it must still have.
    pub(crate) version: i64,
    /// The number of events that it must not have reached, where events are counted beside versions.
    pub(crate) sequence_below: Option<i64>,
    /// Who must still lead it.
    pub(crate) led: Led,
    /// The row as the change was decided on.
    pub(crate) before: Vec<Column<'a>>,
    /// The row after it, with the columns in the same order.
    pub(crate) after: Vec<Column<'a>>,
    /// Columns that are written although nobody can tell from the row before what they hold.
    pub(crate) always: &'static [&'static str],
    /// Columns whose value in the table, once there is one, stays.
    pub(crate) first_stays: &'static [&'static str],
}

impl<'a> Update<'a> {
    /// Makes the change of a row of which every change counts as a version.
    pub(crate) const fn of(
        table: &'static str,
        id: &'a Key,
        from: Version,
        before: Vec<Column<'a>>,
        after: Vec<Column<'a>>,
    ) -> Self {
        Self {
            table,
            id,
            version: from.0,
            sequence_below: None,
            led: Led::ByAny,
            before,
            after,
            always: &[],
            first_stays: &[],
        }
    }

    /// Lets it be written only while the same consultation leads it: who else does may have taken it over meanwhile.
    pub(crate) fn while_led_by(mut self, leader: Option<Key>) -> Self {
        self.led = Led::StillBy(leader);
        self
    }

    /// Writes the row; tells whether it was as expected.
    pub(crate) fn run(mut self, connection: &mut AnyConnection) -> Result<bool, StoreError> {
        let before = std::mem::take(&mut self.before);
        let mut old = before.into_iter();
        self.after.retain(|column| old.next() != Some(*column) || self.always.contains(&column.0));
        Ok(self.execute(connection)? == 1)
    }
}

impl QueryId for Update<'_> {
    type QueryId = ();
    // The text depends on what differs.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Update<'_> {}

impl QueryFragment<MultiBackend> for Update<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_identifier(self.table)?;
        for (position, (name, value)) in self.after.iter().enumerate() {
            out.push_sql(if position == 0 { " SET " } else { ", " });
            out.push_identifier(name)?;
            if self.first_stays.contains(name) {
                out.push_sql(" = COALESCE(");
                out.push_identifier(name)?;
                out.push_sql(", ");
                value.push(&mut out)?;
                out.push_sql(")");
            } else {
                out.push_sql(" = ");
                value.push(&mut out)?;
            }
        }
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<SqlKey, _>(self.id)?;
        out.push_sql(" AND version = ");
        out.push_bind_param::<BigInt, _>(&self.version)?;
        if let Some(sequence) = &self.sequence_below {
            out.push_sql(" AND sequence < ");
            out.push_bind_param::<BigInt, _>(sequence)?;
        }
        match &self.led {
            Led::ByAny => {}
            Led::StillBy(None) => out.push_sql(" AND led_by IS NULL"),
            Led::StillBy(Some(leader)) => {
                out.push_sql(" AND led_by = ");
                out.push_bind_param::<SqlKey, _>(leader)?;
            }
        }
        Ok(())
    }
}
