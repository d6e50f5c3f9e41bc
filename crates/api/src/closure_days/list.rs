//! Lists of closure days.

use actix_web::get;
use domain::id::OrganisationId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use persistence::closure_days::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ClosureDay;
use crate::call::Call;
use crate::endpoint;
use crate::forms::ClosedOnOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind, Place, Problem};
use crate::ref_data::{Asked, list};
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this organisation.
    #[param(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// From this day on.
    from: Option<Date>,
    /// Up to and including this day.
    to: Option<Date>,
    /// `closedOn`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<ClosedOnOrder>, max_items = 1, required = false, example = json!(["closedOn"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists closure days.
    pub ListClosureDays, query = ListQuery
);

/// List closure days.
///
/// Services and partners see their own. The earliest day first unless told otherwise.
#[utoipa::path(
    tag = "Reference Data",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of closure days", body = Collection<ClosureDay>))
)]
#[get("/closureDays")]
pub async fn list_closure_days(call: Call<ListClosureDays>) -> Result<Reply, Problem> {
    let asked = Asked { by: "closedOn", sort: &call.query.sort, page: &call.query.page };
    let ListQuery { organisation_id, from, to, .. } = call.query;
    let filter = if from.zip(to).is_some_and(|(from, to)| to < from) {
        Err(Problem::bad_request([Issue::new(Kind::InvalidPeriod, Place::Query, "to")]))
    } else {
        Ok(Filter { organisation_id, from, to })
    };
    list(
        &call,
        asked,
        filter.map(|filter| {
            move |connection: &mut _, sight: &_, page| closure_days::list(connection, sight, &filter, page)
        }),
        place,
        |day| ClosureDay::of(day, &call.state.base_url),
    )
    .await
}

/// Gives the place of a closure day: its day at midnight UTC.
fn place(day: &closure_days::ClosureDay) -> Option<At> {
    let midnight = day.closed_on.to_zoned(TimeZone::UTC).ok()?;
    Some(At::new(midnight.timestamp(), day.id))
}
