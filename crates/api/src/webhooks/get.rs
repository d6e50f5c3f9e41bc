//! Reading a subscription.

use actix_web::get;
use persistence::webhooks;

use super::act::{reply, seen};
use super::{SubscriptionPath, WebhookSubscription};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads a subscription.
    pub GetWebhookSubscription, path = SubscriptionPath
);

/// Read a webhook subscription.
///
/// Without its secret, which was shown when it was made; with what its endpoint did last, and why it is paused when it is.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription", body = WebhookSubscription))
)]
#[get("/webhookSubscriptions/{webhookSubscriptionId}")]
pub async fn get_webhook_subscription(call: Call<GetWebhookSubscription>) -> Result<Reply, Problem> {
    let id = call.path.webhook_subscription_id;
    let sight = call.permit.sight().clone();
    let base_url = call.state.base_url.clone();
    call.snapshot(move |connection| {
        let subscription = seen(connection, &sight, id)?;
        let progress = webhooks::progress(connection, id)?;
        reply(&subscription, &progress, &base_url)
    })
    .await
}
