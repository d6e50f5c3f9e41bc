//! Lists of cases: filters, order and permission in one statement.

use diesel::prelude::*;
use domain::access::Sight;
use domain::case::{Case, Kind, Status};
use domain::category::CategoryCode;
use domain::id::{AreaId, ConsultationId, OrganisationId};
use domain::place::BoundingBox;
use jiff::Timestamp;

use super::place::Within;
use super::search::Matches;
use super::{Row, asked_about, is_led_by};
use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::page::{Page, PageRequest, among, keyset};
use crate::schema::{cases, follow_up_requests};
use crate::types::{Instant, Key, key};

/// What a list of cases is narrowed to; within one property any of the values will do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// These states.
    pub states: Vec<Status>,
    /// Situations or needs.
    pub kind: Option<Kind>,
    /// These categories; a main group stands for all of its own.
    pub categories: Vec<CategoryCode>,
    /// Cases in this neighbourhood.
    pub area_id: Option<AreaId>,
    /// Cases of this consultation.
    pub consultation_id: Option<ConsultationId>,
    /// Cases led by this organisation.
    pub lead_organisation_id: Option<OrganisationId>,
    /// The case with this reference.
    pub reference: Option<String>,
    /// Written at or after this moment.
    pub created_from: Option<Timestamp>,
    /// Written before this moment.
    pub created_before: Option<Timestamp>,
    /// Cases that hold these words.
    pub words: Option<String>,
    /// Cases in this box.
    pub bounding_box: Option<BoundingBox>,
}

impl Filter {
    /// Tells whether it asks for something that a partner does not see of a case that it is asked about: of such a case
    /// it must not learn that either.
    const fn asks_what_partners_do_not_see(&self) -> bool {
        let Self {
            states: _,
            kind,
            categories: _,
            area_id: _,
            // A partner reads it on its request.
            consultation_id: _,
            lead_organisation_id,
            reference,
            created_from,
            created_before,
            words,
            bounding_box: _,
        } = self;
        kind.is_some()
            || lead_organisation_id.is_some()
            || reference.is_some()
            || created_from.is_some()
            || created_before.is_some()
            || words.is_some()
    }
}

/// Narrows a boxed query by what a filter says of the case itself.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let filter: &Filter = $filter;
        let mut query = $query;
        if let [state] = filter.states.as_slice() {
            query = query.filter(cases::status.eq(state.code()));
        } else if !filter.states.is_empty() {
            query = query.filter(cases::status.eq_any(filter.states.iter().map(|state| state.code())));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(cases::kind.eq(kind.code()));
        }
        match filter.categories.as_slice() {
            [] => {}
            [group] if group.is_group() => query = query.filter(cases::category_group.eq(group.as_str())),
            [category] => query = query.filter(cases::category.eq(category.as_str())),
            categories => {
                let (groups, single): (Vec<_>, Vec<_>) = categories.iter().partition(|code| code.is_group());
                query = query.filter(
                    cases::category_group.eq_any(names(groups)).or(cases::category.eq_any(names(single))),
                );
            }
        }
        if let Some(area) = filter.area_id {
            query = query.filter(cases::area_id.eq(key(area)));
        }
        if let Some(lead) = filter.lead_organisation_id {
            query = query.filter(cases::lead_organisation_id.eq(key(lead)));
        }
        if let Some(reference) = &filter.reference {
            query = query.filter(cases::reference.eq(reference));
        }
        if let Some(from) = filter.created_from {
            query = query.filter(cases::created_at.ge(Instant(from)));
        }
        if let Some(before) = filter.created_before {
            query = query.filter(cases::created_at.lt(Instant(before)));
        }
        query
    }};
}

/// Narrows a boxed query to the consultation that a filter names.
macro_rules! of_wanted {
    ($query:expr, $filter:expr) => {
        match $filter.consultation_id {
            Some(wanted) => $query.filter(cases::consultation_id.eq(key(wanted))),
            None => $query,
        }
    };
}

