//! The action: who does what by when, inside the team.
//!
//! Each verb is a method that takes the action as it is and gives what changes; `edge` owns the states.

mod code;
mod command;
mod edge;
mod error;
mod event;
mod facts;
#[cfg(test)]
mod tests;

pub use code::{Kind, Status, Verb};
pub use command::{Cancel, Complete, Create, Reopen, Start};
pub use edge::{allowed, edge};
pub use error::ActionError;
pub use event::Event;
pub use facts::{Description, Ending, Facts, Owner};

use serde::Serialize;

use crate::case::Case;
use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::escalation_rules::Evaluation;
use crate::id::MeetingId;

/// A new state of an action with its events.
pub type Change = GenericChange<Action, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<Action, Event>;

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    facts: Facts,
}

impl std::ops::Deref for Action {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Action {
    /// Takes an action back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Writes an action: open.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, stamp.at);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Changes what describes the action.
    pub fn edit(self, description: &Description, stamp: &Stamp) -> Result<Outcome, ActionError> {
        self.act(Verb::Edit, description, stamp, |facts| facts.description = description.clone())
    }

    /// Begins with it.
    pub fn start(self, command: &Start, stamp: &Stamp) -> Result<Outcome, ActionError> {
        self.act(Verb::Start, command, stamp, |_| {})
    }

    /// Ends it with a result.
    pub fn complete(self, command: &Complete, stamp: &Stamp) -> Result<Outcome, ActionError> {
        self.act(Verb::Complete, command, stamp, |facts| {
            facts.ending = Ending::Done { at: stamp.at, result: command.result.clone() };
            facts.remark = None;
        })
    }

    /// Ends it without one.
    pub fn cancel(self, command: &Cancel, stamp: &Stamp) -> Result<Outcome, ActionError> {
        self.act(Verb::Cancel, command, stamp, |facts| {
            facts.ending = Ending::Cancelled { at: stamp.at };
            facts.remark = Some(command.text.clone());
        })
    }

    /// Takes it up again.
    pub fn reopen(self, command: &Reopen, stamp: &Stamp) -> Result<Outcome, ActionError> {
        self.act(Verb::Reopen, command, stamp, |facts| {
            facts.ending = Ending::None;
            facts.remark = Some(command.text.clone());
        })
    }

    /// Counts a meeting that was held while the action was on it and still open: once per meeting, whoever asks again.
    pub fn carry_over(mut self, meeting_id: MeetingId, stamp: &Stamp) -> Outcome {
        if edge(self.status, Verb::CarryOver).is_none() || self.carried_in.contains(&meeting_id) {
            return Outcome::Unchanged(self);
        }
        let before = Some(self.clone());
        self.facts.carried_in.push(meeting_id);
        let event = self.facts.touch(Verb::CarryOver, stamp.at);
        Outcome::Changed(Change { before, state: self, events: vec![event] })
    }

    /// Moves an open action along to the case that its own was merged into.
    pub fn follow_case(mut self, into: &Case, stamp: &Stamp) -> Change {
        let before = Some(self.clone());
        self.facts.case_id = Some(into.id);
        self.facts.consultation_id = into.consultation_id;
        self.facts.led_by = into.led_by;
        let event = self.facts.touch(Verb::Edit, stamp.at);
        Change { before, state: self, events: vec![event] }
    }

    /// Notes the steps that take effect, each at its own instant, and when the rules have to look again; the version stays.
    /// What came too late leaves no event; absent when nothing but that instant changes.
    pub fn escalate(mut self, evaluation: &Evaluation) -> Option<Change> {
        let before = self.clone();
        let events: Vec<_> = evaluation
            .carried_out()
            .map(|firing| Event {
                step: Some(firing.step.id.clone()),
                effects: firing.step.effects.clone(),
                ..self.facts.tell(Verb::Escalate, firing.effective_at)
            })
            .collect();
        self.facts.next_step_at = evaluation.next_at();
        (!events.is_empty()).then_some(Change { before: Some(before), state: self, events })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts),
    ) -> Result<Outcome, ActionError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to =
            edge(from, verb).ok_or_else(|| ActionError::Illegal { from, verb, allowed: allowed(from) })?;
        change(facts);
        if from == to {
            facts.done.stay(done);
        } else {
            facts.done.enter(done);
        }
        facts.status = to;
        let event = facts.touch(verb, stamp.at);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}
