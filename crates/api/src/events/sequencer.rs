//! The job that gives events their positions: in one process at a time, whatever the number of replicas.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use persistence::audit::Sealed;
use persistence::feed::{self, Sequenced};
use persistence::{Circumstances, Store, StoreError};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use uuid::Uuid;

use crate::audit::Sealer;
use crate::clock::Ids;
use crate::job;
use crate::problem::Problem;
use crate::reference::Reference;
use crate::state::State;
use crate::work::{Refusal, own_circumstances};

/// How many events share a unit of work.
const BATCH: i64 = 1_000;

/// How long the lease is held without being kept: after that, another process goes on.
const TERM: Duration = Duration::from_secs(3);

/// How often it is looked whether records of the audit trail wait for their seals.
const SEAL_EVERY: Duration = Duration::from_secs(1);

/// How often the end of the chain of the audit trail is written into the log, while it grows.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// How often it looks whether anything happened: at counters in memory, not at the database.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// How often it looks at the database whatever the counters say.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// How often it tries to take the lease while events wait for another process, which may have died.
const TAKE_EVERY: Duration = Duration::from_millis(100);

/// How often what is too old is forgotten.
const PRUNE_EVERY: Duration = Duration::from_mins(10);

/// How many notices are forgotten in one unit of work.
const PRUNED: i64 = 2_000;

/// The figures of the sequencer.
#[derive(Debug, Clone, Default)]
pub struct SequencerMetrics {
    positioned: Counter<u64, AtomicU64>,
    lag: Gauge<f64, AtomicU64>,
    leads: Gauge<i64, std::sync::atomic::AtomicI64>,
}

impl SequencerMetrics {
    /// Makes the figures known to a registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("feed_events", "Events that got their position here", self.positioned.clone());
        registry.register(
            "feed_lag_seconds",
            "How long the first event of the last batch had waited",
            self.lag.clone(),
        );
        registry.register("feed_leads", "Whether this process gives the positions", self.leads.clone());
    }
}

/// What gives positions.
#[derive(Clone, Copy)]
pub struct Sequencer<'a> {
    /// The database.
    pub store: &'a Store,
    /// The reference data in memory.
    pub reference: &'a Reference,
    /// New ids.
    pub ids: &'a Arc<dyn Ids>,
    /// The name under which this process holds the lease.
    pub holder: Uuid,
}

