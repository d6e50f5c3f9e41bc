//! The calendar feeds of a consultation.

use actix_web::get;
use persistence::{Direction, calendar_feeds};
use serde::Deserialize;
use utoipa::IntoParams;

use super::CalendarFeed;
use crate::call::Call;
use crate::consultations::ConsultationPath;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// What the list is ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists the calendar feeds of a consultation.
    pub ListCalendarFeeds, path = ConsultationPath, query = ListQuery
);

/// List the calendar feeds of a consultation.
///
/// Those that were not revoked, without their addresses; the latest first unless told otherwise.
#[utoipa::path(
    tag = "Calendars",
    params(ConsultationPath, ListQuery, PageQuery),
    responses((status = 200, description = "A page of calendar feeds", body = Collection<CalendarFeed>))
)]
#[get("/consultations/{consultationId}/calendarFeeds")]
pub async fn list_calendar_feeds(call: Call<ListCalendarFeeds>) -> Result<Reply, Problem> {
    let consultation_id = call.path.consultation_id;
    let sight = call.permit.sight().clone();
    if !sight.everything && !sight.consultations.contains(&consultation_id) {
        return Err(Problem::not_found("consultationId"));
    }
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let fingerprint = call.fingerprint_of([consultation_id.uuid()]).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let found = call
        .read(move |connection| Ok(calendar_feeds::list(connection, &sight, consultation_id, page)?))
        .await?;
    let items = found.items.iter().map(|feed| CalendarFeed::of(feed, &call.state.base_url)).collect();
    let next = found.items.last().filter(|_| found.has_more).map(|last| At::new(last.created_at, last.id));
    Ok(Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))?.tag(&tag))
}
