//! Lists of policies.

use actix_web::get;
use domain::escalation_policy::Status;
use domain::id::ConsultationId;
use persistence::escalation_policies::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::EscalationPolicy;
use crate::call::Call;
use crate::codes::EscalationPolicyStateCode;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::ref_data::{Asked, list};
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of any of these consultations; policies for all consultations are left out then.
    #[serde(default)]
    #[param(value_type = Vec<uuid::Uuid>, max_items = 50, required = false)]
    consultation_id: Vec<ConsultationId>,
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<EscalationPolicyStateCode>, required = false)]
    state: Vec<Status>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists policies.
    pub ListEscalationPolicies, query = ListQuery
);

/// List escalation policies.
///
/// The active policy that names something most closely judges it: service before consultation, then category, then its main
/// group. Services and partners see the policies for their own organisations and those for all. Oldest first unless told
/// otherwise.
#[utoipa::path(
    tag = "Escalation",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of policies", body = Collection<EscalationPolicy>))
)]
#[get("/escalationPolicies")]
pub async fn list_escalation_policies(call: Call<ListEscalationPolicies>) -> Result<Reply, Problem> {
    let asked = Asked { by: "createdAt", sort: &call.query.sort, page: &call.query.page };
    let filter =
        Filter { consultations: call.query.consultation_id.clone(), states: call.query.state.clone() };
    list(
        &call,
        asked,
        Ok(move |connection: &mut _, sight: &_, page| {
            escalation_policies::list(connection, sight, &filter, page)
        }),
        |policy| Some(At::new(policy.created_at, policy.id)),
        |policy| EscalationPolicy::of(policy, &call.state.base_url),
    )
    .await
}
