//! What happened to a case.

use jiff::Timestamp;
use jiff::civil::Date;

use super::code::{CloseReason, Status, Verb};
use crate::id::{CaseId, OrganisationId};

/// One step in the life of a case: codes and ids, no free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// How it ended.
    pub close_reason: Option<CloseReason>,
    /// The day on which it returns to an agenda.
    pub check_on: Option<Date>,
    /// The organisation that leads.
    pub lead_organisation_id: Option<OrganisationId>,
    /// The other case of a merge or link.
    pub other_case_id: Option<CaseId>,
}
