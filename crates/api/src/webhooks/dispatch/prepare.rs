//! What a subscription has to be sent: taken over from the feed and put in order, in one unit of work.

use std::collections::{BTreeMap, HashSet};

use domain::change::Outcome;
use domain::id::WebhookSubscriptionId;
use domain::webhook::{PauseReason, Status, WebhookSubscription, wants};
use jiff::Timestamp;
use persistence::Transaction;
use persistence::webhooks::{self, Delivery, NewDelivery};
use uuid::Uuid;

use super::Dispatcher;
use crate::issuer::of_grant;
use crate::state::State;
use crate::webhooks::{attempt_time, source};
use crate::work::Refusal;

/// The most entries of the feed that are read at once.
const PAGE: i64 = 500;

/// The most messages of a batch.
const BATCH: usize = 200;

/// How many pages of the feed are read for one batch: a subscription that wants little of much moves on all the same.
const PAGES: usize = 20;

/// A message that is ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// The row of it.
    pub(super) delivery: Delivery,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// What is sent of a subscription at once.
#[derive(Debug)]
pub(super) struct Batch {
    /// The subscription.
    pub(super) subscription: WebhookSubscription,
    /// The messages of each subject, in order.
    pub(super) chains: Vec<Vec<Message>>,
}

/// What there is to do about a subscription.
#[derive(Debug)]
pub(super) enum Work {
    /// Somebody else is at it.
    Taken,
    /// Nothing now.
    Nothing,
    /// More of the feed has to be looked at.
    More,
    /// Its endpoint is to be verified.
    Verify(WebhookSubscription),
    /// Messages are to be sent.
    Send(Batch),
}

/// Finds out what there is to do about a subscription, and takes it.
pub(super) fn prepare(dispatcher: &Dispatcher, id: WebhookSubscriptionId) -> Result<Work, Refusal> {
    let state = &dispatcher.state;
    let now = attempt_time(state);
    state.store.write(&dispatcher.circumstances(), |transaction| {
        if !webhooks::lease(transaction, id, dispatcher.holder, dispatcher.lease())? {
            return Ok(Work::Taken);
        }
        let everything = domain::access::Sight::everything();
        let found = webhooks::find(transaction.connection(), &everything, id)?;
        let work = match found {
            Some(subscription) if subscription.status == Status::Active => {
                active(state, transaction, subscription, now)?
            }
            Some(subscription) if subscription.status == Status::PendingVerification => {
                let due = webhooks::progress(transaction.connection(), id)?.next_due_at;
                if due.is_some_and(|due| due <= now) { Work::Verify(subscription) } else { Work::Nothing }
            }
            _ => Work::Nothing,
        };
        if matches!(work, Work::Nothing) {
            webhooks::release(transaction, id)?;
        }
        Ok(work)
    })
}

fn active(
    state: &State,
    transaction: &mut Transaction<'_>,
    subscription: WebhookSubscription,
    now: Timestamp,
) -> Result<Work, Refusal> {
    let id = subscription.id;
    let pause = |transaction: &mut Transaction<'_>, subscription: WebhookSubscription, reason| {
        let stamp = transaction.stamp();
        if let Ok(Outcome::Changed(change)) = subscription.pause(reason, &stamp) {
            transaction.save(&change)?;
        }
        Ok(Work::Nothing)
    };
    let principal = of_grant(transaction.connection(), &subscription.grant)?;
    let Some(principal) = principal.filter(|principal| !principal.roles.is_empty()) else {
        return pause(transaction, subscription, PauseReason::ClientRevoked);
    };
    let mut cursor = webhooks::progress(transaction.connection(), id)?.cursor;
    if source::is_lost(transaction.connection(), cursor)? {
        return pause(transaction, subscription, PauseReason::Resynchronise);
    }
    let reader = source::Reader::of(&principal);
    let window = i64::try_from(state.config.webhooks.window).unwrap_or(i64::MAX);
    let mut waiting = webhooks::pending_count(transaction.connection(), id)?;
    for _ in 0..PAGES {
        let room = window.saturating_sub(waiting).min(PAGE);
        // Read before the page: all that stands up to it is in the page, or can not be seen.
        let head = source::head(transaction.connection())?;
        if room <= 0 || cursor >= head {
            break;
        }
        let page = source::after(transaction.connection(), &reader, cursor, room)?;
        let wanted: Vec<NewDelivery> = page.notices.iter().map(source::delivery).collect();
        let wants = |entry: &NewDelivery| wants(&subscription.patterns, &entry.subject_kind, &entry.verb);
        let wanted: Vec<NewDelivery> = wanted.into_iter().filter(wants).collect();
        let to = page.end.unwrap_or(head).max(cursor);
        webhooks::enqueue(transaction, id, cursor, to, &wanted, now)?;
        waiting = waiting.saturating_add(i64::try_from(wanted.len()).unwrap_or(i64::MAX));
        cursor = to;
    }
    let pending = webhooks::pending(transaction.connection(), id, window.saturating_mul(2))?;
    let due = next_due(&pending);
    let chains = chains(pending, now);
    if chains.is_empty() {
        webhooks::set_due(transaction, id, due)?;
        let is_behind = cursor < source::head(transaction.connection())? && waiting < window;
        return Ok(if is_behind { Work::More } else { Work::Nothing });
    }
    let positions: Vec<i64> = chains.iter().flatten().map(|delivery| delivery.entry.position).collect();
    let mut seen = source::at(transaction.connection(), &reader, &positions)?;
    let mut unseen = Vec::new();
    let mut ready = Vec::new();
    for chain in chains {
        let mut messages = Vec::new();
        for delivery in chain {
            let told = seen.remove(&delivery.entry.position);
            match told.filter(|told| told.id == delivery.entry.webhook_id) {
                Some(told) => messages.push(Message { body: source::body(state, &told)?, delivery }),
                // What its client may not see any more is not told either.
                None => unseen.push(delivery.id),
            }
        }
        if !messages.is_empty() {
            ready.push(messages);
        }
    }
    if !unseen.is_empty() {
        webhooks::supersede(transaction, id, 0, Some(&unseen))?;
    }
    Ok(Work::Send(Batch { subscription, chains: ready }))
}

