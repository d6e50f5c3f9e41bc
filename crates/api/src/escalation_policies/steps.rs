//! The steps of a policy as they come in and go out.

use domain::escalation_policy::{
    Condition, Document, Effect, Fault, FaultKind, MOST_STEPS, Scope, SubjectKind, WrittenStep,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{EscalationConditionCode, EscalationEffectCode};
use crate::forms::StepId;
use crate::input::Faults;
use crate::problem::{Detail, Issue, Kind, Place};

/// A step: when, and what then. A condition takes the figures that it needs, and no other.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "id": "answerLate",
    "condition": "answerLate",
    "workingDays": 5,
    "effects": ["informHead", "putOnAgenda"]
})))]
pub struct EscalationStep {
    /// Its id, stable over the versions of the policy: each step takes effect once for each round of a request, case or
    /// action, whatever version says so.
    #[schema(value_type = StepId)]
    id: String,
    /// When it takes effect.
    #[schema(value_type = EscalationConditionCode)]
    condition: Condition,
    /// For `receiptOverdue` and `answerLate`, working days after the end of the term; for `answerDueWithin`, before it.
    #[schema(maximum = 250)]
    working_days: Option<u32>,
    /// For `caseInactive`: calendar days.
    #[schema(minimum = 1, maximum = 730)]
    days: Option<u32>,
    /// For `actionCarriedOver`.
    #[schema(minimum = 1, maximum = 50)]
    meetings: Option<u32>,
    /// For `repeatAtPlace`: earlier cases.
    #[schema(minimum = 1, maximum = 100)]
    cases: Option<u32>,
    /// For `severalServices`.
    #[schema(minimum = 1, maximum = 50)]
    services: Option<u32>,
    /// For `severalServices`: main groups of categories.
    #[schema(minimum = 1, maximum = 20)]
    category_groups: Option<u32>,
    /// What it does.
    #[schema(value_type = Vec<EscalationEffectCode>, min_items = 1, max_items = 4)]
    effects: Vec<Effect>,
}

impl From<&EscalationStep> for WrittenStep {
    fn from(step: &EscalationStep) -> Self {
        let step = step.clone();
        Self {
            id: step.id,
            condition: Some(step.condition),
            working_days: step.working_days,
            days: step.days,
            meetings: step.meetings,
            cases: step.cases,
            services: step.services,
            category_groups: step.category_groups,
            effects: step.effects,
        }
    }
}

impl EscalationStep {
    /// Shows a step; absent for one that has no condition, which no policy holds.
    pub(crate) fn of(step: WrittenStep) -> Option<Self> {
        Some(Self {
            id: step.id,
            condition: step.condition?,
            working_days: step.working_days,
            days: step.days,
            meetings: step.meetings,
            cases: step.cases,
            services: step.services,
            category_groups: step.category_groups,
            effects: step.effects,
        })
    }
}

/// Checks the steps of a body; every fault is named with its step.
pub(super) fn document(steps: &[EscalationStep], scope: &Scope, faults: &mut Faults) -> Option<Document> {
    let written: Vec<WrittenStep> = steps.iter().map(WrittenStep::from).collect();
    match Document::parse(&written, scope) {
        Ok(document) => Some(document),
        Err(found) => {
            for fault in found {
                faults.add(issue(&fault));
            }
            None
        }
    }
}

fn issue(fault: &Fault) -> Issue {
    let name = match fault.step {
        Some(step) => format!("steps[{step}].{}", fault.member),
        None => fault.member.to_owned(),
    };
    let issue = |kind| Issue::new(kind, Place::Body, &name);
    match &fault.kind {
        FaultKind::Required => issue(Kind::RequiredInput),
        FaultKind::Malformed => issue(Kind::SchemaViolation),
        FaultKind::OutOfRange(bounds) => {
            issue(Kind::OutOfRange).bounds(Some((*bounds.start()).into()), Some((*bounds.end()).into()))
        }
        FaultKind::NotAllowed => issue(Kind::InvalidInput).detail(Detail::new(
            "Deze voorwaarde heeft dit niet.",
            "Cette condition n'a pas ceci.",
            "This condition does not have this.",
        )),
        FaultKind::Reserved => issue(Kind::InvalidInput).detail(Detail::new(
            "Deze naam is voorbehouden aan herinneringen met de hand.",
            "Ce nom est réservé aux rappels manuels.",
            "This name is kept for reminders by hand.",
        )),
        FaultKind::Duplicate => issue(Kind::InvalidInput).detail(Detail::new(
            "Dit staat er twee keer.",
            "Ceci figure deux fois.",
            "This stands there twice.",
        )),
        FaultKind::NoService => issue(Kind::InvalidInput).detail(Detail::new(
            "Een dossier of actie heeft geen aangesproken dienst: remindService en informHead kunnen hier niet.",
            "Un dossier ou une action n'a pas de service interrogé : remindService et informHead sont impossibles ici.",
            "A case or action has no addressed service: remindService and informHead are not possible here.",
        )),
        FaultKind::OutOfScope(subject) => issue(Kind::InvalidInput).detail(out_of_scope(*subject)),
        FaultKind::NotAfter(step) => issue(Kind::InvalidInput).detail(
            Detail::new(
                "Deze stap moet later komen dan {step}, die dezelfde voorwaarde heeft en ervoor staat.",
                "Cette étape doit venir après {step}, qui a la même condition et la précède.",
                "This step has to come later than {step}, which has the same condition and stands before it.",
            )
            .with("step", step),
        ),
        FaultKind::Number(bounds) => issue(Kind::OutOfRange)
            .bounds(Some((*bounds.start()).into()), Some((*bounds.end().min(&MOST_STEPS)).into())),
    }
}

fn out_of_scope(subject: SubjectKind) -> Detail {
    match subject {
        SubjectKind::Action => Detail::new(
            "Een beleid voor een categorie of dienst beoordeelt geen acties.",
            "Une politique pour une catégorie ou un service ne juge pas d'actions.",
            "A policy for a category or service judges no actions.",
        ),
        SubjectKind::Case | SubjectKind::FollowUpRequest => Detail::new(
            "Een beleid voor een dienst beoordeelt geen dossiers.",
            "Une politique pour un service ne juge pas de dossiers.",
            "A policy for a service judges no cases.",
        ),
    }
}
