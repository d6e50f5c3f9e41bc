//! Presence counted: hours, shifts and contacts, beside the cases that were detected.

use std::collections::BTreeSet;

use actix_web::get;
use domain::access::{Operation, Principal, Sight};
use domain::calendar::Period;
use domain::id::{AreaId, ConsultationId};
use domain::presence::{Cell, DayPart, Dimension, Figures, Totals};
use jiff::civil::Date;
use persistence::cases;
use persistence::presence::{self, Filter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::sight::{SCOPES, areas, presence_sight};
use crate::call::Call;
use crate::codes::{DayPartCode, PresenceDimensionCode};
use crate::endpoint;
use crate::period::period;
use crate::problem::Problem;
use crate::reply::Reply;

/// The longest period, in years.
const LONGEST: i8 = 5;

/// What is counted, and what it is told apart by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TotalsQuery {
    /// From this day on.
    from: Date,
    /// Up to and including this day; five years at the most.
    to: Date,
    /// In this area.
    #[param(value_type = Option<uuid::Uuid>)]
    area_id: Option<AreaId>,
    /// In the area of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// What the figures are told apart by; two at the most.
    #[serde(default)]
    #[param(inline, value_type = Vec<PresenceDimensionCode>, max_items = 2, required = false)]
    group_by: Vec<Dimension>,
}

/// The totals of presence in a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceTotals {
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// Of everything.
    all: PresenceFigures,
    /// Of each cell that is not empty; one for everything when nothing is told apart.
    cells: Vec<PresenceCell>,
}

/// Figures of presence.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceFigures {
    /// The shifts that began in it.
    shifts: i64,
    /// The minutes of shifts that passed in it.
    shift_minutes: i64,
    /// The same times the number of guards.
    guard_minutes: i64,
    /// The contacts of the shifts that began in it.
    contacts: i64,
    /// The cases that guards detected in it, among those that the caller may see; absent when it may see none.
    cases_detected: Option<i64>,
}

/// Figures of one area, month or part of the day, or of two of these together.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceCell {
    /// The area.
    #[schema(value_type = Option<uuid::Uuid>)]
    area_id: Option<AreaId>,
    /// The month in Europe/Brussels.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-03")]
    month: Option<String>,
    /// The part of the day.
    #[schema(value_type = Option<DayPartCode>)]
    day_part: Option<DayPart>,
    /// The shifts that began in it.
    shifts: i64,
    /// The minutes of shifts that passed in it.
    shift_minutes: i64,
    /// The same times the number of guards.
    guard_minutes: i64,
    /// The contacts of the shifts that began in it.
    contacts: i64,
    /// The cases that guards detected in it, among those that the caller may see; absent when it may see none.
    cases_detected: Option<i64>,
}

/// Gives the cases that somebody may count: those that it may list, when its token says so; absent when there are none.
fn countable(principal: &Principal) -> Option<Sight> {
    let consultations = principal.sight(Operation::ListCases).consultations;
    let may_count = principal.has_scope(Operation::ListCases) && !consultations.is_empty();
    may_count.then(|| Sight { consultations, ..Sight::default() })
}

endpoint!(
    /// Counts presence.
    pub GetPresenceTotals, query = TotalsQuery
);

/// Count presence.
///
/// Shift hours and guard hours (duration times guards) in minutes, split exactly over months and parts of the day in
/// Europe/Brussels; shifts and contacts are counted where a shift begins. Beside them stand the cases that guards detected,
/// as more hours find more. Members of a consultation count what is in its area, guards what is of their own service,
/// analysts everything. Withdrawn records do not count.
#[utoipa::path(
    tag = "Presence",
    params(TotalsQuery),
    responses((status = 200, description = "The totals", body = PresenceTotals))
)]
#[get("/presenceRecords/totals")]
pub async fn get_presence_totals(call: Call<GetPresenceTotals>) -> Result<Reply, Problem> {
    let period = period(call.query.from, call.query.to, LONGEST)?;
    let dimensions: BTreeSet<Dimension> = call.query.group_by.iter().copied().collect();
    let cases_sight = countable(call.permit.principal());
    let mut seen = call.permit.sight().clone();
    seen.consultations.extend(cases_sight.iter().flat_map(|sight| sight.consultations.iter().copied()));
    let of_cases = cases_sight.iter().flat_map(|sight| sight.consultations.iter().map(|id| id.uuid()));
    let scopes: Vec<_> = of_cases.chain(SCOPES).collect();
    let fingerprint = call.fingerprint_of(scopes).await?;
    let reference = call.reference().await?;
    let tag = call.list_tag(&seen, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let sight = presence_sight(call.permit.sight(), &reference);
    let areas = areas(call.query.area_id, call.query.consultation_id, &reference);
    // Who sees records by their area only, counts the cases of these areas.
    let by_area = !sight.everything && sight.own.is_empty();
    let case_areas = areas.clone().or_else(|| by_area.then(|| sight.areas.clone()));
    let counts_cases = cases_sight.is_some();
    let totals = call
        .snapshot(move |connection| {
            let filter = Filter { areas: areas.clone(), ..Filter::default() };
            let shifts = presence::counted(connection, &sight, &filter, period)?;
            let cases = match &cases_sight {
                Some(seen) => cases::detected_by_guards(connection, seen, case_areas.as_ref(), period)?,
                None => Vec::new(),
            };
            Ok(Totals::of(period, &dimensions, shifts, cases))
        })
        .await?;
    Ok(Reply::ok(&PresenceTotals::of(period, &totals, counts_cases))?.tag(&tag))
}

impl PresenceTotals {
    fn of(period: Period, totals: &Totals, counts_cases: bool) -> Self {
        let Figures { shifts, shift_minutes, guard_minutes, contacts, cases_detected } = totals.all;
        let all = PresenceFigures {
            shifts,
            shift_minutes,
            guard_minutes,
            contacts,
            cases_detected: counts_cases.then_some(cases_detected),
        };
        let cells = totals.cells.iter().map(|(cell, figures)| PresenceCell::of(cell, figures, counts_cases));
        Self { from: period.from, to: period.to, all, cells: cells.collect() }
    }
}

impl PresenceCell {
    fn of(cell: &Cell, figures: &Figures, counts_cases: bool) -> Self {
        Self {
            area_id: cell.area_id,
            month: cell.month.map(|month| month.strftime("%Y-%m").to_string()),
            day_part: cell.day_part,
            shifts: figures.shifts,
            shift_minutes: figures.shift_minutes,
            guard_minutes: figures.guard_minutes,
            contacts: figures.contacts,
            cases_detected: counts_cases.then_some(figures.cases_detected),
        }
    }
}
