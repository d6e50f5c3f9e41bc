//! What readers see of an escalation: members of both consultations the same, the one above from its submission on.

use domain::access::Sight;
use domain::case::SeverityLevel;
use domain::escalation::{
    self, Criterion, LegalGateKind, Side, Status, Submission, TermFacts, Verb, allowed,
};
use domain::id::{CaseId, ConsultationId, EscalationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codes::{
    EscalationCriterionCode, EscalationStateCode, EscalationVerbCode, LegalGateKindCode, SeverityLevelCode,
};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// An escalation.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Escalation {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: EscalationId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The case.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// The consultation of the case.
    #[schema(value_type = uuid::Uuid)]
    from_consultation_id: ConsultationId,
    /// The consultation above.
    #[schema(value_type = uuid::Uuid)]
    to_consultation_id: ConsultationId,
    /// Its state.
    #[schema(value_type = EscalationStateCode)]
    state: Status,
    /// What the reader can do with it now.
    #[schema(value_type = Vec<EscalationVerbCode>)]
    allowed_verbs: Vec<Verb>,
    /// Who proposed it.
    origin: EscalationOrigin,
    /// Why; a rule has no words.
    reason: Option<String>,
    /// What spoke for it when it was proposed.
    criteria: EscalationCriteria,
    /// The times that it was handed over, in their order.
    submissions: Vec<EscalationSubmission>,
    /// What was said with the other verbs, in its order.
    remarks: Vec<EscalationRemark>,
    /// What came of it.
    outcome: Option<String>,
    /// When it was handed over last.
    submitted_at: Option<Timestamp>,
    /// When it was accepted.
    accepted_at: Option<Timestamp>,
    /// When it was dropped, refused or closed.
    ended_at: Option<Timestamp>,
    /// When its acceptance is or was due.
    acceptance_due_at: Option<Timestamp>,
    /// When its outcome is or was due.
    outcome_due_at: Option<Timestamp>,
    /// Whether a term was exceeded; once late, it stays late.
    late: bool,
    /// When it was proposed.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who proposed it.
    created_by: ActorView,
}

/// Who proposed an escalation.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationOrigin {
    /// `team` or `rule`.
    #[schema(example = "team")]
    kind: &'static str,
    /// The policy of the rule.
    policy_id: Option<Uuid>,
    /// The number of its version.
    policy_number: Option<u32>,
    /// The step of it that fired.
    step: Option<String>,
    /// The round in which it did.
    round: Option<u32>,
}

impl From<&escalation::Origin> for EscalationOrigin {
    fn from(origin: &escalation::Origin) -> Self {
        match origin {
            escalation::Origin::Team => {
                Self { kind: "team", policy_id: None, policy_number: None, step: None, round: None }
            }
            escalation::Origin::Rule { policy_id, policy_number, step, round } => Self {
                kind: "rule",
                policy_id: Some(*policy_id),
                policy_number: Some(*policy_number),
                step: Some(step.clone()),
                round: Some(*round),
            },
        }
    }
}

/// What speaks for an escalation: figures of the case as they were when they were taken, and the criteria that they meet.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationCriteria {
    /// The criteria that are met.
    #[schema(value_type = Vec<EscalationCriterionCode>)]
    met: Vec<Criterion>,
    /// How many services were asked about it.
    services: u32,
    /// In how many main groups of categories it lies.
    category_groups: u32,
    /// How many of its requests are or were late.
    late_requests: u32,
    /// How many of them seriously.
    seriously_late_requests: u32,
    /// How many of its requests are refused.
    refused_requests: u32,
    /// How many actions were done without the case being solved.
    actions_done: u32,
    /// The most meetings that an action was on and stayed open.
    most_carried_over: u32,
    /// How many other cases of its category lie at the same place, of the last 180 days; at most 1,000.
    earlier_cases: u32,
    /// How many days ago it was written.
    days_open: u32,
    /// How heavy it weighs.
    #[schema(value_type = Option<SeverityLevelCode>)]
    severity: Option<SeverityLevel>,
}

impl From<&escalation::Criteria> for EscalationCriteria {
    fn from(criteria: &escalation::Criteria) -> Self {
        let escalation::Criteria {
            services,
            category_groups,
            late_requests,
            seriously_late_requests,
            refused_requests,
            actions_done,
            most_carried_over,
            earlier_cases,
            days_open,
            severity,
        } = *criteria;
        Self {
            met: criteria.met(),
            services,
            category_groups,
            late_requests,
            seriously_late_requests,
            refused_requests,
            actions_done,
            most_carried_over,
            earlier_cases,
            days_open,
            severity,
        }
    }
}

/// The ground on which a consultation takes a case that may speak of persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LegalGate {
    /// What it is.
    #[schema(value_type = LegalGateKindCode)]
    pub(super) kind: LegalGateKind,
    /// The document that holds it, by its reference; no names of persons.
    #[schema(min_length = 1, max_length = 100)]
    pub(super) document_reference: String,
}

impl From<&escalation::LegalGate> for LegalGate {
    fn from(gate: &escalation::LegalGate) -> Self {
        Self { kind: gate.kind, document_reference: gate.document_reference.to_string() }
    }
}

