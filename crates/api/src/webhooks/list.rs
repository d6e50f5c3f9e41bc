//! The subscriptions of an organisation.

use actix_web::get;
use domain::id::OrganisationId;
use domain::webhook::Status;
use persistence::webhooks::{self, Filter};
use persistence::{Direction, WEBHOOKS};
use serde::Deserialize;
use utoipa::IntoParams;

use super::WebhookSubscription;
use crate::call::Call;
use crate::codes::WebhookSubscriptionStateCode;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of any of these organisations.
    #[serde(default)]
    #[param(value_type = Vec<uuid::Uuid>, max_items = 50, required = false)]
    organisation_id: Vec<OrganisationId>,
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<WebhookSubscriptionStateCode>, required = false)]
    state: Vec<Status>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists subscriptions.
    pub ListWebhookSubscriptions, query = ListQuery
);

/// List webhook subscriptions.
///
/// Those of the organisations that the caller acts for, those that ended included; administrators see all. The latest first
/// unless told otherwise.
#[utoipa::path(
    tag = "Webhooks",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of subscriptions", body = Collection<WebhookSubscription>))
)]
#[get("/webhookSubscriptions")]
pub async fn list_webhook_subscriptions(call: Call<ListWebhookSubscriptions>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.fingerprint_of([WEBHOOKS]).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let filter =
        Filter { organisations: call.query.organisation_id.clone(), states: call.query.state.clone() };
    let found =
        call.snapshot(move |connection| Ok(webhooks::list(connection, &sight, &filter, page)?)).await?;
    let base_url = &call.state.base_url;
    let view = |(subscription, progress): &(_, _)| WebhookSubscription::of(subscription, progress, base_url);
    let items = found.items.iter().map(view).collect();
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|(subscription, _)| At::new(subscription.created_at, subscription.id));
    Ok(Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))?.tag(&tag))
}
