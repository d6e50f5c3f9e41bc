//! The dispatcher: takes what happened over from the change feed, a subscription at a time, and sends it.
//!
//! Whoever holds the lease of a subscription delivers it, for longer than a batch can take. What is to be sent is taken over
//! in the transaction that moves the subscription's place in the feed, and what became of it is written down afterwards: a
//! process that dies in between sends something twice, and loses nothing. Things are told in their order, one message after the
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
use prepare::Work;

/// For how long messages of a batch are begun.
const BATCH_TIME: Duration = Duration::from_secs(5);

/// What is written around a batch takes less.
const MARGIN: Duration = Duration::from_secs(10);

/// How many subscriptions are looked up at once.
const AT_ONCE: i64 = 500;

/// How many batches of a subscription follow each other before it is looked at anew.
const BATCHES: usize = 50;

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
        for _ in 0..BATCHES {
            let work = self.blocking(move |dispatcher| prepare::prepare(dispatcher, id)).await?;
            let (done, is_over) = match work {
                Work::Taken | Work::Nothing => return Ok(dispatched),
                Work::More => (Dispatched::default(), false),
                Work::Verify(subscription) => {
                    let shaken = send::verify(self, &subscription).await;
                    self.blocking(move |dispatcher| outcome::verified(dispatcher, id, &shaken)).await?;
                    (Dispatched::default(), true)
                }
                Work::Send(batch) => {
                    let tried = send::batch(self, batch).await;
                    self.blocking(move |dispatcher| outcome::sent(dispatcher, id, tried)).await?
                }
            };
            dispatched.get_or_insert_with(Dispatched::default).add(done);
            if is_over || self.is_stopping() {
                break;
            }
        }
        Ok(dispatched)
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
