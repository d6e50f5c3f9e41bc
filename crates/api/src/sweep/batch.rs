//! One batch: what is recorded of some subjects is judged, and what takes effect is written down.

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::Sight;
use domain::action::Action;
use domain::case::{self, Case};
use domain::change::Change;
use domain::escalation::Origin;
use domain::escalation_ledger::{Concerned, Delivered, Delivery, Entry, LedgerSubject};
use domain::escalation_policy::{Effect, PolicyBook, SubjectKind};
use domain::escalation_rules::{
    ActionMoment, CaseMoment, Evaluation, Fired, Firing, evaluate, stretches_of_action, stretches_of_case,
    stretches_of_request,
};
use domain::follow_up::FollowUpRequest;
use domain::id::CaseId;
use jiff::Timestamp;
use persistence::cases::{self, Hold};
use persistence::sweep::{self as stored, Each};
use persistence::{
    Aggregate, ReferenceData, StoreError, Transaction, escalation_ledger, escalation_policies,
};
use uuid::Uuid;

use super::{PUT_OFF, Swept};
use crate::escalations::{Proposed, propose};
use crate::work::Refusal;

/// Judges some subjects of a kind.
pub(super) fn judge(
    transaction: &mut Transaction<'_>,
    reference: &ReferenceData,
    kind: SubjectKind,
    ids: &[Uuid],
) -> Result<Swept, Refusal> {
    let mut batch = Batch::default();
    if !ids.is_empty() {
        let book = escalation_policies::book(transaction.connection())?;
        let fired = escalation_ledger::fired(transaction.connection(), ids)?;
        let rules = Rules { reference, book, fired };
        let now = transaction.now();
        match kind {
            SubjectKind::FollowUpRequest => {
                let found = stored::requests(transaction.connection(), ids)?;
                let judge = |request: &FollowUpRequest, fired: &Fired| {
                    let calendar = |known_at| Arc::new(reference.calendar(request.organisation_id, known_at));
                    evaluate(&stretches_of_request(request, calendar), &rules.book, fired, now)
                };
                batch.judge(transaction, &rules, found, judge, |request| request)?;
            }
            SubjectKind::Case => {
                let found = stored::cases(transaction.connection(), ids)?;
                let judge = |(_, moments): &(Case, Vec<CaseMoment>), fired: &Fired| {
                    evaluate(&stretches_of_case(moments), &rules.book, fired, now)
                };
                batch.judge(transaction, &rules, found, judge, |(case, _)| case)?;
            }
            SubjectKind::Action => {
                let found = stored::actions(transaction.connection(), ids)?;
                let judge = |(_, moments): &(Action, Vec<ActionMoment>), fired: &Fired| {
                    evaluate(&stretches_of_action(moments), &rules.book, fired, now)
                };
                batch.judge(transaction, &rules, found, judge, |(action, _)| action)?;
            }
        }
        escalation_ledger::enter(transaction, &batch.entries)?;
        stored::look_again(transaction, kind, &batch.looks)?;
        stored::look_at_cases(transaction, batch.cases, now)?;
    }
    Ok(Swept { looked_at: count(ids.len()), ..batch.swept })
}

/// Looks at some subjects later: they cannot be judged.
pub(super) fn put_off(
    transaction: &mut Transaction<'_>,
    kind: SubjectKind,
    ids: &[Uuid],
) -> Result<(), StoreError> {
    let later = transaction.now().saturating_add(PUT_OFF).unwrap_or(Timestamp::MAX);
    let looks: Vec<_> = ids.iter().map(|id| (*id, Some(later))).collect();
    stored::look_again(transaction, kind, &looks)
}

/// Tells the operator of something that cannot be judged.
pub(super) fn report(kind: SubjectKind, id: Uuid, error: &Refusal) {
    tracing::error!(%kind, %id, ?error, "the rules cannot judge this; it is looked at again in an hour");
}

/// What subjects are judged by.
struct Rules<'a> {
    reference: &'a ReferenceData,
    book: PolicyBook,
    fired: HashMap<Uuid, Fired>,
}

/// What is written at the end of a batch.
#[derive(Default)]
struct Batch {
    entries: Vec<Entry>,
    /// When the rules have to look at what did not change otherwise.
    looks: Vec<(Uuid, Option<Timestamp>)>,
    /// Cases that something happened to which their own events do not tell the rules.
    cases: Vec<CaseId>,
    swept: Swept,
}

