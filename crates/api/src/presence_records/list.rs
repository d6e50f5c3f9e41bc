//! Lists of presence records.

use actix_web::get;
use domain::id::{AreaId, ConsultationId, GuardGroupId};
use domain::presence::{Status, Task};
use jiff::Timestamp;
use persistence::presence::{self, Filter};
use persistence::{Direction, ReferenceData};
use serde::Deserialize;
use utoipa::IntoParams;

use super::PresenceRecord;
use super::sight::{SCOPES, areas, presence_sight};
use crate::call::Call;
use crate::codes::{GuardTaskCode, PresenceStateCode};
use crate::endpoint;
use crate::forms::StartedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// In this area.
    #[param(value_type = Option<uuid::Uuid>)]
    area_id: Option<AreaId>,
    /// In the area of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// Of this group.
    #[param(value_type = Option<uuid::Uuid>)]
    guard_group_id: Option<GuardGroupId>,
    /// With any of these tasks.
    #[serde(default)]
    #[param(value_type = Vec<GuardTaskCode>, required = false)]
    task: Vec<Task>,
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<PresenceStateCode>, required = false)]
    state: Vec<Status>,
    /// That began at or after this moment.
    started_from: Option<Timestamp>,
    /// That began before this moment.
    started_before: Option<Timestamp>,
    /// `startedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<StartedAtOrder>, max_items = 1, required = false, example = json!(["-startedAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    fn filter(&self, reference: &ReferenceData) -> Result<Filter, Problem> {
        if self.started_from.zip(self.started_before).is_some_and(|(from, before)| before < from) {
            return Err(Problem::bad_request([Issue::new(
                Kind::InvalidPeriod,
                Place::Query,
                "startedBefore",
            )]));
        }
        Ok(Filter {
            areas: areas(self.area_id, self.consultation_id, reference),
            guard_group_id: self.guard_group_id,
            tasks: self.task.clone(),
            statuses: self.state.clone(),
            started_from: self.started_from,
            started_before: self.started_before,
        })
    }
}

endpoint!(
    /// Lists presence records.
    pub ListPresenceRecords, query = ListQuery
);

/// List presence records.
///
/// Members of a consultation see those in its area, guards those of their own service; the latest shift first unless told
/// otherwise. Withdrawn ones are among them unless `state` says otherwise. Any one filter of `areaId`, `guardGroupId` or
/// `task` costs the same whatever the size of the history.
#[utoipa::path(
    tag = "Presence",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of presence records", body = Collection<PresenceRecord>))
)]
#[get("/presenceRecords")]
pub async fn list_presence_records(call: Call<ListPresenceRecords>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("startedAt", ())], ((), Direction::Descending))?;
    // Before the reference data, so that the tag never promises more than was read.
    let fingerprint = call.fingerprint_of(SCOPES).await?;
    let reference = call.reference().await?;
    let page = call.page_request(&call.query.page, direction);
    let (page, filter) = Problem::both(page, call.query.filter(&reference))?;
    let tag = call.list_tag(call.permit.sight(), fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let sight = presence_sight(call.permit.sight(), &reference);
    let found = call.read(move |connection| Ok(presence::list(connection, &sight, &filter, page)?)).await?;
    let place = |record: &domain::presence::PresenceRecord| At::new(record.shift.started_at, record.id);
    let next = found.items.last().filter(|_| found.has_more).map(place);
    let items = found.items.iter().map(|record| PresenceRecord::of(record, &call.state.base_url)).collect();
    Ok(Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))?.tag(&tag))
}
