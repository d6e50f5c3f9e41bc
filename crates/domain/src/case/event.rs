//! What happened to a case.

use jiff::Timestamp;
use jiff::civil::Date;

use super::code::{CloseReason, Status, Verb};
use crate::category::CategoryCode;
use crate::escalation_policy::{Effect, StepId};
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
    /// Its categories, the primary one first.
    pub categories: Vec<CategoryCode>,
    /// How many earlier cases of the same category lie at the same place, when they were counted.
    pub earlier_cases: Option<u32>,
    /// The step of a rule that took effect.
    pub step: Option<StepId>,
    /// What that step does.
    pub effects: Vec<Effect>,
}
