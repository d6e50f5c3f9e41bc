//! Why a verb on a subscription is refused.

use super::code::{Status, Verb};

/// The state does not allow the verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookError {
    /// The state.
    pub from: Status,
    /// The verb.
    pub verb: Verb,
    /// What the state allows.
    pub allowed: Vec<Verb>,
}
