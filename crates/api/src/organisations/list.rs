//! Lists of organisations.

use actix_web::get;
use domain::organisation::Kind;
use persistence::organisations::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Organisation;
use super::view::Viewing;
use crate::call::Call;
use crate::codes::OrganisationKindCode;
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
    /// Of any of these kinds.
    #[serde(default)]
    #[param(value_type = Vec<OrganisationKindCode>, required = false)]
    kind: Vec<Kind>,
    /// Those that take follow-up requests, or those that do not.
    takes_requests: Option<bool>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists organisations.
    pub ListOrganisations, query = ListQuery
);

/// List organisations.
///
/// Services and partners see their own in full and, by name, the services that take requests. Oldest first unless told
/// otherwise.
#[utoipa::path(
    tag = "Reference Data",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of organisations", body = Collection<Organisation>))
)]
#[get("/organisations")]
pub async fn list_organisations(call: Call<ListOrganisations>) -> Result<Reply, Problem> {
    let asked = Asked { by: "createdAt", sort: &call.query.sort, page: &call.query.page };
    let filter = Filter { kinds: call.query.kind.clone(), takes_requests: call.query.takes_requests };
    let viewing = Viewing { sight: call.permit.sight(), base_url: &call.state.base_url };
    list(
        &call,
        asked,
        Ok(move |connection: &mut _, sight: &_, page| organisations::list(connection, sight, &filter, page)),
        |stored| Some(At::new(stored.created_at, stored.organisation.id)),
        |stored| viewing.view(stored),
    )
    .await
}
