//! Pages of the feed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::get;
use jiff::tz::TimeZone;
use persistence::feed::{self, Span};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::cursor::FeedCursor;
use super::following::{Filter, Following, Part, left};
use super::view::CloudEvent;
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::etag::EntityTag;
use crate::fingerprint;
use crate::news::Standing;
use crate::page::PageQuery;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

/// The media type of the plain array of events.
const BATCH: &str = "application/cloudevents-batch+json";

/// How soon it is worth asking again, in seconds.
const POLL_AGAIN_AFTER: u32 = 5;

/// Where who has no cursor begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum FeedStart {
    /// With the oldest event that is kept.
    #[default]
    Oldest,
    /// With what happens from now on.
    Now,
}

/// What is wanted of the feed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Of these types, or of those that begin with one of these and a dot.
    #[serde(default, rename = "type")]
    #[param(rename = "type", required = false, inline, value_type = Vec<EventType>, max_items = 50)]
    types: Vec<String>,
    /// About the thing with this id.
    subject: Option<Uuid>,
    /// Where to begin without `after`.
    #[serde(default)]
    #[param(inline, required = false, value_type = FeedStart)]
    start: FeedStart,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

pub(super) use crate::forms::EventType;

/// A page of the change feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// The address of this page.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// What happened, in the order of the feed.
    items: Vec<CloudEvent>,
    /// The address from which to go on; always there, as the end is where one continues.
    #[schema(format = "uri")]
    next: String,
    /// The most events on a page.
    page_size: u16,
}

endpoint!(
    /// Follows the change feed.
    pub ListEvents, query = EventQuery
);

/// Follow the change feed.
///
/// Every change of everything that you may see, as CloudEvents: ids, type, state, version and link. No event is skipped and
/// the order never changes; go on from `next`, which is there on the last page, too. What you may not see any more is told
/// as `disappeared`, what you see though nothing happened to it as `appeared`. Without `after` you begin with the oldest
/// event that is kept, or with `start=now` at the end.
///
/// Poll with `If-None-Match`, or with `Prefer: wait=n` to be answered as soon as there is something. A cursor is good for the
/// client, organisations and roles that it was given to; afterwards, and when it is too old, the answer is 410: ask for a new
/// one with `start=now`, read the lists anew, and go on from it. With `Accept: application/cloudevents-batch+json` the answer
/// is the plain array, and the header `Link` names what comes next.
#[utoipa::path(
    tag = "Events",
    params(EventQuery, PageQuery),
    responses(
        (status = 200, description = "A page of the feed", content(
            (EventPage = "application/json"),
            (Vec<CloudEvent> = "application/cloudevents-batch+json"),
        )),
    ),
    extensions(("x-cursor" = json!(true)))
)]
#[get("/events")]
pub async fn list_events(call: Call<ListEvents>) -> Result<Reply, Problem> {
    let started = Instant::now();
    let following = call.following(Filter { types: call.query.types.clone(), subject: call.query.subject });
    let following = Arc::new(following);
    let cursor = call.query.page.after.as_deref().map(FeedCursor::of_query).transpose()?;
    let size = i64::from(call.query.page.page_size);
    let (tag, part) = loop {
        // Read before the rows, so that a tag never promises more than was read.
        let fingerprint = call.fingerprint_of(following.readership.channels.iter().copied()).await?;
        let tag = call.feed_tag(&following, fingerprint);
        if call.has(&tag) {
            let left = left(call.prefer.wait, started);
            if !left.is_zero() && call.wait_for_events(&following, fingerprint, left).await? {
                continue;
            }
            let reply = Reply::not_modified(&tag).cache(Cache::Revalidate).by_accept();
            return Ok(call.advised(reply));
        }
        let part = call.part(&following, cursor.clone(), size).await?;
        let left = left(call.prefer.wait, started);
        let is_over = !part.notices.is_empty() || part.has_more || left.is_zero();
        if is_over || !call.wait_for_events(&following, fingerprint, left).await? {
            break (tag, part);
        }
    };
    let cursor = FeedCursor::new(part.until, call.permit.principal(), &following.readership);
    let (service, base_url) = (&following.service, &call.state.base_url);
    let items: Vec<_> = part.notices.iter().map(|notice| CloudEvent::of(notice, service, base_url)).collect();
    let next = call.link(Some(&cursor.text()));
    let reply = if call.prefers(BATCH) {
        let text = serde_json::to_string(&items).map_err(Problem::internal)?;
        Reply::text(BATCH, text).next(next)
    } else {
        let self_link = call.link(call.query.page.after.as_deref());
        Reply::ok(&EventPage { self_link, items, next, page_size: call.query.page.page_size })?
    };
    let reply = reply.tag(&tag).cache(Cache::Revalidate).by_accept();
    Ok(call.advised(reply))
}

impl<E: Operates<Permit = Permit<E>>> Call<E> {
    /// Gives who follows the feed, and what of it.
    pub(super) fn following(&self, filter: Filter) -> Following {
        Following {
            readership: self.permit.principal().readership(),
            filter,
            service: self.state.config.event_service.clone(),
        }
    }
}

impl Call<ListEvents> {
    /// Makes the tag of a page. It changes once a day besides, so that who polls in vain gets a newer cursor.
    fn feed_tag(&self, following: &Following, fingerprint: u64) -> EntityTag {
        let (path, query) = self.target();
        let channels = following.readership.channels.iter().map(|channel| channel.as_bytes().as_slice());
        let hidden = following.readership.hidden.iter().map(|kind| kind.code().as_bytes());
        let day = self.request.now.to_zoned(TimeZone::UTC).date().to_string();
        let form: &[u8] = if self.prefers(BATCH) { b"batch" } else { b"page" };
        let parts = [path.as_bytes(), query.as_bytes(), &fingerprint.to_be_bytes(), day.as_bytes(), form];
        let client = self.permit.principal().client_id.uuid();
        EntityTag::opaque(fingerprint::of(
            parts.into_iter().chain([client.as_bytes().as_slice()]).chain(channels).chain(hidden),
        ))
    }

    async fn part(
        &self,
        following: &Arc<Following>,
        cursor: Option<FeedCursor>,
        size: i64,
    ) -> Result<Part, Problem> {
        let (following, principal) = (Arc::clone(following), self.permit.shared_principal());
        let start = self.query.start;
        let part = self
            .read(move |connection| {
                let span: Span = feed::span(connection)?;
                let place = match (&cursor, start) {
                    (Some(cursor), _) => following.place(cursor, &principal, span),
                    (None, FeedStart::Oldest) => Ok(span.first - 1),
                    (None, FeedStart::Now) => {
                        return Ok(Ok(Part { until: span.last, has_more: true, ..Part::default() }));
                    }
                };
                let place = match place {
                    Ok(place) => place,
                    Err(gone) => return Ok(Err(gone)),
                };
                Ok(Ok(following.read(connection, place, size)?))
            })
            .await?;
        part.map_err(Problem::from)
    }

    async fn wait_for_events(
        &self,
        following: &Following,
        fingerprint: u64,
        left: Duration,
    ) -> Result<bool, Problem> {
        let standing = Standing { fingerprint, until: None };
        self.wait_for_news(following.readership.channels.iter().copied(), standing, left).await
    }

    fn advised(&self, reply: Reply) -> Reply {
        let reply = reply.retry_after(POLL_AGAIN_AFTER);
        if self.prefer.wait.is_some() { reply.waited(&self.prefer) } else { reply }
    }
}
