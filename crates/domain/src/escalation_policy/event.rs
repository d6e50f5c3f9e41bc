//! What happened to a policy.

use jiff::Timestamp;

use super::code::{Status, Verb};

/// One step in the life of a policy: codes only; its steps stand in the policy itself, which stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// The number of the policy among those of its scope.
    pub number: u32,
}
