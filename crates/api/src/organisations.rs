//! Organisations: police zone, city services, housing companies and other partners.

mod create;
mod describe;
mod get;
mod list;
mod update;
mod view;

use domain::id::OrganisationId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::Organisation;

/// Which organisation.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct OrganisationPath {
    /// The organisation.
    #[param(value_type = uuid::Uuid)]
    pub organisation_id: OrganisationId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_organisations)
        .service(create::create_organisation)
        .service(get::get_organisation)
        .service(update::update_organisation);
}
