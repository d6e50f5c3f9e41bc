//! News: whether anything changed in what a caller sees, and waiting until it does.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::access::Sight;
use jiff::Timestamp;
use persistence::REFERENCE_DATA;
use quick_cache::sync::Cache;
use uuid::Uuid;

use crate::state::State;

/// How many views are remembered.
const VIEWS: usize = 10_000;

/// How often a waiting caller looks: the counters in memory, not the database.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// When time alone changes what a caller sees, by what it sees and how that stood.
pub struct News {
    moments: Cache<Sight, Moment>,
}

/// How a view stands: the fingerprint of its counters, and until when nothing but a change makes it different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The fingerprint of the counters.
    pub fingerprint: u64,
    /// The next moment at which time alone changes it.
    pub until: Option<Timestamp>,
}

/// Names the scopes whose counters move with every change in a view.
pub fn scopes(sight: &Sight) -> impl Iterator<Item = Uuid> + '_ {
    let consultations = sight.consultations.iter().map(|id| id.uuid());
    let addressed = sight.addressed.iter().map(|id| id.uuid());
    let own = sight.own.iter().map(|id| id.uuid());
    consultations.chain(addressed).chain(own).chain([REFERENCE_DATA])
}

#[derive(Debug, Clone, Copy)]
struct Moment {
    fingerprint: u64,
    asked_at: Timestamp,
    until: Option<Timestamp>,
}

impl Default for News {
    fn default() -> Self {
        Self { moments: Cache::new(VIEWS) }
    }
}

impl News {
    /// Gives the remembered moment, while it lies ahead and nothing changed.
    pub fn next_moment(&self, sight: &Sight, fingerprint: u64, now: Timestamp) -> Option<Option<Timestamp>> {
        let moment = self.moments.get(sight)?;
        let holds = moment.fingerprint == fingerprint
            && moment.asked_at <= now
            && moment.until.is_none_or(|until| now <= until);
        holds.then_some(moment.until)
    }

    /// Remembers the next moment of a view.
    pub fn remember(&self, sight: Sight, fingerprint: u64, asked_at: Timestamp, until: Option<Timestamp>) {
        self.moments.insert(sight, Moment { fingerprint, asked_at, until });
    }

    /// Waits until something changes in a view, time alone included; false when nothing did.
    ///
    /// It also ends when the counters cannot be read any more, so that the caller finds out, and when the server stops,
    /// so that the caller gets its answer.
    pub async fn wait(&self, state: &State, sight: &Sight, standing: Standing, wait: Duration) -> bool {
        let started = Instant::now();
        let views = state.store.views();
        loop {
            let left = wait.saturating_sub(started.elapsed());
            if left.is_zero() || state.stopping.load(Ordering::Relaxed) {
                return false;
            }
            tokio::time::sleep(LOOK_EVERY.min(left)).await;
            let is_over = standing.until.is_some_and(|until| state.clock.now() > until);
            if is_over || !views.are_fresh() || views.fingerprint(scopes(sight)) != standing.fingerprint {
                return true;
            }
        }
    }
}
