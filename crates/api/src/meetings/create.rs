//! Planning a meeting by hand.

use actix_web::post;
use domain::access::Operation;
use domain::id::ConsultationId;
use domain::meeting::{Create, Meeting as Aggregate};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Meeting;
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::{Issue, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A new meeting.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "startsAt": "2026-12-08T12:00:00Z",
    "endsAt": "2026-12-08T16:00:00Z",
    "place": "Administratief centrum, zaal 2"
})))]
pub struct CreateMeetingBody {
    /// The consultation that meets.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// When it starts.
    starts_at: Timestamp,
    /// When it ends: later, and within a day.
    ends_at: Timestamp,
    /// Where it takes place.
    #[schema(min_length = 1, max_length = 200)]
    place: Option<String>,
}

endpoint!(
    /// Plans a meeting.
    pub CreateMeeting, body = CreateMeetingBody
);

/// Plan a meeting.
///
/// By hand, on any day; the meetings of a series move from holidays by themselves.
#[utoipa::path(
    tag = "Meetings",
    request_body = CreateMeetingBody,
    responses((status = 201, description = "The new meeting", body = Meeting))
)]
#[post("/meetings")]
pub async fn create_meeting(call: Call<CreateMeeting>) -> Result<Reply, Problem> {
    let CreateMeetingBody { consultation_id, starts_at, ends_at, ref place } = call.body;
    let mut faults = Faults::default();
    let place = faults.optional_text("place", place.as_ref());
    let seat = call.permit.principal().seat(Operation::CreateMeeting, consultation_id);
    if seat.is_none() {
        faults.add(Issue::not_found("consultationId"));
    }
    let (place, seat) = faults.finish(place.zip(seat))?;
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        unit.act_for(seat);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let command = Create {
            id: unit.new_id().into(),
            consultation_id,
            starts_at,
            ends_at,
            place: place.clone(),
            occurrence: None,
            moved: None,
        };
        let change = Aggregate::create(command, &unit.stamp())?;
        unit.save(&change)?;
        let view = Meeting::of(&change.state, &base_url);
        let location = view.href.clone();
        Ok::<_, Refusal>(Reply::created(&view, location)?.tag(&tag(&change.state)))
    })
    .await
}
