//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingSeriesError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the series is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the state allows instead.
        allowed: Vec<Verb>,
    },
    /// Meetings are asked for up to a day in the past.
    DayInThePast,
    /// Meetings are asked for up to a day that is too far ahead.
    TooFar,
}

impl std::fmt::Display for MeetingSeriesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
            Self::DayInThePast => f.write_str("the day lies in the past"),
            Self::TooFar => f.write_str("the day lies too far ahead"),
        }
    }
}

impl std::error::Error for MeetingSeriesError {}
