//! The facts of an escalation: what is kept, whatever happens later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code::{Criterion, Status, Verb};
use super::command::{Create, LegalGate, Submit};
use super::criteria::Criteria;
use super::event::{Event, Leadership, Rendition};
use super::term::{TermFacts, acceptance_days, outcome_days};
use crate::calendar::Calendar;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{CaseId, ConsultationId, EscalationId};
use crate::text::{Paragraph, Remark};

/// Who proposed an escalation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Origin {
    /// The team of the case.
    Team,
    /// A rule.
    #[serde(rename_all = "camelCase")]
    Rule {
        /// The policy.
        policy_id: Uuid,
        /// The number of its version.
        policy_number: u32,
        /// The step of it that fired.
        step: String,
        /// The round in which it did.
        round: u32,
    },
}

/// Something that was said with a verb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// The verb.
    pub verb: Verb,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What.
    pub text: Paragraph,
}

/// One time that the case was handed over: what was asked, on which ground, and how long the answer took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Submission {
    /// 1 for the first.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What the consultation above is asked.
    pub text: Paragraph,
    /// The ground on which it may take the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_gate: Option<LegalGate>,
    /// What spoke for it then.
    pub criteria: Criteria,
    /// The term to accept it.
    pub acceptance: TermFacts,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// The term to give an outcome; absent until it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<TermFacts>,
    /// When the outcome was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_given_at: Option<Timestamp>,
}

impl Submission {
    pub(super) fn new(number: u32, command: &Submit, criteria: &Criteria, stamp: &Stamp) -> Self {
        Self {
            number,
            at: stamp.at,
            by: stamp.by.clone(),
            text: command.text.clone(),
            legal_gate: command.legal_gate.clone(),
            criteria: criteria.clone(),
            acceptance: TermFacts::start(acceptance_days(), stamp.at),
            accepted_at: None,
            outcome: None,
            outcome_given_at: None,
        }
    }

    pub(super) fn accept(&mut self, at: Timestamp) {
        self.acceptance.end(at);
        self.accepted_at = Some(at);
        self.outcome = Some(TermFacts::start(outcome_days(), at));
    }

    /// Counts the working days until it was accepted.
    pub fn working_days_to_acceptance(&self) -> Option<u32> {
        self.accepted_at.map(|at| Calendar::default().working_days_between(self.at, at, &[]))
    }

    /// Counts the working days from its acceptance until the outcome.
    pub fn working_days_to_outcome(&self) -> Option<u32> {
        let (accepted, given) = self.accepted_at.zip(self.outcome_given_at)?;
        Some(Calendar::default().working_days_between(accepted, given, &[]))
    }

    /// Gives its terms.
    pub fn terms(&self) -> impl Iterator<Item = &TermFacts> {
        std::iter::once(&self.acceptance).chain(&self.outcome)
    }
}

/// Everything that is known about an escalation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: EscalationId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The case.
    pub case_id: CaseId,
    /// The consultation of the case.
    pub from_consultation_id: ConsultationId,
    /// The consultation above.
    pub to_consultation_id: ConsultationId,
    /// Who proposed it.
    pub origin: Origin,
    /// Why; a rule has no words.
    pub reason: Option<Remark>,
    /// What spoke for it when it was proposed.
    pub criteria: Criteria,
    /// Its state.
    pub status: Status,
    /// The times that it was handed over, in their order.
    pub submissions: Vec<Submission>,
    /// What was said with its other verbs, in their order.
    pub said: Vec<Said>,
    /// When it was dropped, refused or closed.
    pub ended_at: Option<Timestamp>,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who proposed it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives what is known of an escalation before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, case_id, from_consultation_id, to_consultation_id, reason, origin, criteria } =
            command;
        Self {
            id,
            version: Version::FIRST,
            sequence: 0,
            case_id,
            from_consultation_id,
            to_consultation_id,
            origin,
            reason,
            criteria,
            status: Status::Proposed,
            submissions: Vec::new(),
            said: Vec::new(),
            ended_at: None,
            created_at: stamp.at,
            updated_at: stamp.at,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Gives the last time that it was handed over.
    pub fn submission(&self) -> Option<&Submission> {
        self.submissions.last()
    }

    /// Gives the number that the next submission gets.
    pub fn next_submission(&self) -> u32 {
        self.submission().map_or(1, |last| last.number.saturating_add(1))
    }

    /// Gives when it was handed over last.
    pub fn submitted_at(&self) -> Option<Timestamp> {
        self.submission().map(|last| last.at)
    }

    /// Gives when it was accepted last, unless it was handed over anew since.
    pub fn accepted_at(&self) -> Option<Timestamp> {
        self.submission()?.accepted_at
    }

    /// Gives when its acceptance is or was due.
    pub fn acceptance_due_at(&self) -> Option<Timestamp> {
        self.submission()?.acceptance.due_at
    }

    /// Gives when its outcome is or was due.
    pub fn outcome_due_at(&self) -> Option<Timestamp> {
        self.submission()?.outcome.as_ref()?.due_at
    }

    /// Gives the instant after which it counts as late, if nothing happens in between: one term that was exceeded makes it
    /// late for good.
    pub fn late_from(&self) -> Option<Timestamp> {
        self.submissions.iter().flat_map(Submission::terms).filter_map(TermFacts::late_from).min()
    }

    /// Gives the consultation that leads the case instead of its own.
    pub fn leader(&self) -> Option<ConsultationId> {
        (self.status == Status::Accepted).then_some(self.to_consultation_id)
    }

    /// Gives the consultation on whose agenda it belongs.
    pub const fn on_agenda_of(&self) -> Option<ConsultationId> {
        match self.status {
            Status::Proposed | Status::Returned | Status::Refused | Status::OutcomeGiven => {
                Some(self.from_consultation_id)
            }
            Status::Submitted | Status::Accepted => Some(self.to_consultation_id),
            Status::Dropped | Status::Closed => None,
        }
    }

    /// Tells whether the consultation above knows of it: from the first submission on.
    pub fn is_known_above(&self) -> bool {
        !self.submissions.is_empty()
    }

    /// Gives what was said last with a verb.
    pub fn last_said(&self, verb: Verb) -> Option<&Said> {
        self.said.iter().rev().find(|said| said.verb == verb)
    }

    /// Ends the terms that still run.
    pub(super) fn end_terms(&mut self, at: Timestamp) {
        if let Some(submission) = self.submissions.last_mut() {
            submission.acceptance.end(at);
            if let Some(outcome) = &mut submission.outcome {
                outcome.end(at);
            }
        }
    }

    /// Counts one more event, which tells the escalation as it is now.
    pub(super) fn tell(
        &mut self,
        verb: Verb,
        at: Timestamp,
        leadership: Leadership,
        renditions: Vec<Rendition>,
    ) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        let submitted = self.submission().filter(|_| verb == Verb::Submit);
        let criteria_met: Option<Vec<Criterion>> = match verb {
            Verb::Create => Some(self.criteria.met()),
            _ => submitted.map(|submission| submission.criteria.met()),
        };
        Event {
            verb,
            at,
            state: self.status,
            submission: self.submission().map(|submission| submission.number),
            legal_gate: submitted.and_then(|submission| submission.legal_gate.as_ref()).map(|gate| gate.kind),
            criteria_met,
            leadership,
            renditions,
        }
    }
}
