//! What readers see of a presence record.

use domain::id::{AreaId, GuardGroupId, OrganisationId, PresenceRecordId};
use domain::presence::{Correction, PresenceRecord as Aggregate, Shift, Status, Task};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{GuardTaskCode, PresenceStateCode};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// A shift of a group of community guards.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceRecord {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: PresenceRecordId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// Whether it counts.
    #[schema(value_type = PresenceStateCode)]
    state: Status,
    /// The service of the group.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The group.
    #[schema(value_type = uuid::Uuid)]
    guard_group_id: GuardGroupId,
    /// Where.
    #[schema(value_type = uuid::Uuid)]
    area_id: AreaId,
    /// When the shift began.
    started_at: Timestamp,
    /// When it ended.
    ended_at: Timestamp,
    /// The minutes that passed in between, whatever the clock showed.
    minutes: i64,
    /// What they did.
    #[schema(value_type = GuardTaskCode)]
    task: Task,
    /// How many guards.
    guards: u16,
    /// How many contacts with citizens.
    contacts: u16,
    /// What else there is to say.
    remarks: Option<String>,
    /// The corrections, oldest first; absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    corrections: Vec<PresenceCorrection>,
    /// When it was withdrawn.
    withdrawn_at: Option<Timestamp>,
    /// Who withdrew it.
    withdrawn_by: Option<ActorView>,
    /// Why it was withdrawn.
    withdrawal_reason: Option<String>,
    /// When it was recorded.
    created_at: Timestamp,
    /// Who recorded it.
    created_by: ActorView,
    /// When it last changed.
    updated_at: Timestamp,
}

/// A correction of a presence record, with what it said until then.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceCorrection {
    /// When it was corrected.
    corrected_at: Timestamp,
    /// Who corrected it.
    corrected_by: ActorView,
    /// Why.
    reason: String,
    /// The group until then.
    #[schema(value_type = uuid::Uuid)]
    guard_group_id: GuardGroupId,
    /// Where, until then.
    #[schema(value_type = uuid::Uuid)]
    area_id: AreaId,
    /// The begin until then.
    started_at: Timestamp,
    /// The end until then.
    ended_at: Timestamp,
    /// The task until then.
    #[schema(value_type = GuardTaskCode)]
    task: Task,
    /// The number of guards until then.
    guards: u16,
    /// The number of contacts until then.
    contacts: u16,
    /// The remarks until then.
    remarks: Option<String>,
}

impl From<&Correction> for PresenceCorrection {
    fn from(correction: &Correction) -> Self {
        let Shift { guard_group_id, area_id, started_at, ended_at, task, guards, contacts, remarks } =
            &correction.before;
        Self {
            corrected_at: correction.at,
            corrected_by: (&correction.by).into(),
            reason: correction.reason.to_string(),
            guard_group_id: *guard_group_id,
            area_id: *area_id,
            started_at: *started_at,
            ended_at: *ended_at,
            task: *task,
            guards: *guards,
            contacts: *contacts,
            remarks: remarks.as_ref().map(ToString::to_string),
        }
    }
}

/// Gives the entity tag of a record.
pub(super) fn tag(record: &Aggregate) -> EntityTag {
    EntityTag::document(record.version, "p")
}

impl PresenceRecord {
    /// Makes the view of a record.
    pub(super) fn of(record: &Aggregate, base_url: &str) -> Self {
        let Shift { guard_group_id, area_id, started_at, ended_at, task, guards, contacts, remarks } =
            &record.shift;
        let withdrawal = record.withdrawal.as_ref();
        Self {
            href: format!("{base_url}/presenceRecords/{}", record.id),
            id: record.id,
            version: record.version.0,
            etag: tag(record).as_str().to_owned(),
            state: record.status(),
            organisation_id: record.organisation_id,
            guard_group_id: *guard_group_id,
            area_id: *area_id,
            started_at: *started_at,
            ended_at: *ended_at,
            minutes: ended_at.duration_since(*started_at).as_mins(),
            task: *task,
            guards: *guards,
            contacts: *contacts,
            remarks: remarks.as_ref().map(ToString::to_string),
            corrections: record.corrections.iter().map(Into::into).collect(),
            withdrawn_at: withdrawal.map(|withdrawal| withdrawal.at),
            withdrawn_by: withdrawal.map(|withdrawal| (&withdrawal.by).into()),
            withdrawal_reason: withdrawal.map(|withdrawal| withdrawal.reason.to_string()),
            created_at: record.created_at,
            created_by: (&record.created_by).into(),
            updated_at: record.updated_at,
        }
    }
}
