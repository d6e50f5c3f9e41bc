//! Opening, closing and calling off a meeting.

use actix_web::post;
use domain::meeting::Cancel;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::{Meeting, MeetingPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// Why it is called off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Te weinig leden beschikbaar."})))]
pub struct CancelBody {
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

endpoint!(
    /// Opens a meeting.
    pub StartMeeting, path = MeetingPath
);

/// Open a meeting.
///
/// From `planned` to `inSession`.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[post("/meetings/{meetingId}/start")]
pub async fn start_meeting(call: Call<StartMeeting>) -> Result<Reply, Problem> {
    act(call, |meeting, unit| Ok(meeting.start(&unit.stamp())?), Meeting::of).await
}

endpoint!(
    /// Closes a meeting.
    pub FinishMeeting, path = MeetingPath
);

/// Close a meeting.
///
/// From `inSession` to `held`. What its agenda left open comes back in the next proposal.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[post("/meetings/{meetingId}/finish")]
pub async fn finish_meeting(call: Call<FinishMeeting>) -> Result<Reply, Problem> {
    act(call, |meeting, unit| Ok(meeting.finish(&unit.stamp())?), Meeting::of).await
}

endpoint!(
    /// Calls a meeting off.
    pub CancelMeeting, path = MeetingPath, body = CancelBody
);

/// Call a meeting off.
///
/// From `planned` to `cancelled`.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CancelBody,
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[post("/meetings/{meetingId}/cancel")]
pub async fn cancel_meeting(call: Call<CancelMeeting>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = Cancel { text: faults.finish(text)? };
    act(call, move |meeting, unit| Ok(meeting.cancel(&command, &unit.stamp())?), Meeting::of).await
}
