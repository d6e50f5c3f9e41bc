//! Agreeing on a series of meetings.

use actix_web::post;
use domain::access::Operation;
use domain::id::{ConsultationId, OrganisationId};
use domain::meeting_series::{Create, MeetingSeries as Aggregate};
use domain::planning::Rhythm;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MeetingSeries;
use super::recurrence::parsed;
use super::view::Viewing;
use crate::call::Call;
use crate::endpoint;
use crate::forms::{RecurrenceRule, TimeOfDay};
use crate::input::Faults;
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// The shortest meeting, in minutes.
const SHORTEST: u16 = 15;
/// The longest meeting, in minutes.
const LONGEST: u16 = 720;

/// A new series of meetings.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "recurrence": "FREQ=MONTHLY;BYDAY=2TU",
    "startsOn": "2026-01-13",
    "startTime": "13:30",
    "minutes": 240,
    "place": "Wijkkantoor, vergaderzaal 1"
})))]
pub struct CreateMeetingSeriesBody {
    /// The consultation that meets.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// On which days (RFC 5545 §3.3.10): `FREQ=MONTHLY` or `FREQ=WEEKLY`, with `INTERVAL`, `COUNT` or `UNTIL`, `BYDAY`,
    /// `BYMONTHDAY`, `BYMONTH`; `FREQ=MONTHLY;BYDAY=2TU` is the second Tuesday of each month.
    #[schema(value_type = RecurrenceRule, max_length = 200)]
    recurrence: String,
    /// The first day that may be one of them.
    starts_on: Date,
    /// The time at which a meeting begins, in Europe/Brussels.
    #[schema(value_type = TimeOfDay)]
    start_time: String,
    /// How long a meeting lasts, in minutes.
    #[serde(default = "four_hours")]
    #[schema(minimum = 15, maximum = 720, default = 240)]
    minutes: u16,
    /// Where.
    #[schema(min_length = 1, max_length = 200)]
    place: Option<String>,
    /// The organisation on whose working days it meets: a member of the consultation. That of the caller unless told
    /// otherwise.
    #[schema(value_type = Option<uuid::Uuid>)]
    host_organisation_id: Option<OrganisationId>,
}

const fn four_hours() -> u16 {
    240
}

endpoint!(
    /// Agrees on a series of meetings.
    pub CreateMeetingSeries, body = CreateMeetingSeriesBody
);

/// Agree on a series of meetings.
///
/// No meeting is planned yet: `plan` does so up to a day.
#[utoipa::path(
    tag = "Meetings",
    request_body = CreateMeetingSeriesBody,
    responses((status = 201, description = "The new series", body = MeetingSeries))
)]
#[post("/meetingSeries")]
pub async fn create_meeting_series(call: Call<CreateMeetingSeries>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let body = &call.body;
    let recurrence = parsed(&body.recurrence, &mut faults);
    let time = Time::strptime("%H:%M", &body.start_time);
    let time = faults.take("startTime", Kind::SchemaViolation, time);
    let place = faults.optional_text("place", body.place.as_ref());
    let (starts_on, minutes) = (body.starts_on, body.minutes);
    if !(SHORTEST..=LONGEST).contains(&minutes) {
        let issue = Issue::new(Kind::OutOfRange, Place::Body, "minutes");
        faults.add(issue.bounds(Some(SHORTEST.into()), Some(LONGEST.into())));
    }
    let ((recurrence, time), place) = faults.finish(recurrence.zip(time).zip(place))?;
    let rhythm = Rhythm { recurrence, starts: starts_on.to_datetime(time), minutes };
    let (consultation_id, host) = (body.consultation_id, body.host_organisation_id);
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let mut faults = Faults::default();
        let seat = principal.seat(Operation::CreateMeetingSeries, consultation_id);
        let consultation = unit.reference.consultation(consultation_id).filter(|_| seat.is_some());
        if let Some(seat) = seat {
            unit.act_for(seat);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
        }
        match (consultation, host) {
            (None, _) => faults.add(Issue::not_found("consultationId")),
            (Some(consultation), Some(host))
                if consultation.members.iter().all(|member| member.organisation_id != host) =>
            {
                faults.add(Issue::invalid("hostOrganisationId", no_member()));
            }
            _ => {}
        }
        let host_organisation_id = faults.finish(host.or(seat))?;
        let command = Create {
            id: unit.new_id().into(),
            consultation_id,
            host_organisation_id,
            rhythm: rhythm.clone(),
            place: place.clone(),
        };
        let change = Aggregate::create(command, &unit.stamp());
        unit.save(&change)?;
        let viewing = Viewing { base_url: &base_url };
        let location = format!("{base_url}/meetingSeries/{}", change.state.id);
        let reply = Reply::created(&viewing.view(&change.state), location)?;
        Ok::<_, Refusal>(reply.tag(&Viewing::tag(&change.state)))
    })
    .await
}

fn no_member() -> Detail {
    Detail::new(
        "Deze organisatie is geen lid van het overleg.",
        "Cette organisation n'est pas membre de la concertation.",
        "This organisation is no member of the consultation.",
    )
}
