//! What each verb is told: parsed values, no raw input.

use serde::{Deserialize, Serialize};

use super::code::LegalGateKind;
use super::criteria::Criteria;
use super::facts::Origin;
use crate::id::{CaseId, ConsultationId, EscalationId};
use crate::text::{Paragraph, Reference, Remark};

/// Proposes an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The name that the new escalation gets.
    pub id: EscalationId,
    /// The case.
    pub case_id: CaseId,
    /// The consultation of the case.
    pub from_consultation_id: ConsultationId,
    /// The consultation above.
    pub to_consultation_id: ConsultationId,
    /// Why; a rule has no words.
    pub reason: Option<Remark>,
    /// Who proposes it.
    pub origin: Origin,
    /// What speaks for it.
    pub criteria: Criteria,
}

/// Does not hand a case over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drop {
    /// Why.
    pub text: Remark,
}

/// The ground on which a consultation takes a case that may speak of persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegalGate {
    /// What it is.
    pub kind: LegalGateKind,
    /// The document that holds it, by its reference.
    pub document_reference: Reference,
}

/// Hands a case over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Submit {
    /// What the consultation above is asked.
    pub text: Paragraph,
    /// The ground on which it may take the case.
    pub legal_gate: Option<LegalGate>,
}

/// Takes a case on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Accept {
    /// What is said with it.
    pub text: Option<Remark>,
}

/// Does not take a case on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refuse {
    /// Why.
    pub text: Remark,
}

/// Gives a case back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Return {
    /// What the lower consultation is advised to do.
    pub advice: Paragraph,
}

/// Tells what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GiveOutcome {
    /// What came of it.
    pub text: Paragraph,
}

/// Takes note of the outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Close {
    /// What is said with it.
    pub text: Option<Remark>,
}
