//! The frame of every verb on a subscription.

use domain::change::Outcome as GenericOutcome;
use domain::id::WebhookSubscriptionId;
use domain::webhook::{Outcome, Verb, WebhookError, WebhookSubscription as Aggregate};
use persistence::webhooks::{self, Progress};

use super::view::tag;
use super::{SubscriptionPath, WebhookSubscription};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// Whether only the client that subscribed may do something, or any of its organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The messages go out in its name: nobody else says where to, or sees what they tell.
    ItsClient,
    /// It only sends less.
    Anyone,
}

/// Finds a subscription that a caller may see, or tells that there is none.
pub(super) fn seen(
    connection: &mut persistence::AnyConnection,
    sight: &domain::access::Sight,
    id: WebhookSubscriptionId,
) -> Result<Aggregate, Refusal> {
    let found = webhooks::find(connection, sight, id)?;
    Ok(found.ok_or_else(|| Problem::not_found("webhookSubscriptionId"))?)
}

/// Finds a subscription that a caller may see and keeps it, and how far it is, as they are until the end of the unit of work.
pub(super) fn held(
    unit: &mut Unit<'_, '_>,
    sight: &domain::access::Sight,
    id: WebhookSubscriptionId,
) -> Result<Aggregate, Refusal> {
    webhooks::hold(unit, id)?;
    seen(unit.connection(), sight, id)
}

/// Fails unless the caller is the client whose rights a subscription has.
pub(super) fn check_client(
    subscription: &Aggregate,
    principal: &domain::access::Principal,
) -> Result<(), Refusal> {
    if subscription.grant.client_id == principal.client_id {
        return Ok(());
    }
    // It can be read, so there is nothing to hide.
    Err(Problem::new(Code::MissingPermission).into())
}

/// Carries out a verb: find, replay, check the version, decide, save, what goes with it, answer.
pub(super) async fn act<E>(
    call: Call<E>,
    by: By,
    decide: impl Fn(Aggregate, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
    accompany: impl Fn(&Aggregate, &mut Unit<'_, '_>) -> Result<(), Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = SubscriptionPath>,
{
    let id = call.path.webhook_subscription_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let subscription = held(unit, &sight, id)?;
        if by == By::ItsClient {
            check_client(&subscription, &principal)?;
        }
        unit.act_for(subscription.organisation_id);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(subscription.version)?;
        let subscription = match decide(subscription, unit)? {
            GenericOutcome::Unchanged(subscription) => subscription,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                accompany(&change.state, unit)?;
                change.state
            }
        };
        let progress = webhooks::progress(unit.connection(), id)?;
        reply(&subscription, &progress, &base_url)
    })
    .await
}

/// Answers with a subscription.
pub(super) fn reply(subscription: &Aggregate, progress: &Progress, base_url: &str) -> Result<Reply, Refusal> {
    let view = WebhookSubscription::of(subscription, progress, base_url);
    Ok(Reply::ok(&view)?.tag(&tag(subscription, progress)))
}

impl From<WebhookError> for Refusal {
    fn from(WebhookError { from, verb, allowed }: WebhookError) -> Self {
        let reason = format!("{verb} is not possible from {from}");
        let allowed: Vec<&str> = allowed.into_iter().map(Verb::code).collect();
        Problem::illegal_transition(from.code(), verb.code(), &reason, allowed).into()
    }
}
