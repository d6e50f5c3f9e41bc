//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the meeting is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the caller could use instead.
        allowed: Vec<Verb>,
    },
    /// It ends before it starts, or lasts longer than a day.
    Length,
}

impl std::fmt::Display for MeetingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
            Self::Length => f.write_str("it ends before it starts, or lasts longer than a day"),
        }
    }
}

impl std::error::Error for MeetingError {}
