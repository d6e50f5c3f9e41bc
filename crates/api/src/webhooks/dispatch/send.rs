//! Sending: the messages of a batch, several subjects at once, each subject in its order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::webhook::{Facts, WebhookSubscription};
use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use super::prepare::{Batch, Message};
use super::{BATCH_TIME, Dispatcher};
use crate::outbound::Failure;
use crate::webhooks::handshake::{self, Unverified};
use crate::webhooks::{attempt_time, signing, source};

/// The status by which an endpoint tells that it is gone for good.
const GONE: u16 = 410;

/// The media type of an event (CloudEvents, structured mode).
const CLOUD_EVENT: &str = "application/cloudevents+json";

/// What became of an attempt.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    /// The message.
    pub(super) delivery: persistence::webhooks::Delivery,
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

/// Sends the messages of a batch.
pub(super) async fn batch(dispatcher: &Dispatcher, batch: Batch) -> Vec<Attempt> {
    let Batch { subscription, chains } = batch;
    let until = Instant::now() + BATCH_TIME;
    let is_over = AtomicBool::new(false);
    let at_once = dispatcher.state.config.webhooks.per_subscription;
    let chains =
        chains.into_iter().map(|messages| chain(dispatcher, &subscription, messages, until, &is_over));
    let sent: Vec<Vec<Attempt>> = stream::iter(chains).buffer_unordered(at_once).collect().await;
    sent.into_iter().flatten().collect()
}

/// Sends the messages about one subject, until one is not taken.
async fn chain(
    dispatcher: &Dispatcher,
    subscription: &Facts,
    messages: Vec<Message>,
    until: Instant,
    is_over: &AtomicBool,
) -> Vec<Attempt> {
    let mut attempts = Vec::with_capacity(messages.len());
    for message in messages {
        if Instant::now() >= until || is_over.load(Ordering::Relaxed) {
            break;
        }
        let attempt = send(dispatcher, subscription, &message).await;
        let (is_taken, is_gone) = (attempt.is_taken(), attempt.is_gone());
        attempts.push(attempt);
        if is_gone {
            is_over.store(true, Ordering::Relaxed);
        }
        if !is_taken {
            break;
        }
    }
    attempts
}

async fn send(dispatcher: &Dispatcher, subscription: &Facts, message: &Message) -> Attempt {
    let state = &dispatcher.state;
    let _place = dispatcher.places.acquire().await;
    let at = attempt_time(state);
    let id = message.delivery.entry.webhook_id.to_string();
    let headers = signing::headers(subscription.secrets(at), &id, at, &message.body);
    let (answer, took) = match headers {
        Some(headers) => {
            state.outbound.post(&subscription.url, &headers, CLOUD_EVENT, message.body.clone()).await
        }
        None => (Err(Failure::Unable), Duration::ZERO),
    };
    Attempt {
        delivery: message.delivery.clone(),
        at,
        answer: answer.map(|answer| answer.status).map_err(|failure| failure.to_string()),
        duration: SignedDuration::try_from(took).unwrap_or(SignedDuration::MAX),
    }
}

/// Has an endpoint echo a challenge.
pub(super) async fn verify(
    dispatcher: &Dispatcher,
    subscription: &WebhookSubscription,
) -> Result<(), Unverified> {
    let state = &dispatcher.state;
    let _place = dispatcher.places.acquire().await;
    let (service, id) = (source::service(state), state.ids.next());
    handshake::shake(&state.outbound, service, subscription, id, attempt_time(state)).await.0
}
