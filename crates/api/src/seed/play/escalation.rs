//! The steps of escalations.

use domain::case::Case;
use domain::change::Stamp;
use domain::escalation::{Accept, Close, Escalation, GiveOutcome, Origin, Submit};
use persistence::{Transaction, cases, follow_ups};

use super::{Scene, World, changed, missing, text};
use crate::escalations::{Proposed, criteria, freeze, propose};
use crate::seed::story::EscalationStep;
use crate::seed::{SeedError, everything};
use crate::work::Refusal;

impl World {
    pub(super) fn take_escalation(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        key: &'static str,
        step: &EscalationStep,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let case = self.case(key)?.clone();
        let state = match step {
            EscalationStep::Propose(reason) => {
                let reason = Some(text(reason)?);
                let proposed = propose(transaction, &scene.reference, &case, Origin::Team, reason);
                match proposed.map_err(|refusal| refused(refusal, key))? {
                    // A rule may have been first.
                    Proposed::New(escalation) | Proposed::Running(escalation) => *escalation,
                    Proposed::NothingAbove => {
                        return Err(SeedError::Story(format!("{key} cannot be handed over")));
                    }
                }
            }
            EscalationStep::Submit(words) => {
                let escalation = self.escalation(key)?;
                let command = Submit { text: text(words)?, legal_gate: None };
                let connection = transaction.connection();
                let criteria = criteria(connection, &case, stamp.at)?;
                let reference = &scene.reference;
                let frozen = freeze(connection, reference, &case, &escalation, &command, &criteria, stamp.at);
                let renditions = frozen.map_err(|refusal| refused(refusal, key))?;
                save(transaction, escalation.submit(&command, &criteria, renditions, false, stamp))?
            }
            EscalationStep::Accept(words) => {
                let command = Accept { text: Some(text(words)?) };
                save(transaction, self.escalation(key)?.accept(&command, stamp))?
            }
            EscalationStep::Outcome(words) => {
                let command = GiveOutcome { text: text(words)? };
                save(transaction, self.escalation(key)?.give_outcome(&command, stamp))?
            }
            EscalationStep::Close(words) => {
                let command = Close { text: Some(text(words)?) };
                save(transaction, self.escalation(key)?.close(&command, stamp))?
            }
        };
        self.escalations.insert(key, state);
        self.read_again(transaction, key, &case)
    }

    fn escalation(&self, key: &str) -> Result<Escalation, SeedError> {
        self.escalations.get(key).cloned().ok_or_else(|| missing("escalation of", key))
    }

    /// Reads a case and its requests again: who leads them may be somebody else now.
    fn read_again(
        &mut self,
        transaction: &mut Transaction<'_>,
        key: &'static str,
        case: &Case,
    ) -> Result<(), SeedError> {
        let connection = transaction.connection();
        if let Some(found) = cases::find(connection, &everything(), case.id)? {
            self.cases.insert(key, found);
        }
        let of_case = self.requests.values().filter(|request| request.case_id == case.id);
        let ids: Vec<_> = of_case.map(|request| request.id).collect();
        let mut found = follow_ups::find_all(connection, &everything(), ids)?;
        for request in self.requests.values_mut() {
            if let Some((again, _)) = found.remove(&request.id) {
                *request = again;
            }
        }
        Ok(())
    }
}

fn save(
    transaction: &mut Transaction<'_>,
    outcome: Result<domain::escalation::Outcome, domain::escalation::EscalationError>,
) -> Result<Escalation, SeedError> {
    let change = changed(outcome.map_err(|error| SeedError::Story(error.to_string()))?)?;
    transaction.save(&change)?;
    Ok(change.state)
}

fn refused(refusal: Refusal, key: &str) -> SeedError {
    match refusal {
        Refusal::Store(error) => error.into(),
        Refusal::Problem(problem) => SeedError::Story(format!("{key}: {:?}", problem.code())),
    }
}
