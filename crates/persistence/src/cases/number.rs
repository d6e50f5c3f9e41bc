//! The numbers of references: one row per consultation and year, counted up and never down.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer};
use domain::id::ConsultationId;

use crate::connection::MultiBackend;
use crate::error::StoreError;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::types::{Key, SqlKey, key};

/// A number taken on PostgreSQL before the unit of work, or to be taken within it on SQLite.
///
/// Within a transaction on PostgreSQL, the row of the counter would be locked until the commit reaches the disk, and all
/// creations of a consultation would queue for it. Taken aside, a number is lost when the unit of work fails after all;
/// it is never used twice: its own commit precedes, in the same log, the one that makes the case durable.
#[derive(Debug, Clone, Copy)]
pub struct Number(Option<i64>);

impl Number {
    /// Prepares a number.
    pub fn prepare(store: &Store, consultation: ConsultationId, year: i16) -> Result<Self, StoreError> {
        let take = Take { consultation: key(consultation), year: i32::from(year) };
        store.aside(|connection| Ok(take.get_result(connection)?)).map(Self)
    }
}

/// Gives the number of a new reference; each prepared number is used once.
pub fn next(
    transaction: &mut Transaction<'_>,
    number: &mut Number,
    consultation: ConsultationId,
    year: i16,
) -> Result<i64, StoreError> {
    if let Some(number) = number.0.take() {
        Ok(number)
    } else {
        let take = Take { consultation: key(consultation), year: i32::from(year) };
        Ok(take.get_result(transaction.connection())?)
    }
}

/// `INSERT … ON CONFLICT DO UPDATE … RETURNING`, which Diesel does not offer for two backends but both understand.
#[derive(Clone, Copy, QueryId)]
struct Take {
    consultation: Key,
    year: i32,
}

impl diesel::query_builder::Query for Take {
    type SqlType = BigInt;
}

impl<C> RunQueryDsl<C> for Take {}

impl QueryFragment<MultiBackend> for Take {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("INSERT INTO case_numbers (consultation_id, year, last_number) VALUES (");
        out.push_bind_param::<SqlKey, _>(&self.consultation)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.year)?;
        out.push_sql(
            ", 1) ON CONFLICT (consultation_id, year) DO UPDATE SET last_number = case_numbers.last_number + 1 \
             RETURNING last_number",
        );
        Ok(())
    }
}
