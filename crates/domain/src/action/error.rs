//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the action is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the state allows instead.
        allowed: Vec<Verb>,
    },
}

impl std::fmt::Display for ActionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
        }
    }
}

impl std::error::Error for ActionError {}
