//! Lists of escalations.

use actix_web::get;
use domain::access::Operation;
use domain::escalation::Status;
use domain::id::{CaseId, ConsultationId};
use persistence::Direction;
use persistence::escalations::{self, Filter, Order};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Escalation;
use super::view::Viewing;
use crate::call::Call;
use crate::codes::EscalationStateCode;
use crate::endpoint;
use crate::forms::EscalationOrder;
use crate::listing::At;
use crate::news::Records;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<EscalationStateCode>, required = false)]
    state: Vec<Status>,
    /// Of this case.
    #[param(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// That this consultation hands over.
    #[param(value_type = Option<uuid::Uuid>)]
    from_consultation_id: Option<ConsultationId>,
    /// That are handed to this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    to_consultation_id: Option<ConsultationId>,
    /// Late ones, or those that are not.
    late: Option<bool>,
    /// `createdAt` or `updatedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<EscalationOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            states: self.state.clone(),
            case_id: self.case_id,
            from_consultation_id: self.from_consultation_id,
            to_consultation_id: self.to_consultation_id,
            late: self.late,
        }
    }
}

endpoint!(
    /// Lists escalations.
    pub ListEscalations, query = ListQuery
);

/// List escalations.
///
/// Those of the consultations that the caller is a member of, and those that were submitted to one; newest first unless told
/// otherwise. Each with all that was said and counted.
#[utoipa::path(
    tag = "Escalations",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of escalations", body = Collection<Escalation>))
)]
#[get("/escalations")]
pub async fn list_escalations(call: Call<ListEscalations>) -> Result<Reply, Problem> {
    let (order, direction) = call.order_by(
        &call.query.sort,
        &[("createdAt", Order::CreatedAt), ("updatedAt", Order::UpdatedAt)],
        (Order::CreatedAt, Direction::Descending),
    )?;
    let page = call.page_request(&call.query.page, direction)?;
    let (sight, now) = (call.permit.sight().clone(), call.request.now);
    let standing = call.standing(&sight, Records::Escalations, escalations::next_moment).await?;
    let tag = call.list_tag(&sight, standing.fingerprint, standing.until);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
    }
    let filter = call.query.filter();
    let found = call
        .read(move |connection| Ok(escalations::list(connection, &sight, &filter, now, order, page)?))
        .await?;
    let hands = call.permit.principal().sight(Operation::CreateEscalation);
    let viewing = Viewing { hands: &hands, now, base_url: &call.state.base_url };
    let items = found.items.iter().map(|escalation| viewing.view(escalation)).collect();
    let next = found.items.last().filter(|_| found.has_more).map(|escalation| {
        let at = match order {
            Order::CreatedAt => escalation.created_at,
            Order::UpdatedAt => escalation.updated_at,
        };
        At::new(at, escalation.id)
    });
    let view = call.collection(&call.query.page, items, next.as_ref(), None);
    Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
}
