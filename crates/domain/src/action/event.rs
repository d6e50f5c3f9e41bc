//! What happened to an action.

use jiff::Timestamp;
use jiff::civil::Date;

use super::code::{Kind, Status, Verb};
use super::facts::Owner;
use crate::escalation_policy::{Effect, StepId};
use crate::id::{DecisionId, MeetingId};

/// One step in the life of an action: codes, ids and days, no free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// What is done.
    pub kind: Kind,
    /// Who does it.
    pub owner: Owner,
    /// By when.
    pub due_on: Option<Date>,
    /// In how many meetings it stayed open.
    pub carry_over_count: usize,
    /// The meeting that carried it over, or in which it was decided.
    pub meeting_id: Option<MeetingId>,
    /// The decision that it comes from.
    pub decision_id: Option<DecisionId>,
    /// The step of a rule that took effect.
    pub step: Option<StepId>,
    /// What that step does.
    pub effects: Vec<Effect>,
}
