//! Lists of rows of the term table.

use actix_web::get;
use persistence::terms;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Term;
use crate::call::Call;
use crate::endpoint;
use crate::forms::RecordedAtOrder;
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
    /// `recordedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<RecordedAtOrder>, max_items = 1, required = false, example = json!(["recordedAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists the term table.
    pub ListTerms, query = ListQuery
);

/// List the term table.
///
/// The row that names a request most closely sets its terms: service before consultation, then category, then urgency.
/// Without such a row the defaults hold. Services and partners see the rows for their own organisations and those for
/// all. Oldest first unless told otherwise.
#[utoipa::path(
    tag = "Reference Data",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of the term table", body = Collection<Term>))
)]
#[get("/terms")]
pub async fn list_terms(call: Call<ListTerms>) -> Result<Reply, Problem> {
    let asked = Asked { by: "recordedAt", sort: &call.query.sort, page: &call.query.page };
    list(
        &call,
        asked,
        Ok(terms::list),
        |term| Some(At::new(term.recorded_at, term.id)),
        |term| Term::of(term, &call.state.base_url),
    )
    .await
}
