//! One batch: what is recorded of some subjects is judged, and what takes effect is written down.

use std::collections::HashMap;
use std::sync::Arc;

use domain::access::Sight;
use domain::case;
use domain::escalation::Origin;
use domain::escalation_ledger::{Delivered, Delivery, Entry, Ground, LedgerSubject};
use domain::escalation_policy::{Effect, PolicyBook, SubjectKind, WrittenStep};
use domain::escalation_rules::{
    Evaluation, Fired, Firing, evaluate, stretches_of_action, stretches_of_case, stretches_of_request,
};
use domain::follow_up::FollowUpRequest;
use domain::id::{CaseId, ConsultationId, OrganisationId};
use jiff::Timestamp;
use persistence::cases::Hold;
use persistence::{
    ReferenceData, StoreError, Transaction, cases, escalation_ledger, escalation_policies, sweep as stored,
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
        match kind {
            SubjectKind::FollowUpRequest => requests(transaction, &rules, ids, &mut batch)?,
            SubjectKind::Case => cases(transaction, &rules, ids, &mut batch)?,
            SubjectKind::Action => actions(transaction, &rules, ids, &mut batch)?,
        }
        escalation_ledger::enter(transaction, &batch.entries)?;
        stored::look_again(transaction, kind, &batch.looks)?;
        let now = transaction.now();
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

    /// Enters what takes effect, and proposes what is to be proposed.
    fn enter(
        &mut self,
        transaction: &mut Transaction<'_>,
        rules: &Rules<'_>,
        subject: &Judged,
        evaluation: &Evaluation,
    ) -> Result<(), Refusal> {
        for firing in &evaluation.firings {
            self.swept.fired += 1;
            self.swept.obsolete += u64::from(firing.obsolete);
            let effects = firing.step.effects.iter();
            let effects = effects.map(|effect| subject.deliver(transaction, rules, firing, *effect));
            let effects = effects.collect::<Result<_, _>>()?;
            self.entries.push(subject.entry(transaction, firing, effects));
        }
        Ok(())
    }
}

/// A subject as an entry names it.
struct Judged {
    subject: LedgerSubject,
    case_id: Option<CaseId>,
    consultation_id: ConsultationId,
    organisation_id: Option<OrganisationId>,
}

impl Judged {
    /// Does what a step does beside telling it: most effects are there once they are in the ledger and the log.
    fn deliver(
        &self,
        transaction: &mut Transaction<'_>,
        rules: &Rules<'_>,
        firing: &Firing,
        effect: Effect,
    ) -> Result<Delivered, Refusal> {
        let delivered =
            |delivery| Delivered::of(effect, delivery, self.consultation_id, self.organisation_id);
        if firing.obsolete {
            return Ok(delivered(Delivery::Obsolete));
        }
        if effect != Effect::ProposeEscalation {
            return Ok(delivered(Delivery::Delivered));
        }
        let case = match self.case_id {
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

    fn entry(&self, transaction: &Transaction<'_>, firing: &Firing, effects: Vec<Delivered>) -> Entry {
        Entry {
            id: transaction.new_id().into(),
            subject: self.subject,
            case_id: self.case_id,
            consultation_id: self.consultation_id,
            organisation_id: self.organisation_id,
            step: firing.step.id.clone(),
            round: firing.round,
            effective_at: firing.effective_at,
            fired_at: transaction.now(),
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

fn requests(
    transaction: &mut Transaction<'_>,
    rules: &Rules<'_>,
    ids: &[Uuid],
    batch: &mut Batch,
) -> Result<(), Refusal> {
    let now = transaction.now();
    for (id, request) in stored::requests(transaction.connection(), ids)? {
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                batch.fail(now, SubjectKind::FollowUpRequest, id, error);
                continue;
            }
        };
        let evaluation = of_request(&request, rules, now);
        // That a service is asked is told by the events of the request, not by those of its case.
        batch.cases.push(request.case_id);
        let judged = Judged {
            subject: LedgerSubject::FollowUpRequest(request.id),
            case_id: Some(request.case_id),
            consultation_id: request.consultation_id,
            organisation_id: Some(request.organisation_id),
        };
        batch.enter(transaction, rules, &judged, &evaluation)?;
        match request.escalate(&evaluation) {
            (_, Some(change)) => transaction.save(&change)?,
            (request, None) => batch.looks.push((id, request.next_step_at)),
        }
    }
    Ok(())
}

fn of_request(request: &FollowUpRequest, rules: &Rules<'_>, now: Timestamp) -> Evaluation {
    let calendar = |known_at| Arc::new(rules.reference.calendar(request.organisation_id, known_at));
    let stretches = stretches_of_request(request, calendar);
    evaluate(&stretches, &rules.book, rules.fired.get(&request.id.into()).unwrap_or(&Fired::new()), now)
}

fn cases(
    transaction: &mut Transaction<'_>,
    rules: &Rules<'_>,
    ids: &[Uuid],
    batch: &mut Batch,
) -> Result<(), Refusal> {
    let now = transaction.now();
    for (id, found) in stored::cases(transaction.connection(), ids)? {
        let (case, moments) = match found {
            Ok(found) => found,
            Err(error) => {
                batch.fail(now, SubjectKind::Case, id, error);
                continue;
            }
        };
        let fired = rules.fired.get(&id).cloned().unwrap_or_default();
        let evaluation = evaluate(&stretches_of_case(&moments), &rules.book, &fired, now);
        let judged = Judged {
            subject: LedgerSubject::Case(case.id),
            case_id: Some(case.id),
            consultation_id: case.consultation_id,
            organisation_id: None,
        };
        batch.enter(transaction, rules, &judged, &evaluation)?;
        match case.escalate(&evaluation) {
            (_, Some(change)) => transaction.save(&change)?,
            (case, None) => batch.looks.push((id, case.next_step_at)),
        }
    }
    Ok(())
}

fn actions(
    transaction: &mut Transaction<'_>,
    rules: &Rules<'_>,
    ids: &[Uuid],
    batch: &mut Batch,
) -> Result<(), Refusal> {
    let now = transaction.now();
    for (id, found) in stored::actions(transaction.connection(), ids)? {
        let (action, moments) = match found {
            Ok(found) => found,
            Err(error) => {
                batch.fail(now, SubjectKind::Action, id, error);
                continue;
            }
        };
        let fired = rules.fired.get(&id).cloned().unwrap_or_default();
        let evaluation = evaluate(&stretches_of_action(&moments), &rules.book, &fired, now);
        let judged = Judged {
            subject: LedgerSubject::Action(action.id),
            case_id: action.case_id,
            consultation_id: action.consultation_id,
            organisation_id: None,
        };
        batch.enter(transaction, rules, &judged, &evaluation)?;
        match action.escalate(&evaluation) {
            (_, Some(change)) => transaction.save(&change)?,
            (action, None) => batch.looks.push((id, action.next_step_at)),
        }
    }
    Ok(())
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
