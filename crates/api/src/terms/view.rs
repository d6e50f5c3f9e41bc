//! What readers see of a row of the term table.

use domain::change::Version;
use domain::follow_up::Urgency;
use domain::id::{ConsultationId, OrganisationId, TermId};
use jiff::Timestamp;
use persistence::terms::StoredTerm;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::UrgencyCode;
use crate::etag::EntityTag;

/// The version of every row: it is added and taken away, never changed.
pub(super) const VERSION: Version = Version::FIRST;

/// A row of the term table: for which requests it holds, and their terms. What is absent holds for all.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Term {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: TermId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// For requests to this service.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// For requests of this consultation.
    #[schema(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// For cases with a category of this main group.
    #[schema(example = "AFV")]
    category_group: Option<String>,
    /// For requests of this urgency.
    #[schema(value_type = Option<UrgencyCode>)]
    urgency: Option<Urgency>,
    /// The term to confirm receipt, in working days.
    receipt_working_days: u32,
    /// The term to answer, in working days.
    answer_working_days: u32,
    /// When it was added: requests that were sent before keep their terms.
    recorded_at: Timestamp,
}

/// Gives the entity tag of a row.
pub(super) fn tag() -> EntityTag {
    EntityTag::document(VERSION, "t")
}

impl Term {
    /// Makes the view of a row.
    pub(super) fn of(term: &StoredTerm, base_url: &str) -> Self {
        let rule = &term.rule;
        Self {
            href: format!("{base_url}/terms/{}", term.id),
            id: term.id,
            version: VERSION.0,
            etag: tag().as_str().to_owned(),
            organisation_id: rule.organisation_id,
            consultation_id: rule.consultation_id,
            category_group: rule.category_group.as_ref().map(|group| group.as_str().to_owned()),
            urgency: rule.urgency,
            receipt_working_days: rule.days.receipt.get(),
            answer_working_days: rule.days.answer.get(),
            recorded_at: term.recorded_at,
        }
    }
}
