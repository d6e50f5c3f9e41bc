//! Cases: nuisance situations and detected needs.

mod act;
mod create;
mod describe;
mod get;
mod links;
mod list;
mod notes;
mod sensitive;
mod timeline;
mod update;
mod verbs;
mod view;

use domain::id::CaseId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use act::{goes_on, led_elsewhere, not_team};
pub(crate) use create::EARLIER;
pub use view::Case;

/// Which case.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct CasePath {
    /// The case.
    #[param(value_type = uuid::Uuid)]
    pub case_id: CaseId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_cases)
        .service(create::create_case)
        .service(get::get_case)
        .service(update::update_case)
        .service(timeline::get_case_timeline)
        .service(notes::list_case_notes)
        .service(notes::get_case_note)
        .service(notes::create_case_note)
        .service(notes::release_case_note)
        .service(verbs::open_case)
        .service(verbs::monitor_case)
        .service(verbs::close_case)
        .service(verbs::dismiss_case)
        .service(verbs::reopen_case)
        .service(verbs::merge_case)
        .service(links::link_case)
        .service(links::unlink_case);
}
