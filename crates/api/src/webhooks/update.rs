//! Changing a subscription.

use actix_web::patch;
use domain::change::Outcome;
use domain::text::Title;
use domain::webhook::{Edit, Status};
use persistence::webhooks::{self, Endpoint};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::act::{By, act};
use super::create::{patterns, url};
use super::{SubscriptionPath, WebhookSubscription, attempt_time};
use crate::call::Call;
use crate::endpoint;
use crate::forms::EventTypePattern;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// A merge patch of a subscription (RFC 7396).
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"label": "Meldpunt", "types": ["case.notify.*"]})))]
pub struct WebhookSubscriptionPatch {
    /// The address of the endpoint; another one has to be verified anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri", min_length = 8, max_length = 2000, nullable = false)]
    url: Option<String>,
    /// What it is for; null takes it away.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, value_type = Option<String>)]
    label: Option<Option<String>>,
    /// The types that it wants, as a whole; all when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<EventTypePattern>>, max_items = 100, nullable = false)]
    types: Option<Vec<String>>,
}

/// Tells what is given as null from what is absent.
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

endpoint!(
    /// Changes a subscription.
    pub UpdateWebhookSubscription, path = SubscriptionPath, body = WebhookSubscriptionPatch
);

/// Change a webhook subscription.
///
/// The client that subscribed does so. Another endpoint has to be verified anew; until then nothing is sent, and what happens
/// meanwhile is sent afterwards. Other types hold for what the subscription has not come to yet in the change feed.
#[utoipa::path(
    tag = "Webhooks",
    params(SubscriptionPath),
    request_body = WebhookSubscriptionPatch,
    responses((status = 200, description = "The subscription after it", body = WebhookSubscription))
)]
#[patch("/webhookSubscriptions/{webhookSubscriptionId}")]
pub async fn update_webhook_subscription(call: Call<UpdateWebhookSubscription>) -> Result<Reply, Problem> {
    let WebhookSubscriptionPatch { url: address, label, types } = call.body.clone();
    let mut faults = Faults::default();
    let url = match &address {
        None => Some(None),
        Some(address) => url(address, &call.state.outbound, &mut faults).map(Some),
    };
    let label: Option<Option<Option<Title>>> = match &label {
        None => Some(None),
        Some(label) => faults.optional_text("label", label.as_ref()).map(Some),
    };
    let patterns = match &types {
        None => Some(None),
        Some(types) => patterns(types, &mut faults).map(Some),
    };
    let ((url, label), patterns) = faults.finish(url.zip(label).zip(patterns))?;
    let edit = Edit { url, label, patterns };
    let due = attempt_time(&call.state);
    act(
        call,
        By::ItsClient,
        move |subscription, unit| {
            let same = edit.url.as_ref().is_none_or(|url| *url == subscription.url)
                && edit.label.as_ref().is_none_or(|label| *label == subscription.label)
                && edit.patterns.as_ref().is_none_or(|patterns| *patterns == subscription.patterns);
            if same {
                return Ok(Outcome::Unchanged(subscription));
            }
            Ok(subscription.edit(edit.clone(), &unit.stamp())?)
        },
        move |subscription, unit| {
            if subscription.status == Status::PendingVerification {
                webhooks::note(unit, subscription.id, &Endpoint::default())?;
                webhooks::set_due(unit, subscription.id, Some(due), false)?;
            }
            Ok(())
        },
    )
    .await
}
