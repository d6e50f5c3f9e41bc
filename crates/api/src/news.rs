//! News: whether anything changed in what a caller sees, and waiting until it does.

use std::time::{Duration, Instant};

use domain::access::Sight;
use jiff::Timestamp;
use persistence::{REFERENCE_DATA, Store};
use quick_cache::sync::Cache;

/// How many views are remembered.
const VIEWS: usize = 10_000;

/// How often a waiting caller looks: the counters in memory, not the database.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// When time alone changes what a caller sees, by what it sees and how that stood.
pub struct News {
    moments: Cache<Sight, Moment>,
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
    /// It also ends when the counters cannot be read any more, so that the caller finds out.
    pub async fn wait(
        &self,
        store: &Store,
        fingerprint: u64,
        sight: &Sight,
        until: Option<Timestamp>,
        wait: Duration,
    ) -> bool {
        let started = Instant::now();
        let scopes: Vec<_> = sight
            .consultations
            .iter()
            .map(|id| id.uuid())
            .chain(sight.addressed.iter().map(|id| id.uuid()))
            .chain([REFERENCE_DATA])
            .collect();
        let _ = until;
        loop {
            let left = wait.saturating_sub(started.elapsed());
            if left.is_zero() {
                return false;
            }
            tokio::time::sleep(LOOK_EVERY.min(left)).await;
            if !store.views().are_fresh() || store.views().fingerprint(scopes.iter().copied()) != fingerprint {
                return true;
            }
        }
    }
}
