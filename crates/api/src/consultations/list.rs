//! Lists of consultations.

use actix_web::get;
use persistence::consultations;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Consultation;
use crate::call::Call;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::ref_data::{Asked, list};
use crate::reply::Reply;

/// What the list is ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists consultations.
    pub ListConsultations, query = ListQuery
);

/// List consultations.
///
/// Services and partners see those that they are a member of. Oldest first unless told otherwise.
#[utoipa::path(
    tag = "Reference Data",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of consultations", body = Collection<Consultation>))
)]
#[get("/consultations")]
pub async fn list_consultations(call: Call<ListConsultations>) -> Result<Reply, Problem> {
    let asked = Asked { by: "createdAt", sort: &call.query.sort, page: &call.query.page };
    list(
        &call,
        asked,
        Ok(consultations::list),
        |stored| Some(At::new(stored.created_at, stored.consultation.id)),
        |stored| Consultation::of(stored, &call.state.base_url),
    )
    .await
}
