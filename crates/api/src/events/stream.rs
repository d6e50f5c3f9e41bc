//! The feed as server-sent events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use domain::access::Principal;
use futures_util::stream;
use persistence::feed;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::cursor::FeedCursor;
use super::following::{Filter, Following};
use super::list::EventType;
use super::view::CloudEvent;
use crate::auth::Authentication;
use crate::call::Call;
use crate::endpoint;
use crate::limits::Place;
use crate::news::Standing;
use crate::problem::Problem;
use crate::state::State;
use crate::work::blocking;

/// How many events a stream holds in memory.
const HELD: i64 = 50;

/// How often a stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How often it looks whether its reader may still read: revocation takes effect within a second.
const CHECK_EVERY: Duration = Duration::from_millis(500);

/// After how long a client that lost the stream comes back, in milliseconds.
const COME_BACK_AFTER: u32 = 3_000;

/// The header with which a client that lost the stream says where it was.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What is wanted of the stream.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Of these types, or of those that begin with one of these and a dot.
    #[serde(default, rename = "type")]
    #[param(rename = "type", required = false, inline, value_type = Vec<EventType>, max_items = 50)]
    types: Vec<String>,
    /// About the thing with this id.
    subject: Option<Uuid>,
    /// The cursor from which to go on; the header `Last-Event-ID` comes before it.
    #[param(pattern = "^[A-Za-z0-9_-]*$", min_length = 1, max_length = 1000)]
    after: Option<String>,
    /// After how many seconds the stream ends at the latest.
    #[param(maximum = 86400)]
    seconds: Option<u32>,
}

endpoint!(
    /// Follows the change feed as it grows.
    pub StreamEvents, query = StreamQuery
);

/// Follow the change feed as it grows.
///
/// The same events as those of `/events`, as server-sent events: `event` is the type, `data` the CloudEvent, `id` the cursor
/// behind it, which a client that comes back sends as `Last-Event-ID`; without it, and without `after`, it begins now. The
/// first message, `cursor`, tells where it begins. A comment comes every fifteen seconds. The stream ends when the token
/// does, or when what its reader may see has changed: come back with a new token, and when the answer then is 410, read the
/// lists anew.
#[utoipa::path(
    tag = "Events",
    params(
        StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last message that came",
            pattern = "^[A-Za-z0-9_-]*$", max_length = 1000),
    ),
    responses(
        (status = 200, description = "The stream", body = String, content_type = "text/event-stream"),
    ),
    extensions(("x-etag" = json!(false)), ("x-cursor" = json!(true)))
)]
#[get("/events/stream")]
pub async fn stream_events(call: Call<StreamEvents>) -> Result<HttpResponse, Problem> {
    let following =
        Arc::new(call.following(Filter { types: call.query.types.clone(), subject: call.query.subject }));
    let given = call.header(&LAST_EVENT_ID).or(call.query.after.as_deref()).filter(|text| !text.is_empty());
    let given = given.map(FeedCursor::of_query).transpose()?;
    let (reading, principal) = (Arc::clone(&following), call.permit.shared_principal());
    let place = call
        .read(move |connection| {
            let span = feed::span(connection)?;
            Ok(given.as_ref().map_or(Ok(span.last), |cursor| reading.place(cursor, &principal, span)))
        })
        .await?
        .map_err(Problem::from)?;
    let principal = call.permit.shared_principal();
    let first = message("cursor", place, "{}", &following, &principal);
    let told = Told {
        waiting: VecDeque::from([Bytes::from(format!("retry: {COME_BACK_AFTER}\n\n")), first]),
        following,
        principal,
        position: place,
        seen: None,
        ends_at: call.query.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds.into())),
        said_at: Instant::now(),
        checked_at: Instant::now(),
        http: call.http_request(),
        state: Arc::clone(&call.state),
        _seat: call.sit_down()?,
    };
    let body = stream::unfold(told, |mut told| async move {
        let bytes = told.next().await?;
        Some((Ok::<_, actix_web::Error>(bytes), told))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body))
}

