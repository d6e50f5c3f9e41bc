//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EscalationError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the escalation is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the same side could use instead.
        allowed: Vec<Verb>,
    },
    /// A team proposes it without a reason.
    ReasonRequired,
    /// The consultation above takes only what passed a legal gate, and none is named.
    LegalGateRequired,
}

impl std::fmt::Display for EscalationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
            Self::ReasonRequired => f.write_str("a team gives its reason"),
            Self::LegalGateRequired => f.write_str("the consultation above asks for a legal gate"),
        }
    }
}

impl std::error::Error for EscalationError {}
