//! A clock that runs, and that its user moves on.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::clock::{Clock, SystemClock};

/// Tells the time of the system, moved on.
#[derive(Debug, Default)]
pub struct SandboxClock {
    /// How far it is ahead, in microseconds.
    ahead: AtomicI64,
    turn: Mutex<()>,
}

impl SandboxClock {
    /// Moves the clock to an instant, from which it runs on.
    pub fn set(&self, to: Timestamp) {
        let ahead = to.as_microsecond().saturating_sub(SystemClock.now().as_microsecond());
        self.ahead.store(ahead, Ordering::SeqCst);
    }

    /// Waits for whoever moves the clock, and keeps others from it.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        let real = SystemClock.now();
        let moved = real.as_microsecond().saturating_add(self.ahead.load(Ordering::SeqCst));
        Timestamp::from_microsecond(moved).unwrap_or(real)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn it_runs_on_from_where_it_was_set() {
        let clock = SandboxClock::default();
        let day = SignedDuration::from_hours(24);
        let target = SystemClock.now() + day;
        clock.set(target);
        let first = clock.now();
        assert!(first >= target && first < target + SignedDuration::from_mins(1));
        assert!(clock.now() >= first);
    }
}
