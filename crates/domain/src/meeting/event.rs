//! What happened to a meeting.

use jiff::Timestamp;

use super::code::{Status, Verb};

/// One step in the life of a meeting: codes and times, no free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// When the meeting starts.
    pub starts_at: Timestamp,
}
