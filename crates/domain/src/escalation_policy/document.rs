//! A whole policy, checked: every fault is named at once.

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use super::code::{Condition, Effect, SubjectKind};
use super::scope::Scope;
use super::step::{MANUAL_REMINDER, Step, StepId, When, WrittenStep};

/// The most steps of a policy.
pub const MOST_STEPS: usize = 50;

/// The steps of a policy, in their order: that in which they take effect when several do at the same instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    steps: Vec<Step>,
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place of the step in the list, from 0; absent when the list itself is at fault.
    pub step: Option<usize>,
    /// The member at fault.
    pub member: &'static str,
    /// Why.
    pub kind: FaultKind,
}

/// Why a member is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// It is missing: the condition needs it.
    Required,
    /// The condition does not have it.
    NotAllowed,
    /// It is not within these bounds.
    OutOfRange(RangeInclusive<u32>),
    /// It is malformed.
    Malformed,
    /// It is kept for something else.
    Reserved,
    /// It stands in the list twice.
    Duplicate,
    /// The condition does not have this effect: it has no addressed service.
    NoService,
    /// A policy of this scope never judges such a subject.
    OutOfScope(SubjectKind),
    /// A step before it has the same condition and is not earlier.
    NotAfter(StepId),
    /// There is nothing, or too much, in the list.
    Number(RangeInclusive<usize>),
}

impl Document {
    /// Checks the steps of a policy for a scope; gives every fault.
    pub fn parse(written: &[WrittenStep], scope: &Scope) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        if written.is_empty() || written.len() > MOST_STEPS {
            faults.push(Fault { step: None, member: "steps", kind: FaultKind::Number(1..=MOST_STEPS) });
        }
        let mut ids = HashSet::new();
        let mut steps = Vec::new();
        for (position, one) in written.iter().enumerate().take(MOST_STEPS) {
            let mut checker = Checker { position, faults: &mut faults };
            if !ids.insert(one.id.as_str()) {
                checker.fault("id", FaultKind::Duplicate);
            }
            steps.extend(checker.step(one, scope).map(|step| (position, step)));
        }
        check_order(&steps, &mut faults);
        faults.sort_by_key(|fault| fault.step);
        if faults.is_empty() {
            Ok(Self { steps: steps.into_iter().map(|(_, step)| step).collect() })
        } else {
            Err(faults)
        }
    }

    /// Gives the steps in their order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Gives the steps as they are written down.
    pub fn written(&self) -> Vec<WrittenStep> {
        self.steps.iter().map(WrittenStep::from).collect()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written().serialize(serializer)
    }
}

/// Checks that steps with the same condition come one after the other in time, as they stand in the list.
fn check_order(steps: &[(usize, Step)], faults: &mut Vec<Fault>) {
    let mut last: BTreeMap<Condition, (i64, &StepId)> = BTreeMap::new();
    for (position, step) in steps {
        let Some((member, place)) = place_in_time(&step.when) else { continue };
        let condition = step.when.condition();
        if let Some((_, before)) = last.get(&condition).filter(|(earlier, _)| place <= *earlier) {
            let kind = FaultKind::NotAfter((*before).clone());
            faults.push(Fault { step: Some(*position), member, kind });
        }
        last.insert(condition, (place, &step.id));
    }
}

/// Gives where a step stands among those with the same condition; absent where there is no order in time.
fn place_in_time(when: &When) -> Option<(&'static str, i64)> {
    match *when {
        When::ReceiptOverdue { working_days } | When::AnswerLate { working_days } => {
            Some(("workingDays", working_days.into()))
        }
        When::AnswerDueWithin { working_days } => Some(("workingDays", -i64::from(working_days))),
        When::AnswerSeriouslyLate => Some(("condition", 0)),
        When::CaseInactive { days } => Some(("days", days.into())),
        When::ActionCarriedOver { meetings } => Some(("meetings", meetings.into())),
        When::RepeatAtPlace { cases } => Some(("cases", cases.into())),
        When::SeveralServices { .. } => None,
    }
}

struct Checker<'a> {
    position: usize,
    faults: &'a mut Vec<Fault>,
}

