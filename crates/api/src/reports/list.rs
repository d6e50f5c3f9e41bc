//! Lists of reports.

use actix_web::get;
use domain::id::{ConsultationId, MeetingId};
use domain::report::{self, Status};
use jiff::Timestamp;
use persistence::Direction;
use persistence::reports::{self, Filter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::href;
use crate::call::Call;
use crate::codes::ReportStateCode;
use crate::endpoint;
use crate::forms::MetAtOrder;
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
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<ReportStateCode>, required = false)]
    state: Vec<Status>,
    /// `metAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<MetAtOrder>, max_items = 1, required = false, example = json!(["-metAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

/// A report in a list: what it says is read by its address.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportLine {
    /// The address of the report.
    #[schema(format = "uri")]
    href: String,
    /// The meeting.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
    /// The consultation that met.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// When the meeting started, as planned.
    met_at: Timestamp,
    /// Its state.
    #[schema(value_type = ReportStateCode)]
    state: Status,
    /// When it was sent round last; absent once recalled.
    circulated_at: Option<Timestamp>,
    /// When it was approved.
    approved_at: Option<Timestamp>,
}

impl ReportLine {
    fn of(report: &report::Facts, base_url: &str) -> Self {
        Self {
            href: href(report.meeting_id, base_url),
            meeting_id: report.meeting_id,
            consultation_id: report.consultation_id,
            met_at: report.met_at,
            state: report.status,
            circulated_at: report.circulated_at,
            approved_at: report.approval.map(|approval| approval.at),
        }
    }
}

endpoint!(
    /// Lists reports.
    pub ListReports, query = ListQuery
);

/// List reports.
///
/// Those of the consultations that the caller is a member of; for a housing organisation those that hold something that
/// concerns it, once they circulate. The latest meeting first unless told otherwise.
#[utoipa::path(
    tag = "Meetings",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of reports", body = Collection<ReportLine>))
)]
#[get("/reports")]
pub async fn list_reports(call: Call<ListReports>) -> Result<Reply, Problem> {
    let ((), direction) = call.order_by(&call.query.sort, &[("metAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let filter = Filter { consultation_id: call.query.consultation_id, states: call.query.state.clone() };
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let found = call.read(move |connection| Ok(reports::list(connection, &sight, &filter, page)?)).await?;
    let base_url = &call.state.base_url;
    let items = found.items.iter().map(|report| ReportLine::of(report, base_url)).collect();
    let next = found.items.last().filter(|_| found.has_more).map(|last| At::new(last.met_at, last.id));
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
