//! The clock of a request: its rounds, their two terms, and whether these were kept.
//!
//! A breach is a fact: once a due instant has passed without receipt or answer, no pause, recalculation or late answer
//! takes it back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::{Facts, State};
use crate::calendar::{Calendar, Clock, Length, Pause, Term, WorkingDays};
use crate::category::CategoryCode;
use crate::id::{ConsultationId, DataSharingProtocolId};
use crate::term::TermDays;

/// The terms that apply to a request and the calendar of its service.
#[derive(Debug, Clone)]
pub struct Clockwork {
    /// The lengths from the term table.
    pub terms: TermDays,
    /// The working days of the addressed service, as known at `known_at`.
    pub calendar: Calendar,
    /// The moment whose knowledge of closure days counts.
    pub known_at: Timestamp,
    /// The category of the case.
    pub category: CategoryCode,
    /// The data-sharing protocol under which the question is sent; absent when it holds no personal data.
    pub protocol_id: Option<DataSharingProtocolId>,
}

/// One term of a round: what was due, and whether it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TermFacts {
    /// The length; absent when the due date was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<WorkingDays>,
    /// The due instant as fixed at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_due_at: Option<Timestamp>,
    /// The effective due instant; absent while waiting, unless it had passed before or was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The instant after which the term is seriously exceeded; absent while waiting, unless it had passed before, and
    /// for a given date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seriously_late_at: Option<Timestamp>,
    /// The moment whose knowledge of closure days counted, when the term had ended before its round was counted anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_known_at: Option<Timestamp>,
    /// When the term ended: by receipt or answer, or because the request ended otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The due instant that was exceeded; judged on the effective date, never taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached_at: Option<Timestamp>,
}

impl TermFacts {
    /// Gives the instant after which the term counts as exceeded, if nothing happens in between.
    pub fn late_from(&self) -> Option<Timestamp> {
        match (self.breached_at, self.ended_at) {
            (Some(at), _) => Some(at),
            (None, None) => self.due_at,
            (None, Some(_)) => None,
        }
    }

    /// Gives the breach as known at `now`.
    pub fn breached_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.late_from().filter(|due| now > *due)
    }

    /// Gives the instant after which the term counts as seriously exceeded.
    pub fn seriously_late_from(&self) -> Option<Timestamp> {
        self.seriously_late_at.filter(|threshold| self.ended_at.is_none_or(|ended| ended > *threshold))
    }

    /// Gives the term as the calendar counts it; absent when neither length nor date is known.
    pub fn term(&self, started_at: Timestamp) -> Option<Term> {
        let length = match (self.working_days, self.original_due_at) {
            (Some(days), _) => Length::WorkingDays(days),
            (None, Some(given)) => Length::Given(given),
            (None, None) => return None,
        };
        Some(Term { started_at, length })
    }

    /// Ends the term, in time or not.
    pub(super) fn end(&mut self, at: Timestamp) {
        if self.ended_at.is_none() {
            self.judge(at);
            self.ended_at = Some(at);
        }
    }

    /// Notes the breach when there is one by now.
    fn judge(&mut self, at: Timestamp) {
        self.breached_at = self.breached_at.or_else(|| self.breached_at(at));
    }

    fn start(days: WorkingDays, started_at: Timestamp, calendar: &Calendar) -> Self {
        let mut term = Self { working_days: Some(days), ..Self::default() };
        term.count(started_at, calendar, &[]);
        term.original_due_at = term.due_at;
        term
    }

    fn given(due_at: Option<Timestamp>) -> Self {
        Self { original_due_at: due_at, due_at, ..Self::default() }
    }

    /// Counts the days of a term that still runs.
    fn count(&mut self, started_at: Timestamp, calendar: &Calendar, pauses: &[Pause]) {
        if let Some(term) = self.term(started_at).filter(|_| self.ended_at.is_none()) {
            let clock = Clock::new(term, calendar, pauses);
            self.due_at = clock.due_at();
            self.seriously_late_at = clock.seriously_late_at();
        }
    }

    /// Takes the instants away that are still ahead, as nobody knows which days will count; what has passed, has passed.
    fn pause(&mut self, at: Timestamp) {
        self.judge(at);
        if self.working_days.is_some() {
            self.due_at = self.due_at.filter(|due| at > *due);
            self.seriously_late_at = self.seriously_late_at.filter(|threshold| at > *threshold);
        }
    }
}

/// One round: from sending or reopening to an answer or another end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// 1 for the first.
    pub number: u32,
    /// When its terms started.
    pub started_at: Timestamp,
    /// The moment whose knowledge of closure days counts, see [`Round::known_for`].
    pub calendar_known_at: Timestamp,
    /// The receipt term; absent in a round of an accepted or an imported request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<TermFacts>,
    /// The answer term.
    pub answer: TermFacts,
    /// When the request waited for the team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// When its terms were counted anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recounts: Vec<Recount>,
    /// The consultation that asked when it began: its rules judge the round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consultation_id: Option<ConsultationId>,
    /// The category of the case when it began, for the rules that judge the round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
}

/// A counting of the terms of a round anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recount {
    /// When.
    pub at: Timestamp,
    /// The moment whose knowledge of closure days had counted until then.
    pub known_before: Timestamp,
}

