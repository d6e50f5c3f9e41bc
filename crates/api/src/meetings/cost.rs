//! What a meeting costs, by function.

use actix_web::get;
use domain::id::{ConsultationId, MeetingId};
use domain::meeting::Status;
use domain::meeting::cost::{Figures, FunctionCost, Sitting, by_function};
use domain::{calendar::local_date, hourly_rate::Cents, meeting};
use jiff::civil::Date;
use persistence::{hourly_rates, meetings};
use serde::Serialize;
use utoipa::ToSchema;

use super::MeetingPath;
use super::view::href;
use crate::call::Call;
use crate::codes::MeetingStateCode;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

/// What a meeting costs.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingCost {
    /// The address of this document.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The meeting.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
    /// The consultation that meets.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The state of the meeting: totals count it once it is held.
    #[schema(value_type = MeetingStateCode)]
    state: Status,
    /// The day in Europe/Brussels on which it starts, whose rates hold.
    starts_on: Date,
    /// Each function of which somebody was there, in the order of their codes.
    functions: Vec<MeetingFunctionCost>,
    /// How many persons were there.
    present_count: i64,
    /// The minutes that all of them together were there.
    person_minutes: i64,
    /// What they cost, in cents of a euro, without the minutes for which no hourly rate is known.
    cost_cents: i64,
    /// The minutes for which no hourly rate is known, so that their cost is unknown: it is not in `costCents`.
    minutes_without_rate: i64,
}

/// What the persons of one function cost.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingFunctionCost {
    /// The function.
    #[schema(example = "chiefInspector")]
    function: String,
    /// How many persons of it were there.
    present_count: i64,
    /// The minutes that all of them together were there.
    person_minutes: i64,
    /// What an hour of one person costs on the day, in cents of a euro; absent when no rate holds.
    cents_per_hour: Option<u32>,
    /// What they cost, in cents of a euro; absent when no rate holds.
    cost_cents: Option<i64>,
}

impl MeetingCost {
    fn of(meeting: &meeting::Facts, functions: &[FunctionCost], base_url: &str) -> Self {
        let Figures { present, minutes, cents, minutes_without_rate, .. } = Figures::of_meeting(functions);
        Self {
            self_link: format!("{}/cost", href(meeting.id, base_url)),
            meeting_id: meeting.id,
            consultation_id: meeting.consultation_id,
            state: meeting.status,
            starts_on: local_date(meeting.starts_at),
            functions: functions.iter().map(MeetingFunctionCost::of).collect(),
            present_count: present,
            person_minutes: minutes,
            cost_cents: cents,
            minutes_without_rate,
        }
    }
}

impl MeetingFunctionCost {
    fn of(cost: &FunctionCost) -> Self {
        Self {
            function: cost.function.to_string(),
            present_count: cost.present,
            person_minutes: cost.minutes,
            cents_per_hour: cost.rate.map(Cents::get),
            cost_cents: cost.cents,
        }
    }
}

endpoint!(
    /// Reads what a meeting costs.
    pub GetMeetingCost, path = MeetingPath
);

/// Read what a meeting costs.
///
/// Of who was there, by function: minutes, hourly rate on the day of the meeting, and cost. The cost of each person is rounded
/// to a cent, half a cent up. Before the meeting is held, it is that of the attendances recorded so far.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The cost", body = MeetingCost))
)]
#[get("/meetings/{meetingId}/cost")]
pub async fn get_meeting_cost(call: Call<GetMeetingCost>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let sight = call.permit.sight().clone();
    let found = call.snapshot(move |connection| {
        let Some(meeting) = meetings::find(connection, &sight, id)? else { return Ok(None) };
        let rates = hourly_rates::of_consultation(connection, meeting.consultation_id)?;
        Ok(Some((meeting, rates)))
    });
    let (meeting, rates) = found.await?.ok_or_else(|| Problem::not_found("meetingId"))?;
    let functions = by_function(&Sitting::from(&*meeting), &rates);
    let reply = Reply::ok(&MeetingCost::of(&meeting, &functions, &call.state.base_url))?;
    let tag = EntityTag::of_bytes(reply.body().unwrap_or_default().as_bytes());
    Ok(reply.tag(&tag).cache(Cache::Revalidate))
}
