//! Lists of series of meetings.

use actix_web::get;
use domain::id::ConsultationId;
use persistence::{Direction, meeting_series};
use serde::Deserialize;
use utoipa::IntoParams;

use super::MeetingSeries;
use super::view::Viewing;
use crate::call::Call;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists series of meetings.
    pub ListMeetingSeries, query = ListQuery
);

/// List series of meetings.
///
/// Those of the consultations that the caller is a member of; newest first unless told otherwise.
#[utoipa::path(
    tag = "Meetings",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of series", body = Collection<MeetingSeries>))
)]
#[get("/meetingSeries")]
pub async fn list_meeting_series(call: Call<ListMeetingSeries>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let consultation = call.query.consultation_id;
    let found = call
        .read(move |connection| Ok(meeting_series::list(connection, &sight, consultation, page)?))
        .await?;
    let viewing = Viewing { base_url: &call.state.base_url };
    let items = found.items.iter().map(|series| viewing.view(series)).collect();
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|series| At::new(series.created_at, series.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
