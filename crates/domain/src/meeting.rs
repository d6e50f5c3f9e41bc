//! The meeting: when a consultation comes together, who was there, and how it went.
//!
//! Each verb is a method that takes the meeting as it is and gives what changes; `edge` owns the states.

mod attendance;
mod code;
mod command;
pub mod cost;
mod edge;
mod error;
mod event;
mod facts;
#[cfg(test)]
pub(crate) mod tests;

pub use attendance::{Attendance, Presence};
pub use code::{AttendanceState, Grouping, MoveReason, Status, Verb};
pub use command::{Cancel, Create, Edit, RecordAttendances};
pub use edge::{allowed, edge};
pub use error::MeetingError;
pub use event::Event;
pub use facts::{Facts, Moved, Occurrence};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};

/// A new state of a meeting with its events.
pub type Change = GenericChange<Meeting, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<Meeting, Event>;

/// The longest that a meeting is planned for.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// The most persons whose attendance a meeting records.
pub const MOST_ATTENDANCES: usize = 200;

/// A meeting.
#[derive(Debug, Clone, PartialEq)]
pub struct Meeting {
    facts: Facts,
}

impl std::ops::Deref for Meeting {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Meeting {
    /// Takes a meeting back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Plans a meeting.
    pub fn create(command: Create, stamp: &Stamp) -> Result<Change, MeetingError> {
        lasts(command.starts_at, command.ends_at)?;
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, stamp.at);
        Ok(Change { before: None, state: Self { facts }, events: vec![event] })
    }

    /// Changes when and where it takes place, while it is planned.
    pub fn edit(self, command: &Edit, stamp: &Stamp) -> Result<Outcome, MeetingError> {
        self.act(Verb::Edit, command, stamp, |facts| {
            lasts(command.starts_at, command.ends_at)?;
            facts.starts_at = command.starts_at;
            facts.ends_at = command.ends_at;
            facts.place.clone_from(&command.place);
            Ok(())
        })
    }

    /// Records who was there: the whole list anew.
    pub fn record_attendances(
        self,
        command: &RecordAttendances,
        stamp: &Stamp,
    ) -> Result<Outcome, MeetingError> {
        self.act(Verb::RecordAttendances, command, stamp, |facts| {
            facts.attendances.clone_from(&command.attendances);
            Ok(())
        })
    }

    /// Counts that its agenda changed, so that who read it before has to read it again: items were adopted or their order
    /// changed.
    pub fn arrange(
        self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
    ) -> Result<Outcome, MeetingError> {
        self.act(verb, command, stamp, |_| Ok(()))
    }

    /// Opens the meeting.
    pub fn start(self, stamp: &Stamp) -> Result<Outcome, MeetingError> {
        self.act(Verb::Start, &(), stamp, |facts| {
            facts.opened_at = Some(stamp.at);
            Ok(())
        })
    }

    /// Closes the meeting.
    pub fn finish(self, stamp: &Stamp) -> Result<Outcome, MeetingError> {
        self.act(Verb::Finish, &(), stamp, |facts| {
            facts.closed_at = Some(stamp.at);
            Ok(())
        })
    }

    /// Calls the meeting off.
    pub fn cancel(self, command: &Cancel, stamp: &Stamp) -> Result<Outcome, MeetingError> {
        self.act(Verb::Cancel, command, stamp, |facts| {
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
        change: impl FnOnce(&mut Facts) -> Result<(), MeetingError>,
    ) -> Result<Outcome, MeetingError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) && !verb.is_new_each_time() {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to =
            edge(from, verb).ok_or_else(|| MeetingError::Illegal { from, verb, allowed: allowed(from) })?;
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

/// Checks that a meeting ends after it starts, and on the same day or the next.
fn lasts(starts_at: Timestamp, ends_at: Timestamp) -> Result<(), MeetingError> {
    let length = starts_at.duration_until(ends_at);
    if length <= SignedDuration::ZERO || length > LONGEST { Err(MeetingError::Length) } else { Ok(()) }
}
