//! Lists of consultations.

use actix_web::get;
use persistence::{Direction, consultations};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Consultation;
use crate::call::Call;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

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
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Ascending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let found = call.snapshot(move |connection| Ok(consultations::list(connection, &sight, page)?)).await?;
    let base_url = &call.state.base_url;
    let items = found.items.iter().map(|stored| Consultation::of(stored, base_url)).collect();
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|stored| At::new(stored.created_at, stored.consultation.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
