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

use crate::routes::fallback;

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
