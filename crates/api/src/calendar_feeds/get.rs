//! Reading a calendar feed.

use actix_web::get;
use persistence::calendar_feeds;

use super::view::tag;
use super::{CalendarFeed, CalendarFeedPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads a calendar feed.
    pub GetCalendarFeed, path = CalendarFeedPath
);

/// Read a calendar feed.
///
/// Without its address, which was shown when it was made.
#[utoipa::path(
    tag = "Calendars",
    params(CalendarFeedPath),
    responses((status = 200, description = "The feed", body = CalendarFeed))
)]
#[get("/calendarFeeds/{calendarFeedId}")]
pub async fn get_calendar_feed(call: Call<GetCalendarFeed>) -> Result<Reply, Problem> {
    let id = call.path.calendar_feed_id;
    let sight = call.permit.sight().clone();
    let found = call.read(move |connection| Ok(calendar_feeds::find(connection, &sight, id)?)).await?;
    let feed = found.ok_or_else(|| Problem::not_found("calendarFeedId"))?;
    Ok(Reply::ok(&CalendarFeed::of(&feed, &call.state.base_url))?.tag(&tag(&feed)))
}
