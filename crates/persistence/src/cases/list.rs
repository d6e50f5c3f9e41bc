//! Lists of cases: filters, order and permission in one statement.

use diesel::prelude::*;
use domain::access::Sight;
use domain::case::{Case, Kind, Status};
use domain::category::CategoryCode;
use domain::id::{AreaId, CaseId, ConsultationId, OrganisationId};
use domain::place::{BoundingBox, Wgs84, distance_m};
use domain::text::Title;
use jiff::Timestamp;

use super::Row;
use super::search::Matches;
use crate::connection::AnyConnection;
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

/// Lists the cases of the consultations that a principal sees, by the time at which they were written.
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
    let is_member = consultations.as_ref().is_none_or(|consultations| !consultations.is_empty());
    if !is_member && (sight.addressed.is_empty() || filter.words.is_some()) {
        return Ok(Page { items: Vec::new(), has_more: false });
    }
    let mut query = cases::table.select(cases::all_columns).into_boxed();
    if !is_member {
        // A partner that is asked about cases lists those, without searching their words.
        let addressed: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let asked_about = follow_up_requests::table
            .filter(follow_up_requests::organisation_id.eq_any(addressed))
            .filter(follow_up_requests::sent_at.is_not_null())
            .select(follow_up_requests::case_id);
        query = query.filter(cases::id.eq_any(asked_about));
    } else if let Some(consultations) = &consultations {
        query = among!(query, cases::consultation_id, consultations.iter().copied().map(key).collect());
    }
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
    if let Some(words) = &filter.words {
        let Some(matches) = Matches::of(words, consultations.as_deref()) else {
            return Ok(Page { items: Vec::new(), has_more: false });
        };
        query = query.filter(matches);
    }
    if let Some(bounds) = &filter.bounding_box {
        query = query
            .filter(cases::latitude.between(bounds.south(), bounds.north()))
            .filter(cases::longitude.between(bounds.west(), bounds.east()));
    }
    let rows: Vec<Row> = keyset!(query, cases::created_at, cases::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

fn names(codes: Vec<&CategoryCode>) -> Vec<&str> {
    codes.into_iter().map(CategoryCode::as_str).collect()
}

/// Where and what a new case is, for the count of earlier ones.
#[derive(Debug, Clone)]
pub struct Nearby<'a> {
    /// Its consultation.
    pub consultation_id: ConsultationId,
    /// Its category.
    pub category: &'a CategoryCode,
    /// Its point.
    pub point: Option<Wgs84>,
    /// Its address.
    pub address: Option<&'a Title>,
    /// The earliest moment that counts.
    pub since: Timestamp,
    /// The case itself, which does not count.
    pub except: CaseId,
}

/// How far two cases lie apart at the most to be at the same place, in metres.
const SAME_PLACE_METRES: f64 = 100.0;

/// How many cases are looked at; a place with more has a problem that the exact number would not show better.
const MOST: i64 = 1_000;

/// Counts the earlier cases of the same category at the same place: within 100 metres, or at the same address.
pub fn count_earlier(connection: &mut AnyConnection, nearby: &Nearby<'_>) -> Result<usize, StoreError> {
    let address = nearby.address.map(|address| address.as_str().to_owned());
    let mut place = cases::table
        .filter(cases::consultation_id.eq(key(nearby.consultation_id)))
        .filter(cases::category.eq(nearby.category.as_str()))
        .filter(cases::created_at.ge(Instant(nearby.since)))
        .filter(cases::id.ne(key(nearby.except)))
        .select((cases::longitude, cases::latitude, cases::address))
        .order((cases::created_at.desc(), cases::id.desc()))
        .limit(MOST)
        .into_boxed();
    place = match (nearby.point, &address) {
        (None, None) => return Ok(0),
        (None, Some(address)) => place.filter(cases::address.eq(address)),
        (Some(point), address) => {
            // A degree of latitude is 111 km everywhere; of longitude at least half of that up to 60 degrees.
            let (south, north) = (point.lat() - 0.001, point.lat() + 0.001);
            let (west, east) = (point.lon() - 0.002, point.lon() + 0.002);
            let close = cases::latitude.between(south, north).and(cases::longitude.between(west, east));
            match address {
                None => place.filter(close),
                Some(address) => place.filter(close.or(cases::address.eq(address))),
            }
        }
    };
    let rows: Vec<(Option<f64>, Option<f64>, Option<String>)> = place.load(connection)?;
    Ok(rows
        .into_iter()
        .filter(|(lon, lat, at)| {
            let same_address = address.is_some() && *at == address;
            let close = nearby.point.zip(lon.zip(*lat)).is_some_and(|(point, (lon, lat))| {
                Wgs84::new(lon, lat).is_ok_and(|other| distance_m(point, other) <= SAME_PLACE_METRES)
            });
            same_address || close
        })
        .count())
}
