//! Escalation policies: what happens when nobody answers, as data.
//!
//! A policy is an ordered list of steps, each a condition with its effects, for the requests, cases and actions of a
//! [`Scope`]. A policy is written as a draft and checked as a whole; from its activation on it judges, and stays as it is,
//! so that whatever it did stays explained. The [`PolicyBook`] tells which policy judges what, and when;
//! [`crate::escalation_rules`] does the judging.

mod book;
mod code;
mod document;
mod edge;
mod error;
mod event;
mod facts;
mod scope;
mod shipped;
mod step;
#[cfg(test)]
mod tests;

pub use book::{InForce, PolicyBook};
pub use code::{Condition, Effect, Status, SubjectKind, Verb};
pub use document::{Document, Fault, FaultKind, MOST_STEPS};
pub use edge::{allowed, edge};
pub use error::PolicyError;
pub use event::Event;
pub use facts::Facts;
pub use scope::{About, Scope};
pub use shipped::default_steps;
pub use step::{MANUAL_REMINDER, Step, StepId, When, WrittenStep};

use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};
use crate::id::EscalationPolicyId;

/// A new state of a policy with its events.
pub type Change = GenericChange<EscalationPolicy, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<EscalationPolicy, Event>;

/// One numbered version of the rules of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationPolicy {
    facts: Facts,
}

impl std::ops::Deref for EscalationPolicy {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl EscalationPolicy {
    /// Takes a policy back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Writes a draft; `number` is one more than that of the newest policy of its scope.
    pub fn create(
        id: EscalationPolicyId,
        scope: Scope,
        number: u32,
        document: Document,
        stamp: &Stamp,
    ) -> Change {
        let facts = Facts::new(id, scope, number, document, stamp);
        let event = facts.tell(Verb::Create, stamp.at);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Changes a draft.
    pub fn edit(self, document: &Document, stamp: &Stamp) -> Result<Outcome, PolicyError> {
        self.act(Verb::Edit, document, stamp, |facts| facts.document = document.clone())
    }

    /// Lets a draft judge from now on; who calls retires the one that judged its scope until now.
    pub fn activate(self, stamp: &Stamp) -> Result<Outcome, PolicyError> {
        self.act(Verb::Activate, &(), stamp, |facts| facts.activated_at = Some(stamp.at))
    }

    /// Ends a policy: from now on a less narrow one judges, or the next of its scope.
    pub fn retire(self, stamp: &Stamp) -> Result<Outcome, PolicyError> {
        self.act(Verb::Retire, &(), stamp, |facts| facts.retired_at = Some(stamp.at))
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts),
    ) -> Result<Outcome, PolicyError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to = edge(from, verb).ok_or_else(|| PolicyError { from, verb, allowed: allowed(from) })?;
        change(facts);
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
