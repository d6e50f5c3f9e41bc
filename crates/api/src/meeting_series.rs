//! Series of meetings: the rule by which a consultation meets, and planning its meetings.

mod create;
mod get;
mod list;
mod recurrence;
mod verbs;
mod view;

use domain::id::MeetingSeriesId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use verbs::plan;
pub use view::MeetingSeries;

/// Which series.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct MeetingSeriesPath {
    /// The series of meetings.
    #[param(value_type = uuid::Uuid)]
    pub meeting_series_id: MeetingSeriesId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_meeting_series)
        .service(create::create_meeting_series)
        .service(get::get_meeting_series)
        .service(verbs::plan_meeting_series)
        .service(verbs::end_meeting_series);
}
