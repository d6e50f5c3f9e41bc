//! What readers see of a closure day.

use domain::change::Version;
use domain::id::{ClosureDayId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::closure_days;
use serde::Serialize;
use utoipa::ToSchema;

use crate::etag::EntityTag;

/// The version of every closure day: it is added and taken away, never changed.
pub(super) const VERSION: Version = Version::FIRST;

/// A day on which an organisation is closed.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosureDay {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ClosureDayId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The organisation.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The day.
    closed_on: Date,
    /// What the day is called.
    name: Option<String>,
    /// When it became known: requests that were sent before do not count it.
    recorded_at: Timestamp,
}

/// Gives the entity tag of a closure day.
pub(super) fn tag() -> EntityTag {
    EntityTag::document(VERSION, "d")
}

impl ClosureDay {
    /// Makes the view of a closure day.
    pub(super) fn of(day: &closure_days::ClosureDay, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/closureDays/{}", day.id),
            id: day.id,
            version: VERSION.0,
            etag: tag().as_str().to_owned(),
            organisation_id: day.organisation_id,
            closed_on: day.closed_on,
            name: day.name.clone(),
            recorded_at: day.recorded_at,
        }
    }
}
