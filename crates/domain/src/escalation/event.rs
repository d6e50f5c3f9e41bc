//! What happened to an escalation.

use jiff::Timestamp;

use super::code::{Criterion, LegalGateKind, Status, Verb};
use crate::report::Reader;

/// Whether somebody else leads the case from a step on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leadership {
    /// Whoever led it does.
    #[default]
    Stays,
    /// The consultation above does.
    Taken,
    /// The lower consultation does again.
    GivenBack,
}

/// The audiences that a dossier is written down for.
pub const AUDIENCES: [Reader; 3] = [Reader::Team, Reader::Police, Reader::Housing];

/// The dossier of a submission as one audience reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Whom it is for.
    pub reader: Reader,
    /// The number of the submission.
    pub submission: u32,
    /// What it says: JSON in its canonical form (RFC 8785).
    pub content: String,
    /// The SHA-256 of the content, in lower-case hexadecimal.
    pub hash: String,
}

/// One step in the life of an escalation: codes and numbers; what was frozen is kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// The number of the submission that it is about.
    pub submission: Option<u32>,
    /// The ground that was named with a submission.
    pub legal_gate: Option<LegalGateKind>,
    /// What speaks for it, where that was counted.
    pub criteria_met: Option<Vec<Criterion>>,
    /// Whether somebody else leads the case from now on.
    pub leadership: Leadership,
    /// What was frozen with it.
    pub renditions: Vec<Rendition>,
}
