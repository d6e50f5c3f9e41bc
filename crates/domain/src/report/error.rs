//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the report is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the caller could use instead.
        allowed: Vec<Verb>,
    },
    /// Its meeting goes on.
    NotHeld,
    /// The meeting that approves it is not a later one, or was over before the report was sent round.
    NotLater,
}

impl std::fmt::Display for ReportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
            Self::NotHeld => f.write_str("its meeting is not closed"),
            Self::NotLater => {
                f.write_str("it is approved in a later meeting, which was not over when it was sent round")
            }
        }
    }
}

impl std::error::Error for ReportError {}
