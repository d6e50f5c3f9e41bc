//! Lists of escalations: filters, order and permission in one statement.

use diesel::dsl::{min, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::access::Sight;
use domain::escalation::{Escalation, Status};
use domain::id::{CaseId, ConsultationId};
use jiff::Timestamp;

use super::Row;
use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::schema::escalations;
use crate::types::{Instant, Key, key};

/// What a list of escalations is narrowed to; within one property any of the values will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These states.
    pub states: Vec<Status>,
    /// Those of this case.
    pub case_id: Option<CaseId>,
    /// Those that this consultation hands over.
    pub from_consultation_id: Option<ConsultationId>,
    /// Those that are handed to this consultation.
    pub to_consultation_id: Option<ConsultationId>,
    /// Late ones, or those that are not.
    pub late: Option<bool>,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The moment at which an escalation was proposed.
    CreatedAt,
    /// The moment at which it changed last.
    UpdatedAt,
}

/// The part of what a principal may see that one index serves.
#[derive(Debug, Clone, Copy)]
enum View {
    /// What a consultation hands over.
    From(ConsultationId),
    /// What was submitted to it.
    To(ConsultationId),
}

/// Narrows a boxed query to one view.
macro_rules! viewed {
    ($query:expr, $view:expr) => {
        match $view {
            View::From(own) => $query.filter(escalations::from_consultation_id.eq(key(own))),
            View::To(own) => $query
                .filter(escalations::to_consultation_id.eq(key(own)))
                .filter(escalations::submitted_at.is_not_null()),
        }
    };
}

/// Narrows a boxed query to what a principal may see.
macro_rules! visible {
    ($query:expr, $sight:expr) => {{
        let sight: &Sight = $sight;
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let query = $query;
        if sight.everything {
            query
        } else {
            query.filter(
                escalations::from_consultation_id.eq_any(consultations.clone()).or(
                    escalations::to_consultation_id
                        .eq_any(consultations)
                        .and(escalations::submitted_at.is_not_null()),
                ),
            )
        }
    }};
}

/// Narrows a boxed query by a filter.
macro_rules! narrowed {
    ($query:expr, $filter:expr, $now:expr) => {{
        use escalations as e;
        let (filter, now): (&Filter, Instant) = ($filter, $now);
        let mut query = $query;
        if let [state] = filter.states.as_slice() {
            query = query.filter(e::status.eq(state.code()));
        } else if !filter.states.is_empty() {
            query = query.filter(e::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(case) = filter.case_id {
            query = query.filter(e::case_id.eq(key(case)));
        }
        if let Some(from) = filter.from_consultation_id {
            query = query.filter(e::from_consultation_id.eq(key(from)));
        }
        if let Some(to) = filter.to_consultation_id {
            query = query.filter(e::to_consultation_id.eq(key(to)));
        }
        match filter.late {
            Some(true) => query = query.filter(e::late_from.lt(now)),
            Some(false) => {
                query = query.filter(e::late_from.is_null().or(e::late_from.ge(now).assume_not_null()));
            }
            None => {}
        }
        query
    }};
}

/// Orders a boxed query and limits it to a page and one row more.
macro_rules! paged {
    ($query:expr, $order:expr, $page:expr) => {{
        use escalations as e;
        let query = $query;
        match $order {
            Order::CreatedAt => keyset!(query, e::created_at, e::id, $page),
            Order::UpdatedAt => keyset!(query, e::updated_at, e::id, $page),
        }
    }};
}

/// Lists the escalations that a principal may see.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    now: Timestamp,
    order: Order,
    page: PageRequest,
) -> Result<Page<Escalation>, StoreError> {
    let now = Instant(now);
    let query = escalations::table.select(escalations::all_columns).into_boxed();
    let views = single_views(sight, filter);
    let query = if (1..=BRANCHES).contains(&views.len()) {
        let branches = views.iter().map(|view| {
            let query = viewed!(escalations::table.select(escalations::id).into_boxed(), *view);
            paged!(narrowed!(query, filter, now), order, page)
        });
        query.filter(AmongBranches { id: "escalations.id", branches: branches.collect() })
    } else {
        narrowed!(visible!(query, sight), filter, now)
    };
    let rows: Vec<Row> = paged!(query, order, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Splits what a principal may see by consultation and side, unless the filter names a case, which has few.
fn single_views(sight: &Sight, filter: &Filter) -> Vec<View> {
    if sight.everything || filter.case_id.is_some() {
        return Vec::new();
    }
    let is_wanted = |wanted: Option<ConsultationId>, own| wanted.is_none_or(|wanted| wanted == own);
    let views = sight.consultations.iter().flat_map(|own| {
        let from = is_wanted(filter.from_consultation_id, *own).then_some(View::From(*own));
        let to = is_wanted(filter.to_consultation_id, *own).then_some(View::To(*own));
        from.into_iter().chain(to)
    });
    views.collect()
}

/// Gives the next moment at which time alone changes what a principal sees of the escalations.
pub fn next_moment(
    connection: &mut AnyConnection,
    sight: &Sight,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    // Only what is on an agenda has a term that runs.
    let query = escalations::table
        .filter(escalations::on_agenda_of.is_not_null())
        .filter(escalations::late_from.ge(Instant(now)))
        .select(min(escalations::late_from))
        .into_boxed();
    let first: Option<Instant> = visible!(query, sight).first(connection)?;
    Ok(first.map(|at| at.0))
}

/// The condition that an escalation runs.
///
/// Written out as in the index of running ones, which both databases use only when they know the values beforehand.
pub(super) fn is_running() -> SqlLiteral<Bool> {
    let running = Status::ALL.iter().filter(|status| status.is_running());
    let codes: Vec<String> = running.map(|status| format!("'{status}'")).collect();
    sql(&format!("escalations.status IN ({})", codes.join(", ")))
}
