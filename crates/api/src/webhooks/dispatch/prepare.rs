//! One unit of work of a subscription: what became of the last batch is written down, and the next one made ready.
//!
//! What is new is sent straight from the feed, and becomes a row once it is known what became of it. What was not taken waits in
//! its row, and with it whatever is told later about the same subject.

use std::collections::{BTreeMap, HashSet};

use domain::change::Outcome;
use domain::id::{WebhookDeliveryId, WebhookSubscriptionId};
use domain::webhook::{PauseReason, Status, WebhookSubscription, wants};
use jiff::{SignedDuration, Timestamp};
use persistence::Transaction;
use persistence::feed::Notice;
use persistence::webhooks::{self, Delivery, NewDelivery, Progress, Stretch};
use uuid::Uuid;

use super::Dispatcher;
use super::outcome::{self, Done};
use crate::issuer::of_grant;
use crate::state::State;
use crate::webhooks::{attempt_time, source};
use crate::work::Refusal;

/// The most messages of a batch, and the most entries of the feed that are read at once.
const BATCH: usize = 1_000;

/// The most messages of a batch to an endpoint that did not take all of the one before.
const CAREFUL_BATCH: usize = 100;

/// How many pages of the feed are read for one batch: a subscription that wants little of much moves on all the same.
const PAGES: usize = 20;

/// A message that is ready to be sent.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// What it tells.
    pub(super) entry: NewDelivery,
    /// What was tried before; absent when it comes straight from the feed.
    pub(super) before: Option<Before>,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// What was tried before to send a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    /// Its row.
    pub(super) id: WebhookDeliveryId,
    /// How often it was sent.
    pub(super) attempts: u32,
    /// How long it waited in between.
    pub(super) waited: SignedDuration,
}