/// Lists the cases that a principal sees, by the time at which they were written: those of its consultations and those that
/// they lead, and those that its organisations are asked about, as long as the filter asks nothing that a partner does not
/// see.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Case>, StoreError> {
    // Absent: those of every consultation.
    let consultations: Option<Vec<ConsultationId>> = match (sight.everything, filter.consultation_id) {
        (true, wanted) => wanted.map(|wanted| vec![wanted]),
        (false, None) => Some(sight.consultations.iter().copied().collect()),
        (false, Some(wanted)) => Some(sight.consultations.get(&wanted).copied().into_iter().collect()),
    };
    let led: Vec<ConsultationId> = match &consultations {
        Some(_) if !sight.everything => sight.led.iter().copied().collect(),
        _ => Vec::new(),
    };
    let is_member = consultations.as_ref().is_none_or(|consultations| !consultations.is_empty());
    let is_partner =
        consultations.is_some() && !sight.addressed.is_empty() && !filter.asks_what_partners_do_not_see();
    if !is_member && !is_partner && led.is_empty() {
        return Ok(Page { items: Vec::new(), has_more: false });
    }
    let mut query = cases::table.select(cases::all_columns).into_boxed();
    let keys = |ids: &[ConsultationId]| -> Vec<Key> { ids.iter().copied().map(key).collect() };
    let within = filter.bounding_box.as_ref().zip(consultations.as_deref()).filter(|_| is_member);
    let within = within.map(|(bounds, consultations)| Within::of(bounds, consultations));
    if is_partner {
        let addressed: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let asked_about = cases::id.eq_any(asked_about!(addressed));
        query = match (consultations.as_deref(), within) {
            (Some(_), Some(within)) if led.is_empty() => query.filter(within.or(asked_about)),
            (Some(_), Some(within)) => query.filter(within.or(asked_about).or(is_led_by(keys(&led)))),
            (Some(own), None) if is_member && led.is_empty() => {
                query.filter(cases::consultation_id.eq_any(keys(own)).or(asked_about))
            }
            (Some(own), None) if !led.is_empty() => query
                .filter(cases::consultation_id.eq_any(keys(own)).or(asked_about).or(is_led_by(keys(&led)))),
            _ => query.filter(asked_about),
        };
        query = of_wanted!(query, filter);
    } else if led.is_empty() {
        if let Some(within) = within {
            // It says which consultations. Said again, that would let a database walk their cases in the order of the list.
            query = query.filter(within);
        } else if let Some(consultations) = &consultations {
            query = among!(query, cases::consultation_id, keys(consultations));
        }
    } else {
        let own = consultations.as_deref().unwrap_or_default();
        query = of_wanted!(with_led(query, own, &led, within, filter, page), filter);
    }
    query = narrowed!(query, filter);
    if let Some(words) = &filter.words {
        let scope: Option<Vec<ConsultationId>> =
            consultations.as_ref().map(|own| own.iter().chain(&led).copied().collect());
        let Some(matches) = Matches::of(words, scope.as_deref()) else {
            return Ok(Page { items: Vec::new(), has_more: false });
        };
        query = query.filter(matches);
    }
    let is_unbounded = is_partner || !led.is_empty() || consultations.is_none();
    if let Some(bounds) = filter.bounding_box.as_ref().filter(|_| is_unbounded) {
        query = query
            .filter(cases::latitude.between(bounds.south(), bounds.north()))
            .filter(cases::longitude.between(bounds.west(), bounds.east()));
    }
    let rows: Vec<Row> = keyset!(query, cases::created_at, cases::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

type Query<'a> = cases::BoxedQuery<'a, MultiBackend>;

/// Narrows a query to the cases of some consultations and to those that some consultations lead.
///
/// An index serves the order within each of them: see [`AmongBranches`]. Words and boxes have indexes of their own, which give
/// few cases.
fn with_led<'a>(
    query: Query<'a>,
    consultations: &[ConsultationId],
    led: &[ConsultationId],
    within: Option<Within>,
    filter: &'a Filter,
    page: PageRequest,
) -> Query<'a> {
    let leaders: Vec<Key> = led.iter().copied().map(key).collect();
    if let Some(within) = within {
        return query.filter(within.or(is_led_by(leaders)));
    }
    let is_short = filter.words.is_none() && filter.bounding_box.is_none();
    if is_short && consultations.len() + led.len() <= BRANCHES {
        let ids = || cases::table.select(cases::id).into_boxed();
        let own = consultations.iter().map(|own| ids().filter(cases::consultation_id.eq(key(*own))));
        let led = leaders.iter().map(|leader| of_wanted!(ids().filter(cases::led_by.eq(*leader)), filter));
        let paged =
            |branch: IdQuery<'a>| keyset!(narrowed!(branch, filter), cases::created_at, cases::id, page);
        return query.filter(AmongBranches { id: "cases.id", branches: own.chain(led).map(paged).collect() });
    }
    let own = consultations.iter().copied().map(key).collect::<Vec<Key>>();
    query.filter(cases::consultation_id.eq_any(own).or(is_led_by(leaders)))
}

type IdQuery<'a> = cases::BoxedQuery<'a, MultiBackend, crate::types::SqlKey>;

fn names(codes: Vec<&CategoryCode>) -> Vec<&str> {
    codes.into_iter().map(CategoryCode::as_str).collect()
}
