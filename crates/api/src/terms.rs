//! The term table: how many working days a service has to confirm receipt and to answer.

mod create;
mod delete;
mod get;
mod list;
mod view;

use domain::id::TermId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::Term;

/// Which row of the term table.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct TermPath {
    /// The row of the term table.
    #[param(value_type = uuid::Uuid)]
    pub term_id: TermId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_terms)
        .service(get::get_term)
        .service(create::create_term)
        .service(delete::delete_term);
}
