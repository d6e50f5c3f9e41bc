//! What each verb is told: parsed values, no raw input.

use serde::Serialize;

use super::facts::Description;
use crate::id::{ActionId, CaseId, ConsultationId, DecisionId, MeetingId};
use crate::text::Remark;

/// Writes an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The name that the new action gets.
    pub id: ActionId,
    /// The consultation whose team does it.
    pub consultation_id: ConsultationId,
    /// The consultation that leads the case meanwhile.
    pub led_by: Option<ConsultationId>,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// The decision that it comes from.
    pub decision_id: Option<DecisionId>,
    /// The meeting in which it was decided.
    pub meeting_id: Option<MeetingId>,
    /// What describes it.
    pub description: Description,
}

/// Begins with an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Start {}

/// Ends an action with a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complete {
    /// What came of it.
    pub result: Remark,
}

/// Ends an action without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cancel {
    /// Why.
    pub text: Remark,
}

/// Takes an action up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reopen {
    /// Why.
    pub text: Remark,
}