impl Checker<'_> {
    fn fault(&mut self, member: &'static str, kind: FaultKind) {
        self.faults.push(Fault { step: Some(self.position), member, kind });
    }

    fn step(&mut self, written: &WrittenStep, scope: &Scope) -> Option<Step> {
        let id = StepId::parse(&written.id);
        match &id {
            None => self.fault("id", FaultKind::Malformed),
            Some(id) if id.as_str() == MANUAL_REMINDER => self.fault("id", FaultKind::Reserved),
            Some(_) => {}
        }
        let when = if let Some(condition) = written.condition {
            self.subject(condition, scope);
            self.when(condition, written)
        } else {
            self.fault("condition", FaultKind::Required);
            None
        };
        let effects = self.effects(written);
        Some(Step { id: id?, when: when?, effects: effects? })
    }

    fn subject(&mut self, condition: Condition, scope: &Scope) {
        let subject = condition.subject();
        let never = match subject {
            SubjectKind::FollowUpRequest => false,
            SubjectKind::Case => scope.organisation_id.is_some(),
            SubjectKind::Action => scope.organisation_id.is_some() || scope.category.is_some(),
        };
        if never {
            self.fault("condition", FaultKind::OutOfScope(subject));
        }
    }

    fn effects(&mut self, written: &WrittenStep) -> Option<Vec<Effect>> {
        let before = self.faults.len();
        if written.effects.is_empty() {
            self.fault("effects", FaultKind::Required);
        }
        let mut effects = written.effects.clone();
        effects.sort_unstable();
        effects.dedup();
        if effects.len() != written.effects.len() {
            self.fault("effects", FaultKind::Duplicate);
        }
        let has_service = written.condition.is_none_or(|it| it.subject() == SubjectKind::FollowUpRequest);
        if !has_service && effects.iter().any(|effect| effect.reaches_service()) {
            self.fault("effects", FaultKind::NoService);
        }
        (self.faults.len() == before).then_some(effects)
    }

    /// Reads the figures of a condition, and refuses those of other ones.
    fn when(&mut self, condition: Condition, written: &WrittenStep) -> Option<When> {
        let mut figures: BTreeMap<&'static str, u32> = [
            ("workingDays", written.working_days),
            ("days", written.days),
            ("meetings", written.meetings),
            ("cases", written.cases),
            ("services", written.services),
            ("categoryGroups", written.category_groups),
        ]
        .into_iter()
        .filter_map(|(name, figure)| Some((name, figure?)))
        .collect();
        let mut take = |name: &'static str, bounds: RangeInclusive<u32>| match figures.remove(name) {
            None => {
                self.fault(name, FaultKind::Required);
                None
            }
            Some(figure) if bounds.contains(&figure) => Some(figure),
            Some(_) => {
                self.fault(name, FaultKind::OutOfRange(bounds));
                None
            }
        };
        let when = match condition {
            Condition::ReceiptOverdue => {
                take("workingDays", 0..=250).map(|working_days| When::ReceiptOverdue { working_days })
            }
            Condition::AnswerDueWithin => {
                take("workingDays", 1..=250).map(|working_days| When::AnswerDueWithin { working_days })
            }
            Condition::AnswerLate => {
                take("workingDays", 0..=250).map(|working_days| When::AnswerLate { working_days })
            }
            Condition::AnswerSeriouslyLate => Some(When::AnswerSeriouslyLate),
            Condition::CaseInactive => take("days", 1..=730).map(|days| When::CaseInactive { days }),
            Condition::ActionCarriedOver => {
                take("meetings", 1..=50).map(|meetings| When::ActionCarriedOver { meetings })
            }
            Condition::RepeatAtPlace => take("cases", 1..=100).map(|cases| When::RepeatAtPlace { cases }),
            Condition::SeveralServices => {
                let (services, groups) = (take("services", 1..=50), take("categoryGroups", 1..=20));
                services
                    .zip(groups)
                    .map(|(services, category_groups)| When::SeveralServices { services, category_groups })
            }
        };
        for name in figures.into_keys() {
            self.fault(name, FaultKind::NotAllowed);
        }
        when
    }
}
