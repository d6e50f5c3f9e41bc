//! The facts of a policy.

use jiff::Timestamp;

use super::code::{Status, Verb};
use super::document::Document;
use super::event::Event;
use super::scope::Scope;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::EscalationPolicyId;

/// Everything that is known about a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: EscalationPolicyId,
    /// The number of its changes.
    pub version: Version,
    /// What it judges.
    pub scope: Scope,
    /// 1, 2, 3 … among the policies of its scope: what people call the version of the rules.
    pub number: u32,
    /// Its state.
    pub status: Status,
    /// Its steps.
    pub document: Document,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Since when it judges.
    pub activated_at: Option<Timestamp>,
    /// Until when it judged.
    pub retired_at: Option<Timestamp>,
    /// Who wrote it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives what is known of a policy before its first event.
    pub(super) fn new(
        id: EscalationPolicyId,
        scope: Scope,
        number: u32,
        document: Document,
        stamp: &Stamp,
    ) -> Self {
        Self {
            id,
            version: Version::FIRST,
            scope,
            number,
            status: Status::Draft,
            document,
            created_at: stamp.at,
            updated_at: stamp.at,
            activated_at: None,
            retired_at: None,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Tells an event, which shows the policy as it is now.
    pub(super) const fn tell(&self, verb: Verb, at: Timestamp) -> Event {
        Event { verb, at, state: self.status, number: self.number }
    }
}