/// How often it is looked while the counters cannot be believed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A stream: what it told, and what it is about to tell. It reads no more before its client took what it has.
struct Told {
    waiting: VecDeque<Bytes>,
    following: Arc<Following>,
    principal: Arc<Principal>,
    position: i64,
    /// The counters of its channels when nothing more was there.
    seen: Option<u64>,
    ends_at: Option<Instant>,
    said_at: Instant,
    checked_at: Instant,
    http: HttpRequest,
    state: Arc<State>,
    /// The place that the stream takes of its client until it ends.
    _seat: Option<Place>,
}

impl Told {
    /// Gives the next bytes; none when the stream ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.state.stopping.load(Ordering::Relaxed) || !self.may_go_on().await {
                return None;
            }
            if let Some(bytes) = self.waiting.pop_front() {
                self.said_at = Instant::now();
                return Some(bytes);
            }
            let left = self.ends_at.map(|ends_at| ends_at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            if self.said_at.elapsed() >= HEARTBEAT {
                self.said_at = Instant::now();
                return Some(Bytes::from_static(b": still here\n\n"));
            }
            let channels = self.following.readership.channels.iter().copied();
            let fingerprint = self.state.store.views().fingerprint(channels);
            if self.seen == Some(fingerprint) {
                let until_heartbeat = HEARTBEAT.saturating_sub(self.said_at.elapsed());
                let wait = until_heartbeat.min(CHECK_EVERY).min(left.unwrap_or(CHECK_EVERY));
                let channels = &self.following.readership.channels;
                if !self.state.store.views().are_fresh() {
                    // Whoever waits is told at once that nobody knows; whether the stream goes on is looked at in a second.
                    tokio::time::sleep(LOOK_EVERY.min(wait)).await;
                    continue;
                }
                let standing = Standing { fingerprint, until: None };
                self.state.news.wait(&self.state, channels.iter().copied(), standing, wait).await;
                continue;
            }
            self.read(fingerprint).await.ok()?;
        }
    }

    /// Reads what comes next, at most as much as is held in memory.
    async fn read(&mut self, fingerprint: u64) -> Result<(), Problem> {
        let (following, store, after) =
            (Arc::clone(&self.following), self.state.store.clone(), self.position);
        let place = self.state.reading.acquire().await.map_err(Problem::internal)?;
        let part =
            blocking(move || Ok(store.read(|connection| following.read(connection, after, HELD))?)).await;
        drop(place);
        let part = part?;
        let (service, base_url) = (&self.following.service, &self.state.base_url);
        for notice in &part.notices {
            let event = CloudEvent::of(notice, service, base_url);
            let data = serde_json::to_string(&event).map_err(Problem::internal)?;
            let name = super::view::type_of(service, notice);
            let message = message(&name, notice.position, &data, &self.following, &self.principal);
            self.waiting.push_back(message);
        }
        self.position = part.until;
        self.seen = (!part.has_more).then_some(fingerprint);
        Ok(())
    }

    /// Tells whether the token is still good, and its bearer still sees what it saw.
    async fn may_go_on(&mut self) -> bool {
        if self.checked_at.elapsed() < CHECK_EVERY {
            return true;
        }
        self.checked_at = Instant::now();
        let answer = match self.state.authenticate.authenticate(&self.http) {
            Authentication::Known(answer) => answer,
            Authentication::Pending(answer) => answer.await,
        };
        answer.is_ok_and(|principal| {
            Arc::ptr_eq(&principal, &self.principal) || principal.readership() == self.following.readership
        })
    }
}

/// Writes a message; the cursor is that behind it.
fn message(name: &str, position: i64, data: &str, following: &Following, principal: &Principal) -> Bytes {
    let cursor = FeedCursor::new(position, principal, &following.readership).text();
    Bytes::from(format!("event: {name}\nid: {cursor}\ndata: {data}\n\n"))
}
