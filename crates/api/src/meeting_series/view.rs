//! What readers see of a series of meetings.

use domain::id::{ConsultationId, MeetingId, MeetingSeriesId, OrganisationId};
use domain::meeting_series::{Facts, Status, Verb, allowed};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{MeetingSeriesStateCode, MeetingSeriesVerbCode};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// A series of meetings.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MeetingSeries {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: MeetingSeriesId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation that meets.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The organisation on whose working days it meets.
    #[schema(value_type = uuid::Uuid)]
    host_organisation_id: OrganisationId,
    /// Its state.
    #[schema(value_type = MeetingSeriesStateCode)]
    state: Status,
    /// What can be done with it now, by who may.
    #[schema(value_type = Vec<MeetingSeriesVerbCode>)]
    allowed_verbs: Vec<Verb>,
    /// On which days (RFC 5545 §3.3.10), written in one way.
    #[schema(example = "FREQ=MONTHLY;BYDAY=2TU")]
    recurrence: String,
    /// The first day that may be one of them.
    starts_on: Date,
    /// The time at which a meeting begins, in Europe/Brussels.
    #[schema(example = "13:30")]
    start_time: String,
    /// How long a meeting lasts, in minutes.
    minutes: u16,
    /// Where.
    place: Option<String>,
    /// Up to which day of the recurrence its meetings are planned.
    planned_until: Option<Date>,
    /// The meetings that were planned just now; only in the answer to `plan`.
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    planned_meeting_ids: Option<Vec<MeetingId>>,
    /// Why it ended.
    remark: Option<String>,
    /// When it was agreed on.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who wrote it.
    created_by: ActorView,
}

/// What a view depends on beside the series.
#[derive(Clone, Copy)]
pub(super) struct Viewing<'a> {
    /// The address of the API.
    pub(super) base_url: &'a str,
}

impl Viewing<'_> {
    /// Gives the entity tag of a series.
    pub(super) fn tag(series: &Facts) -> EntityTag {
        EntityTag::document(series.version, "t")
    }

    /// Makes the view of a series with the meetings that were planned just now.
    pub(super) fn planned(self, series: &Facts, planned: Option<Vec<MeetingId>>) -> MeetingSeries {
        MeetingSeries { planned_meeting_ids: planned, ..self.view(series) }
    }

    /// Makes the view of a series.
    pub(super) fn view(self, series: &Facts) -> MeetingSeries {
        let starts = series.rhythm.starts;
        MeetingSeries {
            href: format!("{}/meetingSeries/{}", self.base_url, series.id),
            id: series.id,
            version: series.version.0,
            etag: Self::tag(series).as_str().to_owned(),
            consultation_id: series.consultation_id,
            host_organisation_id: series.host_organisation_id,
            state: series.status,
            allowed_verbs: allowed(series.status),
            recurrence: series.rhythm.recurrence.to_string(),
            starts_on: starts.date(),
            start_time: starts.time().strftime("%H:%M").to_string(),
            minutes: series.rhythm.minutes,
            place: series.place.as_ref().map(ToString::to_string),
            planned_until: series.planned_until,
            planned_meeting_ids: None,
            remark: series.remark.as_ref().map(ToString::to_string),
            created_at: series.created_at,
            updated_at: series.updated_at,
            created_by: (&series.created_by).into(),
        }
    }
}
