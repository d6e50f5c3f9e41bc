//! Who was at a meeting.

use actix_web::{get, post};
use domain::consultation::FunctionCode;
use domain::id::OrganisationId;
use domain::meeting::{Attendance as Attended, AttendanceState, Presence, RecordAttendances as Command};
use jiff::Timestamp;
use persistence::{ReferenceData, meetings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MeetingPath;
use super::act::act;
use super::view::{AttendanceList, tag};
use crate::call::Call;
use crate::codes::AttendanceStateCode;
use crate::endpoint;
use crate::forms::FunctionCode as FunctionCodeForm;
use crate::input::Faults;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::{Cache, Reply};

/// The attendance of one person.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttendanceBody {
    /// The organisation that the person is from.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The function of the person.
    #[schema(value_type = FunctionCodeForm)]
    function: String,
    /// Whether the person was there.
    #[schema(value_type = AttendanceStateCode)]
    state: AttendanceState,
    /// When the person came; absent when from the beginning. For who was there only.
    from: Option<Timestamp>,
    /// When the person left; absent when at the end. For who was there only.
    until: Option<Timestamp>,
}

/// Everybody who was at a meeting, or not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"items": [
    {"organisationId": "019a9d3e-0000-7000-8000-000000000001", "function": "neighbourhoodManager", "state": "present"},
    {"organisationId": "019a9d3e-0000-7000-8000-000000000002", "function": "chiefInspector", "state": "excused"}
]})))]
pub struct RecordAttendancesBody {
    /// Every person; several of one function and organisation stand once each.
    #[schema(max_items = 200)]
    items: Vec<AttendanceBody>,
}

impl RecordAttendancesBody {
    fn parsed(&self, reference: &ReferenceData) -> Result<Command, Problem> {
        let mut faults = Faults::default();
        let attendances = self.items.iter().enumerate().map(|(position, item)| {
            let name = |member: &str| format!("items[{position}].{member}");
            let known = reference.organisation(item.organisation_id);
            if known.is_none() {
                faults.add(Issue::not_found(name("organisationId")));
            }
            let function = FunctionCode::parse(&item.function);
            if function.is_none() {
                faults.add(Issue::new(Kind::SchemaViolation, Place::Body, name("function")));
            }
            let attendance = Attended {
                organisation_id: item.organisation_id,
                function: function?,
                state: item.state,
                presence: Presence { from: item.from, until: item.until },
            };
            if !attendance.is_sound() {
                faults.add(Issue::new(Kind::InvalidPeriod, Place::Body, name("until")));
            }
            Some(attendance)
        });
        let attendances: Option<Vec<_>> = attendances.collect::<Vec<_>>().into_iter().collect();
        faults.finish(attendances).map(|attendances| Command { attendances })
    }
}

endpoint!(
    /// Reads who was at a meeting.
    pub ListAttendances, path = MeetingPath
);

/// Read who was at a meeting.
///
/// Functions and organisations, no names; with the minutes of each.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The attendances", body = AttendanceList))
)]
#[get("/meetings/{meetingId}/attendances")]
pub async fn list_attendances(call: Call<ListAttendances>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.meeting_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(meetings::find(connection, &sight, id)?)).await?;
        let meeting = found.ok_or_else(|| Problem::not_found("meetingId"))?;
        let tag = tag(&meeting);
        if call.has(&tag) {
            return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
        }
        let view = AttendanceList::of(&meeting, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
    })
    .await
}

endpoint!(
    /// Records who was at a meeting.
    pub RecordAttendances, path = MeetingPath, body = RecordAttendancesBody
);

/// Record who was at a meeting.
///
/// The whole list anew, before the meeting (for who is excused), during it and after it.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = RecordAttendancesBody,
    responses((status = 200, description = "The attendances after it", body = AttendanceList))
)]
#[post("/meetings/{meetingId}/recordAttendances")]
pub async fn record_attendances(call: Call<RecordAttendances>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let command = call.body.parsed(&reference)?;
    act(
        call,
        move |meeting, unit| Ok(meeting.record_attendances(&command, &unit.stamp())?),
        AttendanceList::of,
    )
    .await
}
