//! The delivery log of a subscription.

use actix_web::{get, post};
use domain::webhook::{DeliveryState, Status, Verb, allowed};
use persistence::webhooks::{self, DeliveryFilter};
use persistence::{Direction, WEBHOOKS};
use serde::Deserialize;
use utoipa::IntoParams;

use super::act::{check_client, held, seen};
use super::view::WebhookDelivery;
use super::{DeliveryPath, SubscriptionPath, attempt_time};
use crate::call::Call;
use crate::codes::WebhookDeliveryStateCode;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// What the log is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// In this state.
    #[param(value_type = Option<WebhookDeliveryStateCode>)]
    state: Option<DeliveryState>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists the deliveries of a subscription.
    pub ListWebhookDeliveries, path = SubscriptionPath, query = DeliveriesQuery
);

/// List the deliveries of a webhook subscription.
///
/// What is to be sent, and what became of what was; the latest first unless told otherwise. What was settled stays for thirty
/// days, unless the operator sets another time. For the client that subscribed, as it tells what that client may see, and for
/// administrators.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath, DeliveriesQuery, PageQuery),
    responses((status = 200, description = "A page of deliveries", body = Collection<WebhookDelivery>))
)]
#[get("/webhookSubscriptions/{webhookSubscriptionId}/deliveries")]
pub async fn list_webhook_deliveries(call: Call<ListWebhookDeliveries>) -> Result<Reply, Problem> {
    let id = call.path.webhook_subscription_id;
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let fingerprint = call.fingerprint_of([WEBHOOKS]).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    let filter = DeliveryFilter { state: call.query.state };
    let (subscription, found) = call
        .snapshot(move |connection| {
            let subscription = seen(connection, &sight, id)?;
            if !sight.everything {
                check_client(&subscription, &principal)?;
            }
            let found = webhooks::list_deliveries(connection, id, &filter, page)?;
            Ok((subscription, found))
        })
        .await?;
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let base_url = &call.state.base_url;
    let reader = call.permit.principal();
    let view =
        |delivery| WebhookDelivery::of(delivery, base_url).with_cursor(delivery, &subscription, reader);
    let items = found.items.iter().map(view).collect();
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|delivery| At::new(delivery.created_at, delivery.id));
    Ok(Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))?.tag(&tag))
}

endpoint!(
    /// Reads a delivery.
    pub GetWebhookDelivery, path = DeliveryPath
);

/// Read a delivery of a webhook subscription.
///
/// For the client that subscribed, and for administrators.
#[utoipa::path(
    tag = "Webhooks",
    params(DeliveryPath),
    responses((status = 200, description = "The delivery", body = WebhookDelivery))
)]
#[get("/webhookSubscriptions/{webhookSubscriptionId}/deliveries/{webhookDeliveryId}")]
pub async fn get_webhook_delivery(call: Call<GetWebhookDelivery>) -> Result<Reply, Problem> {
    let DeliveryPath { webhook_subscription_id, webhook_delivery_id } = call.path;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let (subscription, found) = call
        .read(move |connection| {
            let subscription = seen(connection, &sight, webhook_subscription_id)?;
            if !sight.everything {
                check_client(&subscription, &principal)?;
            }
            let found = webhooks::find_delivery(connection, webhook_subscription_id, webhook_delivery_id)?;
            Ok((subscription, found))
        })
        .await?;
    let delivery = found.ok_or_else(|| Problem::not_found("webhookDeliveryId"))?;
    let view = WebhookDelivery::of(&delivery, &call.state.base_url);
    let view = view.with_cursor(&delivery, &subscription, call.permit.principal());
    let tag = view.tag();
    Ok(Reply::ok(&view)?.tag(&tag))
}

endpoint!(
    /// Has something delivered again.
    pub RedeliverWebhookDelivery, path = DeliveryPath
);

/// Have something delivered again.
///
/// What the delivery told is sent once more, in a delivery of its own whose message carries the same `webhook-id`; at once, or
/// when the subscription is resumed. The client that subscribed does so.
#[utoipa::path(
    tag = "Webhooks",
    params(DeliveryPath),
    responses((status = 201, description = "The new delivery", body = WebhookDelivery))
)]
#[post("/webhookSubscriptions/{webhookSubscriptionId}/deliveries/{webhookDeliveryId}/redeliver")]
pub async fn redeliver_webhook_delivery(call: Call<RedeliverWebhookDelivery>) -> Result<Reply, Problem> {
    let DeliveryPath { webhook_subscription_id, webhook_delivery_id } = call.path;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    let due = attempt_time(&call.state);
    call.write(move |unit| {
        let subscription = held(unit, &sight, webhook_subscription_id)?;
        check_client(&subscription, &principal)?;
        unit.act_for(subscription.organisation_id);
        let found = webhooks::find_delivery(unit.connection(), webhook_subscription_id, webhook_delivery_id)?;
        let delivery = found.ok_or_else(|| Problem::not_found("webhookDeliveryId"))?;
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        if subscription.status == Status::Ended {
            let reason = "redeliver is not possible from ended";
            let allowed = allowed(subscription.status).into_iter().map(Verb::code);
            return Err(Problem::illegal_transition("ended", "redeliver", reason, allowed).into());
        }
        let again = webhooks::redeliver(unit, &delivery, due)?;
        let view = WebhookDelivery::of(&again, &base_url).with_cursor(&again, &subscription, &principal);
        let (location, tag) = (view.href.clone(), view.tag());
        Ok(Reply::created(&view, location)?.tag(&tag))
    })
    .await
}
