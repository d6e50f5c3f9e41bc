//! What members of a consultation see of its meetings.

use domain::id::{ConsultationId, MeetingId, MeetingSeriesId, OrganisationId};
use domain::meeting::{self, AttendanceState, MoveReason, Status, Verb, allowed};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{AttendanceStateCode, MeetingStateCode, MeetingVerbCode, MoveReasonCode};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// A meeting.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    /// Its address.
    #[schema(format = "uri")]
    pub href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: MeetingId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation that meets.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// Its state.
    #[schema(value_type = MeetingStateCode)]
    state: Status,
    /// What can be done with it now.
    #[schema(value_type = Vec<MeetingVerbCode>)]
    allowed_verbs: Vec<Verb>,
    /// When it starts.
    starts_at: Timestamp,
    /// When it ends.
    ends_at: Timestamp,
    /// Where it takes place.
    place: Option<String>,
    /// The series that it is part of.
    #[schema(value_type = Option<uuid::Uuid>)]
    series_id: Option<MeetingSeriesId>,
    /// The day that the series gives, when it takes place on another one.
    moved_from: Option<Date>,
    /// Why it takes place on another day than the series gives.
    #[schema(value_type = Option<MoveReasonCode>)]
    move_reason: Option<MoveReason>,
    /// When it was opened.
    opened_at: Option<Timestamp>,
    /// When it was closed.
    closed_at: Option<Timestamp>,
    /// How many persons were there.
    present_count: usize,
    /// The minutes that all of them together were there.
    person_minutes: i64,
    /// Why it was called off.
    remark: Option<String>,
    /// When it was planned.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who planned it.
    created_by: ActorView,
}

impl Meeting {
    /// Makes the view of a meeting.
    pub fn of(meeting: &meeting::Facts, base_url: &str) -> Self {
        Self {
            href: href(meeting.id, base_url),
            id: meeting.id,
            version: meeting.version.0,
            etag: tag(meeting).as_str().to_owned(),
            consultation_id: meeting.consultation_id,
            state: meeting.status,
            allowed_verbs: allowed(meeting.status),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            place: meeting.place.as_ref().map(ToString::to_string),
            series_id: meeting.occurrence.map(|occurrence| occurrence.series_id),
            moved_from: meeting.moved.as_ref().map(|moved| moved.from),
            move_reason: meeting.moved.as_ref().map(|moved| moved.reason),
            opened_at: meeting.opened_at,
            closed_at: meeting.closed_at,
            present_count: meeting.present(),
            person_minutes: meeting.person_minutes(),
            remark: meeting.remark.as_ref().map(ToString::to_string),
            created_at: meeting.created_at,
            updated_at: meeting.updated_at,
            created_by: (&meeting.created_by).into(),
        }
    }
}

/// Gives the address of a meeting.
pub(super) fn href(id: MeetingId, base_url: &str) -> String {
    format!("{base_url}/meetings/{id}")
}

/// Gives the entity tag of a meeting.
pub(crate) fn tag(meeting: &meeting::Facts) -> EntityTag {
    EntityTag::document(meeting.version, "m")
}

/// The attendance of one person: function and organisation, no name.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attendance {
    /// The organisation that the person is from.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The function of the person.
    function: String,
    /// Whether the person was there.
    #[schema(value_type = AttendanceStateCode)]
    state: AttendanceState,
    /// When the person came; absent when from the beginning.
    from: Option<Timestamp>,
    /// When the person left; absent when at the end.
    until: Option<Timestamp>,
    /// The minutes that the person was there.
    minutes: i64,
}

/// Who was at a meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendanceList {
    /// The address of this list.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// Every person.
    items: Vec<Attendance>,
    /// The version of the meeting that `If-Match` takes when the list is recorded anew.
    etag: String,
    /// How many persons were there.
    present_count: usize,
    /// The minutes that all of them together were there.
    person_minutes: i64,
}

impl AttendanceList {
    /// Makes the view of the attendances of a meeting.
    pub fn of(meeting: &meeting::Facts, base_url: &str) -> Self {
        let item = |attendance: &meeting::Attendance| Attendance {
            organisation_id: attendance.organisation_id,
            function: attendance.function.to_string(),
            state: attendance.state,
            from: attendance.presence.from,
            until: attendance.presence.until,
            minutes: attendance.minutes(meeting.starts_at, meeting.ends_at),
        };
        Self {
            self_link: format!("{}/attendances", href(meeting.id, base_url)),
            items: meeting.attendances.iter().map(item).collect(),
            etag: tag(meeting).as_str().to_owned(),
            present_count: meeting.present(),
            person_minutes: meeting.person_minutes(),
        }
    }
}
