//! What readers see of an hourly rate.

use domain::change::Version;
use domain::id::{ConsultationId, HourlyRateId};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::hourly_rates::StoredRate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::etag::EntityTag;

/// The version of every rate: it is added and taken away, never changed.
pub(super) const VERSION: Version = Version::FIRST;

/// What an hour of a function costs, from a day on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HourlyRate {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: HourlyRateId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation that it is for.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The function that it is for.
    #[schema(example = "chiefInspector")]
    function: String,
    /// What an hour of one person costs, in cents of a euro.
    cents_per_hour: u32,
    /// The first day on which it holds, until a later rate of the function begins.
    valid_from: Date,
    /// When it was added.
    recorded_at: Timestamp,
}

/// Gives the entity tag of a rate.
pub(super) fn tag() -> EntityTag {
    EntityTag::document(VERSION, "t")
}

impl HourlyRate {
    /// Makes the view of a rate.
    pub(super) fn of(stored: &StoredRate, base_url: &str) -> Self {
        let rate = &stored.rate;
        Self {
            href: format!("{base_url}/hourlyRates/{}", stored.id),
            id: stored.id,
            version: VERSION.0,
            etag: tag().as_str().to_owned(),
            consultation_id: stored.consultation_id,
            function: rate.function.to_string(),
            cents_per_hour: rate.cents_per_hour.get(),
            valid_from: rate.valid_from,
            recorded_at: stored.recorded_at,
        }
    }
}
