//! What each verb is told: parsed values, no raw input.

use jiff::civil::Date;
use serde::Serialize;

use super::code::{CloseReason, Kind};
use super::facts::Description;
use super::reference::CaseReference;
use crate::id::{CaseId, ConsultationId, OrganisationId};
use crate::text::Remark;

/// Writes a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Create {
    /// The name that the new case gets.
    pub id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// The consultation that handles it.
    pub consultation_id: ConsultationId,
    /// Situation or need.
    pub kind: Kind,
    /// What describes it.
    pub description: Description,
    /// Whether it is taken up at once.
    pub admit: bool,
    /// How many earlier cases of the same category lie at the same place, when they were counted.
    pub earlier_cases: Option<u32>,
}

/// Takes a case up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The organisation that leads.
    pub lead_organisation_id: OrganisationId,
}

/// Lets a case rest until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Monitor {
    /// The day on which it returns to an agenda.
    pub check_on: Date,
    /// What to look at.
    pub text: Remark,
}

/// Ends a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Close {
    /// How it ended.
    pub close_reason: CloseReason,
    /// How it ended, in words.
    pub text: Remark,
    /// Whether open actions and requests are withdrawn with it.
    pub withdraw_open: bool,
}

/// Does not take a case up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dismiss {
    /// Why, coded.
    pub close_reason: CloseReason,
    /// Why, in words.
    pub text: Remark,
    /// Whether open actions and requests are withdrawn with it.
    pub withdraw_open: bool,
}

/// Takes a case up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reopen {
    /// Why.
    pub text: Remark,
}

/// Makes a case part of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// The case that goes on.
    pub into_case_id: CaseId,
}
