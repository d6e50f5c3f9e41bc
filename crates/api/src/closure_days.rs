//! Closure days: days on which an organisation does not work, beside weekends and legal holidays.

mod edit;
mod get;
mod list;
mod view;

use domain::id::ClosureDayId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::ClosureDay;

/// Which closure day.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ClosureDayPath {
    /// The closure day.
    #[param(value_type = uuid::Uuid)]
    pub closure_day_id: ClosureDayId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_closure_days)
        .service(get::get_closure_day)
        .service(edit::create_closure_day)
        .service(edit::delete_closure_day);
}