/// One time that the case was handed over.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationSubmission {
    /// 1 for the first.
    number: u32,
    /// The address of the dossier as it was then.
    #[schema(format = "uri")]
    dossier_href: String,
    /// When it was handed over.
    submitted_at: Timestamp,
    /// What the consultation above is asked.
    text: String,
    /// The ground on which it may take the case.
    legal_gate: Option<LegalGate>,
    /// What spoke for it then.
    criteria: EscalationCriteria,
    /// When its acceptance is or was due.
    acceptance_due_at: Option<Timestamp>,
    /// The due instant of the acceptance that was exceeded.
    acceptance_breached_at: Option<Timestamp>,
    /// When it was accepted.
    accepted_at: Option<Timestamp>,
    /// How many working days that took.
    working_days_to_acceptance: Option<u32>,
    /// When its outcome is or was due.
    outcome_due_at: Option<Timestamp>,
    /// The due instant of the outcome that was exceeded.
    outcome_breached_at: Option<Timestamp>,
    /// When the outcome was given.
    outcome_given_at: Option<Timestamp>,
    /// How many working days that took from the acceptance on.
    working_days_to_outcome: Option<u32>,
}

/// Something that was said with a verb.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationRemark {
    /// The verb.
    #[schema(value_type = EscalationVerbCode)]
    verb: Verb,
    /// When.
    at: Timestamp,
    /// What.
    text: String,
    /// By whom.
    by: ActorView,
}

/// What a view depends on beside the escalation.
#[derive(Clone, Copy)]
pub(super) struct Viewing<'a> {
    /// The records that the reader may write.
    pub(super) hands: &'a Sight,
    /// The moment.
    pub(super) now: Timestamp,
    /// The address of the API.
    pub(super) base_url: &'a str,
}

impl Viewing<'_> {
    /// Gives the sides on which the reader can act.
    fn sides(&self, escalation: &escalation::Facts) -> Vec<Side> {
        let has = |consultation| self.hands.everything || self.hands.consultations.contains(&consultation);
        let lower = has(escalation.from_consultation_id).then_some(Side::Lower);
        let upper = has(escalation.to_consultation_id).then_some(Side::Upper);
        lower.into_iter().chain(upper).collect()
    }

    /// Gives the entity tag of an escalation as the reader sees it: what it can do, and the terms that were exceeded since.
    pub(super) fn tag(&self, escalation: &escalation::Facts) -> EntityTag {
        let sides = self.sides(escalation);
        let sides: String = sides.iter().map(|side| if *side == Side::Lower { 'l' } else { 'u' }).collect();
        let breached = |submission: &Submission| {
            let terms = std::iter::once(&submission.acceptance).chain(&submission.outcome);
            terms.filter(|term| term.breached_at(self.now).is_some()).count()
        };
        let late: usize = escalation.submissions.iter().map(breached).sum();
        EntityTag::document(escalation.version, format_args!("e{sides}{late}"))
    }

    /// Makes the reader's view of an escalation.
    pub(super) fn view(&self, escalation: &escalation::Facts) -> Escalation {
        let href = format!("{}/escalations/{}", self.base_url, escalation.id);
        let submissions = escalation.submissions.iter();
        let remark = |said: &escalation::Said| EscalationRemark {
            verb: said.verb,
            at: said.at,
            text: said.text.to_string(),
            by: (&said.by).into(),
        };
        Escalation {
            id: escalation.id,
            version: escalation.version.0,
            etag: self.tag(escalation).as_str().to_owned(),
            case_id: escalation.case_id,
            from_consultation_id: escalation.from_consultation_id,
            to_consultation_id: escalation.to_consultation_id,
            state: escalation.status,
            allowed_verbs: allowed(escalation.status, &self.sides(escalation)),
            origin: (&escalation.origin).into(),
            reason: escalation.reason.as_ref().map(ToString::to_string),
            criteria: (&escalation.criteria).into(),
            submissions: submissions.map(|submission| self.submission(submission, &href)).collect(),
            remarks: escalation.said.iter().map(remark).collect(),
            outcome: escalation.last_said(Verb::GiveOutcome).map(|said| said.text.to_string()),
            submitted_at: escalation.submitted_at(),
            accepted_at: escalation.accepted_at(),
            ended_at: escalation.ended_at,
            acceptance_due_at: escalation.acceptance_due_at(),
            outcome_due_at: escalation.outcome_due_at(),
            late: escalation.late_from().is_some_and(|from| self.now > from),
            created_at: escalation.created_at,
            updated_at: escalation.updated_at,
            created_by: (&escalation.created_by).into(),
            href,
        }
    }

    fn submission(&self, submission: &Submission, href: &str) -> EscalationSubmission {
        let breached = |term: &TermFacts| term.breached_at(self.now);
        let outcome = submission.outcome.as_ref();
        EscalationSubmission {
            number: submission.number,
            dossier_href: format!("{href}/dossier?submission={}", submission.number),
            submitted_at: submission.at,
            text: submission.text.to_string(),
            legal_gate: submission.legal_gate.as_ref().map(Into::into),
            criteria: (&submission.criteria).into(),
            acceptance_due_at: submission.acceptance.due_at,
            acceptance_breached_at: breached(&submission.acceptance),
            accepted_at: submission.accepted_at,
            working_days_to_acceptance: submission.working_days_to_acceptance(),
            outcome_due_at: outcome.and_then(|term| term.due_at),
            outcome_breached_at: outcome.and_then(breached),
            outcome_given_at: submission.outcome_given_at,
            working_days_to_outcome: submission.working_days_to_outcome(),
        }
    }
}
