//! Calendar feeds: the secret addresses at which calendar programs read when a consultation meets.

mod create;
mod delete;
mod get;
mod list;
mod view;

use domain::id::CalendarFeedId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::CalendarFeed;

/// Which feed.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct CalendarFeedPath {
    /// The calendar feed.
    #[param(value_type = uuid::Uuid)]
    pub calendar_feed_id: CalendarFeedId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_calendar_feeds)
        .service(create::create_calendar_feed)
        .service(get::get_calendar_feed)
        .service(delete::delete_calendar_feed);
}
