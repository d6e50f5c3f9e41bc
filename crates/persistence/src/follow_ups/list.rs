//! Lists of follow-up requests: filters, order and permission in one statement.

use std::collections::BTreeSet;

use diesel::dsl::{case_when, min, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::access::Sight;
use domain::follow_up::{FollowUpRequest, Head, QuestionKind, Status, Urgency};
use domain::id::{CaseId, ConsultationId, FollowUpRequestId, OrganisationId};
use jiff::Timestamp;

use super::{CaseSummary, OWN, Row, SummaryRow, is_open, summary};
use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::schema::{cases, follow_up_requests};
use crate::transaction::Transaction;
use crate::types::{Instant, Key, key};

/// What a list of requests is narrowed to; within one property any of the values will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These states.
    pub states: Vec<Status>,
    /// Requests to this service.
    pub organisation_id: Option<OrganisationId>,
    /// Requests of this consultation.
    pub consultation_id: Option<ConsultationId>,
    /// Requests about this case.
    pub case_id: Option<CaseId>,
    /// Questions of these kinds.
    pub question_kinds: Vec<QuestionKind>,
    /// Of these urgencies.
    pub urgencies: Vec<Urgency>,
    /// Late ones, or those that are not.
    pub late: Option<bool>,
    /// Seriously late ones, or those that are not.
    pub seriously_late: Option<bool>,
    /// Those that the service never saw, or those that it did.
    pub never_seen: Option<bool>,
    /// Open ones that are due before this moment.
    pub due_before: Option<Timestamp>,
    /// The service's own reference.
    pub external_reference: Option<String>,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The moment at which a request was written.
    CreatedAt,
    /// The effective due instant; requests without one are not in the list.
    AnswerDueAt,
}

/// A request of a list with what the service is told of its case.
pub type Listed = (FollowUpRequest, CaseSummary);

/// A request of a list of which only the head is read yet: who has its text already needs no more.
pub struct Unread {
    /// Its head.
    pub head: Head,
    /// What the service is told of its case.
    pub case: CaseSummary,
    row: Row,
}

impl Unread {
    /// Reads the rest.
    pub fn read(self) -> Result<Listed, StoreError> {
        Ok((self.row.try_into()?, self.case))
    }
}

/// Narrows a boxed query to what a principal may see: what its consultations ask, and what is asked about the cases that
/// they lead, and what was sent to its services; a
/// draft that was taken back never left the team.
macro_rules! visible {
    ($query:expr, $sight:expr) => {{
        let sight: &domain::access::Sight = $sight;
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let addressed: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let led: Vec<Key> = sight.led.iter().copied().map(key).collect();
        let query = $query;
        match (sight.everything, consultations.as_slice(), addressed.as_slice()) {
            (false, [], []) if !led.is_empty() => match led.as_slice() {
                [one] => query.filter(follow_up_requests::led_by.eq(*one)),
                _ => query.filter(follow_up_requests::led_by.eq_any(led)),
            },
            (false, _, []) if !led.is_empty() => query.filter(
                follow_up_requests::consultation_id
                    .eq_any(consultations)
                    .or(follow_up_requests::led_by.eq_any(led).assume_not_null()),
            ),
            (false, _, _) if !led.is_empty() => query.filter(
                follow_up_requests::consultation_id
                    .eq_any(consultations)
                    .or(follow_up_requests::led_by.eq_any(led).assume_not_null())
                    .or(follow_up_requests::organisation_id
                        .eq_any(addressed)
                        .and(follow_up_requests::sent_at.is_not_null())),
            ),
            (true, _, _) => query,
            (false, [one], []) => query.filter(follow_up_requests::consultation_id.eq(*one)),
            (false, _, []) => query.filter(follow_up_requests::consultation_id.eq_any(consultations)),
            (false, [], [one]) => query
                .filter(follow_up_requests::organisation_id.eq(*one))
                .filter(follow_up_requests::sent_at.is_not_null()),
            (false, [], _) => query
                .filter(follow_up_requests::organisation_id.eq_any(addressed))
                .filter(follow_up_requests::sent_at.is_not_null()),
            (false, _, _) => query.filter(
                follow_up_requests::consultation_id.eq_any(consultations).or(
                    follow_up_requests::organisation_id
                        .eq_any(addressed)
                        .and(follow_up_requests::sent_at.is_not_null()),
                ),
            ),
        }
    }};
}
pub(super) use visible;

