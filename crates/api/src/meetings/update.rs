//! Editing when and where a meeting takes place, by merge patch.

use actix_web::patch;
use domain::meeting::Edit;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::{Meeting, MeetingPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::ref_data::given;
use crate::reply::Reply;

#[allow(clippy::option_option, reason = "absent and null differ in a merge patch")]
/// A merge patch of a meeting (RFC 7396): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"startsAt": "2026-12-08T13:00:00Z", "endsAt": "2026-12-08T17:00:00Z"})))]
pub struct MeetingPatch {
    /// When it starts.
    #[schema(nullable = false)]
    starts_at: Option<Timestamp>,
    /// When it ends: later, and within a day.
    #[schema(nullable = false)]
    ends_at: Option<Timestamp>,
    /// Where it takes place.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    place: Option<Option<String>>,
}

endpoint!(
    /// Edits a meeting.
    pub UpdateMeeting, path = MeetingPath, body = MeetingPatch
);

/// Edit a meeting.
///
/// When and where it takes place, as long as it is planned.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = MeetingPatch,
    responses((status = 200, description = "The meeting after it", body = Meeting))
)]
#[patch("/meetings/{meetingId}")]
pub async fn update_meeting(call: Call<UpdateMeeting>) -> Result<Reply, Problem> {
    let MeetingPatch { starts_at, ends_at, ref place } = call.body;
    let mut faults = Faults::default();
    let place = match place {
        None => Some(None),
        Some(place) => faults.optional_text("place", place.as_ref()).map(Some),
    };
    let place = faults.finish(place)?;
    act(
        call,
        move |meeting, unit| {
            let edit = Edit {
                starts_at: starts_at.unwrap_or(meeting.starts_at),
                ends_at: ends_at.unwrap_or(meeting.ends_at),
                place: place.clone().unwrap_or_else(|| meeting.place.clone()),
            };
            Ok(meeting.edit(&edit, &unit.stamp())?)
        },
        Meeting::of,
    )
    .await
}
