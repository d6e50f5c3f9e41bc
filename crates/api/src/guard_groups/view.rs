//! What readers see of a guard group.

use domain::guard_group::GuardGroup as Aggregate;
use domain::id::{GuardGroupId, OrganisationId};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::etag::EntityTag;
use crate::ref_data::LabelsView;

/// A named team of community guards.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuardGroup {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: GuardGroupId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The service that it belongs to.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// Its name.
    name: LabelsView,
    /// The first day on which it exists.
    valid_from: Date,
    /// The last day on which it exists.
    valid_to: Option<Date>,
}

/// Gives the entity tag of a group.
pub(super) fn tag(group: &Aggregate) -> EntityTag {
    EntityTag::document(group.version, "g")
}

impl GuardGroup {
    /// Makes the view of a group.
    pub(super) fn of(group: &Aggregate, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/guardGroups/{}", group.id),
            id: group.id,
            version: group.version.0,
            etag: tag(group).as_str().to_owned(),
            organisation_id: group.organisation_id,
            name: (&group.name).into(),
            valid_from: group.valid_from,
            valid_to: group.valid_to,
        }
    }
}
