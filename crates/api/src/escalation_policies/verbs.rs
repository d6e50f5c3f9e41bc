//! The verbs of a policy's life cycle.

use actix_web::post;
use domain::change::Outcome as GenericOutcome;
use domain::escalation_policy::{EscalationPolicy as Policy, Outcome, PolicyError, Verb};
use persistence::{escalation_policies, sweep};

use super::get::is_visible;
use super::view::tag;
use super::{EscalationPolicy, PolicyPath};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Carries out a verb: find, replay, check the version, decide, save, answer.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Policy, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = PolicyPath>,
{
    let id = call.path.escalation_policy_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let policy = escalation_policies::find(unit.connection(), id)?;
        let not_found = || Problem::not_found("escalationPolicyId");
        let reading = principal.sight(domain::access::Operation::GetEscalationPolicy);
        let policy = policy.filter(|policy| is_visible(&reading, policy)).ok_or_else(not_found)?;
        let consultation = policy.scope.consultation_id;
        match consultation.and_then(|consultation| principal.seat(E::OPERATION, consultation)) {
            Some(seat) => unit.act_for(seat),
            None if sight.everything => {}
            // The policy can be read, so there is nothing to hide.
            None => return Err(Problem::new(Code::MissingPermission).into()),
        }
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(policy.version)?;
        let policy = match decide(policy, unit)? {
            GenericOutcome::Unchanged(policy) => policy,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        Ok(Reply::ok(&EscalationPolicy::of(&policy, &base_url))?.tag(&tag(&policy)))
    })
    .await
}

endpoint!(
    /// Lets a policy judge.
    pub ActivateEscalationPolicy, path = PolicyPath
);

/// Activate an escalation policy.
///
/// It judges what happens from this moment on, and the active policy of the same scope is retired. A step whose condition
/// holds already takes effect at this moment, unless it did before; see what that comes to with the preview.
#[utoipa::path(
    tag = "Escalation",
    params(PolicyPath),
    responses((status = 200, description = "The policy after it", body = EscalationPolicy))
)]
#[post("/escalationPolicies/{escalationPolicyId}/activate")]
pub async fn activate_escalation_policy(call: Call<ActivateEscalationPolicy>) -> Result<Reply, Problem> {
    act(call, |policy, unit| {
        let stamp = unit.stamp();
        let outcome = policy.activate(&stamp)?;
        if let GenericOutcome::Changed(change) = &outcome {
            let scope = &change.state.scope;
            if let Some(active) = escalation_policies::find_active(unit.connection(), scope)?
                && let GenericOutcome::Changed(retired) = active.retire(&stamp)?
            {
                unit.save(&retired)?;
            }
            sweep::look_at_scope(unit, scope, stamp.at)?;
        }
        Ok(outcome)
    })
    .await
}

endpoint!(
    /// Ends a policy.
    pub RetireEscalationPolicy, path = PolicyPath
);

/// Retire an escalation policy.
///
/// From this moment on the next active policy judges what it judged, the one that names it less closely, or none.
#[utoipa::path(
    tag = "Escalation",
    params(PolicyPath),
    responses((status = 200, description = "The policy after it", body = EscalationPolicy))
)]
#[post("/escalationPolicies/{escalationPolicyId}/retire")]
pub async fn retire_escalation_policy(call: Call<RetireEscalationPolicy>) -> Result<Reply, Problem> {
    act(call, |policy, unit| {
        let stamp = unit.stamp();
        let outcome = policy.retire(&stamp)?;
        if let GenericOutcome::Changed(change) = &outcome {
            sweep::look_at_scope(unit, &change.state.scope, stamp.at)?;
        }
        Ok(outcome)
    })
    .await
}

impl From<PolicyError> for Refusal {
    fn from(PolicyError { from, verb, allowed }: PolicyError) -> Self {
        let reason = format!("{verb} is not possible from {from}");
        let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
        Problem::illegal_transition(from.code(), verb.code(), &reason, allowed).into()
    }
}
