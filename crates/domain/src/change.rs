//! What a decision of the domain looks like: a new state with the events that tell how it came about.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ClientId, OrganisationId};

/// The number of changes that an aggregate has seen; the version part of its `ETag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i64);

impl Version {
    /// The version of what was just created.
    pub const FIRST: Self = Self(1);

    /// Gives the version after one more change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Who acts: the client application, the person behind it when the token names one, and for which organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The client application.
    pub client_id: ClientId,
    /// The user that the token names; absent when the application acts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The organisation in whose name the actor acts.
    pub organisation_id: OrganisationId,
}

/// The moment and the actor of one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When the decision takes effect, in microseconds at the finest.
    pub at: Timestamp,
    /// Who decides.
    pub by: Actor,
}

/// A verb that an aggregate went through: by whom and with which body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DoneVerb {
    /// The verb as in the path of its operation.
    pub verb: String,
    /// Who did it.
    pub by: Actor,
    /// The command as JSON.
    pub command: serde_json::Value,
}

impl DoneVerb {
    /// Remembers a command.
    pub fn new(verb: &str, by: &Actor, command: &impl Serialize) -> Self {
        let command = serde_json::to_value(command).unwrap_or_default();
        Self { verb: verb.to_owned(), by: by.clone(), command }
    }
}

/// The verbs of an aggregate that change nothing, instead of failing, when the same actor repeats them with the same
/// body: the one that led to the present state, for as long as that state holds, and the last one that left the state
/// as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DoneVerbs {
    #[serde(skip_serializing_if = "Option::is_none")]
    entered: Option<DoneVerb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<DoneVerb>,
}

impl DoneVerbs {
    /// Tells whether a verb would be a repetition.
    pub fn holds(&self, verb: &DoneVerb) -> bool {
        self.entered.as_ref() == Some(verb) || self.last.as_ref() == Some(verb)
    }

    /// Remembers a verb that led to another state; what was done in the state before is no repetition any more.
    pub fn enter(&mut self, verb: DoneVerb) {
        *self = Self { entered: Some(verb), last: None };
    }

    /// Remembers a verb that left the state as it was.
    pub fn stay(&mut self, verb: DoneVerb) {
        self.last = Some(verb);
    }

    /// Forgets the last verb that left the state as it was: it would change something again.
    pub fn forget_last(&mut self) {
        self.last = None;
    }
}

/// An aggregate's new state and the events that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<State, Event> {
    /// The state that the change was decided on; absent when the aggregate is new.
    pub before: Option<State>,
    /// The state after the change; its version is one higher than before, or the same when what happened is counted as
    /// an event only (a reminder).
    pub state: State,
    /// What happened, in order, each with its own effective time; one event for nearly every change.
    pub events: Vec<Event>,
}

/// What a verb comes to: something changed, or it was already so.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<State, Event> {
    /// The verb changes the aggregate.
    Changed(Change<State, Event>),
    /// The same actor did the same with the same body before; nothing changes.
    Unchanged(State),
}
