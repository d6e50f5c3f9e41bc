//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the case is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the caller could use instead.
        allowed: Vec<Verb>,
    },
    /// Open requests or actions hang on the case that is to be closed.
    OpenWork {
        /// How many.
        count: i64,
    },
    /// A case is merged into or linked to itself.
    SameCase {
        /// The verb that was asked for.
        verb: Verb,
    },
    /// The case that should take it over is not being handled.
    TargetNotOpen {
        /// The state of that case.
        state: Status,
    },
    /// A day in the past is given.
    DayInThePast,
    /// An open case has no lead organisation.
    LeadRequired,
}

impl std::fmt::Display for CaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
            Self::OpenWork { count } => write!(f, "{count} open requests or actions hang on the case"),
            Self::SameCase { .. } => f.write_str("the other case is this one"),
            Self::TargetNotOpen { state } => write!(f, "the other case is {state}"),
            Self::DayInThePast => f.write_str("the day lies in the past"),
            Self::LeadRequired => f.write_str("an open case needs a lead organisation"),
        }
    }
}

impl std::error::Error for CaseError {}
