//! Webhooks: endpoints of clients to which the changes that they may see are sent.

mod act;
mod create;
mod deliveries;
mod dispatch;
mod get;
mod handshake;
mod list;
mod replay;
mod signing;
mod source;
mod update;
mod verbs;
mod verify;
mod view;

use domain::id::{WebhookDeliveryId, WebhookSubscriptionId};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use dispatch::{Dispatched, Dispatcher, WebhookMetrics, start};
pub use view::WebhookSubscription;

use crate::clock::{Clock as _, SystemClock};
use crate::state::State;

/// Which subscription.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct SubscriptionPath {
    /// The webhook subscription.
    #[param(value_type = uuid::Uuid)]
    pub webhook_subscription_id: WebhookSubscriptionId,
}

/// Which delivery of which subscription.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct DeliveryPath {
    /// The webhook subscription.
    #[param(value_type = uuid::Uuid)]
    pub webhook_subscription_id: WebhookSubscriptionId,
    /// The delivery.
    #[param(value_type = uuid::Uuid)]
    pub webhook_delivery_id: WebhookDeliveryId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_webhook_subscriptions)
        .service(get::get_webhook_subscription)
        .service(create::create_webhook_subscription)
        .service(update::update_webhook_subscription)
        .service(verify::verify_webhook_subscription)
        .service(verbs::pause_webhook_subscription)
        .service(verbs::resume_webhook_subscription)
        .service(verbs::rotate_webhook_subscription_secret)
        .service(replay::replay_webhook_subscription)
        .service(verbs::end_webhook_subscription)
        .service(deliveries::list_webhook_deliveries)
        .service(deliveries::get_webhook_delivery)
        .service(deliveries::redeliver_webhook_delivery);
}

/// Gives the time that attempts are counted in: the real one, also where a sandbox moves the time of the domain.
pub(crate) fn attempt_time(state: &State) -> Timestamp {
    if state.sandbox.is_some() { SystemClock.now() } else { state.clock.now() }
}
