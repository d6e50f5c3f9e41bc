//! What one client may take of this replica: so many calls in a minute, so many at once, and so many that wait for news.
//!
//! Each client has an account in memory; those of the clients that called last are kept. Nothing is shared between clients
//! or between replicas, so that no call waits for another one's count.

mod rate;

use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use domain::id::ClientId;
use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::rate::{Bucket, Elapsed, Rate};
use crate::config;
use crate::envelope::Context;
use crate::problem::{Code, Detail, Problem};

pub(crate) use rate::Standing;

/// How many clients are remembered.
const CLIENTS: usize = 10_000;

/// How long a client is told to wait whose places are all taken.
const PLACE_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// How long a client is told to wait that has too many calls waiting for news.
const SEAT_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// The accounts of all clients, and what each of them may take.
pub struct Limits {
    rate: Option<Rate<Elapsed>>,
    working: Option<Places>,
    waiting: Option<Places>,
    accounts: Cache<ClientId, Arc<Account>>,
}

/// How many places each client has.
#[derive(Debug, Clone, Copy)]
struct Places(usize);

/// What a client has taken.
struct Account {
    bucket: Option<Bucket<Elapsed>>,
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// The place of a call; it is free again once this is dropped.
pub(crate) struct Place {
    account: Arc<Account>,
    /// None while places are not counted.
    permit: Option<OwnedSemaphorePermit>,
}

impl Limits {
    /// Makes the accounts that the settings describe.
    pub fn new(settings: &config::Limits) -> Self {
        let places = |most: usize| Some(Places(most.min(Semaphore::MAX_PERMITS))).filter(|_| most > 0);
        Self {
            rate: NonZeroU32::new(settings.requests_per_minute).map(|calls| Rate::new(calls, Elapsed::new())),
            working: places(settings.concurrent_per_client),
            waiting: places(settings.waiting_per_client),
            accounts: Cache::new(CLIENTS),
        }
    }

    /// Lets a call of a client in: it counts, and takes a place until it is answered.
    pub(crate) fn enter(&self, context: &Context, client: ClientId, now: Timestamp) -> Result<(), Problem> {
        if self.rate.is_none() && self.working.is_none() && self.waiting.is_none() {
            return Ok(());
        }
        let account = self.account(client);
        if let Some((rate, bucket)) = self.rate.as_ref().zip(account.bucket.as_ref()) {
            match rate.take(bucket) {
                Ok(standing) => context.standing.set(Some(standing)),
                Err(wait) => {
                    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
                    context.standing.set(Some(Standing { remaining: 0, reset: seconds }));
                    let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
                    return Err(refused(rate.calls(), wait, now));
                }
            }
        }
        context.place.set(Some(self.working_place(account, now)?));
        Ok(())
    }

    /// Lets a call wait for news: its place is free for others meanwhile, and it takes one of those for waiting.
    pub(crate) fn sit_down(&self, context: &Context, now: Timestamp) -> Result<(), Problem> {
        let Some(Place { account, permit }) = context.place.take() else { return Ok(()) };
        drop(permit);
        let seat = match self.waiting {
            None => None,
            Some(Places(most)) => {
                let seat = Arc::clone(&account.waiting).try_acquire_owned();
                Some(seat.map_err(|_| refused(most, SEAT_AFTER, now).detail(too_many_waiting(most)))?)
            }
        };
        context.place.set(Some(Place { account, permit: seat }));
        Ok(())
    }

    /// Lets a call that waited work again, once one of the places of its client is free: calls of one client that are woken
    /// at once come one after the other, and others are not slowed by them.
    pub(crate) async fn stand_up(&self, context: &Context) {
        let Some(Place { account, permit: seat }) = context.place.take() else { return };
        let permit = match self.working {
            None => None,
            // The places are never closed.
            Some(_) => Arc::clone(&account.working).acquire_owned().await.ok(),
        };
        drop(seat);
        context.place.set(Some(Place { account, permit }));
    }

    /// Tells a caller how it stands.
    pub(crate) fn tell(&self, standing: Option<Standing>, headers: &mut HeaderMap) {
        if let Some((rate, standing)) = self.rate.as_ref().zip(standing) {
            rate.tell(standing, headers);
        }
    }

    fn working_place(&self, account: Arc<Account>, now: Timestamp) -> Result<Place, Problem> {
        let permit = match self.working {
            None => None,
            Some(Places(most)) => {
                let place = Arc::clone(&account.working).try_acquire_owned();
                Some(place.map_err(|_| refused(most, PLACE_AFTER, now).detail(too_many_at_once(most)))?)
            }
        };
        Ok(Place { account, permit })
    }

    fn account(&self, client: ClientId) -> Arc<Account> {
        if let Some(account) = self.accounts.get(&client) {
            return account;
        }
        let open = || Ok::<_, std::convert::Infallible>(Arc::new(self.new_account()));
        match self.accounts.get_or_insert_with(&client, open) {
            Ok(account) => account,
            Err(never) => match never {},
        }
    }

    fn new_account(&self) -> Account {
        let places = |places: Option<Places>| Arc::new(Semaphore::new(places.map_or(0, |Places(most)| most)));
        Account {
            bucket: self.rate.as_ref().map(Rate::bucket),
            working: places(self.working),
            waiting: places(self.waiting),
        }
    }
}

fn refused(limit: impl TryInto<u64>, wait: SignedDuration, now: Timestamp) -> Problem {
    let at = now.saturating_add(wait).unwrap_or(now);
    Problem::too_many_requests(Code::TooManyRequests, limit.try_into().unwrap_or(u64::MAX), wait, at)
}

fn too_many_at_once(limit: usize) -> Detail {
    Detail::new(
        "Deze client heeft al {limit} verzoeken die op een antwoord wachten.",
        "Ce client a déjà {limit} requêtes qui attendent une réponse.",
        "This client has {limit} requests already that wait for an answer.",
    )
    .with("limit", limit)
}

fn too_many_waiting(limit: usize) -> Detail {
    Detail::new(
        "Deze client heeft al {limit} verzoeken die op nieuws wachten.",
        "Ce client a déjà {limit} requêtes qui attendent des nouvelles.",
        "This client has {limit} requests already that wait for news.",
    )
    .with("limit", limit)
}

#[cfg(test)]
mod tests;
