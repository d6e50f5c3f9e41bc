//! Taking an hourly rate away.

use actix_web::delete;
use domain::access::Operation;
use persistence::hourly_rates;

use super::HourlyRatePath;
use super::view::VERSION;
use crate::call::Call;
use crate::endpoint;
use crate::problem::{Code, Problem};
use crate::reply::Reply;

endpoint!(
    /// Takes an hourly rate away.
    pub DeleteHourlyRate, path = HourlyRatePath
);

/// Take an hourly rate away.
///
/// The rate before it holds on. Neighbourhood managers and members of the city team take away those of their own
/// consultations.
#[utoipa::path(
    tag = "Reference Data",
    params(HourlyRatePath),
    responses((status = 204, description = "The rate is taken away"))
)]
#[delete("/hourlyRates/{hourlyRateId}")]
pub async fn delete_hourly_rate(call: Call<DeleteHourlyRate>) -> Result<Reply, Problem> {
    let id = call.path.hourly_rate_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    call.write(move |unit| {
        let not_found = || Problem::not_found("hourlyRateId");
        let stored = hourly_rates::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let seat = principal.seat(Operation::DeleteHourlyRate, stored.consultation_id);
        unit.act_for(seat.ok_or_else(|| Problem::new(Code::MissingPermission))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(VERSION)?;
        if !hourly_rates::remove(unit, &stored)? {
            return Err(not_found().into());
        }
        Ok(Reply::no_content())
    })
    .await
}
