//! The verbs of a series of meetings.

use actix_web::post;
use domain::calendar::local_date;
use domain::change::Outcome as GenericOutcome;
use domain::id::MeetingId;
use domain::meeting::{Create, Meeting, MoveReason, Moved, Occurrence};
use domain::meeting_series::{End, MeetingSeries as Aggregate, MeetingSeriesError, Outcome, Plan, Verb};
use domain::planning::{self, Planned};
use jiff::civil::Date;
use persistence::{ReferenceData, Transaction, meeting_series};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::Viewing;
use super::{MeetingSeries, MeetingSeriesPath};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::input::Faults;
use crate::problem::{Code, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Up to when.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"until": "2026-12-31"})))]
pub struct PlanMeetingSeriesBody {
    /// The last day of the recurrence for which a meeting is planned; from today to two years ahead.
    until: Date,
}

/// Why it ends.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Vanaf september vergaderen we op donderdag."})))]
pub struct EndMeetingSeriesBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

endpoint!(
    /// Plans the meetings of a series.
    pub PlanMeetingSeries, path = MeetingSeriesPath, body = PlanMeetingSeriesBody
);

/// Plan the meetings of a series.
///
/// Those from today up to a day that are not there yet; one that was called off stays so. A meeting whose day is a legal
/// holiday, a weekend day or a closure day of the host moves to the next working day, and says why. The answer names the
/// meetings that were planned with it.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingSeriesPath),
    request_body = PlanMeetingSeriesBody,
    responses((status = 200, description = "The series after it", body = MeetingSeries))
)]
#[post("/meetingSeries/{meetingSeriesId}/plan")]
pub async fn plan_meeting_series(call: Call<PlanMeetingSeries>) -> Result<Reply, Problem> {
    let command = Plan { until: call.body.until };
    act(call, move |series, unit| {
        let outcome = series.clone().plan(&command, &unit.stamp())?;
        let planned = match outcome {
            GenericOutcome::Changed(_) => plan(&series, command.until, unit.reference, unit)?,
            GenericOutcome::Unchanged(_) => Vec::new(),
        };
        Ok((outcome, Some(planned)))
    })
    .await
}

/// Writes the meetings of a series that are not there yet.
pub(crate) fn plan(
    series: &Aggregate,
    until: Date,
    reference: &ReferenceData,
    transaction: &mut Transaction<'_>,
) -> Result<Vec<MeetingId>, Refusal> {
    let today = local_date(transaction.now());
    let calendar = reference.calendar(series.host_organisation_id, transaction.now());
    let present = meeting_series::planned_days(transaction.connection(), series.id, today)?;
    let mut planned = Vec::new();
    for meeting in series.meetings_until(until, today, &calendar) {
        if present.contains(&meeting.occurrence_on) {
            continue;
        }
        let Planned { occurrence_on, held_on: _, moved, starts_at, ends_at } = meeting;
        let command = Create {
            id: transaction.new_id().into(),
            consultation_id: series.consultation_id,
            starts_at,
            ends_at,
            place: series.place.clone(),
            occurrence: Some(Occurrence { series_id: series.id, on: occurrence_on }),
            moved: moved.map(|reason| Moved { from: occurrence_on, reason: coded(&reason) }),
        };
        // The rhythm of a series gives meetings of a length that they may have.
        let change = Meeting::create(command, &transaction.stamp()).map_err(Problem::internal)?;
        transaction.save(&change)?;
        planned.push(change.state.id);
    }
    Ok(planned)
}

const fn coded(reason: &planning::MoveReason) -> MoveReason {
    match reason {
        planning::MoveReason::Weekend => MoveReason::Weekend,
        planning::MoveReason::Holiday(_) => MoveReason::Holiday,
        planning::MoveReason::Closure(_) => MoveReason::ClosureDay,
    }
}

endpoint!(
    /// Ends a series of meetings.
    pub EndMeetingSeries, path = MeetingSeriesPath, body = EndMeetingSeriesBody
);

/// End a series of meetings.
///
/// From `active` to `ended`: no more meetings are planned, those that are planned stay.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingSeriesPath),
    request_body = EndMeetingSeriesBody,
    responses((status = 200, description = "The series after it", body = MeetingSeries))
)]
#[post("/meetingSeries/{meetingSeriesId}/end")]
pub async fn end_meeting_series(call: Call<EndMeetingSeries>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| End { text }))?;
    act(call, move |series, unit| Ok((series.end(&command, &unit.stamp())?, None))).await
}

/// What a verb comes to, and the meetings that were planned with it.
type Decided = (Outcome, Option<Vec<MeetingId>>);

/// Carries out a verb: find, replay, check the version, decide, save, answer.
async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Aggregate, &mut Unit<'_, '_>) -> Result<Decided, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = MeetingSeriesPath>,
{
    let id = call.path.meeting_series_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingSeriesId");
        let series = meeting_series::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let seat = principal.seat(E::OPERATION, series.consultation_id);
        unit.act_for(seat.ok_or_else(|| Problem::new(Code::MissingPermission))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(series.version)?;
        let (outcome, planned) = decide(series, unit)?;
        let series = match outcome {
            GenericOutcome::Unchanged(series) => series,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        let viewing = Viewing { base_url: &base_url };
        Ok(Reply::ok(&viewing.planned(&series, planned))?.tag(&Viewing::tag(&series)))
    })
    .await
}

impl From<MeetingSeriesError> for Refusal {
    fn from(error: MeetingSeriesError) -> Self {
        let problem = match error {
            MeetingSeriesError::Illegal { from, verb, allowed } => {
                let reason = format!("{verb} is not possible from {from}");
                let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &reason, allowed)
            }
            MeetingSeriesError::DayInThePast | MeetingSeriesError::TooFar => {
                Problem::bad_request([Issue::new(Kind::OutOfRange, Place::Body, "until")])
            }
        };
        problem.into()
    }
}
