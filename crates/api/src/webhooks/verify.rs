//! Having an endpoint verified while the caller waits.

use actix_web::post;
use domain::change::Outcome;
use domain::webhook::Verb;
use domain::webhook::{Status, edge};
use persistence::webhooks::{self, Endpoint};

use super::act::{check_client, held, reply, seen};
use super::handshake::{self, Unverified};
use super::{SubscriptionPath, WebhookSubscription, attempt_time, source};
use crate::call::Call;
use crate::endpoint;
use crate::problem::{Code, Problem};
use crate::reply::Reply;

/// Why an endpoint that echoed is not verified all the same.
const REPLACED: &str = "the subscription was given another endpoint meanwhile";

endpoint!(
    /// Has an endpoint verified.
    pub VerifyWebhookSubscription, path = SubscriptionPath
);

/// Have an endpoint verified.
///
/// The endpoint is sent a challenge at once and must echo it; then the subscription is active. When it does not, the answer is
/// 409 with what was wrong. It may also be done with an active subscription, to try the endpoint. The client that subscribed
/// does so.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription after it", body = WebhookSubscription))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/verify")]
pub async fn verify_webhook_subscription(call: Call<VerifyWebhookSubscription>) -> Result<Reply, Problem> {
    let id = call.path.webhook_subscription_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let precondition = call.precondition.clone();
    let before = {
        let (sight, principal) = (sight.clone(), principal.clone());
        call.read(move |connection| {
            let subscription = seen(connection, &sight, id)?;
            check_client(&subscription, &principal)?;
            Ok(subscription)
        })
        .await?
    };
    let can_be_verified = edge(before.status, Verb::Verify).is_some();
    let now = attempt_time(&call.state);
    let shaken = if can_be_verified && precondition.check(before.version).is_ok() {
        let (outbound, service) = (&call.state.outbound, source::service(&call.state));
        handshake::shake(outbound, service, &before, call.state.ids.next(), now).await.0
    } else {
        // The unit of work tells what is in the way.
        Ok(())
    };
    let base_url = call.state.base_url.clone();
    let failed = shaken.clone().err();
    let asked = before.url.clone();
    let answer = call
        .write(move |unit| {
            let subscription = held(unit, &sight, id)?;
            check_client(&subscription, &principal)?;
            unit.act_for(subscription.organisation_id);
            if let Some(earlier) = unit.earlier_reply()? {
                return Ok(earlier);
            }
            unit.check_version(subscription.version)?;
            if can_be_verified && subscription.url != asked {
                // It was moved meanwhile: another endpoint has to echo.
                return Err(Problem::new(Code::EndpointNotVerified).member("reason", REPLACED).into());
            }
            let progress = webhooks::progress(unit.connection(), id)?;
            let subscription = match &shaken {
                Err(Unverified { status, error }) => {
                    let last = progress.endpoint.clone();
                    let endpoint = Endpoint {
                        attempts: last.attempts.saturating_add(1),
                        failing_since: last.failing_since.or(Some(now)),
                        last_status: *status,
                        last_error: Some(error.clone()),
                        ..last
                    };
                    webhooks::note(unit, id, &endpoint)?;
                    subscription
                }
                Ok(()) if subscription.status == Status::Active => subscription,
                Ok(()) => match subscription.verify(&unit.stamp())? {
                    Outcome::Unchanged(subscription) => subscription,
                    Outcome::Changed(change) => {
                        unit.save(&change)?;
                        webhooks::begin_sending(unit, id, now)?;
                        change.state
                    }
                },
            };
            let progress = webhooks::progress(unit.connection(), id)?;
            reply(&subscription, &progress, &base_url)
        })
        .await?;
    match failed {
        None => Ok(answer),
        Some(Unverified { status, error }) => {
            let problem = Problem::new(Code::EndpointNotVerified).member("reason", error);
            Err(match status {
                Some(status) => problem.member("endpointStatus", status),
                None => problem,
            })
        }
    }
}
