//! The cases that community guards detected, for counting them beside their hours.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::access::Sight;
use domain::calendar::Period;
use domain::case::{Source, Status};
use domain::id::AreaId;
use domain::presence::Detected;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::schema::cases;
use crate::types::{Instant, Key, key};

/// Finds place and time of the cases that guards noticed in a period, as a principal may see them through its
/// consultations; in these areas, when some are named. A case that became part of another one is counted there.
pub fn detected_by_guards(
    connection: &mut AnyConnection,
    sight: &Sight,
    areas: Option<&BTreeSet<AreaId>>,
    period: Period,
) -> Result<Vec<Detected>, StoreError> {
    let mut query = cases::table
        .filter(cases::source.eq(Source::Guard.code()))
        .filter(cases::status.ne(Status::Merged.code()))
        .filter(cases::created_at.ge(Instant(period.begins_at())))
        .filter(cases::created_at.lt(Instant(period.ends_at())))
        .filter(cases::area_id.is_not_null())
        .select((cases::area_id.assume_not_null(), cases::created_at))
        .into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        query = query.filter(cases::consultation_id.eq_any(consultations));
    }
    if let Some(areas) = areas {
        let areas: Vec<Key> = areas.iter().copied().map(key).collect();
        query = query.filter(cases::area_id.eq_any(areas));
    }
    let rows: Vec<(Key, Instant)> = query.load(connection)?;
    let detected = rows
        .into_iter()
        .map(|(area, created_at)| Detected { area_id: area.0.into(), created_at: created_at.0 });
    Ok(detected.collect())
}
