//! The dispatcher: takes what happened over from the change feed, a subscription at a time, and sends it.
//!
//! Whoever holds the lease of a subscription delivers it, for longer than a batch can take. What is new is sent straight from
//! the feed; what became of it is written down in the transaction that moves the subscription's place: a process that dies in
//! between sends something twice, and loses nothing. Things are told in their order, one message after the
//! other for each subject; what an endpoint did not take holds up what is about the same subject only.

mod job;
mod outcome;
mod prepare;
mod send;

use std::sync::Arc;
use std::time::Duration;

use domain::id::WebhookSubscriptionId;
use jiff::SignedDuration;
use persistence::{Circumstances, webhooks};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::clock::Ids;
use crate::problem::Problem;
use crate::state::State;
use crate::work::{Refusal, own_circumstances};

pub use job::{WebhookMetrics, start};

use super::{attempt_time, source};
use outcome::Done;
use prepare::Work;

/// For how long messages of a batch are begun.
const BATCH_TIME: Duration = Duration::from_secs(5);

/// What is written around a batch takes less.
const MARGIN: Duration = Duration::from_secs(10);

/// How often it is tried to write down what became of a batch, well within the lease.
const TRIES: u32 = 5;

/// How long it is waited in between.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// How many subscriptions are looked up at once.
const AT_ONCE: i64 = 500;

/// How many batches of a subscription follow each other before it is looked at anew.
const BATCHES: usize = 100;

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// How many messages were taken.
    pub delivered: u64,
    /// How many attempts failed.
    pub failed: u64,
}

impl Dispatched {
    fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
    }
}

/// Delivers to the endpoints of all subscriptions.
pub struct Dispatcher {
    state: Arc<State>,
    holder: Uuid,
    /// A place for each request that is under way.
    places: Arc<Semaphore>,
}

impl Dispatcher {
    /// Makes a dispatcher, with a name of its own among those on the same database.
    pub fn new(state: &Arc<State>) -> Self {
        let places = Arc::new(Semaphore::new(state.config.webhooks.concurrency));
        Self { state: Arc::clone(state), holder: state.ids.next(), places }
    }

    /// Lists the subscriptions that have to be looked at; blocks.
    fn due(&self) -> Result<Vec<WebhookSubscriptionId>, Refusal> {
        let now = attempt_time(&self.state);
        Ok(self.state.store.read(|connection| {
            let head = source::head(connection)?;
            webhooks::due(connection, now, head, AT_ONCE)
        })?)
    }

    /// Delivers everything that is due, and what comes up meanwhile; retries that are due later stay.
    pub async fn run(&self) -> Result<Dispatched, Problem> {
        let mut dispatched = Dispatched::default();
        loop {
            let due = self.blocking(Self::due).await?;
            let mut is_over = true;
            let rounds = due.into_iter().map(|id| self.serve(id));
            for served in futures_util::future::join_all(rounds).await {
                if let Some(served) = served? {
                    is_over = false;
                    dispatched.add(served);
                }
            }
            if is_over {
                return Ok(dispatched);
            }
        }
    }

    /// Delivers one subscription, batch after batch; nothing when somebody else is at it.
    async fn serve(&self, id: WebhookSubscriptionId) -> Result<Option<Dispatched>, Problem> {
        let mut dispatched = None;
        let mut last: Option<Done> = None;
        for round in 0..=BATCHES {
            let goes_on = round < BATCHES && !self.is_stopping();
            let done = last.take().map(Arc::new);
            let count = done.as_deref().map(Done::count);
            let work = self.turn(id, done, goes_on).await?;
            if let Some(count) = count {
                self.state.metrics.webhooks.count(&count);
                dispatched.get_or_insert_with(Dispatched::default).add(count);
            }
            match work {
                Work::Taken | Work::Nothing => break,
                Work::More => {
                    dispatched.get_or_insert_with(Dispatched::default);
                }
                Work::Verify(subscription) => {
                    if let Some(shaken) = send::verify(self, &subscription).await {
                        let url = subscription.url.clone();
                        self.blocking(move |dispatcher| outcome::verified(dispatcher, id, &url, &shaken))
                            .await?;
                    }
                    dispatched.get_or_insert_with(Dispatched::default);
                    break;
                }
                Work::Send(batch) => last = Some(send::batch(self, batch).await),
            }
        }
        Ok(dispatched)
    }

    /// Writes down what became of a batch and makes the next one ready; what was sent is worth more than one try.
    async fn turn(
        &self,
        id: WebhookSubscriptionId,
        done: Option<Arc<Done>>,
        goes_on: bool,
    ) -> Result<Work, Problem> {
        let mut tries = if done.is_some() { TRIES } else { 1 };
        loop {
            let last = done.clone();
            let turned = self
                .blocking(move |dispatcher| prepare::turn(dispatcher, id, last.as_deref(), goes_on))
                .await;
            tries -= 1;
            if turned.is_ok() || tries == 0 {
                return turned;
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    /// Tells for how long a subscription is taken: longer than a batch, the longest request and what is written around them. It
    /// is as long that nobody delivers when a process dies.
    fn lease(&self) -> SignedDuration {
        let lease = BATCH_TIME + self.state.config.webhooks.request_time + MARGIN;
        SignedDuration::try_from(lease).unwrap_or(SignedDuration::MAX)
    }

    fn is_stopping(&self) -> bool {
        self.state.stopping.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// Runs work that waits for the database where waiting harms nobody.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        let own = self.shared();
        let done = tokio::task::spawn_blocking(move || work(&own)).await;
        done.map_err(Problem::internal)?.map_err(Problem::from)
    }

    fn shared(&self) -> Self {
        Self { state: Arc::clone(&self.state), holder: self.holder, places: Arc::clone(&self.places) }
    }

    fn circumstances(&self) -> Circumstances {
        let ids = Arc::<dyn Ids>::clone(&self.state.ids);
        own_circumstances(self.state.clock.now(), "deliverWebhooks", ids)
    }
}
