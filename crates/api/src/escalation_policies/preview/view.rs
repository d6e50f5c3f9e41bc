//! What a preview tells.

use domain::escalation_ledger::LedgerSubject;
use domain::escalation_policy::{Effect, SubjectKind, WrittenStep};
use domain::id::{ActionId, CaseId, FollowUpRequestId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Asked;
use super::tally::{Entry, Tally};
use crate::codes::{EscalationEffectCode, EscalationSubjectCode};
use crate::escalation_ledger::EscalationFigures;
use crate::escalation_policies::EscalationStep;
use crate::forms::StepId;

/// What would take effect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationPreview {
    /// The moment at which it was worked out.
    as_of: Timestamp,
    /// The first instant that is told.
    from: Timestamp,
    /// The last instant that is told.
    until: Timestamp,
    /// How many requests were judged.
    follow_up_requests: u64,
    /// How many cases were judged.
    cases: u64,
    /// How many actions were judged.
    actions: u64,
    /// How often each step takes effect.
    steps: Vec<PreviewedStep>,
    /// The steps that take effect, the earliest first; at most 500.
    entries: Vec<PreviewedEntry>,
    /// How many more there are.
    omitted: u64,
}

/// How often a step takes effect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewedStep {
    /// The step.
    #[schema(value_type = StepId)]
    step: String,
    /// By the policy that is asked about.
    proposed: u64,
    /// By the active policies.
    active: u64,
    /// By both, at the same instant or another.
    both: u64,
}

/// A step that would take effect, or does.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewedEntry {
    /// What kind of thing it is about.
    #[schema(value_type = EscalationSubjectCode)]
    subject_kind: SubjectKind,
    /// The request.
    #[schema(value_type = Option<uuid::Uuid>)]
    follow_up_request_id: Option<FollowUpRequestId>,
    /// The action.
    #[schema(value_type = Option<uuid::Uuid>)]
    action_id: Option<ActionId>,
    /// The case that it is about, or that the request or action belongs to.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// The round.
    round: u32,
    /// When it takes effect by the policy that is asked about; absent when only by the active ones.
    proposed_at: Option<Timestamp>,
    /// When it takes effect by the active policies; absent when it does not.
    active_at: Option<Timestamp>,
    /// Why: the step.
    rule: EscalationStep,
    /// What it does.
    #[schema(value_type = Vec<EscalationEffectCode>)]
    effects: Vec<Effect>,
    /// The figures then.
    figures: EscalationFigures,
}

impl PreviewedEntry {
    fn of(entry: &Entry) -> Option<Self> {
        let (request, action) = match entry.subject {
            LedgerSubject::FollowUpRequest(id) => (Some(id), None),
            LedgerSubject::Action(id) => (None, Some(id)),
            LedgerSubject::Case(_) => (None, None),
        };
        Some(Self {
            subject_kind: entry.subject.kind(),
            follow_up_request_id: request,
            action_id: action,
            case_id: entry.case_id,
            round: entry.firing.round,
            proposed_at: entry.proposed_at,
            active_at: entry.active_at,
            rule: EscalationStep::of(WrittenStep::from(&entry.firing.step))?,
            effects: entry.firing.step.effects.clone(),
            figures: (&entry.firing.figures).into(),
        })
    }
}

impl EscalationPreview {
    /// Tells what a preview came to.
    pub(super) fn of(tally: &Tally, asked: &Asked, as_of: Timestamp) -> Self {
        let step = |(step, counts): (&String, &super::tally::Counts)| PreviewedStep {
            step: step.clone(),
            proposed: counts.proposed,
            active: counts.active,
            both: counts.both,
        };
        Self {
            as_of,
            from: asked.from,
            until: asked.until,
            follow_up_requests: tally.requests,
            cases: tally.cases,
            actions: tally.actions,
            steps: tally.steps.iter().map(step).collect(),
            entries: tally.entries().filter_map(PreviewedEntry::of).collect(),
            omitted: tally.omitted,
        }
    }
}
