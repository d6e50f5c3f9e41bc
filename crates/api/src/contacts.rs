//! Contacts: consultations with internal and external partners on cases.

mod create;
mod describe;
mod get;
mod list;
mod of_case;
mod totals;
mod update;
mod view;

use domain::id::{CaseId, ContactId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::CaseContact;

/// Which contact.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ContactPath {
    /// The case.
    #[param(value_type = uuid::Uuid)]
    pub case_id: CaseId,
    /// The contact.
    #[param(value_type = uuid::Uuid)]
    pub contact_id: ContactId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(of_case::list_case_contacts)
        .service(create::create_case_contact)
        .service(get::get_case_contact)
        .service(update::update_case_contact)
        .service(list::list_contacts)
        .service(totals::get_contact_totals);
}