impl Batch {
    fn fail(&mut self, now: Timestamp, kind: SubjectKind, id: Uuid, error: StoreError) {
        report(kind, id, &error.into());
        self.swept.failed += 1;
        self.looks.push((id, now.saturating_add(PUT_OFF).ok()));
    }

    /// Judges subjects by what is recorded of them, and carries out what takes effect.
    fn judge<A: Ruled, F>(
        &mut self,
        transaction: &mut Transaction<'_>,
        rules: &Rules<'_>,
        found: Each<F>,
        evaluate: impl Fn(&F, &Fired) -> Evaluation,
        subject: impl Fn(F) -> A,
    ) -> Result<(), Refusal> {
        let nothing = Fired::new();
        for (id, found) in found {
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    self.fail(transaction.now(), A::KIND, id, error);
                    continue;
                }
            };
            let evaluation = evaluate(&found, rules.fired.get(&id).unwrap_or(&nothing));
            let subject = subject(found);
            self.enter(transaction, rules, subject.concerned(), &evaluation)?;
            match subject.escalate(&evaluation) {
                Some(change) => transaction.save(&change)?,
                None => self.looks.push((id, evaluation.next_at())),
            }
        }
        Ok(())
    }

    /// Enters what takes effect, and proposes what is to be proposed.
    fn enter(
        &mut self,
        transaction: &mut Transaction<'_>,
        rules: &Rules<'_>,
        concerned: Concerned,
        evaluation: &Evaluation,
    ) -> Result<(), Refusal> {
        if let LedgerSubject::FollowUpRequest(_) = concerned.subject {
            // That a service is asked is told by the events of the request, not by those of its case.
            self.cases.extend(concerned.case_id);
        }
        for firing in &evaluation.firings {
            self.swept.fired += 1;
            self.swept.obsolete += u64::from(firing.obsolete);
            let effects = firing.step.effects.iter();
            let effects = effects.map(|effect| deliver(transaction, rules, concerned, firing, *effect));
            let effects = effects.collect::<Result<_, _>>()?;
            let id = transaction.new_id().into();
            self.entries.push(Entry::of(id, concerned, firing, effects, transaction.now()));
        }
        Ok(())
    }
}

/// Does what a step does beside telling it: most effects are there once they are in the ledger and the log.
fn deliver(
    transaction: &mut Transaction<'_>,
    rules: &Rules<'_>,
    concerned: Concerned,
    firing: &Firing,
    effect: Effect,
) -> Result<Delivered, Refusal> {
    let delivered = |delivery| concerned.delivered(effect, delivery);
    if firing.obsolete {
        return Ok(delivered(Delivery::Obsolete));
    }
    if effect != Effect::ProposeEscalation {
        return Ok(delivered(Delivery::Delivered));
    }
    let case = match concerned.case_id {
        // Held first: whether it goes on is what it is then.
        Some(id) => {
            cases::hold(transaction, id, Hold::Alone)?;
            cases::find(transaction.connection(), &Sight::everything(), id)?
        }
        None => None,
    };
    let Some(case) = case.filter(|case| case::edge(case.status, case::Verb::Edit).is_some()) else {
        return Ok(delivered(Delivery::NoRecipient));
    };
    let origin = Origin::Rule {
        policy_id: firing.policy_id.into(),
        policy_number: firing.policy_number,
        step: firing.step.id.as_str().to_owned(),
        round: firing.round,
    };
    Ok(match propose(transaction, rules.reference, &case, origin, None)? {
        Proposed::New(escalation) | Proposed::Running(escalation) => {
            Delivered { escalation_id: Some(escalation.id), ..delivered(Delivery::Delivered) }
        }
        Proposed::NothingAbove => delivered(Delivery::NoRecipient),
    })
}

/// A kind of subject that the rules judge.
trait Ruled: Aggregate {
    const KIND: SubjectKind;

    fn concerned(&self) -> Concerned;

    fn escalate(self, evaluation: &Evaluation) -> Option<Change<Self, Self::Event>>;
}

macro_rules! ruled {
    ($($aggregate:ty => $kind:ident,)*) => {$(
        impl Ruled for $aggregate {
            const KIND: SubjectKind = SubjectKind::$kind;

            fn concerned(&self) -> Concerned {
                Concerned::from(&**self)
            }

            fn escalate(self, evaluation: &Evaluation) -> Option<Change<Self, Self::Event>> {
                Self::escalate(self, evaluation)
            }
        }
    )*};
}

ruled! {
    FollowUpRequest => FollowUpRequest,
    Case => Case,
    Action => Action,
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
