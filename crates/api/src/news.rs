//! News: whether anything changed in what a caller sees, and waiting until it does.

mod waiting;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::access::Sight;
use jiff::Timestamp;
use persistence::REFERENCE_DATA;
use quick_cache::sync::Cache;
use uuid::Uuid;

use self::waiting::{Look, View, Waiting};
use crate::state::State;

/// How many views are remembered.
const VIEWS: usize = 10_000;

/// When time alone changes what a caller sees, by what it sees and how that stood.
pub struct News {
    of_requests: Cache<Sight, Moment>,
    of_escalations: Cache<Sight, Moment>,
    waiting: Waiting,
}

/// Records that time alone changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Records {
    /// Follow-up requests come to be late.
    FollowUpRequests,
    /// Escalations come to be late.
    Escalations,
}

/// How a view stands: the fingerprint of its counters, and until when nothing but a change makes it different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        Self {
            of_requests: Cache::new(VIEWS),
            of_escalations: Cache::new(VIEWS),
            waiting: Waiting::default(),
        }
    }
}

impl News {
    /// Gives the remembered moment, while it lies ahead and nothing changed.
    pub fn next_moment(
        &self,
        records: Records,
        sight: &Sight,
        fingerprint: u64,
        now: Timestamp,
    ) -> Option<Option<Timestamp>> {
        let moment = self.moments(records).get(sight)?;
        let holds = moment.fingerprint == fingerprint
            && moment.asked_at <= now
            && moment.until.is_none_or(|until| now <= until);
        holds.then_some(moment.until)
    }

    /// Remembers the next moment of a view.
    pub fn remember(
        &self,
        records: Records,
        sight: Sight,
        fingerprint: u64,
        asked_at: Timestamp,
        until: Option<Timestamp>,
    ) {
        self.moments(records).insert(sight, Moment { fingerprint, asked_at, until });
    }

    fn moments(&self, records: Records) -> &Cache<Sight, Moment> {
        match records {
            Records::FollowUpRequests => &self.of_requests,
            Records::Escalations => &self.of_escalations,
        }
    }

    /// Waits until something changes in some scopes, time alone included; false when nothing did.
    ///
    /// It also ends when the counters cannot be read any more, so that the caller finds out, and when the server stops,
    /// so that the caller gets its answer.
    pub async fn wait(
        &self,
        state: &Arc<State>,
        scopes: impl IntoIterator<Item = Uuid>,
        standing: Standing,
        wait: Duration,
    ) -> bool {
        if is_stopping(state) {
            return false;
        }
        let view = View { scopes: scopes.into_iter().collect(), standing };
        // Listened to before it is looked at: what happens in between is told.
        let mut told = self.waiting.join(state, &view);
        if view.is_over(Look::at(state)) {
            return true;
        }
        // Nothing is ever sent: whoever waits is told by the end of the channel.
        let was_told = tokio::time::timeout(wait, told.changed()).await.is_ok();
        was_told && !is_stopping(state)
    }
}

fn is_stopping(state: &State) -> bool {
    state.stopping.load(Ordering::Relaxed)
}