/// Gives when the first message of any subject is due.
pub(super) fn next_due(pending: &[Delivery]) -> Option<Timestamp> {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let first = pending.iter().filter(|delivery| seen.insert(delivery.entry.subject_id));
    first.map(|delivery| delivery.next_attempt_at).min()
}

/// Puts the messages that are due in order by subject: one whose first message waits is left out.
fn chains(pending: Vec<Delivery>, now: Timestamp) -> Vec<Vec<Delivery>> {
    let mut waits: HashSet<Uuid> = HashSet::new();
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut chains: Vec<Vec<Delivery>> = Vec::new();
    let mut count = 0;
    for delivery in pending {
        let subject = delivery.entry.subject_id;
        if waits.contains(&subject) {
            continue;
        }
        if delivery.next_attempt_at > now {
            waits.insert(subject);
            continue;
        }
        if count >= BATCH {
            break;
        }
        count += 1;
        let place = *places.entry(subject).or_insert_with(|| {
            chains.push(Vec::new());
            chains.len() - 1
        });
        if let Some(chain) = chains.get_mut(place) {
            chain.push(delivery);
        }
    }
    chains
}

#[cfg(test)]
mod tests {
    use domain::webhook::DeliveryState;
    use jiff::SignedDuration;

    use super::*;

    fn delivery(position: i64, subject: u128, due: i64) -> Delivery {
        let at = Timestamp::from_second(due).unwrap();
        Delivery {
            id: Uuid::from_u128(u128::from(position.unsigned_abs())).into(),
            subscription_id: Uuid::nil().into(),
            entry: NewDelivery {
                position,
                webhook_id: Uuid::from_u128(u128::from(position.unsigned_abs())),
                subject_kind: "case".to_owned(),
                subject_id: Uuid::from_u128(subject),
                verb: "close".to_owned(),
            },
            state: DeliveryState::Pending,
            attempts: 0,
            waited: SignedDuration::ZERO,
            created_at: at,
            next_attempt_at: at,
            last_attempt_at: None,
            last_status: None,
            error: None,
            duration: None,
        }
    }

    #[test]
    fn what_waits_holds_up_its_own_subject_only() {
        let pending = vec![
            delivery(1, 7, 100),
            delivery(2, 8, 10),
            delivery(3, 7, 10),
            delivery(4, 9, 10),
            delivery(5, 8, 10),
            delivery(6, 9, 100),
            delivery(7, 9, 10),
        ];
        assert_eq!(next_due(&pending), Timestamp::from_second(10).ok());
        let chains = chains(pending, Timestamp::from_second(50).unwrap());
        let positions: Vec<Vec<i64>> = chains
            .iter()
            .map(|chain| chain.iter().map(|delivery| delivery.entry.position).collect())
            .collect();
        assert_eq!(positions, [vec![2, 5], vec![4]]);
    }

    #[test]
    fn a_batch_has_an_end() {
        let pending: Vec<_> = (0..500).map(|position| delivery(position, 1, 10)).collect();
        let chains = chains(pending, Timestamp::from_second(50).unwrap());
        assert_eq!(chains.iter().map(Vec::len).sum::<usize>(), BATCH);
    }
}
