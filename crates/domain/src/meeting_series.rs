//! The series: meetings of a consultation that come back by a rule.
//!
//! Each verb is a method that takes the series as it is and gives what changes; `edge` owns the states.

mod code;
mod command;
mod edge;
mod error;
mod event;
mod facts;
#[cfg(test)]
mod tests;

pub use code::{Status, Verb};
pub use command::{Create, End, Plan};
pub use edge::{allowed, edge};
pub use error::MeetingSeriesError;
pub use event::Event;
pub use facts::Facts;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::calendar::{Calendar, local_date};
use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::planning::{Planned, plan};

/// A new state of a series with its events.
pub type Change = GenericChange<MeetingSeries, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<MeetingSeries, Event>;

/// How many days ahead meetings are planned at the most: two years.
pub const FARTHEST: i32 = 731;

/// A series of meetings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingSeries {
    facts: Facts,
}

impl std::ops::Deref for MeetingSeries {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl MeetingSeries {
    /// Takes a series back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Agrees on a series: active, with no meeting planned yet.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, stamp.at);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Gives the meetings that should be planned from today up to a day, both included: those that are there already are
    /// to be left out by their `occurrence_on`.
    pub fn meetings_until(&self, until: Date, today: Date, calendar: &Calendar) -> Vec<Planned> {
        plan(&self.rhythm, today, until, calendar)
    }

    /// Notes up to which day the meetings are planned.
    pub fn plan(self, command: &Plan, stamp: &Stamp) -> Result<Outcome, MeetingSeriesError> {
        self.act(Verb::Plan, command, stamp, |facts| {
            let today = local_date(stamp.at);
            if command.until < today {
                return Err(MeetingSeriesError::DayInThePast);
            }
            if command.until > today.saturating_add(FARTHEST.days()) {
                return Err(MeetingSeriesError::TooFar);
            }
            facts.planned_until = facts.planned_until.max(Some(command.until));
            Ok(())
        })
    }

    /// Ends the series: no more meetings are planned, those that are stay.
    pub fn end(self, command: &End, stamp: &Stamp) -> Result<Outcome, MeetingSeriesError> {
        self.act(Verb::End, command, stamp, |facts| {
            facts.remark = Some(command.text.clone());
            Ok(())
        })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts) -> Result<(), MeetingSeriesError>,
    ) -> Result<Outcome, MeetingSeriesError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to = edge(from, verb).ok_or_else(|| MeetingSeriesError::Illegal {
            from,
            verb,
            allowed: allowed(from),
        })?;
        change(facts)?;
        if from == to {
            facts.done.stay(done);
        } else {
            facts.done.enter(done);
        }
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(verb, stamp.at);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}
