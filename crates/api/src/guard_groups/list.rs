//! Lists of guard groups.

use actix_web::get;
use domain::id::OrganisationId;
use persistence::guard_groups;
use serde::Deserialize;
use utoipa::IntoParams;

use super::GuardGroup;
use crate::call::Call;
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
    /// Of this service.
    #[param(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists guard groups.
    pub ListGuardGroups, query = ListQuery
);

/// List guard groups.
///
/// Services and partners see their own. Oldest first unless told otherwise.
#[utoipa::path(
    tag = "Presence",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of guard groups", body = Collection<GuardGroup>))
)]
#[get("/guardGroups")]
pub async fn list_guard_groups(call: Call<ListGuardGroups>) -> Result<Reply, Problem> {
    let asked = Asked { by: "createdAt", sort: &call.query.sort, page: &call.query.page };
    let organisation = call.query.organisation_id;
    list(
        &call,
        asked,
        Ok(move |connection: &mut _, sight: &_, page| {
            guard_groups::list(connection, sight, organisation, page)
        }),
        |stored| Some(At::new(stored.created_at, stored.group.id)),
        |stored| GuardGroup::of(&stored.group, &call.state.base_url),
    )
    .await
}
