//! What happened to a subscription.

use jiff::Timestamp;

use super::code::{EndReason, PauseReason, Status, Verb};

/// One step in the life of a subscription: codes only, no address and no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
}
