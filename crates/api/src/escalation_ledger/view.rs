//! What readers see of an entry: the team all of it, a service what reaches it.

use domain::access::{Role, Sight};
use domain::change::Version;
use domain::escalation_ledger::{Delivered, Delivery, Entry, LedgerSubject};
use domain::escalation_policy::{Effect, SubjectKind};
use domain::escalation_rules::Figures;
use domain::id::{
    ActionId, CaseId, ConsultationId, EscalationId, EscalationPolicyId, FollowUpRequestId, LedgerEntryId,
    OrganisationId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{EscalationDeliveryCode, EscalationEffectCode, EscalationSubjectCode, RoleCode};
use crate::escalation_policies::EscalationStep;
use crate::etag::EntityTag;
use crate::forms::StepId;

/// A step of the rules that took effect, or a reminder by hand. It never changes.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationLedgerEntry {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: LedgerEntryId,
    /// Always 1.
    version: i64,
    /// Its entity tag.
    etag: String,
    /// What kind of thing it is about.
    #[schema(value_type = EscalationSubjectCode)]
    subject_kind: SubjectKind,
    /// The request that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    follow_up_request_id: Option<FollowUpRequestId>,
    /// The action that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    action_id: Option<ActionId>,
    /// The case that it is about, or that the request or action belongs to; for the team.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// The consultation that it belongs to; for the team.
    #[schema(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// The consultation that led the case when this was noticed; for the team.
    #[schema(value_type = Option<uuid::Uuid>)]
    led_by_id: Option<ConsultationId>,
    /// The addressed service.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// The step; `manualReminder` for a reminder by hand.
    #[schema(value_type = StepId)]
    step: String,
    /// The round of the request, case or action: 1, and one more with each reopening.
    round: u32,
    /// When the condition of the step came to hold.
    effective_at: Timestamp,
    /// When that was noticed.
    fired_at: Timestamp,
    /// Whether the condition did not hold any more by then: nothing was delivered.
    obsolete: bool,
    /// The policy that it follows from, as its steps were then; absent for a reminder by hand.
    #[schema(value_type = Option<uuid::Uuid>)]
    escalation_policy_id: Option<EscalationPolicyId>,
    /// The number of that policy among those of its scope.
    escalation_policy_number: Option<u32>,
    /// Why: the step as it was written then; for the team.
    rule: Option<EscalationStep>,
    /// What it did; a service sees what reaches it.
    effects: Vec<DeliveredEffect>,
    /// The figures when it took effect.
    figures: EscalationFigures,
}

/// An effect of a step.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveredEffect {
    /// The effect.
    #[schema(value_type = EscalationEffectCode)]
    effect: Effect,
    /// What became of it.
    #[schema(value_type = EscalationDeliveryCode)]
    delivery: Delivery,
    /// The organisation that it is for.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// The role in that organisation.
    #[schema(value_type = Option<RoleCode>)]
    role: Option<Role>,
    /// The consultation that it is for.
    #[schema(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// The escalation that it proposed, or that ran already.
    #[schema(value_type = Option<uuid::Uuid>)]
    escalation_id: Option<EscalationId>,
}

impl From<&Delivered> for DeliveredEffect {
    fn from(effect: &Delivered) -> Self {
        let Delivered { effect, delivery, organisation_id, role, consultation_id, escalation_id } = *effect;
        Self { effect, delivery, organisation_id, role, consultation_id, escalation_id }
    }
}

/// The figures behind a step, as they were when it took effect; what does not apply is absent.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EscalationFigures {
    /// When the term started.
    started_at: Option<Timestamp>,
    /// The length of the term; absent when the due date was given.
    term_working_days: Option<u32>,
    /// When the term ended, or ends.
    due_at: Option<Timestamp>,
    /// How many working days of the term were over.
    elapsed_working_days: Option<u32>,
    /// The last day on which something happened to the case.
    active_on: Option<Date>,
    /// How many services were asked about the case.
    services: Option<u32>,
    /// How many main groups of categories the case belongs to.
    category_groups: Option<u32>,
    /// How many earlier cases there were at the place.
    earlier_cases: Option<u32>,
    /// In how many meetings the action stayed open.
    carry_over_count: Option<u32>,
}

impl From<&Figures> for EscalationFigures {
    fn from(figures: &Figures) -> Self {
        Self {
            started_at: figures.started_at,
            term_working_days: figures.term_working_days,
            due_at: figures.due_at,
            elapsed_working_days: figures.elapsed_working_days,
            active_on: figures.active_on,
            services: figures.services,
            category_groups: figures.category_groups,
            earlier_cases: figures.earlier_cases,
            carry_over_count: figures.carry_over,
        }
    }
}

/// Gives the entity tag of an entry, which tells the two sides apart.
pub(super) fn tag(is_team: bool) -> EntityTag {
    EntityTag::document(Version::FIRST, if is_team { "lt" } else { "ls" })
}

/// Tells whether a reader is of the team of an entry.
pub(super) fn is_team(sight: &Sight, entry: &Entry) -> bool {
    sight.covers(entry.consultation_id, entry.led_by)
}

impl EscalationLedgerEntry {
    /// Makes the view of an entry for a reader.
    pub(super) fn of(entry: &Entry, sight: &Sight, base_url: &str) -> Self {
        let is_team = is_team(sight, entry);
        let (request, action) = match entry.subject {
            LedgerSubject::FollowUpRequest(id) => (Some(id), None),
            LedgerSubject::Action(id) => (None, Some(id)),
            LedgerSubject::Case(_) => (None, None),
        };
        let ground = entry.ground.as_ref();
        let effects = entry.effects.iter().filter(|it| is_team || it.effect.reaches_service());
        Self {
            href: format!("{base_url}/escalationLedger/{}", entry.id),
            id: entry.id,
            version: Version::FIRST.0,
            etag: tag(is_team).as_str().to_owned(),
            subject_kind: entry.subject.kind(),
            follow_up_request_id: request,
            action_id: action,
            case_id: entry.case_id.filter(|_| is_team),
            consultation_id: is_team.then_some(entry.consultation_id),
            led_by_id: entry.led_by.filter(|_| is_team),
            organisation_id: entry.organisation_id,
            step: entry.step.as_str().to_owned(),
            round: entry.round,
            effective_at: entry.effective_at,
            fired_at: entry.fired_at,
            obsolete: entry.obsolete,
            escalation_policy_id: ground.filter(|_| is_team).map(|ground| ground.policy_id),
            escalation_policy_number: ground.filter(|_| is_team).map(|ground| ground.number),
            rule: ground.filter(|_| is_team).and_then(|ground| EscalationStep::of(ground.step.clone())),
            effects: effects.map(DeliveredEffect::from).collect(),
            figures: (&entry.figures).into(),
        }
    }
}
