//! What little of a request tells whether a reader would see it differently now.

use jiff::Timestamp;

use super::facts::{Facts, Origin};
use crate::change::Version;
use crate::id::{CaseId, ConsultationId, FollowUpRequestId, OrganisationId};

/// The head of a request: its names, its counters and its moments, without its words.
///
/// Version and sequence move with whatever else it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its name.
    pub id: FollowUpRequestId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The case that it is about.
    pub case_id: CaseId,
    /// The consultation that asks.
    pub consultation_id: ConsultationId,
    /// The consultation above that leads it meanwhile, because the case was handed over.
    pub led_by: Option<ConsultationId>,
    /// The service that is asked.
    pub organisation_id: OrganisationId,
    /// Whether the texts hold personal data.
    pub carries_personal_data: bool,
    /// Where it came from.
    pub origin: Origin,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When a client of the service first saw it.
    pub first_seen_at: Option<Timestamp>,
    /// The effective due instant of the answer term.
    pub answer_due_at: Option<Timestamp>,
    /// The instant after which the receipt counts as late.
    pub receipt_late_from: Option<Timestamp>,
    /// The instant after which the request counts as late.
    pub late_from: Option<Timestamp>,
    /// The instant after which it counts as seriously late.
    pub seriously_late_from: Option<Timestamp>,
}

impl Head {
    /// Tells whether the addressed service may see it, see [`Facts::is_visible_to_service`].
    pub const fn is_visible_to_service(&self) -> bool {
        self.sent_at.is_some()
    }
}

impl From<&Facts> for Head {
    fn from(facts: &Facts) -> Self {
        Self {
            id: facts.id,
            version: facts.version,
            sequence: facts.sequence,
            case_id: facts.case_id,
            consultation_id: facts.consultation_id,
            led_by: facts.led_by,
            organisation_id: facts.organisation_id,
            carries_personal_data: facts.carries_personal_data,
            origin: facts.origin,
            created_at: facts.created_at,
            sent_at: facts.sent_at,
            first_seen_at: facts.first_seen_at,
            answer_due_at: facts.answer_due_at(),
            receipt_late_from: facts.receipt_late_from(),
            late_from: facts.late_from(),
            seriously_late_from: facts.seriously_late_from(),
        }
    }
}
