//! Reading one series of meetings.

use actix_web::get;
use persistence::meeting_series;

use super::view::Viewing;
use super::{MeetingSeries, MeetingSeriesPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads a series of meetings.
    pub GetMeetingSeries, path = MeetingSeriesPath
);

/// Read a series of meetings.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingSeriesPath),
    responses((status = 200, description = "The series", body = MeetingSeries))
)]
#[get("/meetingSeries/{meetingSeriesId}")]
pub async fn get_meeting_series(call: Call<GetMeetingSeries>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.meeting_series_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(meeting_series::find(connection, &sight, id)?)).await?;
        let series = found.ok_or_else(|| Problem::not_found("meetingSeriesId"))?;
        let viewing = Viewing { base_url: &call.state.base_url };
        Ok(Reply::ok(&viewing.view(&series))?.tag(&Viewing::tag(&series)))
    })
    .await
}
