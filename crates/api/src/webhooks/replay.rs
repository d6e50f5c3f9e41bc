//! Sending again what came after a place in the change feed.

use actix_web::post;
use persistence::webhooks;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{check_client, held, reply};
use super::{SubscriptionPath, WebhookSubscription, attempt_time, source};
use crate::call::Call;
use crate::endpoint;
use crate::events::FeedCursor;
use crate::problem::{Place, Problem};
use crate::reply::Reply;

/// From where on is sent again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"after": "eyJ2IjoxLCJhdCI6MTIsImJ5IjoiMmI1ZTZmIn0"})))]
pub struct ReplayBody {
    /// A place in the change feed: `after` of an address of `GET /events`, or the `cursor` of a delivery.
    #[schema(min_length = 1, max_length = 1000)]
    after: String,
}

endpoint!(
    /// Sends again what came after a place in the feed.
    pub ReplayWebhookSubscription, path = SubscriptionPath, body = ReplayBody
);

/// Send again what came after a place in the change feed.
///
/// Everything after it is sent once more, in its order and with the same `webhook-id` as before, whether the endpoint took it
/// or not; then goes on what happens. What waited to be sent is `superseded` by that. While the subscription is paused nothing
/// is sent. The client that subscribed does so.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    request_body = ReplayBody,
    responses((status = 200, description = "The subscription after it", body = WebhookSubscription)),
    extensions(("x-cursor" = json!(true)))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/replay")]
pub async fn replay_webhook_subscription(call: Call<ReplayWebhookSubscription>) -> Result<Reply, Problem> {
    let id = call.path.webhook_subscription_id;
    let after = FeedCursor::of_input(&call.body.after, Place::Body);
    let after = after.map_err(|issue| Problem::bad_request([issue]))?;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    let due = attempt_time(&call.state);
    call.write(move |unit| {
        let subscription = held(unit, &sight, id)?;
        check_client(&subscription, &principal)?;
        unit.act_for(subscription.organisation_id);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(subscription.version)?;
        let change = subscription.replay(&unit.stamp())?;
        let place = source::place(unit.connection(), &principal, Some(&after))?;
        unit.save(&change)?;
        // What the subscription has not come to yet is sent anyway.
        let place = place.min(webhooks::progress(unit.connection(), id)?.cursor);
        webhooks::supersede(unit, id, place, None)?;
        webhooks::go_on_from(unit, id, place, due)?;
        let progress = webhooks::progress(unit.connection(), id)?;
        reply(&change.state, &progress, &base_url)
    })
    .await
}
