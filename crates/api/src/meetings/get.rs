//! Reading a meeting.

use actix_web::get;
use persistence::meetings;

use super::view::tag;
use super::{Meeting, MeetingPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a meeting.
    pub GetMeeting, path = MeetingPath
);

/// Read a meeting.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The meeting", body = Meeting))
)]
#[get("/meetings/{meetingId}")]
pub async fn get_meeting(call: Call<GetMeeting>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.meeting_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(meetings::find(connection, &sight, id)?)).await?;
        let meeting = found.ok_or_else(|| Problem::not_found("meetingId"))?;
        let tag = tag(&meeting);
        if call.has(&tag) {
            return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
        }
        Ok(Reply::ok(&Meeting::of(&meeting, &call.state.base_url))?.tag(&tag).cache(Cache::Revalidate))
    })
    .await
}
