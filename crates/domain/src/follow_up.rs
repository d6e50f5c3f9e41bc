//! The follow-up request: a question to another service that cannot be forgotten.
//!
//! Each verb is a method that takes the request as it is and gives what changes. Where to find what:
//! `edge` the states and who may leave them by which verb; `create`, `team` and `service` the verbs by the side that
//! uses them; `rules` what the rules do to it; `round` the clock and the breaches; `facts` what is kept; `import` requests of
//! another system.

mod code;
mod command;
mod create;
mod edge;
mod error;
mod event;
mod facts;
mod head;
mod import;
mod round;
mod rules;
mod service;
mod team;
#[cfg(test)]
mod tests;

pub use code::{
    AnswerOutcome, Channel, DelayReason, QuestionKind, RefusalReason, Side, Status, Urgency, Verb,
};
pub use command::{Accept, Amend, Answer, Create, Edit, MaySay, Promise, Receive, Redirect, Refuse, Say};
pub use edge::{Target, allowed, edge, is_said_to_the_other_side, may};
pub use error::FollowUpError;
pub use event::{Detail, Event, Message};
pub use facts::{Amendment, Facts, GivenAnswer, GivenPromise, Origin, Redirection, Refusal, Resume, State};
pub use head::Head;
pub use import::{Imported, ImportedEnd};
pub use round::{Clockwork, Recount, Round, TermFacts};

use serde::Serialize;

use crate::change::{Change as GenericChange, DoneVerb, Outcome as GenericOutcome, Stamp};

/// A new state of a request with its events.
pub type Change = GenericChange<FollowUpRequest, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<FollowUpRequest, Event>;

/// A question to another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpRequest {
    facts: Facts,
}

impl std::ops::Deref for FollowUpRequest {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl FollowUpRequest {
    /// Takes a request back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: Verb,
        side: Side,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts, &mut Detail) -> Result<Option<Message>, FollowUpError>,
    ) -> Result<Outcome, FollowUpError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let target = self.check(verb, side)?;
        let before = Some(self.clone());
        if side == Side::Service {
            self.facts.acknowledge(stamp.at);
        }
        let mut detail = Detail::default();
        let message = change(&mut self.facts, &mut detail)?;
        match target {
            Target::Same => self.facts.done.stay(done),
            Target::To(_) | Target::Back => self.facts.done.enter(done),
        }
        self.facts.touch(stamp.at);
        let event = self.facts.tell(verb, side, stamp.at, detail, message);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }

    /// Refuses a verb that this state does not allow to this side.
    fn check(&self, verb: Verb, side: Side) -> Result<Target, FollowUpError> {
        let from = self.status();
        edge(from, verb).filter(|_| may(side, verb)).ok_or_else(|| FollowUpError::Illegal {
            from,
            verb,
            allowed: allowed(from, &[side]),
        })
    }
}
