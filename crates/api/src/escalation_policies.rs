//! Escalation policies: what happens when nobody answers, as data.

mod create;
mod get;
mod list;
mod preview;
mod steps;
mod update;
mod verbs;
mod view;

use actix_web::web;
use domain::id::EscalationPolicyId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::routes::fallback;

pub(crate) use steps::EscalationStep;
pub use view::EscalationPolicy;

/// Which policy.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct PolicyPath {
    /// The policy.
    #[param(value_type = uuid::Uuid)]
    pub escalation_policy_id: EscalationPolicyId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_escalation_policies)
        .service(preview::preview_escalation_policy)
        .route("/escalationPolicies/preview", web::to(fallback))
        .service(get::get_escalation_policy)
        .service(create::create_escalation_policy)
        .service(update::update_escalation_policy)
        .service(verbs::activate_escalation_policy)
        .service(verbs::retire_escalation_policy);
}
