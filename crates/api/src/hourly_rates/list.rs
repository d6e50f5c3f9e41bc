//! Lists of hourly rates.

use actix_web::get;
use domain::consultation;
use domain::id::ConsultationId;
use persistence::hourly_rates::{self, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::HourlyRate;
use crate::call::Call;
use crate::endpoint;
use crate::forms::{FunctionCode, RecordedAtOrder};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::ref_data::{Asked, list};
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// Of this function.
    #[param(inline, value_type = Option<FunctionCode>)]
    function: Option<String>,
    /// `recordedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<RecordedAtOrder>, max_items = 1, required = false, example = json!(["recordedAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists hourly rates.
    pub ListHourlyRates, query = ListQuery
);

/// List hourly rates.
///
/// The rate of a function on a day is the latest that does not begin after it. Members of the team see those of their own
/// consultations. Oldest first unless told otherwise.
#[utoipa::path(
    tag = "Reference Data",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of hourly rates", body = Collection<HourlyRate>))
)]
#[get("/hourlyRates")]
pub async fn list_hourly_rates(call: Call<ListHourlyRates>) -> Result<Reply, Problem> {
    let asked = Asked { by: "recordedAt", sort: &call.query.sort, page: &call.query.page };
    let filter = Filter {
        consultation_id: call.query.consultation_id,
        function: call.query.function.as_deref().and_then(consultation::FunctionCode::parse),
    };
    list(
        &call,
        asked,
        Ok(move |connection: &mut _, sight: &_, page| hourly_rates::list(connection, sight, &filter, page)),
        |stored| Some(At::new(stored.recorded_at, stored.id)),
        |stored| HourlyRate::of(stored, &call.state.base_url),
    )
    .await
}
