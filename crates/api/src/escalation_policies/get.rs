//! Reading one policy.

use actix_web::get;
use domain::access::Sight;
use domain::escalation_policy::{Facts, Status};
use persistence::escalation_policies;

use super::view::tag;
use super::{EscalationPolicy, PolicyPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a policy.
    pub GetEscalationPolicy, path = PolicyPath
);

/// Tells whether a reader sees a policy: services and partners see those for their own organisations and those for all, and no
/// drafts.
pub(super) fn is_visible(sight: &Sight, policy: &Facts) -> bool {
    let concerns = policy.scope.organisation_id.is_none_or(|service| sight.own.contains(&service));
    sight.everything || (concerns && policy.status != Status::Draft)
}

/// Read an escalation policy.
///
/// Services and partners see the policies for their own organisations and those for all, but no drafts.
#[utoipa::path(
    tag = "Escalation",
    params(PolicyPath),
    responses((status = 200, description = "The policy", body = EscalationPolicy))
)]
#[get("/escalationPolicies/{escalationPolicyId}")]
pub async fn get_escalation_policy(call: Call<GetEscalationPolicy>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.escalation_policy_id;
        let found = call.read(move |connection| Ok(escalation_policies::find(connection, id)?)).await?;
        let found = found.filter(|policy| is_visible(call.permit.sight(), policy));
        let policy = found.ok_or_else(|| Problem::not_found("escalationPolicyId"))?;
        let view = EscalationPolicy::of(&policy, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag(&policy)).cache(Cache::Revalidate))
    })
    .await
}
