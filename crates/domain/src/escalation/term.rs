//! The two terms of an escalation: to accept it, and to give an outcome. No closure days of an organisation count, as a
//! consultation has none.
//!
//! A breach is a fact: once a due instant has passed, no later step takes it back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Clock, Length, Term, WorkingDays};

/// Gives the working days that the consultation above has to accept, refuse or return.
pub fn acceptance_days() -> WorkingDays {
    WorkingDays::clamped(10)
}

/// Gives the working days that it has to give an outcome, once it accepted.
pub fn outcome_days() -> WorkingDays {
    WorkingDays::clamped(40)
}

/// A term: what was due, fixed when it started, and whether it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TermFacts {
    /// Its length.
    pub working_days: WorkingDays,
    /// When it is due; absent when that would be after the year 9999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The due instant that was exceeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached_at: Option<Timestamp>,
}

impl TermFacts {
    /// Starts a term.
    pub(super) fn start(working_days: WorkingDays, started_at: Timestamp) -> Self {
        let term = Term { started_at, length: Length::WorkingDays(working_days) };
        let due_at = Clock::new(term, &Calendar::default(), &[]).due_at();
        Self { working_days, due_at, ended_at: None, breached_at: None }
    }

    /// Ends the term, in time or not.
    pub(super) fn end(&mut self, at: Timestamp) {
        if self.ended_at.is_none() {
            self.breached_at = self.breached_at(at);
            self.ended_at = Some(at);
        }
    }

    /// Gives the instant after which the term counts as exceeded, if nothing happens in between.
    pub fn late_from(&self) -> Option<Timestamp> {
        match (self.breached_at, self.ended_at) {
            (Some(at), _) => Some(at),
            (None, None) => self.due_at,
            (None, Some(_)) => None,
        }
    }

    /// Gives the breach as known at `now`.
    pub fn breached_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.late_from().filter(|due| now > *due)
    }
}