impl Round {
    /// Starts a round and fixes what is due.
    fn start(facts: &Facts, with_receipt: bool, clockwork: &Clockwork, at: Timestamp) -> Self {
        let Clockwork { terms, calendar, known_at, category, .. } = clockwork;
        Self {
            number: facts.rounds.last().map_or(1, |round| round.number.saturating_add(1)),
            started_at: at,
            calendar_known_at: *known_at,
            receipt: with_receipt.then(|| TermFacts::start(terms.receipt, at, calendar)),
            answer: TermFacts::start(terms.answer, at, calendar),
            pauses: Vec::new(),
            recounts: Vec::new(),
            consultation_id: Some(facts.consultation_id),
            category: Some(category.clone()),
        }
    }

    /// Takes a first round over from another system: its due date as given, if at all; no receipt term.
    pub(super) fn imported(
        facts: &Facts,
        category: &CategoryCode,
        due_at: Option<Timestamp>,
        known_at: Timestamp,
    ) -> Self {
        Self {
            number: 1,
            started_at: facts.created_at,
            calendar_known_at: known_at,
            receipt: None,
            answer: TermFacts::given(due_at),
            pauses: Vec::new(),
            recounts: Vec::new(),
            consultation_id: Some(facts.consultation_id),
            category: Some(category.clone()),
        }
    }

    /// Lets the answer term stand still.
    pub(super) fn pause(&mut self, at: Timestamp) {
        self.answer.pause(at);
        self.pauses.push(Pause { from: at, until: None });
    }

    /// Lets the answer term run on when it stood still.
    pub(super) fn resume(&mut self, calendar: &Calendar, at: Timestamp) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.until = Some(at);
            self.answer.count(self.started_at, calendar, &self.pauses);
        }
    }

    /// Ends both terms.
    pub(super) fn end(&mut self, calendar: &Calendar, at: Timestamp) {
        self.resume(calendar, at);
        if let Some(receipt) = &mut self.receipt {
            receipt.end(at);
        }
        self.answer.end(at);
    }

    /// Gives every instant at which time alone changes something.
    pub(super) fn ends(&self) -> [Option<Timestamp>; 3] {
        let receipt = self.receipt.as_ref().and_then(|receipt| receipt.due_at);
        [receipt, self.answer.due_at, self.answer.seriously_late_at]
    }

    /// Gives the moment whose knowledge of closure days counted at an instant.
    pub fn known_at(&self, at: Timestamp) -> Timestamp {
        let later = self.recounts.iter().find(|recount| recount.at > at);
        later.map_or(self.calendar_known_at, |recount| recount.known_before)
    }

    /// Gives the moment whose knowledge of closure days counts for one of its terms.
    pub fn known_for(&self, term: &TermFacts) -> Timestamp {
        term.calendar_known_at.unwrap_or(self.calendar_known_at)
    }

    /// Counts the terms that still run anew, with the closure days known now; a breach until now stays, and so does how a
    /// term was counted that has ended.
    pub(super) fn recalculate(&mut self, calendar: &Calendar, at: Timestamp) {
        let before = std::mem::replace(&mut self.calendar_known_at, at);
        self.recounts.push(Recount { at, known_before: before });
        if let Some(receipt) = &mut self.receipt {
            if receipt.ended_at.is_some() {
                receipt.calendar_known_at.get_or_insert(before);
            }
            receipt.judge(at);
            receipt.count(self.started_at, calendar, &[]);
        }
        self.answer.judge(at);
        self.answer.count(self.started_at, calendar, &self.pauses);
    }
}

impl Facts {
    /// Starts a round: the first when sent, a later one when reopened.
    pub(super) fn start_round(&mut self, state: State, clockwork: &Clockwork, at: Timestamp) {
        let with_receipt = !matches!(state, State::Accepted);
        self.rounds.push(Round::start(self, with_receipt, clockwork, at));
        self.look_at(at);
        self.sent_at.get_or_insert(at);
        self.chain_started_at.get_or_insert(at);
        // What was named beforehand counts only when it is needed; a later round goes on under what the first was sent.
        if self.rounds.len() == 1 {
            self.data_sharing_protocol_id = clockwork.protocol_id;
        }
        self.state = state;
    }

    /// Ends the terms of the current round; `calendar` tells when an answer was due that was waited for.
    pub(super) fn end_round(&mut self, calendar: &Calendar, at: Timestamp) {
        if let Some(round) = self.rounds.last_mut() {
            round.end(calendar, at);
        }
        // A step that was due before is still to be entered.
        self.next_step_at = self.next_step_at.filter(|due| *due <= at);
    }

    /// Has the rules look at the request: an earlier step than the one that they know of may be due now.
    pub(super) const fn look_at(&mut self, at: Timestamp) {
        self.next_step_at = Some(at);
    }

    /// Notes that the service has the request: its first verb shows it.
    pub(super) fn acknowledge(&mut self, at: Timestamp) {
        self.received_at.get_or_insert(at);
        if let Some(receipt) = self.rounds.last_mut().and_then(|round| round.receipt.as_mut()) {
            receipt.end(at);
        }
    }
}
