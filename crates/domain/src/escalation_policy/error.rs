//! Why a verb on a policy is refused.

use super::code::{Status, Verb};

/// The state does not allow the verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// The state.
    pub from: Status,
    /// The verb.
    pub verb: Verb,
    /// What the state allows.
    pub allowed: Vec<Verb>,
}
