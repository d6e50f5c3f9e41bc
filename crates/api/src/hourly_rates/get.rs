//! Reading one hourly rate.

use actix_web::get;
use persistence::hourly_rates;

use super::view::tag;
use super::{HourlyRate, HourlyRatePath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads an hourly rate.
    pub GetHourlyRate, path = HourlyRatePath
);

/// Read an hourly rate.
///
/// Members of the team see those of their own consultations.
#[utoipa::path(
    tag = "Reference Data",
    params(HourlyRatePath),
    responses((status = 200, description = "The rate", body = HourlyRate))
)]
#[get("/hourlyRates/{hourlyRateId}")]
pub async fn get_hourly_rate(call: Call<GetHourlyRate>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.hourly_rate_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(hourly_rates::find(connection, &sight, id)?)).await?;
        let stored = found.ok_or_else(|| Problem::not_found("hourlyRateId"))?;
        let view = HourlyRate::of(&stored, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag()).cache(Cache::Revalidate))
    })
    .await
}
