//! Lists of decisions.

use actix_web::get;
use domain::id::{CaseId, ConsultationId, MeetingId};
use persistence::Direction;
use persistence::decisions::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Decision;
use crate::call::Call;
use crate::endpoint;
use crate::forms::DecidedAtOrder;
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
    /// Taken in this meeting.
    #[param(value_type = Option<uuid::Uuid>)]
    meeting_id: Option<MeetingId>,
    /// About this case.
    #[param(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// Those that wait for a meeting to approve them, or those that do not.
    to_ratify: Option<bool>,
    /// `decidedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<DecidedAtOrder>, max_items = 1, required = false, example = json!(["-decidedAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists decisions.
    pub ListDecisions, query = ListQuery
);

/// List decisions.
///
/// Those of the consultations that the caller is a member of; the latest first unless told otherwise.
#[utoipa::path(
    tag = "Meetings",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of decisions", body = Collection<Decision>))
)]
#[get("/decisions")]
pub async fn list_decisions(call: Call<ListDecisions>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("decidedAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let ListQuery { consultation_id, meeting_id, case_id, to_ratify, .. } = call.query;
    let filter = Filter { consultation_id, meeting_id, case_id, to_ratify };
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let found = call.snapshot(move |connection| {
        let found = decisions::list(connection, &sight, &filter, page)?;
        let yields = decisions::yields(connection, found.items.iter().map(|decision| decision.id))?;
        Ok((found, yields))
    });
    let (found, mut yields) = found.await?;
    let base_url = &call.state.base_url;
    let items = found.items.iter().map(|decision| {
        let came = yields.remove(&decision.id).unwrap_or_default();
        Decision::of(decision, came, base_url)
    });
    let items = items.collect();
    let next = found.items.last().filter(|_| found.has_more).map(|last| At::new(last.decided_at, last.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
