//! The case: a nuisance situation or a detected need, about places and behaviour, with one lead organisation.
//!
//! Each verb is a method that takes the case as it is and gives what changes; `edge` owns the states.

mod code;
mod command;
mod edge;
mod error;
mod event;
mod facts;
mod import;
mod reference;
mod severity;
#[cfg(test)]
pub(crate) mod tests;

pub use code::{CloseReason, Kind, LinkKind, Pattern, SeverityLevel, Source, Status, TimeSlot, Verb};
pub use command::{Close, Create, Dismiss, Merge, Monitor, Open, Reopen};
pub use edge::{allowed, edge};
pub use error::CaseError;
pub use event::Event;
pub use facts::{Description, Ending, Facts, Link, Location};
pub use import::Imported;
pub use reference::{CaseReference, ConsultationCode};
pub use severity::{Factor, Severity};

use serde::Serialize;

use crate::calendar::local_date;
use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::escalation_rules::Evaluation;
use crate::id::CaseId;

/// A new state of a case with its events.
pub type Change = GenericChange<Case, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<Case, Event>;

/// A case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    facts: Facts,
}

impl std::ops::Deref for Case {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Case {
    /// Takes a case back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Writes a case: signalled, or open when it is admitted at once.
    pub fn create(command: Create, stamp: &Stamp) -> Result<Change, CaseError> {
        if command.admit && command.description.lead_organisation_id.is_none() {
            return Err(CaseError::LeadRequired);
        }
        let earlier_cases = command.earlier_cases;
        let mut facts = Facts::new(command, stamp);
        let event = Event { earlier_cases, ..facts.tell(Verb::Create, stamp.at, None) };
        Ok(Change { before: None, state: Self { facts }, events: vec![event] })
    }

    /// Changes what describes the case.
    pub fn edit(self, description: &Description, stamp: &Stamp) -> Result<Outcome, CaseError> {
        self.act(Verb::Edit, description, stamp, |facts| {
            if facts.status != Status::Signalled && description.lead_organisation_id.is_none() {
                return Err(CaseError::LeadRequired);
            }
            facts.description = description.clone();
            Ok(None)
        })
    }

    /// Takes the case up, led by one organisation.
    pub fn open(self, command: &Open, stamp: &Stamp) -> Result<Outcome, CaseError> {
        self.act(Verb::Open, command, stamp, |facts| {
            facts.description.lead_organisation_id = Some(command.lead_organisation_id);
            Ok(None)
        })
    }

    /// Lets the case rest until a day.
    pub fn monitor(self, command: &Monitor, stamp: &Stamp) -> Result<Outcome, CaseError> {
        self.act(Verb::Monitor, command, stamp, |facts| {
            if command.check_on < local_date(stamp.at) {
                return Err(CaseError::DayInThePast);
            }
            facts.ending = Ending::CheckOn { on: command.check_on };
            facts.remark = Some(command.text.clone());
            Ok(None)
        })
    }

    /// Ends the case; `open_work` counts the requests and actions that are still open.
    pub fn close(self, command: &Close, open_work: i64, stamp: &Stamp) -> Result<Outcome, CaseError> {
        self.act(Verb::Close, command, stamp, |facts| {
            leaves_nothing_open(open_work, command.withdraw_open)?;
            facts.ending = Ending::Ended { reason: command.close_reason, at: stamp.at };
            facts.remark = Some(command.text.clone());
            Ok(None)
        })
    }

    /// Does not take the case up; `open_work` counts as for closing.
    pub fn dismiss(self, command: &Dismiss, open_work: i64, stamp: &Stamp) -> Result<Outcome, CaseError> {
        self.act(Verb::Dismiss, command, stamp, |facts| {
            leaves_nothing_open(open_work, command.withdraw_open)?;
            facts.ending = Ending::Ended { reason: command.close_reason, at: stamp.at };
            facts.remark = Some(command.text.clone());
            Ok(None)
        })
    }

    /// Takes the case up again.
    pub fn reopen(self, command: &Reopen, stamp: &Stamp) -> Result<Outcome, CaseError> {
        self.act(Verb::Reopen, command, stamp, |facts| {
            // A signal that was dismissed may have no lead yet: who takes it up again leads, until it is edited.
            facts.description.lead_organisation_id.get_or_insert(stamp.by.organisation_id);
            facts.ending = Ending::None;
            facts.remark = Some(command.text.clone());
            Ok(None)
        })
    }

    /// Makes the case part of another one that is being handled.
    pub fn merge(self, into: &Self, stamp: &Stamp) -> Result<Outcome, CaseError> {
        let command = Merge { into_case_id: into.id };
        self.act(Verb::Merge, &command, stamp, |facts| {
            if into.id == facts.id {
                return Err(CaseError::SameCase { verb: Verb::Merge });
            }
            if edge(into.status, Verb::Edit).is_none() {
                return Err(CaseError::TargetNotOpen { state: into.status });
            }
            let link = Link { kind: LinkKind::Duplicate, case_id: into.id };
            if !facts.links.contains(&link) {
                facts.links.push(link);
            }
            facts.ending = Ending::MergedInto { case_id: into.id, at: stamp.at };
            facts.remark = None;
            Ok(Some(into.id))
        })
    }

    /// Links the case to another one.
    pub fn link(self, link: Link, stamp: &Stamp) -> Result<Outcome, CaseError> {
        if self.links.contains(&link) {
            return Ok(Outcome::Unchanged(self));
        }
        self.act(Verb::Link, &link, stamp, |facts| {
            if link.case_id == facts.id {
                return Err(CaseError::SameCase { verb: Verb::Link });
            }
            facts.links.push(link);
            Ok(Some(link.case_id))
        })
    }

    /// Takes a link away.
    pub fn unlink(self, link: Link, stamp: &Stamp) -> Result<Outcome, CaseError> {
        if !self.links.contains(&link) {
            return Ok(Outcome::Unchanged(self));
        }
        self.act(Verb::Unlink, &link, stamp, |facts| {
            facts.links.retain(|kept| *kept != link);
            Ok(Some(link.case_id))
        })
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
                ..self.facts.tell(Verb::Escalate, firing.effective_at, None)
            })
            .collect();
        self.facts.next_step_at = evaluation.next_at();
        (!events.is_empty()).then_some(Change { before: Some(before), state: self, events })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell, with the other case that `change`
    /// names.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts) -> Result<Option<CaseId>, CaseError>,
    ) -> Result<Outcome, CaseError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to = edge(from, verb).ok_or_else(|| CaseError::Illegal { from, verb, allowed: allowed(from) })?;
        let other_case_id = change(facts)?;
        if from == to {
            facts.done.stay(done);
        } else {
            facts.done.enter(done);
        }
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        facts.next_step_at = Some(stamp.at);
        let event = facts.tell(verb, stamp.at, other_case_id);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}

/// Refuses to end a case on which something is open, unless that is withdrawn with it.
const fn leaves_nothing_open(open_work: i64, withdraw_open: bool) -> Result<(), CaseError> {
    if open_work > 0 && !withdraw_open {
        return Err(CaseError::OpenWork { count: open_work });
    }
    Ok(())
}
