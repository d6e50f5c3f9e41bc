//! Consultations: the bodies that meet, their areas and their members.

mod create;
mod describe;
mod get;
mod list;
mod update;
mod view;

use domain::id::ConsultationId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::Consultation;

/// Which consultation.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ConsultationPath {
    /// The consultation.
    #[param(value_type = uuid::Uuid)]
    pub consultation_id: ConsultationId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_consultations)
        .service(create::create_consultation)
        .service(get::get_consultation)
        .service(update::update_consultation);
}
