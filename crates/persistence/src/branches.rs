//! A list over several owners, each of whom an index serves in its order.

use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;

use crate::connection::MultiBackend;

/// How many branches a list has at the most.
pub(crate) const BRANCHES: usize = 64;

/// The condition that a row is on the page of one of several branches, each a query for ids.
///
/// An index serves the order within each of them, not over several: so each gives its own page along its index, and what
/// is left to sort are these pages.
pub(crate) struct AmongBranches<Q> {
    /// The column of the ids, with its table.
    pub(crate) id: &'static str,
    /// The branches.
    pub(crate) branches: Vec<Q>,
}

impl<Q> Expression for AmongBranches<Q> {
    type SqlType = Bool;
}

impl<Q> ValidGrouping<()> for AmongBranches<Q> {
    type IsAggregate = is_aggregate::No;
}

impl<Q, Source> SelectableExpression<Source> for AmongBranches<Q> {}
impl<Q, Source> AppearsOnTable<Source> for AmongBranches<Q> {}

impl<Q> QueryId for AmongBranches<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for AmongBranches<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.id);
        out.push_sql(" IN (");
        for (position, branch) in self.branches.iter().enumerate() {
            out.push_sql(if position == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            branch.walk_ast(out.reborrow())?;
            out.push_sql(&format!(") AS branch_{position}"));
        }
        out.push_sql(")");
        Ok(())
    }
}
