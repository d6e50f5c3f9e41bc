//! Changing a draft.

use actix_web::patch;
use domain::change::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::steps::{EscalationStep, document};
use super::verbs::act;
use super::{EscalationPolicy, PolicyPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// A merge patch of a draft (RFC 7396): its steps, as a whole. What it judges never changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "steps": [{"id": "answerLate", "condition": "answerLate", "workingDays": 0, "effects": ["remindService"]}]
})))]
pub struct EscalationPolicyPatch {
    /// Its steps.
    #[schema(min_items = 1, max_items = 50, nullable = false)]
    steps: Option<Vec<EscalationStep>>,
}

endpoint!(
    /// Changes a draft.
    pub UpdateEscalationPolicy, path = PolicyPath, body = EscalationPolicyPatch
);

/// Change a draft of an escalation policy.
///
/// What is active or retired stays as it is, so that whatever it did stays explained: write the next version instead.
#[utoipa::path(
    tag = "Escalation",
    params(PolicyPath),
    request_body = EscalationPolicyPatch,
    responses((status = 200, description = "The policy after it", body = EscalationPolicy))
)]
#[patch("/escalationPolicies/{escalationPolicyId}")]
pub async fn update_escalation_policy(call: Call<UpdateEscalationPolicy>) -> Result<Reply, Problem> {
    let patch = call.body.clone();
    act(call, move |policy, unit| {
        let Some(steps) = &patch.steps else { return Ok(Outcome::Unchanged(policy)) };
        let mut faults = Faults::default();
        let document = document(steps, &policy.scope, &mut faults);
        let document = faults.finish(document)?;
        if document == policy.document {
            return Ok(Outcome::Unchanged(policy));
        }
        Ok(policy.edit(&document, &unit.stamp())?)
    })
    .await
}
