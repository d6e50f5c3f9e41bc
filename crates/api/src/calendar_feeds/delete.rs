//! Revoking a calendar feed.

use actix_web::delete;
use persistence::calendar_feeds;

use super::CalendarFeedPath;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates as _;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Revokes a calendar feed.
    pub DeleteCalendarFeed, path = CalendarFeedPath
);

/// Revoke a calendar feed.
///
/// From now on nobody reads anything at its address, which never comes back. What a calendar program fetched before stays
/// there until it asks again.
#[utoipa::path(
    tag = "Calendars",
    params(CalendarFeedPath),
    responses((status = 204, description = "The feed is revoked"))
)]
#[delete("/calendarFeeds/{calendarFeedId}")]
pub async fn delete_calendar_feed(call: Call<DeleteCalendarFeed>) -> Result<Reply, Problem> {
    let id = call.path.calendar_feed_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    call.write(move |unit| {
        let not_found = || Problem::not_found("calendarFeedId");
        let feed = calendar_feeds::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let seat = principal.seat(DeleteCalendarFeed::OPERATION, feed.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        unit.check_version(feed.version)?;
        let change = feed.revoke(&unit.stamp()).ok_or_else(not_found)?;
        unit.save(&change)?;
        Ok(Reply::no_content())
    })
    .await
}
