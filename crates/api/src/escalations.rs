//! Escalations: a case goes to the consultation above, and back.

mod act;
mod content;
mod create;
mod dossier;
mod freeze;
mod get;
mod list;
mod propose;
mod verbs;
mod view;

use domain::id::EscalationId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use freeze::freeze;
pub(crate) use propose::{Proposed, criteria, end_with_case, propose};
pub use view::Escalation;

/// Which escalation.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct EscalationPath {
    /// The escalation.
    #[param(value_type = uuid::Uuid)]
    pub escalation_id: EscalationId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_escalations)
        .service(create::create_escalation)
        .service(get::get_escalation)
        .service(dossier::get_escalation_dossier)
        .service(verbs::drop_escalation)
        .service(verbs::submit_escalation)
        .service(verbs::accept_escalation)
        .service(verbs::refuse_escalation)
        .service(verbs::return_escalation)
        .service(verbs::give_escalation_outcome)
        .service(verbs::close_escalation);
}
