//! The verbs of a subscription that need nothing but the database.

use actix_web::post;
use domain::webhook::{EndReason, PauseReason, SignatureScheme};
use jiff::{SignedDuration, Timestamp};
use persistence::webhooks::{self, Endpoint};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{By, act, check_client, held};
use super::view::tag;
use super::{SubscriptionPath, WebhookSubscription, attempt_time, signing, source};
use crate::call::Call;
use crate::codes::WebhookSignatureSchemeCode;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

endpoint!(
    /// Pauses a subscription.
    pub PauseWebhookSubscription, path = SubscriptionPath
);

/// Pause a webhook subscription.
///
/// Nothing is sent until it is resumed, and nothing is lost as long as the change feed keeps it. Any client of its organisation
/// may do so.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription after it", body = WebhookSubscription))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/pause")]
pub async fn pause_webhook_subscription(call: Call<PauseWebhookSubscription>) -> Result<Reply, Problem> {
    act(
        call,
        By::Anyone,
        |subscription, unit| Ok(subscription.pause(PauseReason::ByOwner, &unit.stamp())?),
        |_, _| Ok(()),
    )
    .await
}

endpoint!(
    /// Resumes a subscription.
    pub ResumeWebhookSubscription, path = SubscriptionPath
);

/// Resume a webhook subscription.
///
/// It goes on where it was, with what could not be delivered first. One that was paused because the change feed no longer
/// keeps what was not delivered (`resynchronise`) begins anew with what happens from now on: read the lists once. The client
/// that subscribed does so.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription after it", body = WebhookSubscription))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/resume")]
pub async fn resume_webhook_subscription(call: Call<ResumeWebhookSubscription>) -> Result<Reply, Problem> {
    let due = attempt_time(&call.state);
    act(
        call,
        By::ItsClient,
        |subscription, unit| Ok(subscription.resume(&unit.stamp())?),
        move |subscription, unit| {
            let progress = webhooks::progress(unit.connection(), subscription.id)?;
            if source::is_lost(unit.connection(), progress.cursor)? {
                let head = source::head(unit.connection())?;
                webhooks::supersede(unit, subscription.id, 0, None)?;
                webhooks::go_on_from(unit, subscription.id, head, due)?;
            }
            webhooks::revive(unit, subscription.id, due)?;
            let endpoint =
                Endpoint { last_delivered_at: progress.endpoint.last_delivered_at, ..Endpoint::default() };
            webhooks::note(unit, subscription.id, &endpoint)?;
            Ok(webhooks::set_due(unit, subscription.id, Some(due), false)?)
        },
    )
    .await
}

endpoint!(
    /// Ends a subscription.
    pub EndWebhookSubscription, path = SubscriptionPath
);

/// End a webhook subscription.
///
/// Nothing is sent any more, for good; its deliveries can still be read. Any client of its organisation may do so.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription after it", body = WebhookSubscription))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/end")]
pub async fn end_webhook_subscription(call: Call<EndWebhookSubscription>) -> Result<Reply, Problem> {
    act(
        call,
        By::Anyone,
        |subscription, unit| Ok(subscription.end(EndReason::ByOwner, &unit.stamp())?),
        |subscription, unit| Ok(webhooks::supersede(unit, subscription.id, 0, None)?),
    )
    .await
}

/// For how long the secret before signs as well.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"overlapHours": 24}), json!({"signatureScheme": "ed25519"}), json!({})))]
pub struct RotateSecretBody {
    /// For how many hours messages carry a signature of the secret before as well; 24 when nothing is said, 0 when it was lost to
    /// somebody.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 720, default = 24)]
    overlap_hours: u16,
    /// How messages are signed from now on; as before when nothing is said.
    #[schema(value_type = Option<WebhookSignatureSchemeCode>)]
    signature_scheme: Option<SignatureScheme>,
}

const fn a_day() -> u16 {
    24
}

endpoint!(
    /// Gives a subscription another secret.
    pub RotateWebhookSubscriptionSecret, path = SubscriptionPath, body = RotateSecretBody
);

/// Give a webhook subscription another secret.
///
/// The answer holds it, this once, or the new public key; the answer is not given again to a repeated request, which makes another
/// one. During the overlap messages carry two signatures. The client that subscribed does so.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    request_body = RotateSecretBody,
    responses((status = 200, description = "The subscription with its new secret", body = WebhookSubscription)),
    extensions(("x-idempotency-key" = json!(false)))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/rotateSecret")]
pub async fn rotate_webhook_subscription_secret(
    call: Call<RotateWebhookSubscriptionSecret>,
) -> Result<Reply, Problem> {
    let id = call.path.webhook_subscription_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    let wanted = call.body.signature_scheme;
    let overlap = SignedDuration::from_hours(call.body.overlap_hours.into());
    let until = attempt_time(&call.state).saturating_add(overlap).unwrap_or(Timestamp::MAX);
    let until = Some(until).filter(|_| overlap.is_positive());
    call.write(move |unit| {
        let subscription = held(unit, &sight, id)?;
        check_client(&subscription, &principal)?;
        unit.act_for(subscription.organisation_id);
        unit.check_version(subscription.version)?;
        let scheme = wanted.unwrap_or_else(|| subscription.secret.scheme());
        let secret = signing::new_secret(scheme).ok_or_else(|| Problem::internal("no random bytes"))?;
        let change = subscription.rotate_secret(secret.clone(), until, &unit.stamp())?;
        unit.save(&change)?;
        let progress = webhooks::progress(unit.connection(), id)?;
        let view = WebhookSubscription::of(&change.state, &progress, &base_url).with_secret(&secret);
        Ok::<_, Refusal>(Reply::ok(&view)?.tag(&tag(&change.state, &progress)).in_full())
    })
    .await
}
