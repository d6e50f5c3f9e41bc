//! The ledger: which step took effect when, by which policy, and what became of its effects.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::code::codes;
use crate::escalation_policy::{Effect, StepId, SubjectKind, WrittenStep};
use crate::escalation_rules::{Figures, Firing};
use crate::id::{
    ActionId, CaseId, ConsultationId, EscalationId, EscalationPolicyId, FollowUpRequestId, LedgerEntryId,
    OrganisationId,
};
use crate::{action, case, follow_up};

codes! {
    /// What became of an effect.
    Delivery {
        /// It stands where its recipient reads it.
        Delivered = "delivered",
        /// It came too late to help, and was not delivered.
        Obsolete = "obsolete",
        /// There is nobody for it: the consultation has none above it, or the case has ended.
        NoRecipient = "noRecipient",
    }
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerSubject {
    /// A follow-up request.
    FollowUpRequest(FollowUpRequestId),
    /// A case.
    Case(CaseId),
    /// An action.
    Action(ActionId),
}

impl LedgerSubject {
    /// Gives what kind of subject it is.
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::FollowUpRequest(_) => SubjectKind::FollowUpRequest,
            Self::Case(_) => SubjectKind::Case,
            Self::Action(_) => SubjectKind::Action,
        }
    }
}

/// An effect, with whom it is for and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivered {
    /// The effect.
    pub effect: Effect,
    /// What became of it.
    pub delivery: Delivery,
    /// The organisation that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// The role in that organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The consultation that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consultation_id: Option<ConsultationId>,
    /// The escalation that it proposed, or that ran already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_id: Option<EscalationId>,
}

/// The policy that an entry follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// The policy.
    pub policy_id: EscalationPolicyId,
    /// Its number among those of its scope.
    pub number: u32,
    /// The step as it was written then.
    pub step: WrittenStep,
}

/// What a step judged, as an entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concerned {
    /// The request, case or action.
    pub subject: LedgerSubject,
    /// The case that it belongs to.
    pub case_id: Option<CaseId>,
    /// The consultation that it belongs to.
    pub consultation_id: ConsultationId,
    /// The consultation that leads it meanwhile.
    pub led_by: Option<ConsultationId>,
    /// The addressed service.
    pub organisation_id: Option<OrganisationId>,
}

impl Concerned {
    /// Gives the consultation that acts: the one that leads it, else its own.
    pub fn team(&self) -> ConsultationId {
        self.led_by.unwrap_or(self.consultation_id)
    }

    /// Addresses an effect: to the service, to its head, or to the team.
    pub fn delivered(&self, effect: Effect, delivery: Delivery) -> Delivered {
        let (organisation_id, role, consultation_id) = match effect {
            Effect::RemindService => (self.organisation_id, Some(Role::ServiceAgent), None),
            Effect::InformHead => (self.organisation_id, Some(Role::ServiceHead), None),
            Effect::PutOnAgenda | Effect::ProposeEscalation => (None, None, Some(self.team())),
        };
        Delivered { effect, delivery, organisation_id, role, consultation_id, escalation_id: None }
    }
}

impl From<&follow_up::Facts> for Concerned {
    fn from(request: &follow_up::Facts) -> Self {
        Self {
            subject: LedgerSubject::FollowUpRequest(request.id),
            case_id: Some(request.case_id),
            consultation_id: request.consultation_id,
            led_by: request.led_by,
            organisation_id: Some(request.organisation_id),
        }
    }
}

impl From<&case::Facts> for Concerned {
    fn from(case: &case::Facts) -> Self {
        Self {
            subject: LedgerSubject::Case(case.id),
            case_id: Some(case.id),
            consultation_id: case.consultation_id,
            led_by: case.led_by,
            organisation_id: None,
        }
    }
}

impl From<&action::Facts> for Concerned {
    fn from(action: &action::Facts) -> Self {
        Self {
            subject: LedgerSubject::Action(action.id),
            case_id: action.case_id,
            consultation_id: action.consultation_id,
            led_by: action.led_by,
            organisation_id: None,
        }
    }
}

/// An entry of the ledger: a step that took effect, or a reminder by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: LedgerEntryId,
    /// What it is about.
    pub subject: LedgerSubject,
    /// The case that this belongs to.
    pub case_id: Option<CaseId>,
    /// The consultation that it belongs to.
    pub consultation_id: ConsultationId,
    /// The consultation that led it when this was noticed.
    pub led_by: Option<ConsultationId>,
    /// The addressed service.
    pub organisation_id: Option<OrganisationId>,
    /// The step.
    pub step: StepId,
    /// The round of the subject.
    pub round: u32,
    /// When it took effect.
    pub effective_at: Timestamp,
    /// When it was noticed.
    pub fired_at: Timestamp,
    /// Whether it came too late to help.
    pub obsolete: bool,
    /// Why; absent for a reminder by hand.
    pub ground: Option<Ground>,
    /// Its effects.
    pub effects: Vec<Delivered>,
    /// The figures when it took effect.
    pub figures: Figures,
}

impl Entry {
    /// Enters a step that takes effect.
    pub fn of(
        id: LedgerEntryId,
        concerned: Concerned,
        firing: &Firing,
        effects: Vec<Delivered>,
        fired_at: Timestamp,
    ) -> Self {
        let Concerned { subject, case_id, consultation_id, led_by, organisation_id } = concerned;
        Self {
            id,
            subject,
            case_id,
            consultation_id,
            led_by,
            organisation_id,
            step: firing.step.id.clone(),
            round: firing.round,
            effective_at: firing.effective_at,
            fired_at,
            obsolete: firing.obsolete,
            ground: Some(Ground {
                policy_id: firing.policy_id,
                number: firing.policy_number,
                step: WrittenStep::from(&firing.step),
            }),
            effects,
            figures: firing.figures.clone(),
        }
    }
}
