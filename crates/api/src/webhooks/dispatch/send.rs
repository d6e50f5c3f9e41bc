//! Sending: the messages of a batch, several subjects at once, each subject in its order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::webhook::{Facts, WebhookSubscription};
use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{timeout, timeout_at};

use super::outcome::Done;
use super::prepare::{Batch, Message};
use super::{BATCH_TIME, Dispatcher};
use crate::outbound::Failure;
use crate::webhooks::handshake::{self, Unverified};
use crate::webhooks::{attempt_time, signing, source};

/// The status by which an endpoint tells that it is gone for good.
pub(super) const GONE: u16 = 410;

/// The media type of an event (CloudEvents, structured mode).
const CLOUD_EVENT: &str = "application/cloudevents+json";

/// An attempt to send a message.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// When it was sent.
    pub(super) at: Timestamp,
    /// The status that the endpoint answered with, or why there is none.
    pub(super) answer: Result<u16, String>,
    /// How long it took.
    pub(super) duration: SignedDuration,
}

impl Attempt {
    /// Tells whether the endpoint took it.
    pub(super) fn is_taken(&self) -> bool {
        self.answer.as_ref().is_ok_and(|status| (200..300).contains(status))
    }

    /// Tells whether the endpoint is gone for good.
    pub(super) fn is_gone(&self) -> bool {
        self.answer == Ok(GONE)
    }
}

/// Sends the messages of a batch, as far as there is time.
pub(super) async fn batch(dispatcher: &Dispatcher, batch: Batch) -> Done {
    let Batch { subscription, chains, at_once, stretch } = batch;
    let until = Instant::now() + BATCH_TIME;
    let is_over = AtomicBool::new(false);
    let chains =
        chains.into_iter().map(|messages| chain(dispatcher, &subscription, messages, until, &is_over));
    let sent: Vec<Vec<_>> = stream::iter(chains).buffer_unordered(at_once).collect().await;
    Done { url: subscription.url.clone(), messages: sent.into_iter().flatten().collect(), stretch }
}

/// Sends the messages about one subject, until one is not taken.
async fn chain(
    dispatcher: &Dispatcher,
    subscription: &Facts,
    messages: Vec<Message>,
    until: Instant,
    is_over: &AtomicBool,
) -> Vec<(Message, Option<Attempt>)> {
    let mut sent = Vec::with_capacity(messages.len());
    let mut stops = false;
    for mut message in messages {
        let goes_on = !stops && !is_over.load(Ordering::Relaxed) && !dispatcher.is_stopping();
        // Waiting for a place counts, too: the lease is made for what is begun in time.
        let place =
            if goes_on { timeout_at(until.into(), dispatcher.places.acquire()).await.ok() } else { None };
        let Some(_place) = place.filter(|_| Instant::now() < until) else {
            stops = true;
            sent.push((message, None));
            continue;
        };
        let attempt = send(dispatcher, subscription, &mut message).await;
        if attempt.is_gone() {
            is_over.store(true, Ordering::Relaxed);
        }
        stops = !attempt.is_taken();
        sent.push((message, Some(attempt)));
    }
    sent
}

async fn send(dispatcher: &Dispatcher, subscription: &Facts, message: &mut Message) -> Attempt {
    let state = &dispatcher.state;
    let at = attempt_time(state);
    let id = message.entry.webhook_id.to_string();
    // It is sent this once, and made anew for another attempt.
    let body = std::mem::take(&mut message.body);
    let headers = signing::headers(subscription.secrets(at), &id, at, &body);
    let (answer, took) = match headers {
        Some(headers) => state.outbound.post(&subscription.url, &headers, CLOUD_EVENT, body).await,
        None => (Err(Failure::Unable), Duration::ZERO),
    };
    Attempt {
        at,
        answer: answer.map(|answer| answer.status).map_err(|failure| failure.to_string()),
        duration: SignedDuration::try_from(took).unwrap_or(SignedDuration::MAX),
    }
}

/// Has an endpoint echo a challenge; nothing comes of it when there is no place for it in time.
pub(super) async fn verify(
    dispatcher: &Dispatcher,
    subscription: &WebhookSubscription,
) -> Option<Result<(), Unverified>> {
    let state = &dispatcher.state;
    let _place = timeout(BATCH_TIME, dispatcher.places.acquire()).await.ok()?;
    let (service, id) = (source::service(state), state.ids.next());
    Some(handshake::shake(&state.outbound, service, subscription, id, attempt_time(state)).await.0)
}
