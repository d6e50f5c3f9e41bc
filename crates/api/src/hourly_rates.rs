//! Hourly rates: what an hour of a function in a meeting costs, from a day on.

mod create;
mod delete;
mod get;
mod list;
mod view;

use domain::id::HourlyRateId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::HourlyRate;

/// Which rate.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct HourlyRatePath {
    /// The hourly rate.
    #[param(value_type = uuid::Uuid)]
    pub hourly_rate_id: HourlyRateId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_hourly_rates)
        .service(get::get_hourly_rate)
        .service(create::create_hourly_rate)
        .service(delete::delete_hourly_rate);
}