/// Narrows a boxed query by a filter.
macro_rules! narrowed {
    ($query:expr, $filter:expr, $now:expr) => {{
        use follow_up_requests as r;
        let (filter, now): (&Filter, Instant) = ($filter, $now);
        let mut query = $query;
        if let [state] = filter.states.as_slice() {
            query = query.filter(r::status.eq(state.code()));
        } else if !filter.states.is_empty() {
            query = query.filter(r::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(organisation) = filter.organisation_id {
            query = query.filter(r::organisation_id.eq(key(organisation)));
        }
        if let Some(consultation) = filter.consultation_id {
            query = query.filter(r::consultation_id.eq(key(consultation)));
        }
        if let Some(case) = filter.case_id {
            query = query.filter(r::case_id.eq(key(case)));
        }
        if !filter.question_kinds.is_empty() {
            query =
                query.filter(r::question_kind.eq_any(filter.question_kinds.iter().map(|kind| kind.code())));
        }
        if !filter.urgencies.is_empty() {
            query = query.filter(r::urgency.eq_any(filter.urgencies.iter().map(|urgency| urgency.code())));
        }
        match filter.late {
            Some(true) => query = query.filter(r::late_from.lt(now)),
            Some(false) => {
                query = query.filter(r::late_from.is_null().or(r::late_from.ge(now).assume_not_null()));
            }
            None => {}
        }
        match filter.seriously_late {
            // Whatever is seriously late is late; saying so lets the index of late ones serve.
            Some(true) => {
                query = query.filter(r::seriously_late_from.lt(now)).filter(r::late_from.is_not_null());
            }
            Some(false) => {
                query = query.filter(
                    r::seriously_late_from.is_null().or(r::seriously_late_from.ge(now).assume_not_null()),
                );
            }
            None => {}
        }
        match filter.never_seen {
            Some(true) => {
                query = query
                    .filter(r::first_seen_at.is_null())
                    .filter(r::received_at.is_null())
                    .filter(r::sent_at.is_not_null())
                    .filter(origin_is_own());
            }
            Some(false) => {
                query = query.filter(
                    r::first_seen_at
                        .is_not_null()
                        .or(r::received_at.is_not_null())
                        .or(r::sent_at.is_null())
                        .or(not(origin_is_own())),
                );
            }
            None => {}
        }
        if let Some(before) = filter.due_before {
            query = query.filter(r::answer_due_at.lt(Instant(before))).filter(is_open());
        }
        if let Some(reference) = &filter.external_reference {
            query = query.filter(r::external_reference.eq(reference));
        }
        query
    }};
}

/// Orders a boxed query and limits it to a page and one row more.
macro_rules! paged {
    ($query:expr, $order:expr, $page:expr) => {{
        use follow_up_requests as r;
        let query = $query;
        match $order {
            Order::CreatedAt => keyset!(query, r::created_at, r::id, $page),
            Order::AnswerDueAt => {
                let query = query.filter(r::answer_due_at.is_not_null());
                keyset!(query, r::answer_due_at.assume_not_null(), r::id, $page)
            }
        }
    }};
}

/// Lists the requests that a principal may see.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    now: Timestamp,
    order: Order,
    page: PageRequest,
) -> Result<Page<Listed>, StoreError> {
    let Page { items, has_more } = list_unread(connection, sight, filter, now, order, page)?;
    let items = items.into_iter().map(Unread::read).collect::<Result<_, _>>()?;
    Ok(Page { items, has_more })
}

/// Lists the requests that a principal may see, each to be read when it is needed.
pub fn list_unread(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    now: Timestamp,
    order: Order,
    page: PageRequest,
) -> Result<Page<Unread>, StoreError> {
    use follow_up_requests as r;
    let now = Instant(now);
    let query = r::table.inner_join(cases::table).select((r::all_columns, summary!())).into_boxed();
    let views = single_views(sight);
    let query = if (2..=BRANCHES).contains(&views.len()) {
        let branches = views.iter().map(|view| {
            let query = visible!(r::table.select(r::id).into_boxed(), view);
            paged!(narrowed!(query, filter, now), order, page)
        });
        query.filter(AmongBranches { id: "follow_up_requests.id", branches: branches.collect() })
    } else {
        narrowed!(visible!(query, sight), filter, now)
    };
    let rows: Vec<(Row, SummaryRow)> = paged!(query, order, page).load(connection)?;
    let items = rows
        .into_iter()
        .map(|(row, summary)| Ok(Unread { head: row.head()?, case: summary.into(), row }))
        .collect::<Result<_, StoreError>>()?;
    Ok(Page::of(items, page.size))
}

/// Splits what a principal may see by consultation and service.
fn single_views(sight: &Sight) -> Vec<Sight> {
    if sight.everything {
        return Vec::new();
    }
    let consultations = sight
        .consultations
        .iter()
        .map(|consultation| Sight { consultations: [*consultation].into(), ..Sight::default() });
    let services =
        sight.addressed.iter().map(|service| Sight { addressed: [*service].into(), ..Sight::default() });
    let led = sight.led.iter().map(|leader| Sight { led: [*leader].into(), ..Sight::default() });
    consultations.chain(led).chain(services).collect()
}

/// Written out, as both databases use the index of unseen requests only when they know the value beforehand.
fn origin_is_own() -> SqlLiteral<Bool> {
    sql(&format!("follow_up_requests.origin = '{OWN}'"))
}

/// Gives the next moment at which time alone changes what a principal sees of the requests.
pub fn next_moment(
    connection: &mut AnyConnection,
    sight: &Sight,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    use follow_up_requests as r;
    let now = Instant(now);
    // Only what still runs has such a moment ahead of it.
    let running = r::table.filter(r::next_due_at.is_not_null()).select((
        min(case_when(r::receipt_late_from.ge(now), r::receipt_late_from)),
        min(case_when(r::late_from.ge(now), r::late_from)),
        min(case_when(r::seriously_late_from.ge(now), r::seriously_late_from)),
    ));
    // What others ask about a case that a consultation leads is looked up along its own index.
    let (led, rest) = (
        Sight { led: sight.led.clone(), ..Sight::default() },
        Sight { led: BTreeSet::default(), ..sight.clone() },
    );
    let mut first: Option<Timestamp> = None;
    for sight in std::iter::once(&rest).chain((!sight.led.is_empty()).then_some(&led)) {
        let moments: (Option<Instant>, Option<Instant>, Option<Instant>) =
            visible!(running.into_boxed(), sight).first(connection)?;
        let moments = [moments.0, moments.1, moments.2].into_iter().flatten().map(|at| at.0);
        first = moments.chain(first).min();
    }
    Ok(first)
}

/// Notes that a client of the addressed service saw these requests, unless one did before; tells how many were new.
///
/// One statement for a page, without a new version: what the service sees does not change, what the team sees does.
pub fn see(
    transaction: &mut Transaction<'_>,
    requests: impl IntoIterator<Item = FollowUpRequestId>,
) -> Result<usize, StoreError> {
    let now = Instant(transaction.now());
    let ids: Vec<Key> = requests.into_iter().map(key).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let unseen = follow_up_requests::table
        .filter(follow_up_requests::id.eq_any(ids))
        .filter(follow_up_requests::first_seen_at.is_null());
    let teams: Vec<(Key, Option<Key>)> = diesel::update(unseen)
        .set(follow_up_requests::first_seen_at.eq(Some(now)))
        .returning((follow_up_requests::consultation_id, follow_up_requests::led_by))
        .get_results(transaction.connection())?;
    transaction
        .touch(teams.iter().flat_map(|(own, leader)| std::iter::once(own.0).chain(leader.map(|it| it.0))));
    Ok(teams.len())
}
