//! Actions: who does what by when, inside the team.

mod act;
mod assign;
mod create;
mod describe;
mod get;
mod list;
mod update;
mod verbs;
mod view;

use domain::id::ActionId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use assign::{Assigned, DecidedActionBody, Origin, assign};
pub use view::Action;

/// Which action.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ActionPath {
    /// The action.
    #[param(value_type = uuid::Uuid)]
    pub action_id: ActionId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_actions)
        .service(create::create_action)
        .service(get::get_action)
        .service(update::update_action)
        .service(verbs::start_action)
        .service(verbs::complete_action)
        .service(verbs::cancel_action)
        .service(verbs::reopen_action);
}
