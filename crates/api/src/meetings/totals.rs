//! Meetings counted by month or year: how many, how long, and what they cost.

use actix_web::get;
use domain::calendar::Period;
use domain::id::ConsultationId;
use domain::meeting::Grouping;
use domain::meeting::cost::{Figures, Totals};
use jiff::civil::Date;
use persistence::{hourly_rates, meetings};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::call::Call;
use crate::codes::MeetingGroupingCode;
use crate::endpoint;
use crate::period::period;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::{Cache, Reply};

/// The longest period, in years.
const LONGEST: i8 = 10;

/// What is counted, and what it is told apart by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TotalsQuery {
    /// The consultation whose meetings are counted.
    #[param(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// From this day on, in Europe/Brussels.
    from: Date,
    /// Up to and including this day; ten years at the most.
    to: Date,
    /// What the figures are told apart by; `year` unless told otherwise.
    #[serde(default = "by_year")]
    #[param(inline, value_type = MeetingGroupingCode, required = false)]
    group_by: Grouping,
}

const fn by_year() -> Grouping {
    Grouping::Year
}

/// The totals of the meetings of a consultation in a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingTotals {
    /// The consultation.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    /// Of everything.
    all: MeetingFigures,
    /// Of each month or year in which a meeting was held, the earliest first; they sum to everything.
    cells: Vec<MeetingCell>,
}

/// Figures of meetings.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingFigures {
    /// How many meetings were held.
    meetings: i64,
    /// How many persons were there, counted in each meeting anew.
    present_count: i64,
    /// The minutes that all of them together were there.
    person_minutes: i64,
    /// What they cost, in cents of a euro, without the minutes for which no hourly rate is known.
    cost_cents: i64,
    /// The minutes for which no hourly rate is known, so that their cost is unknown: it is not in `costCents`.
    minutes_without_rate: i64,
}

/// Figures of the meetings that started in a month or year.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingCell {
    /// The year in Europe/Brussels, when told apart by year.
    #[schema(pattern = "^[0-9]{4}$", example = "2026")]
    year: Option<String>,
    /// The month in Europe/Brussels, when told apart by month.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-03")]
    month: Option<String>,
    /// How many meetings were held.
    meetings: i64,
    /// How many persons were there, counted in each meeting anew.
    present_count: i64,
    /// The minutes that all of them together were there.
    person_minutes: i64,
    /// What they cost, in cents of a euro, without the minutes for which no hourly rate is known.
    cost_cents: i64,
    /// The minutes for which no hourly rate is known, so that their cost is unknown: it is not in `costCents`.
    minutes_without_rate: i64,
}

endpoint!(
    /// Counts meetings, and what they cost.
    pub GetMeetingTotals, query = TotalsQuery
);

/// Count meetings, and what they cost.
///
/// The meetings of a consultation that were held, by the local day on which they start: their number, the persons who were
/// there, their minutes and what these cost. A person costs its minutes times the hourly rate of its function on that day,
/// rounded to a cent, half a cent up. Minutes of a function without a rate on that day have no known cost and stand in
/// `minutesWithoutRate`. Whoever may read the hourly rates of the consultation may read what its meetings cost.
#[utoipa::path(
    tag = "Meetings",
    params(TotalsQuery),
    responses((status = 200, description = "The totals", body = MeetingTotals))
)]
#[get("/meetings/totals")]
pub async fn get_meeting_totals(call: Call<GetMeetingTotals>) -> Result<Reply, Problem> {
    let TotalsQuery { consultation_id, from, to, group_by } = call.query;
    let period = period(from, to, LONGEST)?;
    let sight = call.permit.sight().clone();
    let is_seen = sight.everything || sight.consultations.contains(&consultation_id);
    if !is_seen || call.reference().await?.consultation(consultation_id).is_none() {
        let issue = Issue::new(Kind::ReferencedResourceNotFound, Place::Query, "consultationId");
        return Err(Problem::bad_request([issue]));
    }
    // Its meetings and its rates both move its counter.
    let fingerprint = call.fingerprint_of([consultation_id.uuid()]).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let totals = call
        .snapshot(move |connection| {
            let held = meetings::held_in(connection, &sight, consultation_id, period)?;
            let rates = hourly_rates::of_consultation(connection, consultation_id)?;
            Ok(Totals::of(period, group_by, held, &rates))
        })
        .await?;
    let view = MeetingTotals::of(consultation_id, period, group_by, &totals);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}

impl MeetingTotals {
    fn of(consultation_id: ConsultationId, period: Period, group_by: Grouping, totals: &Totals) -> Self {
        let Figures { meetings, present, minutes, cents, minutes_without_rate } = totals.all;
        let all = MeetingFigures {
            meetings,
            present_count: present,
            person_minutes: minutes,
            cost_cents: cents,
            minutes_without_rate,
        };
        let cells = totals.groups.iter().map(|(begin, figures)| MeetingCell::of(group_by, *begin, *figures));
        Self { consultation_id, from: period.from, to: period.to, all, cells: cells.collect() }
    }
}

impl MeetingCell {
    fn of(group_by: Grouping, begin: Date, figures: Figures) -> Self {
        let Figures { meetings, present, minutes, cents, minutes_without_rate } = figures;
        let of = |grouping, form| (group_by == grouping).then(|| begin.strftime(form).to_string());
        Self {
            year: of(Grouping::Year, "%Y"),
            month: of(Grouping::Month, "%Y-%m"),
            meetings,
            present_count: present,
            person_minutes: minutes,
            cost_cents: cents,
            minutes_without_rate,
        }
    }
}
