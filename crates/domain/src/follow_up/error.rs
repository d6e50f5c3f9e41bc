//! Why a verb is refused: data, no prose and no status codes.

use super::code::{Status, Verb};

/// A refused verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUpError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the request is in.
        from: Status,
        /// The verb that was asked for.
        verb: Verb,
        /// The verbs that the caller could use instead.
        allowed: Vec<Verb>,
    },
    /// The team answers on the service's behalf without telling how the answer came.
    ChannelRequired,
    /// The service tells a channel, which only the team does.
    ChannelNotAllowed,
    /// A date after the original term is promised without a reason.
    DelayReasonRequired,
    /// The promised or planned day lies before today.
    DayInThePast,
    /// The request is passed on to the service that has it already.
    SameOrganisation,
}

impl std::fmt::Display for FollowUpError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
            Self::ChannelRequired => f.write_str("an answer on behalf of the service needs a channel"),
            Self::ChannelNotAllowed => f.write_str("a service does not give a channel"),
            Self::DelayReasonRequired => f.write_str("a promise after the original term needs a reason"),
            Self::DayInThePast => f.write_str("the day lies in the past"),
            Self::SameOrganisation => f.write_str("the request is addressed to that organisation already"),
        }
    }
}

impl std::error::Error for FollowUpError {}
