//! Decisions: taken in a meeting or between two of them, with what comes of them.

mod create;
mod get;
mod list;
mod ratify;
mod view;

use domain::id::DecisionId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::Decision;

/// Which decision.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct DecisionPath {
    /// The decision.
    #[param(value_type = uuid::Uuid)]
    pub decision_id: DecisionId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_decisions)
        .service(get::get_decision)
        .service(create::create_meeting_decision)
        .service(create::create_decision)
        .service(ratify::ratify_decision);
}