/// What is sent of a subscription at once.
#[derive(Debug)]
pub(super) struct Batch {
    /// The subscription.
    pub(super) subscription: WebhookSubscription,
    /// The messages of each subject, in order.
    pub(super) chains: Vec<Vec<Message>>,
    /// How many subjects are told of at once: one of an endpoint that fails, which keeps few places from others.
    pub(super) at_once: usize,
    /// The stretch of the feed that the new ones are of, with those messages that have to wait for what waits already.
    pub(super) stretch: Stretch,
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

/// Writes down what became of the last batch, finds out what there is to do about a subscription, and takes it; when it does not
/// go on, lets it go.
pub(super) fn turn(
    dispatcher: &Dispatcher,
    id: WebhookSubscriptionId,
    last: Option<&Done>,
    goes_on: bool,
) -> Result<Work, Refusal> {
    let state = &dispatcher.state;
    let now = attempt_time(state);
    state.store.write(&dispatcher.circumstances(), |transaction| {
        if !webhooks::lease(transaction, id, dispatcher.holder, dispatcher.lease())? {
            return Ok(Work::Taken);
        }
        let mut progress = webhooks::progress(transaction.connection(), id)?;
        if let Some(last) = last {
            progress = outcome::settle(transaction, id, last, progress, now)?;
        }
        let everything = domain::access::Sight::everything();
        let found = webhooks::find(transaction.connection(), &everything, id)?;
        let work = match found {
            Some(subscription) if subscription.status == Status::Active => {
                active(state, transaction, subscription, &progress, now)?
            }
            Some(subscription) if subscription.status == Status::PendingVerification => {
                let is_due = progress.next_due_at.is_some_and(|due| due <= now);
                if is_due { Work::Verify(subscription) } else { Work::Nothing }
            }
            _ => Work::Nothing,
        };
        if !goes_on || matches!(work, Work::Nothing) {
            webhooks::release(transaction, id, dispatcher.holder)?;
            return Ok(Work::Nothing);
        }
        Ok(work)
    })
}

fn active(
    state: &State,
    transaction: &mut Transaction<'_>,
    subscription: WebhookSubscription,
    progress: &Progress,
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
    if source::is_lost(transaction.connection(), progress.cursor)? {
        return pause(transaction, subscription, PauseReason::Resynchronise);
    }
    let reader = source::Reader::of(&principal);
    let window = state.config.webhooks.window;
    let most = i64::try_from(window.saturating_mul(2)).unwrap_or(i64::MAX);
    let pending = webhooks::pending(transaction.connection(), id, most)?;
    let due = next_due(&pending);
    let room = window.saturating_sub(pending.len());
    if (due, room == 0) != (progress.next_due_at, progress.is_full) {
        webhooks::set_due(transaction, id, due, room == 0)?;
    }
    let is_ailing = progress.endpoint.attempts > 0;
    let (most, at_once) =
        if is_ailing { (CAREFUL_BATCH, 1) } else { (BATCH, state.config.webhooks.per_subscription) };
    let waiting: HashSet<Uuid> = pending.iter().map(|delivery| delivery.entry.subject_id).collect();
    let mut chains = again(state, transaction, &reader, id, chains(pending, now, most))?;
    let count: usize = chains.iter().map(Vec::len).sum();
    let room = room.min(most.saturating_sub(count));
    let (to, notices) = read_on(transaction, &subscription, &reader, progress.cursor, room)?;
    let has_more = room > 0 && to < source::head(transaction.connection())?;
    let (held, new): (Vec<Notice>, _) =
        notices.into_iter().partition(|notice| waiting.contains(&notice.subject_id));
    chains.extend(anew(state, &new)?);
    let held = held.iter().map(|notice| (source::delivery(notice), None)).collect();
    let stretch = Stretch { moves: progress.moves, from: progress.cursor, to, messages: held };
    if !chains.is_empty() {
        return Ok(Work::Send(Batch { subscription, chains, at_once, stretch }));
    }
    if to > progress.cursor {
        webhooks::take_over(transaction, id, &stretch, now)?;
    }
    Ok(if has_more { Work::More } else { Work::Nothing })
}

/// Reads on in the feed until there is room for no more; gives how far that was, and what the subscription wants of it.
fn read_on(
    transaction: &mut Transaction<'_>,
    subscription: &WebhookSubscription,
    reader: &source::Reader,
    from: i64,
    room: usize,
) -> Result<(i64, Vec<Notice>), Refusal> {
    let mut to = from;
    let mut notices: Vec<Notice> = Vec::new();
    for _ in 0..PAGES {
        let size = room.saturating_sub(notices.len());
        // Read before the page: all that stands up to it is in the page, or can not be seen.
        let head = source::head(transaction.connection())?;
        if size == 0 || to >= head {
            break;
        }
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let page = source::after(transaction.connection(), reader, to, head, size)?;
        notices.extend(page.notices.into_iter().filter(|notice| {
            let entry = source::delivery(notice);
            wants(&subscription.patterns, &entry.subject_kind, &entry.verb)
        }));
        to = page.end.unwrap_or(head).max(to);
    }
    Ok((to, notices))
}

/// Makes messages of what comes straight from the feed, in order by subject.
fn anew(state: &State, notices: &[Notice]) -> Result<Vec<Vec<Message>>, Refusal> {
    let mut chains = Chains::default();
    for notice in notices {
        let body = source::body(state, notice)?;
        chains.add(notice.subject_id, Message { entry: source::delivery(notice), before: None, body });
    }
    Ok(chains.chains)
}

/// Makes messages of what is sent again, as far as its client may still see it.
fn again(
    state: &State,
    transaction: &mut Transaction<'_>,
    reader: &source::Reader,
    id: WebhookSubscriptionId,
    chains: Vec<Vec<Delivery>>,
) -> Result<Vec<Vec<Message>>, Refusal> {
    let positions: Vec<i64> = chains.iter().flatten().map(|delivery| delivery.entry.position).collect();
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let seen = source::at(transaction.connection(), reader, &positions)?;
    let mut unseen = Vec::new();
    let mut ready = Vec::new();
    for chain in chains {
        let mut messages = Vec::new();
        for delivery in chain {
            let told = seen.get(&delivery.entry.position);
            match told.filter(|told| told.id == delivery.entry.webhook_id) {
                Some(told) => {
                    let Delivery { id, entry, attempts, waited, .. } = delivery;
                    let before = Some(Before { id, attempts, waited });
                    messages.push(Message { body: source::body(state, told)?, entry, before });
                }
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
    Ok(ready)
}

/// What is told about each subject, in its order.
struct Chains<T> {
    places: BTreeMap<Uuid, usize>,
    chains: Vec<Vec<T>>,
}

impl<T> Default for Chains<T> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), chains: Vec::new() }
    }
}

impl<T> Chains<T> {
    fn add(&mut self, subject: Uuid, link: T) {
        let place = *self.places.entry(subject).or_insert_with(|| {
            self.chains.push(Vec::new());
            self.chains.len() - 1
        });
        if let Some(chain) = self.chains.get_mut(place) {
            chain.push(link);
        }
    }
}

/// Gives when the first message of any subject is due.
fn next_due(pending: &[Delivery]) -> Option<Timestamp> {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let first = pending.iter().filter(|delivery| seen.insert(delivery.entry.subject_id));
    first.map(|delivery| delivery.next_attempt_at).min()
}

/// Puts the messages that are due in order by subject: one whose first message waits is left out.
fn chains(pending: Vec<Delivery>, now: Timestamp, most: usize) -> Vec<Vec<Delivery>> {
    let mut waits: HashSet<Uuid> = HashSet::new();
    let mut chains = Chains::default();
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
        if count >= most {
            break;
        }
        count += 1;
        chains.add(subject, delivery);
    }
    chains.chains
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
        let chains = chains(pending, Timestamp::from_second(50).unwrap(), BATCH);
        let positions: Vec<Vec<i64>> = chains
            .iter()
            .map(|chain| chain.iter().map(|delivery| delivery.entry.position).collect())
            .collect();
        assert_eq!(positions, [vec![2, 5], vec![4]]);
    }

    #[test]
    fn a_batch_has_an_end() {
        let pending: Vec<_> = (0..2_500).map(|position| delivery(position, 1, 10)).collect();
        let chains = chains(pending, Timestamp::from_second(50).unwrap(), BATCH);
        assert_eq!(chains.iter().map(Vec::len).sum::<usize>(), BATCH);
    }
}
