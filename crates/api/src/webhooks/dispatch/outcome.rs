//! What became of a batch: written down in one unit of work, together with what follows for the subscription.

use domain::change::Outcome;
use domain::id::WebhookSubscriptionId;
use domain::webhook::{DeliveryState, EndReason, PauseReason, Retry, Status, WebhookSubscription, retry};
use jiff::{SignedDuration, Timestamp};
use persistence::Transaction;
use persistence::webhooks::{self, Endpoint, Tried};

use super::prepare::next_due;
use super::send::Attempt;
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

/// Decides what an attempt comes to.
fn tried(attempt: &Attempt, random: u32) -> Tried {
    let before = &attempt.delivery;
    let attempts = before.attempts.saturating_add(1);
    let mut tried = Tried {
        id: before.id,
        state: DeliveryState::Delivered,
        attempts,
        waited: before.waited,
        next_attempt_at: before.next_attempt_at,
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
    match retry(attempts, before.waited, random) {
        Retry::GiveUp => tried.state = DeliveryState::Failed,
        Retry::After(wait) => {
            tried.state = DeliveryState::Pending;
            tried.waited = before.waited.saturating_add(wait);
            tried.next_attempt_at = after(attempt.at, wait);
        }
    }
    tried
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

/// Tells what an endpoint did last, from the latest attempts on.
fn endpoint(before: Endpoint, attempts: &[Attempt], tried: &[Tried]) -> Endpoint {
    let mut endpoint = before;
    for (attempt, tried) in attempts.iter().zip(tried) {
        endpoint.last_status = tried.status;
        if attempt.is_taken() {
            endpoint.last_delivered_at = endpoint.last_delivered_at.max(Some(attempt.at));
        } else {
            endpoint.last_error.clone_from(&tried.error);
        }
    }
    let failed = attempts.iter().filter(|attempt| !attempt.is_taken()).count();
    let is_taken = failed < attempts.len();
    if failed == 0 {
        return Endpoint { attempts: 0, failing_since: None, last_error: None, ..endpoint };
    }
    let since = attempts.iter().filter(|attempt| !attempt.is_taken()).map(|attempt| attempt.at).min();
    let failed = u32::try_from(failed).unwrap_or(u32::MAX);
    endpoint.attempts = if is_taken { failed } else { endpoint.attempts.saturating_add(failed) };
    endpoint.failing_since = if is_taken { since } else { endpoint.failing_since.or(since) };
    endpoint
}

/// Writes down what became of a batch; tells whether nothing more is due now.
pub(super) fn sent(
    dispatcher: &Dispatcher,
    id: WebhookSubscriptionId,
    attempts: Vec<Attempt>,
) -> Result<(Dispatched, bool), Refusal> {
    let mut attempts = attempts;
    attempts.sort_by_key(|attempt| attempt.at);
    let tried: Vec<Tried> = attempts.iter().map(|attempt| tried(attempt, random())).collect();
    let delivered = attempts.iter().filter(|attempt| attempt.is_taken()).count();
    let done = Dispatched {
        delivered: u64::try_from(delivered).unwrap_or(u64::MAX),
        failed: u64::try_from(attempts.len().saturating_sub(delivered)).unwrap_or(u64::MAX),
    };
    let state = &dispatcher.state;
    let is_over = state.store.write(&dispatcher.circumstances(), |transaction| {
        webhooks::record(transaction, &tried)?;
        let before = webhooks::progress(transaction.connection(), id)?;
        let endpoint = endpoint(before.endpoint, &attempts, &tried);
        let found = webhooks::find(transaction.connection(), &domain::access::Sight::everything(), id)?;
        let Some(subscription) = found else { return Ok(true) };
        if attempts.iter().any(Attempt::is_gone) {
            end(transaction, subscription)?;
        } else if tried.iter().any(|tried| tried.state == DeliveryState::Failed)
            && subscription.status == Status::Active
        {
            let stamp = transaction.stamp();
            if let Ok(Outcome::Changed(change)) = subscription.pause(PauseReason::Exhausted, &stamp) {
                transaction.save(&change)?;
            }
        }
        let window = i64::try_from(state.config.webhooks.window).unwrap_or(i64::MAX);
        let pending = webhooks::pending(transaction.connection(), id, window.saturating_mul(2))?;
        let due = next_due(&pending);
        webhooks::note(transaction, id, &endpoint, due)?;
        let is_over = due.is_none_or(|due| due > attempt_time(state));
        if is_over {
            webhooks::release(transaction, id)?;
        }
        Ok::<_, Refusal>(is_over)
    })?;
    state.metrics.webhooks.count(&done);
    Ok((done, is_over))
}

/// Ends a subscription whose endpoint is gone for good.
fn end(transaction: &mut Transaction<'_>, subscription: WebhookSubscription) -> Result<(), Refusal> {
    let (id, stamp) = (subscription.id, transaction.stamp());
    if let Ok(Outcome::Changed(change)) = subscription.end(EndReason::Gone, &stamp) {
        transaction.save(&change)?;
        webhooks::supersede(transaction, id, 0, None)?;
    }
    Ok(())
}

/// Writes down what became of a challenge.
pub(super) fn verified(
    dispatcher: &Dispatcher,
    id: WebhookSubscriptionId,
    shaken: &Result<(), Unverified>,
) -> Result<(), Refusal> {
    let now = attempt_time(&dispatcher.state);
    dispatcher.state.store.write(&dispatcher.circumstances(), |transaction| {
        let found = webhooks::find(transaction.connection(), &domain::access::Sight::everything(), id)?;
        let before = webhooks::progress(transaction.connection(), id)?.endpoint;
        let pending = found.filter(|subscription| subscription.status == Status::PendingVerification);
        if let Some(subscription) = pending {
            match shaken {
                Ok(()) => {
                    let stamp = transaction.stamp();
                    if let Ok(Outcome::Changed(change)) = subscription.verify(&stamp) {
                        transaction.save(&change)?;
                    }
                    webhooks::note(transaction, id, &Endpoint::default(), Some(now))?;
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
                    webhooks::note(transaction, id, &endpoint, due)?;
                }
            }
        }
        Ok::<_, Refusal>(webhooks::release(transaction, id)?)
    })
}
