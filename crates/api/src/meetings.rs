//! Meetings of a consultation: when they are, who was there, how they went.

mod act;
mod attendances;
mod cost;
mod create;
mod get;
mod list;
mod totals;
mod update;
mod verbs;
mod view;

use actix_web::web;
use domain::id::MeetingId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Detail, Issue};
use crate::routes::fallback;

pub(crate) use verbs::{begin_report, carry_over};
pub use view::Meeting;
pub(crate) use view::tag;

/// Which meeting.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct MeetingPath {
    /// The meeting.
    #[param(value_type = uuid::Uuid)]
    pub meeting_id: MeetingId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_meetings)
        .service(create::create_meeting)
        .service(totals::get_meeting_totals)
        .route("/meetings/totals", web::to(fallback))
        .service(get::get_meeting)
        .service(update::update_meeting)
        .service(verbs::start_meeting)
        .service(verbs::finish_meeting)
        .service(verbs::cancel_meeting)
        .service(attendances::list_attendances)
        .service(attendances::record_attendances)
        .service(cost::get_meeting_cost);
}

/// Says that nothing can be done in a meeting that has not begun.
pub(crate) fn not_met(name: &str) -> Issue {
    let detail = Detail::new(
        "Deze vergadering is niet bezig en vond niet plaats.",
        "Cette réunion n'est pas en cours et n'a pas eu lieu.",
        "This meeting is not in session and was not held.",
    );
    Issue::invalid(name, detail)
}
