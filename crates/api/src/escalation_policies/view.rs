//! What readers see of a policy.

use domain::escalation_policy::{self as policy, Facts, Scope, Status, Verb, allowed};
use domain::id::{ConsultationId, EscalationPolicyId, OrganisationId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::steps::EscalationStep;
use crate::codes::{EscalationPolicyStateCode, EscalationPolicyVerbCode};
use crate::etag::EntityTag;
use crate::forms::CategoryOrGroupCode;

/// A numbered version of the rules of a scope. What is absent of the scope holds for all.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPolicy {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: EscalationPolicyId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// It judges what belongs to this consultation.
    #[schema(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// It judges cases of this category or main group, and requests about them.
    #[schema(value_type = Option<CategoryOrGroupCode>)]
    category: Option<String>,
    /// It judges requests to this service.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// 1, 2, 3 … among the policies of its scope.
    number: u32,
    /// Its state.
    #[schema(value_type = EscalationPolicyStateCode)]
    state: Status,
    /// Its steps, in the order in which they take effect when several do at the same instant.
    steps: Vec<EscalationStep>,
    /// When it was written.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Since when it judges.
    activated_at: Option<Timestamp>,
    /// Until when it judged.
    retired_at: Option<Timestamp>,
    /// What can be done with it now.
    #[schema(value_type = Vec<EscalationPolicyVerbCode>)]
    allowed_verbs: Vec<Verb>,
}

/// Gives the entity tag of a policy.
pub(super) fn tag(policy: &Facts) -> EntityTag {
    EntityTag::document(policy.version, "p")
}

impl EscalationPolicy {
    /// Makes the view of a policy.
    pub(super) fn of(policy: &policy::EscalationPolicy, base_url: &str) -> Self {
        let Scope { consultation_id, category, organisation_id } = policy.scope.clone();
        Self {
            href: format!("{base_url}/escalationPolicies/{}", policy.id),
            id: policy.id,
            version: policy.version.0,
            etag: tag(policy).as_str().to_owned(),
            consultation_id,
            category: category.map(|code| code.as_str().to_owned()),
            organisation_id,
            number: policy.number,
            state: policy.status,
            steps: policy.document.written().into_iter().filter_map(EscalationStep::of).collect(),
            created_at: policy.created_at,
            updated_at: policy.updated_at,
            activated_at: policy.activated_at,
            retired_at: policy.retired_at,
            allowed_verbs: allowed(policy.status),
        }
    }
}
