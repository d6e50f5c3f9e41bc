//! The escalation: a case is handed to the consultation above, which accepts, refuses or returns it, and gives an outcome.
//!
//! Each verb is a method that takes the escalation as it is and gives what changes; `edge` owns the states and whose they
//! are, `criteria` says what speaks for it, `term` how long each side may take. What is submitted is frozen: one rendition
//! of the dossier for each audience and submission, which no later change of the case alters.

mod code;
mod command;
mod criteria;
mod edge;
mod error;
mod event;
mod facts;
mod term;
#[cfg(test)]
mod tests;

pub use code::{Criterion, LegalGateKind, Status, Verb};
pub use command::{Accept, Close, Create, Drop, GiveOutcome, LegalGate, Refuse, Return, Submit};
pub use criteria::{Criteria, EARLIER_CASES, LONG_RUNNING_DAYS, MANY_ACTIONS, SEVERAL};
pub use edge::{Side, allowed, edge, side};
pub use error::EscalationError;
pub use event::{AUDIENCES, Event, Leadership, Rendition};
pub use facts::{Facts, Origin, Said, Submission};
pub use term::{TermFacts, acceptance_days, outcome_days};

use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::text::Paragraph;

/// A new state of an escalation with its events.
pub type Change = GenericChange<Escalation, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<Escalation, Event>;

/// A hand-over of a case to the consultation above, with a way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    facts: Facts,
}

impl std::ops::Deref for Escalation {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

/// What goes with a step beside the state.
#[derive(Debug, Default)]
struct Step {
    said: Option<Paragraph>,
    leadership: Leadership,
    renditions: Vec<Rendition>,
}

impl Step {
    fn saying(text: Option<Paragraph>) -> Self {
        Self { said: text, ..Self::default() }
    }
}

impl Escalation {
    /// Takes an escalation back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Proposes to hand a case to the consultation above; a rule has no words, a team must give its reason.
    pub fn create(command: Create, stamp: &Stamp) -> Result<Change, EscalationError> {
        if command.origin == Origin::Team && command.reason.is_none() {
            return Err(EscalationError::ReasonRequired);
        }
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, stamp.at, Leadership::Stays, Vec::new());
        Ok(Change { before: None, state: Self { facts }, events: vec![event] })
    }

    /// Does not hand it over.
    pub fn drop(self, command: &Drop, stamp: &Stamp) -> Result<Outcome, EscalationError> {
        self.act(Verb::Drop, command, stamp, |facts| {
            facts.ended_at = Some(stamp.at);
            Ok(Step::saying(Some(widened(&command.text))))
        })
    }

    /// Hands it over, for the first time or anew, with the dossier as it stands now; the term to accept it starts.
    ///
    /// `needs_legal_gate` tells whether the consultation above takes only what passed a legal gate.
    pub fn submit(
        self,
        command: &Submit,
        criteria: &Criteria,
        renditions: Vec<Rendition>,
        needs_legal_gate: bool,
        stamp: &Stamp,
    ) -> Result<Outcome, EscalationError> {
        self.act(Verb::Submit, command, stamp, |facts| {
            if needs_legal_gate && command.legal_gate.is_none() {
                return Err(EscalationError::LegalGateRequired);
            }
            let number = facts.next_submission();
            facts.submissions.push(Submission::new(number, command, criteria, stamp));
            Ok(Step { renditions, ..Step::default() })
        })
    }

    /// Takes the case on: from now on the consultation above leads, and the term to give an outcome runs.
    pub fn accept(self, command: &Accept, stamp: &Stamp) -> Result<Outcome, EscalationError> {
        self.act(Verb::Accept, command, stamp, |facts| {
            if let Some(submission) = facts.submissions.last_mut() {
                submission.accept(stamp.at);
            }
            Ok(Step { leadership: Leadership::Taken, ..Step::saying(command.text.as_ref().map(widened)) })
        })
    }

    /// Does not take the case on.
    pub fn refuse(self, command: &Refuse, stamp: &Stamp) -> Result<Outcome, EscalationError> {
        self.act(Verb::Refuse, command, stamp, |facts| {
            facts.end_terms(stamp.at);
            facts.ended_at = Some(stamp.at);
            Ok(Step::saying(Some(widened(&command.text))))
        })
    }

    /// Gives the case back with advice; it may be submitted again.
    pub fn send_back(self, command: &Return, stamp: &Stamp) -> Result<Outcome, EscalationError> {
        let was_led = self.leader().is_some();
        self.act(Verb::Return, command, stamp, |facts| {
            facts.end_terms(stamp.at);
            let leadership = if was_led { Leadership::GivenBack } else { Leadership::Stays };
            Ok(Step { leadership, ..Step::saying(Some(command.advice.clone())) })
        })
    }

    /// Tells what came of it; from now on the lower consultation leads again.
    pub fn give_outcome(self, command: &GiveOutcome, stamp: &Stamp) -> Result<Outcome, EscalationError> {
        self.act(Verb::GiveOutcome, command, stamp, |facts| {
            if let Some(submission) = facts.submissions.last_mut() {
                submission.outcome_given_at = Some(stamp.at);
            }
            facts.end_terms(stamp.at);
            Ok(Step { leadership: Leadership::GivenBack, ..Step::saying(Some(command.text.clone())) })
        })
    }

    /// Takes note of the outcome: the escalation is over.
    pub fn close(self, command: &Close, stamp: &Stamp) -> Result<Outcome, EscalationError> {
        self.act(Verb::Close, command, stamp, |facts| {
            facts.ended_at = Some(stamp.at);
            Ok(Step::saying(command.text.as_ref().map(widened)))
        })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts) -> Result<Step, EscalationError>,
    ) -> Result<Outcome, EscalationError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to = edge(from, verb).ok_or_else(|| EscalationError::Illegal {
            from,
            verb,
            allowed: allowed(from, &[side(verb)]),
        })?;
        let Step { said, leadership, renditions } = change(facts)?;
        if let Some(text) = said {
            facts.said.push(Said { verb, at: stamp.at, by: stamp.by.clone(), text });
        }
        facts.done.enter(done);
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(verb, stamp.at, leadership, renditions);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}

/// Gives a remark as what is kept of whatever is said.
fn widened(text: &crate::text::Remark) -> Paragraph {
    Paragraph::from_stored(text.as_str().to_owned())
}
