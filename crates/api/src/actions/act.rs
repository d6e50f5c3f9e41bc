//! The frame of every verb on an action: find, replay, check the version, decide, save, answer.

use domain::access::{Operation, Principal, Sight};
use domain::action::{Action, ActionError, Facts, Outcome, Verb};
use domain::change::Outcome as GenericOutcome;
use domain::id::OrganisationId;
use persistence::actions;
use serde_json::Value;

use super::ActionPath;
use super::view::Viewing;
use crate::auth::Permit;
use crate::call::Call;
use crate::cases::led_elsewhere;
use crate::endpoint::Operates;
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Finds the organisation in whose name a caller acts on an action: that of its seat in the consultation when its role
/// writes all actions there, else the owner.
pub(super) fn acting(
    principal: &Principal,
    operation: Operation,
    sight: &Sight,
    action: &Facts,
) -> Option<OrganisationId> {
    let owner = action.owner().organisation_id;
    let is_owner = || sight.own.contains(&owner) || carries_out(principal, operation, action);
    principal.seat(operation, action.team()).or_else(|| is_owner().then_some(owner))
}

/// Tells whether a caller acts for the owner of an action whose case another consultation leads meanwhile: whoever took a
/// task goes on with it.
fn carries_out(principal: &Principal, operation: Operation, action: &Facts) -> bool {
    let carries_out =
        matches!(operation, Operation::StartAction | Operation::CompleteAction | Operation::CancelAction);
    let owner = action.owner().organisation_id;
    let mut seats = principal.seats.iter();
    carries_out
        && action.led_by.is_some()
        && principal.seat(operation, action.consultation_id).is_some()
        && seats.any(|seat| seat.consultation_id == action.consultation_id && seat.organisation_id == owner)
}

/// Carries out a verb.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Action, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = ActionPath>,
{
    let id = call.path.action_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let reading = principal.sight(Operation::GetAction);
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("actionId");
        let Some(action) = actions::find(unit.connection(), &sight, id)? else {
            // What the caller can read is nothing to hide.
            let is_readable = actions::find(unit.connection(), &reading, id)?.is_some();
            let problem = if is_readable { Problem::new(Code::MissingPermission) } else { not_found() };
            return Err(problem.into());
        };
        let acting = acting(&principal, E::OPERATION, &sight, &action);
        unit.act_for(acting.ok_or_else(|| match action.led_by {
            Some(_) => led_elsewhere(),
            None => not_found(),
        })?);
        let viewing = Viewing { sight: &reading, base_url: &base_url };
        if let Some(reply) = unit.earlier_reply()? {
            // Who was a member then may see no more than an owner now.
            let told: Value = reply.document()?;
            if told.get("createdBy").is_some() && !viewing.is_member(&action) {
                return Err(Problem::new(Code::MissingPermission).into());
            }
            return Ok(reply);
        }
        unit.check_version(action.version)?;
        let action = match decide(action, unit)? {
            GenericOutcome::Unchanged(action) => action,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        Ok(Reply::ok(&viewing.view(&action))?.tag(&viewing.tag(&action)))
    })
    .await
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Illegal { from, verb, allowed } => {
                let reason = format!("{verb} is not possible from {from}");
                let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &reason, allowed).into()
            }
        }
    }
}
