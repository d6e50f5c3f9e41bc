//! The report of a meeting (verslag): who was there, what was said, what was decided and what came of it.
//!
//! A draft is generated anew each time that it is read. What circulates is fixed: members approve the words that they read,
//! so each audience's rendition is written down when it circulates and approval leaves it as it is. Corrections of an
//! approved report are numbered addenda. `material` says what a reader finds in it, `edge` owns the states.

mod code;
mod comment;
mod edge;
mod error;
mod facts;
mod material;
mod reader;
#[cfg(test)]
mod tests;

pub use code::{Audience, Status, Verb};
pub use comment::Comment;
pub use edge::{allowed, edge};
pub use error::ReportError;
pub use facts::{Approval, Create, Event, Facts, Rendition};
pub use material::{CaseLine, MOST_REQUESTS, Material, NextMeeting, Treated};
pub use reader::Reader;

use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::meeting;

/// A new state of a report with its events.
pub type Change = GenericChange<Report, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<Report, Event>;

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    facts: Facts,
}

impl std::ops::Deref for Report {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Report {
    /// Takes a report back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Begins the report of a meeting that opens.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, stamp.at, Vec::new());
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Sends it round, as these renditions, once its meeting was held.
    pub fn circulate(
        self,
        meeting: meeting::Status,
        renditions: Vec<Rendition>,
        stamp: &Stamp,
    ) -> Result<Outcome, ReportError> {
        if meeting != meeting::Status::Held && edge(self.status, Verb::Circulate).is_some() {
            return Err(ReportError::NotHeld);
        }
        self.act(Verb::Circulate, &(), stamp, |facts| {
            facts.circulation = facts.circulation.saturating_add(1);
            facts.circulated_at = Some(stamp.at);
            facts.first_circulated_at.get_or_insert(stamp.at);
            Ok(renditions)
        })
    }

    /// Takes it back, to change what it is made of.
    pub fn recall(self, stamp: &Stamp) -> Result<Outcome, ReportError> {
        self.act(Verb::Recall, &(), stamp, |facts| {
            facts.circulated_at = None;
            Ok(Vec::new())
        })
    }

    /// Approves it in a later meeting, which was not over before these words were sent round.
    pub fn approve(self, meeting: &meeting::Facts, stamp: &Stamp) -> Result<Outcome, ReportError> {
        let meeting_id = meeting.id;
        let was_over = meeting.closed_at.zip(self.circulated_at).is_some_and(|(closed, sent)| closed < sent);
        if (meeting.starts_at <= self.met_at || was_over) && edge(self.status, Verb::Approve).is_some() {
            return Err(ReportError::NotLater);
        }
        self.act(Verb::Approve, &meeting_id, stamp, |facts| {
            facts.approval = Some(Approval { at: stamp.at, meeting_id });
            Ok(Vec::new())
        })
    }

    /// Adds a correction with the next number, as these renditions; each one is new, whatever it says.
    ///
    /// It is counted as an event only: who does not read it does not learn of it by the version either.
    pub fn add_addendum(mut self, renditions: Vec<Rendition>, stamp: &Stamp) -> Result<Change, ReportError> {
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let (from, verb) = (facts.status, Verb::AddAddendum);
        facts.status =
            edge(from, verb).ok_or_else(|| ReportError::Illegal { from, verb, allowed: allowed(from) })?;
        facts.addenda = facts.addenda.saturating_add(1);
        let event = facts.tell(verb, stamp.at, renditions);
        Ok(Change { before, state: self, events: vec![event] })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts) -> Result<Vec<Rendition>, ReportError>,
    ) -> Result<Outcome, ReportError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to =
            edge(from, verb).ok_or_else(|| ReportError::Illegal { from, verb, allowed: allowed(from) })?;
        let renditions = change(facts)?;
        facts.done.enter(done);
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(verb, stamp.at, renditions);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}
