//! The dispatcher as a job of the server, and its figures.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use domain::id::WebhookSubscriptionId;
use jiff::{SignedDuration, Timestamp};
use persistence::webhooks::{self, Backlog};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Dispatched, Dispatcher};
use crate::problem::Problem;
use crate::state::State;
use crate::webhooks::source;

/// How often it is counted what waits, and forgotten what is old.
const HOUSEKEEPING: Duration = Duration::from_secs(30);

/// How long it waits when the database is away.
const AWAY: Duration = Duration::from_secs(5);

/// How long it may take to write down what was sent when the server stops.
const SETTLING: Duration = Duration::from_secs(5);

/// How many old deliveries are forgotten at once.
const FORGOTTEN: usize = 2_000;

/// How often that is done in one go, so that whoever delivers much does not keep all of it.
const FORGETS: usize = 50;

/// The figures of webhooks.
#[derive(Debug, Clone, Default)]
pub struct WebhookMetrics {
    pending: Gauge<i64, AtomicI64>,
    lag: Gauge<i64, AtomicI64>,
    delivered: Counter<u64, AtomicU64>,
    failed: Counter<u64, AtomicU64>,
}

impl WebhookMetrics {
    /// Makes the figures known to a registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("webhooks_pending", "Messages that wait to be taken", self.pending.clone());
        registry.register(
            "webhooks_lag",
            "Positions of the change feed that the subscription furthest behind has not taken over",
            self.lag.clone(),
        );
        registry.register("webhooks_delivered", "Messages that endpoints took", self.delivered.clone());
        registry.register("webhooks_failed", "Attempts that failed", self.failed.clone());
    }

    /// Counts what was sent.
    pub(crate) fn count(&self, dispatched: &Dispatched) {
        self.delivered.inc_by(dispatched.delivered);
        self.failed.inc_by(dispatched.failed);
    }

    fn behind(&self, backlog: Backlog, head: i64) {
        self.pending.set(backlog.pending);
        self.lag.set(backlog.cursor.map_or(0, |cursor| head.saturating_sub(cursor).max(0)));
    }
}

/// Delivers from a thread of its own, until the state is dropped or the server is asked to stop; then the thread ends once what
/// it has sent is written down.
pub fn start(state: &Arc<State>, every: Duration) -> std::io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let state: Weak<State> = Arc::downgrade(state);
    thread::Builder::new().name("webhooks".to_owned()).spawn(move || runtime.block_on(run(&state, every)))
}

async fn run(state: &Weak<State>, every: Duration) {
    let Some(strong) = state.upgrade() else { return };
    let (holder, places) = {
        let Dispatcher { holder, places, .. } = Dispatcher::new(&strong);
        (holder, places)
    };
    drop(strong);
    // Those that are served in this process: each by one task, none of which waits for another.
    let busy: Arc<Mutex<HashSet<WebhookSubscriptionId>>> = Arc::default();
    let mut kept_house_at = None;
    loop {
        {
            let Some(state) = state.upgrade() else { return };
            let dispatcher = Dispatcher { state, holder, places: Arc::clone(&places) };
            if dispatcher.is_stopping() {
                settle(&dispatcher, &busy).await;
                return;
            }
            match dispatcher.blocking(Dispatcher::due).await {
                Ok(due) => due.into_iter().for_each(|id| serve(&dispatcher, &busy, id)),
                Err(problem) => {
                    tracing::warn!(?problem, "it is not known which webhooks are due");
                    tokio::time::sleep(AWAY).await;
                }
            }
            if kept_house_at.is_none_or(|at: Instant| at.elapsed() >= HOUSEKEEPING) {
                kept_house_at = Some(Instant::now());
                if let Err(problem) = dispatcher.blocking(keep_house).await {
                    tracing::warn!(?problem, "old deliveries are not forgotten");
                }
            }
        }
        tokio::time::sleep(every).await;
    }
}

/// Waits until what is under way is over: no message is begun any more.
async fn settle(dispatcher: &Dispatcher, busy: &Mutex<HashSet<WebhookSubscriptionId>>) {
    let until = Instant::now() + dispatcher.state.config.webhooks.request_time + SETTLING;
    while !busy.lock().unwrap_or_else(PoisonError::into_inner).is_empty() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Serves a subscription in a task of its own, unless one is at it.
fn serve(
    dispatcher: &Dispatcher,
    busy: &Arc<Mutex<HashSet<WebhookSubscriptionId>>>,
    id: WebhookSubscriptionId,
) {
    if !busy.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
        return;
    }
    let (dispatcher, busy) = (dispatcher.shared(), Busy { busy: Arc::clone(busy), id });
    tokio::spawn(async move {
        let busy = busy;
        if let Err(problem) = dispatcher.serve(id).await {
            report(id, &problem);
        }
        drop(busy);
    });
}

fn report(id: WebhookSubscriptionId, problem: &Problem) {
    tracing::warn!(subscription = %id, ?problem, "a webhook subscription was not served");
}

/// Takes a subscription out of those that are served, also when serving it panics.
struct Busy {
    busy: Arc<Mutex<HashSet<WebhookSubscriptionId>>>,
    id: WebhookSubscriptionId,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

fn keep_house(dispatcher: &Dispatcher) -> Result<(), crate::work::Refusal> {
    let state = &dispatcher.state;
    let (backlog, head) = state.store.read(|connection| {
        Ok::<_, persistence::StoreError>((webhooks::backlog(connection)?, source::head(connection)?))
    })?;
    state.metrics.webhooks.behind(backlog, head);
    let kept = SignedDuration::try_from(state.config.webhooks.kept).unwrap_or(SignedDuration::MAX);
    let before = state.clock.now().saturating_sub(kept).unwrap_or(Timestamp::MIN);
    let circumstances = dispatcher.circumstances();
    let most = i64::try_from(FORGOTTEN).unwrap_or(i64::MAX);
    for _ in 0..FORGETS {
        let forgotten =
            state.store.write(&circumstances, |transaction| webhooks::forget(transaction, before, most))?;
        if forgotten < FORGOTTEN || dispatcher.is_stopping() {
            break;
        }
    }
    Ok(())
}
