//! When a unit of work is tried again, and after how long.

use std::time::Duration;

use crate::error::StoreError;

/// How often a unit of work is tried when others are in its way.
const ATTEMPTS: u32 = 6;

/// After how long nothing is tried again: by then the caller has waited enough.
const LIMIT: Duration = Duration::from_secs(5);

/// How soon a connection shows that it died while it lay idle.
const AT_ONCE: Duration = Duration::from_secs(1);

/// How an attempt failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setback<'a> {
    /// What the store said.
    pub(crate) error: &'a StoreError,
    /// Whether the connection had been used before, and so may have died in the meantime.
    pub(crate) used: bool,
    /// Whether the commit was sent: when the connection broke then, nobody knows what became of it.
    pub(crate) commit_sent: bool,
    /// How long the caller has waited until now.
    pub(crate) elapsed: Duration,
}

/// What to do after a setback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Tell the caller.
    GiveUp,
    /// Try again after so long.
    Again(Duration),
    /// Try again on a new connection.
    Reconnect,
}

/// Remembers what was tried for one caller.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    setbacks: u32,
    has_reconnected: bool,
    was_second: bool,
}

impl Patience {
    /// Advises what to do after a setback.
    pub(crate) fn advise(&mut self, setback: Setback<'_>) -> Advice {
        let Setback { error, used, commit_sent, elapsed } = setback;
        match error {
            // Whatever was not committed is rolled back with the connection.
            StoreError::Unavailable(_)
                if used && !commit_sent && !self.has_reconnected && elapsed < AT_ONCE =>
            {
                self.has_reconnected = true;
                Advice::Reconnect
            }
            // Another unit of work changed the row first: `work` reads it anew, and may find its own answer there.
            StoreError::Busy | StoreError::Stale if self.setbacks + 1 < ATTEMPTS && elapsed < LIMIT => {
                self.setbacks += 1;
                let step = u64::from(self.setbacks + 1);
                Advice::Again(Duration::from_millis(step * step))
            }
            // Another unit of work took the value first: `work` finds it now and decides anew.
            StoreError::Taken { .. } if !self.was_second => {
                self.was_second = true;
                Advice::Again(Duration::ZERO)
            }
            _ => Advice::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setback(error: &StoreError) -> Setback<'_> {
        Setback { error, used: true, commit_sent: false, elapsed: Duration::ZERO }
    }

    fn gone() -> StoreError {
        StoreError::Unavailable("gone".to_owned())
    }

    #[test]
    fn who_meets_others_tries_six_times_and_waits_longer_each_time() {
        let again = |milliseconds| Advice::Again(Duration::from_millis(milliseconds));
        for error in [StoreError::Busy, StoreError::Stale] {
            let mut patience = Patience::default();
            let waits: Vec<Advice> = (0..6).map(|_| patience.advise(setback(&error))).collect();
            assert_eq!(waits, [again(4), again(9), again(16), again(25), again(36), Advice::GiveUp]);
        }
    }

    #[test]
    fn who_waited_long_does_not_try_again() {
        let late = Setback { elapsed: LIMIT, ..setback(&StoreError::Busy) };
        assert_eq!(Patience::default().advise(late), Advice::GiveUp);
    }

    #[test]
    fn a_connection_that_died_while_idle_is_replaced_once() {
        let (mut patience, gone) = (Patience::default(), gone());
        assert_eq!(patience.advise(setback(&gone)), Advice::Reconnect);
        assert_eq!(patience.advise(setback(&gone)), Advice::GiveUp);
    }

    #[test]
    fn a_new_connection_that_breaks_is_not_replaced() {
        let gone = gone();
        let new = Setback { used: false, ..setback(&gone) };
        assert_eq!(Patience::default().advise(new), Advice::GiveUp);
        let slow = Setback { elapsed: AT_ONCE, ..setback(&gone) };
        assert_eq!(Patience::default().advise(slow), Advice::GiveUp, "it did not die while idle");
    }

    #[test]
    fn a_commit_whose_outcome_is_unknown_is_not_repeated() {
        let gone = gone();
        let sent = Setback { commit_sent: true, ..setback(&gone) };
        assert_eq!(Patience::default().advise(sent), Advice::GiveUp);
    }

    #[test]
    fn a_commit_that_was_refused_for_another_is_tried_again() {
        let refused = Setback { commit_sent: true, ..setback(&StoreError::Busy) };
        assert!(matches!(Patience::default().advise(refused), Advice::Again(_)));
    }

    #[test]
    fn who_comes_second_to_a_unique_value_looks_once_more() {
        let (mut patience, taken) = (Patience::default(), StoreError::Taken { constraint: "it".to_owned() });
        patience.advise(setback(&StoreError::Busy));
        assert_eq!(patience.advise(setback(&taken)), Advice::Again(Duration::ZERO));
        assert_eq!(patience.advise(setback(&taken)), Advice::GiveUp);
    }

    #[test]
    fn nothing_else_is_tried_again() {
        let error = StoreError::Unwritable("it".to_owned());
        assert_eq!(Patience::default().advise(setback(&error)), Advice::GiveUp);
        assert_eq!(Patience::default().advise(setback(&StoreError::NotFound)), Advice::GiveUp);
    }
}
