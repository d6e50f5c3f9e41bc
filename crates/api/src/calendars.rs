//! Calendars: what the secret address of a calendar feed gives to whoever has it.
//!
//! The secret is the only key: it is looked up, as a hash, at every fetch, so that a revoked one opens nothing from the next
//! fetch on, whichever replica answers. It is in the path; the envelope keeps it out of the log.

mod ics;

use std::sync::Arc;

use actix_web::get;
use domain::calendar_feed::shown;
use persistence::{calendar_feeds, consultations, meetings};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::call::Call;
use crate::config::Secret;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::issuer::secret_hash;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};
use crate::secret;
use crate::work::snapshot;

/// What the name of a calendar ends in.
const ENDING: &str = ".ics";

/// Which calendar.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct CalendarPath {
    /// The secret of a calendar feed, and `.ics`.
    #[param(example = "mhL1tUj6bVx0Yb2mVtqW3sX4m1nq6lGq0c3Xz9r8T0k.ics")]
    calendar_file: String,
}

endpoint!(
    /// Reads a calendar.
    pub GetCalendar, open = "getCalendar", path = CalendarPath
);

/// Registers the operation.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services.service(get_calendar);
}

/// Gives the address of the calendar with a secret.
pub(crate) fn address(secret: &Secret, base_url: &str) -> String {
    format!("{base_url}/calendars/{}{ENDING}", secret.reveal())
}

/// Reads the hash of the secret in the name of a calendar; absent when it cannot be one.
fn hash_in(file: &str) -> Option<String> {
    let text = file.strip_suffix(ENDING)?;
    let is_fit = text.len() == secret::LENGTH
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_fit.then(|| secret_hash(text))
}

/// Read a calendar.
///
/// The meetings of a consultation as iCalendar (RFC 5545), from a year ago up to two years ahead, for programs that subscribe
/// to the address of a calendar feed: when, where and with which functions; no names of persons. Called-off meetings stay in
/// it as such. An address that is unknown, revoked or malformed is not there.
#[utoipa::path(
    tag = "Calendars",
    params(CalendarPath),
    responses((status = 200, description = "The calendar", body = String, content_type = "text/calendar")),
    extensions(("x-etag" = json!(true)))
)]
#[get("/calendars/{calendarFile}")]
pub async fn get_calendar(call: Call<GetCalendar>) -> Result<Reply, Problem> {
    let not_found = || Problem::not_found("calendarFile");
    let hash = hash_in(&call.path.calendar_file).ok_or_else(not_found)?;
    let period = shown(call.request.now);
    let found = snapshot(Arc::clone(&call.state), move |connection| {
        let Some(feed) = calendar_feeds::with_secret(connection, &hash)? else { return Ok(None) };
        let consultation = consultations::find(connection, feed.consultation_id)?;
        let meetings = meetings::starting_in(connection, feed.consultation_id, period)?;
        Ok(consultation.map(|stored| (stored.consultation, meetings)))
    });
    let (consultation, meetings) = found.await?.ok_or_else(not_found)?;
    let text = ics::calendar(&consultation, &meetings).map_err(Problem::internal)?;
    let tag = EntityTag::of_bytes(text.as_bytes());
    Ok(Reply::text("text/calendar; charset=utf-8", text).tag(&tag).cache(Cache::Revalidate))
}
