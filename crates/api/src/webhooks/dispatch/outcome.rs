//! What became of a batch: written down together with what follows for the subscription.

use domain::change::Outcome;
use domain::id::WebhookSubscriptionId;
use domain::webhook::{DeliveryState, EndReason, PauseReason, Retry, Status, WebhookSubscription, retry};
use jiff::{SignedDuration, Timestamp};
use persistence::Transaction;
use persistence::webhooks::{self, Endpoint, Progress, Stretch, Tried};

use super::prepare::Message;
use super::send::{Attempt, GONE};
use super::{Dispatched, Dispatcher};
use crate::webhooks::attempt_time;
use crate::webhooks::handshake::Unverified;
use crate::work::Refusal;

/// How often an endpoint that does not echo the challenge is asked by itself; afterwards its owner asks.
const CHALLENGES: u32 = 12;

fn random() -> u32 {
    let mut bytes = [0; 4];
    // Without random bytes the wait is the shortest of its spread.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

/// What was done about a batch.
#[derive(Debug)]
pub(super) struct Done {
    /// The endpoint that they were sent to.
    pub(super) url: String,
    /// Its messages, and what came of sending each, where it was.
    pub(super) messages: Vec<(Message, Option<Attempt>)>,
    /// The stretch of the feed that the new ones are of.
    pub(super) stretch: Stretch,
}

impl Done {
    /// Counts what was sent.
    pub(super) fn count(&self) -> Dispatched {
        let mut count = Dispatched::default();
        for attempt in self.messages.iter().filter_map(|(_, attempt)| attempt.as_ref()) {
            if attempt.is_taken() {
                count.delivered += 1;
            } else {
                count.failed += 1;
            }
        }
        count
    }
}

/// Decides what an attempt comes to.
fn tried(message: &Message, attempt: &Attempt, random: u32) -> Tried {
    let (attempts, waited) = message.before.map_or((0, SignedDuration::ZERO), |it| (it.attempts, it.waited));
    let attempts = attempts.saturating_add(1);
    let mut tried = Tried {
        state: DeliveryState::Delivered,
        attempts,
        waited,
        next_attempt_at: attempt.at,
        at: attempt.at,
        status: attempt.answer.as_ref().ok().copied(),
        error: None,
        duration: attempt.duration,
    };
    if attempt.is_taken() {
        return tried;
    }
    tried.error = Some(match &attempt.answer {
        Ok(status) if (300..400).contains(status) => "redirects are not followed".to_owned(),
        Ok(status) => format!("the endpoint answered {status}"),
        Err(error) => error.clone(),
    });
    match retry(attempts, waited, random) {
        Retry::GiveUp => tried.state = DeliveryState::Failed,
        Retry::After(wait) => {
            tried.state = DeliveryState::Pending;
            tried.waited = waited.saturating_add(wait);
            tried.next_attempt_at = after(attempt.at, wait);
        }
    }
    tried
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// Tells what an endpoint did last, from the latest attempts on, in their order.
fn endpoint(before: &Endpoint, tried: &[&Tried]) -> Endpoint {
    let is_taken = |tried: &Tried| tried.state == DeliveryState::Delivered;
    let mut endpoint = before.clone();
    for tried in tried {
        endpoint.last_status = tried.status;
        if is_taken(tried) {
            endpoint.last_delivered_at = endpoint.last_delivered_at.max(Some(tried.at));
        } else {
            endpoint.last_error.clone_from(&tried.error);
        }
    }
    let failed = tried.iter().filter(|tried| !is_taken(tried)).count();
    if failed == 0 {
        return Endpoint { attempts: 0, failing_since: None, last_error: None, ..endpoint };
    }
    let since = tried.iter().filter(|tried| !is_taken(tried)).map(|tried| tried.at).min();
    let took_some = failed < tried.len();
    let failed = u32::try_from(failed).unwrap_or(u32::MAX);
    endpoint.attempts = if took_some { failed } else { endpoint.attempts.saturating_add(failed) };
    endpoint.failing_since = if took_some { since } else { endpoint.failing_since.or(since) };
    endpoint
}

/// Writes down what became of a batch, with what follows for the subscription; gives how far that is now.
pub(super) fn settle(
    transaction: &mut Transaction<'_>,
    id: WebhookSubscriptionId,
    done: &Done,
    progress: Progress,
    now: Timestamp,
) -> Result<Progress, Refusal> {
    let mut stretch = done.stretch.clone();
    let mut again = Vec::new();
    for (message, attempt) in &done.messages {
        let tried = attempt.as_ref().map(|attempt| tried(message, attempt, random()));
        match (message.before, tried) {
            (None, tried) => stretch.messages.push((message.entry.clone(), tried)),
            (Some(before), Some(tried)) => again.push((before.id, tried)),
            (Some(_), None) => {}
        }
    }
    stretch.messages.sort_by_key(|(entry, _)| entry.position);
    webhooks::record(transaction, &again)?;
    let cursor =
        if webhooks::take_over(transaction, id, &stretch, now)? { stretch.to } else { progress.cursor };
    let new = stretch.messages.iter().filter_map(|(_, tried)| tried.as_ref());
    let mut all: Vec<&Tried> = again.iter().map(|(_, tried)| tried).chain(new).collect();
    all.sort_by_key(|tried| tried.at);
    let endpoint = if all.is_empty() { progress.endpoint } else { endpoint(&progress.endpoint, &all) };
    webhooks::note(transaction, id, &endpoint)?;
    let found = webhooks::find(transaction.connection(), &domain::access::Sight::everything(), id)?;
    if let Some(subscription) = found {
        // What the endpoint says that it had before it was moved is nothing about the one that it has now.
        let is_gone = subscription.url == done.url && all.iter().any(|tried| tried.status == Some(GONE));
        if is_gone || subscription.status == Status::Ended {
            // What was on its way while it was ended waits no more either.
            end(transaction, subscription)?;
        } else if all.iter().any(|tried| tried.state == DeliveryState::Failed)
            && subscription.status == Status::Active
        {
            let stamp = transaction.stamp();
            if let Ok(Outcome::Changed(change)) = subscription.pause(PauseReason::Exhausted, &stamp) {
                transaction.save(&change)?;
            }
        }
    }
    Ok(Progress { cursor, endpoint, ..progress })
}

/// Ends a subscription whose endpoint is gone for good.
fn end(transaction: &mut Transaction<'_>, subscription: WebhookSubscription) -> Result<(), Refusal> {
    let (id, stamp) = (subscription.id, transaction.stamp());
    if let Ok(Outcome::Changed(change)) = subscription.end(EndReason::Gone, &stamp) {
        transaction.save(&change)?;
    }
    Ok(webhooks::supersede(transaction, id, 0, None)?)
}

/// Writes down what became of a challenge.
pub(super) fn verified(
    dispatcher: &Dispatcher,
    id: WebhookSubscriptionId,
    url: &str,
    shaken: &Result<(), Unverified>,
) -> Result<(), Refusal> {
    let now = attempt_time(&dispatcher.state);
    dispatcher.state.store.write(&dispatcher.circumstances(), |transaction| {
        webhooks::hold(transaction, id)?;
        let found = webhooks::find(transaction.connection(), &domain::access::Sight::everything(), id)?;
        let before = webhooks::progress(transaction.connection(), id)?.endpoint;
        let is_asked = |it: &WebhookSubscription| it.status == Status::PendingVerification && it.url == url;
        let pending = found.filter(is_asked);
        if let Some(subscription) = pending {
            match shaken {
                Ok(()) => {
                    let stamp = transaction.stamp();
                    if let Ok(Outcome::Changed(change)) = subscription.verify(&stamp) {
                        transaction.save(&change)?;
                    }
                    webhooks::begin_sending(transaction, id, now)?;
                }
                Err(Unverified { status: Some(410), .. }) => end(transaction, subscription)?,
                Err(Unverified { status, error }) => {
                    let attempts = before.attempts.saturating_add(1);
                    let due = match retry(attempts, SignedDuration::ZERO, random()) {
                        Retry::After(wait) if attempts < CHALLENGES => Some(after(now, wait)),
                        Retry::After(_) | Retry::GiveUp => None,
                    };
                    let endpoint = Endpoint {
                        attempts,
                        failing_since: before.failing_since.or(Some(now)),
                        last_status: *status,
                        last_error: Some(error.clone()),
                        last_delivered_at: before.last_delivered_at,
                    };
                    webhooks::note(transaction, id, &endpoint)?;
                    webhooks::set_due(transaction, id, due, false)?;
                }
            }
        }
        Ok::<_, Refusal>(webhooks::release(transaction, id, dispatcher.holder)?)
    })
}
