//! Lists of actions: filters, order and permission in one statement.

use diesel::dsl::not;
use diesel::prelude::*;
use domain::access::Sight;
use domain::action::{Action, Status};
use domain::consultation::FunctionCode;
use domain::id::{CaseId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Row, is_open};
use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::schema::actions;
use crate::types::{Day, Key, key};

/// What a list of actions is narrowed to; within one property any of the values will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These states.
    pub states: Vec<Status>,
    /// Actions of this organisation.
    pub owner_organisation_id: Option<OrganisationId>,
    /// Actions of this function.
    pub owner_function: Option<FunctionCode>,
    /// Actions of this consultation.
    pub consultation_id: Option<ConsultationId>,
    /// Actions about this case.
    pub case_id: Option<CaseId>,
    /// Actions that were decided in this meeting.
    pub meeting_id: Option<MeetingId>,
    /// Actions that come from this decision.
    pub decision_id: Option<DecisionId>,
    /// Overdue ones, or those that are not.
    pub overdue: Option<bool>,
    /// Open ones that are due before this day.
    pub due_before: Option<Date>,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The moment at which an action was written.
    CreatedAt,
    /// Its day; actions without one are not in the list. The place of a row is its day at midnight UTC.
    DueOn,
}

/// Narrows a boxed query to what a principal may see: the actions of its consultations and on the cases that they lead,
/// and those that its organisations own.
macro_rules! visible {
    ($query:expr, $sight:expr) => {{
        let sight: &domain::access::Sight = $sight;
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        let led: Vec<Key> = sight.led.iter().copied().map(key).collect();
        let query = $query;
        match (sight.everything, consultations.as_slice(), own.as_slice()) {
            (false, [], []) if !led.is_empty() => match led.as_slice() {
                [one] => query.filter(actions::led_by.eq(*one)),
                _ => query.filter(actions::led_by.eq_any(led)),
            },
            (false, _, []) if !led.is_empty() => query.filter(
                actions::consultation_id
                    .eq_any(consultations)
                    .or(actions::led_by.eq_any(led).assume_not_null()),
            ),
            (false, _, _) if !led.is_empty() => query.filter(
                actions::consultation_id
                    .eq_any(consultations)
                    .or(actions::led_by.eq_any(led).assume_not_null())
                    .or(actions::owner_organisation_id.eq_any(own)),
            ),
            (true, _, _) => query,
            (false, [one], []) => query.filter(actions::consultation_id.eq(*one)),
            (false, _, []) => query.filter(actions::consultation_id.eq_any(consultations)),
            (false, [], [one]) => query.filter(actions::owner_organisation_id.eq(*one)),
            (false, [], _) => query.filter(actions::owner_organisation_id.eq_any(own)),
            (false, _, _) => query.filter(
                actions::consultation_id.eq_any(consultations).or(actions::owner_organisation_id.eq_any(own)),
            ),
        }
    }};
}
pub(super) use visible;

/// Narrows a boxed query by a filter.
macro_rules! narrowed {
    ($query:expr, $filter:expr, $today:expr) => {{
        use actions as a;
        let (filter, today): (&Filter, Day) = ($filter, $today);
        let mut query = $query;
        if let [state] = filter.states.as_slice() {
            query = query.filter(a::status.eq(state.code()));
        } else if !filter.states.is_empty() {
            query = query.filter(a::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(organisation) = filter.owner_organisation_id {
            query = query.filter(a::owner_organisation_id.eq(key(organisation)));
        }
        if let Some(function) = &filter.owner_function {
            query = query.filter(a::owner_function.eq(function.as_str()));
        }
        if let Some(consultation) = filter.consultation_id {
            query = query.filter(a::consultation_id.eq(key(consultation)));
        }
        if let Some(case) = filter.case_id {
            query = query.filter(a::case_id.eq(key(case)));
        }
        if let Some(meeting) = filter.meeting_id {
            query = query.filter(a::meeting_id.eq(key(meeting)));
        }
        if let Some(decision) = filter.decision_id {
            query = query.filter(a::decision_id.eq(key(decision)));
        }
        match filter.overdue {
            Some(true) => query = query.filter(a::due_on.lt(today)).filter(is_open()),
            Some(false) => {
                query = query
                    .filter(a::due_on.is_null().or(a::due_on.ge(today).assume_not_null()).or(not(is_open())));
            }
            None => {}
        }
        if let Some(before) = filter.due_before {
            query = query.filter(a::due_on.lt(Day(before))).filter(is_open());
        }
        query
    }};
}

/// Orders a boxed query and limits it to a page and one row more.
macro_rules! paged {
    ($query:expr, $order:expr, $page:expr) => {{
        use actions as a;
        let query = $query;
        match $order {
            Order::CreatedAt => keyset!(query, a::created_at, a::id, $page),
            Order::DueOn => {
                let day = |at: Timestamp| Day(at.to_zoned(TimeZone::UTC).date());
                let query = query.filter(a::due_on.is_not_null());
                keyset!(query, a::due_on.assume_not_null(), a::id, $page, day)
            }
        }
    }};
}

/// Lists the actions that a principal may see; `today` is the day in Brussels.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    today: Date,
    order: Order,
    page: PageRequest,
) -> Result<Page<Action>, StoreError> {
    let today = Day(today);
    let query = actions::table.select(actions::all_columns).into_boxed();
    let views = single_views(sight);
    let query = if (2..=BRANCHES).contains(&views.len()) {
        let branches = views.iter().map(|view| {
            let query = visible!(actions::table.select(actions::id).into_boxed(), view);
            paged!(narrowed!(query, filter, today), order, page)
        });
        query.filter(AmongBranches { id: "actions.id", branches: branches.collect() })
    } else {
        narrowed!(visible!(query, sight), filter, today)
    };
    let rows: Vec<Row> = paged!(query, order, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Splits what a principal may see by consultation and owner.
fn single_views(sight: &Sight) -> Vec<Sight> {
    if sight.everything {
        return Vec::new();
    }
    let consultations = sight
        .consultations
        .iter()
        .map(|consultation| Sight { consultations: [*consultation].into(), ..Sight::default() });
    let owners = sight.own.iter().map(|owner| Sight { own: [*owner].into(), ..Sight::default() });
    let led = sight.led.iter().map(|leader| Sight { led: [*leader].into(), ..Sight::default() });
    consultations.chain(led).chain(owners).collect()
}