impl Sequencer<'_> {
    /// Gives positions to everything that has none; tells whether it holds the lease, and how much that was.
    pub fn run(&self, now: Timestamp, goes_on: impl Fn() -> bool) -> Result<Sequenced, Refusal> {
        let mut all = Sequenced::default();
        while goes_on() {
            let done = self.batch(now)?;
            all.held = done.held;
            all.events += done.events;
            all.oldest = all.oldest.or(done.oldest);
            if i64::try_from(done.events).unwrap_or(i64::MAX) < BATCH {
                break;
            }
        }
        Ok(all)
    }

    /// Forgets what got its position before a moment.
    pub fn prune(
        &self,
        now: Timestamp,
        before: Timestamp,
        goes_on: impl Fn() -> bool,
    ) -> Result<(), StoreError> {
        let circumstances = self.circumstances(now);
        while goes_on() {
            let more = self.store.write(&circumstances, |transaction| {
                feed::prune(transaction, self.holder, TERM, before, PRUNED)
            })?;
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn batch(&self, now: Timestamp) -> Result<Sequenced, Refusal> {
        let reference = self.reference.get(self.store, now)?;
        self.store.write(&self.circumstances(now), |transaction| {
            Ok(feed::sequence(transaction, &reference, self.holder, TERM, BATCH)?)
        })
    }

    fn circumstances(&self, now: Timestamp) -> Circumstances {
        own_circumstances(now, "sequence", Arc::<dyn Ids>::clone(self.ids))
    }
}

/// Gives positions from a thread of its own, until the state is dropped or the server is asked to stop.
pub fn start(state: &Arc<State>) -> std::io::Result<()> {
    let holder = state.ids.next();
    let mut round = Round::default();
    job::start(state, "feed", LOOK_EVERY, move |state| round.look(state, holder))
}

/// What the job remembers.
#[derive(Default)]
struct Round {
    moved: u64,
    sealed_at: Option<Instant>,
    told_at: Option<Instant>,
    looked_at: Option<Instant>,
    pruned_at: Option<Instant>,
    /// Whether events wait, as far as it knows.
    is_behind: bool,
}

impl Round {
    /// Seals what was written into the audit trail; the same thread does, as both come after the commit.
    fn seal(&mut self, state: &State, holder: Uuid) {
        if self.sealed_at.is_some_and(|at| at.elapsed() < SEAL_EVERY) {
            return;
        }
        self.sealed_at = Some(Instant::now());
        let sealer = Sealer { store: &state.store, ids: &state.ids, holder };
        let done = sealer.run(state.clock.now(), || !state.stopping.load(Ordering::SeqCst));
        match done.and_then(|sealed| self.tell_place(state, sealed)) {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "records of the audit trail wait for their seals"),
        }
    }

    /// Writes the end of the chain into the log now and then: whoever keeps the log finds out when the trail is cut off there.
    fn tell_place(&mut self, state: &State, sealed: Sealed) -> Result<(), StoreError> {
        let is_due = self.told_at.is_none_or(|at| at.elapsed() >= TELL_EVERY);
        if sealed.records > 0 && is_due {
            let head = state.store.read(persistence::audit::head)?;
            tracing::info!(position = head.position, hash = head.hash, "the audit trail is sealed");
            self.told_at = Some(Instant::now());
        }
        Ok(())
    }

    fn look(&mut self, state: &State, holder: Uuid) {
        self.seal(state, holder);
        let moved = state.store.views().moved();
        let is_over = |since: Option<Instant>, every| since.is_none_or(|since| since.elapsed() >= every);
        let every = if self.is_behind { TAKE_EVERY } else { TRY_EVERY };
        if moved == self.moved && !is_over(self.looked_at, every) {
            return;
        }
        (self.moved, self.looked_at) = (moved, Some(Instant::now()));
        match state.store.read(feed::is_behind) {
            Ok(is_behind) => self.is_behind = is_behind,
            Err(error) => tracing::warn!(%error, "nobody knows whether events wait for their positions"),
        }
        let sequencer =
            Sequencer { store: &state.store, reference: &state.reference, ids: &state.ids, holder };
        let now = state.clock.now();
        let goes_on = || !state.stopping.load(Ordering::SeqCst);
        if self.is_behind {
            self.is_behind = !position_all(state, sequencer, now, goes_on);
        } else {
            state.metrics.sequencer.leads.set(0);
        }
        if !self.is_behind && is_over(self.pruned_at, PRUNE_EVERY) {
            self.pruned_at = Some(Instant::now());
            let before = now.saturating_sub(state.config.feed_retention).unwrap_or(Timestamp::MIN);
            if let Err(error) = sequencer.prune(now, before, goes_on) {
                tracing::warn!(%error, "old events of the feed cannot be forgotten");
            }
        }
    }
}

/// Gives positions to all that waits; tells whether that was done here.
fn position_all(state: &State, sequencer: Sequencer<'_>, now: Timestamp, goes_on: impl Fn() -> bool) -> bool {
    let done = match sequencer.run(now, goes_on) {
        Ok(done) => done,
        Err(refusal) => {
            tracing::warn!(problem = ?Problem::from(refusal), "events wait for their positions");
            return false;
        }
    };
    let metrics = &state.metrics.sequencer;
    metrics.leads.set(i64::from(done.held));
    metrics.positioned.inc_by(u64::try_from(done.events).unwrap_or(u64::MAX));
    let lag = done.oldest.map_or(SignedDuration::ZERO, |oldest| oldest.duration_until(now));
    metrics.lag.set(lag.as_secs_f64());
    done.held
}
