//! What is recorded of a follow-up request, as the rules see it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Figures, Holding, Judged, Stretch, after};
use crate::calendar::{Calendar, Clock, Length, Pause, Term, end_of_day, local_date};
use crate::escalation_policy::{About, SubjectKind, When};
use crate::follow_up::{Facts, Origin, Round, TermFacts};

/// A request while nothing about it changes and its service is to act.
#[derive(Debug, Clone)]
pub struct RequestStretch<'a> {
    started_at: Timestamp,
    /// The receipt term, while it runs.
    receipt: Option<&'a TermFacts>,
    answer: &'a TermFacts,
    calendar: Arc<Calendar>,
    /// The pauses that are over.
    pauses: Vec<Pause>,
    /// What came before is not judged: the request came from another system then.
    not_before: Option<Timestamp>,
}

/// Tells the stretches of time in which the service of a request is to act: those of each round, without the pauses in which
/// it waits for the team.
///
/// `calendar` gives the working days of the service, with the closure days that were known at a moment. A round is judged
/// under the consultation and the category that the request had when it began. What was due before a request came from
/// another system is told by its clock; no step makes up for it.
pub fn stretches_of_request(
    request: &Facts,
    calendar: impl Fn(Timestamp) -> Arc<Calendar>,
) -> Vec<Stretch<RequestStretch<'_>>> {
    request.rounds.iter().flat_map(|round| stretches_of_round(request, round, &calendar)).collect()
}

fn stretches_of_round<'a>(
    request: &Facts,
    round: &'a Round,
    calendar: &impl Fn(Timestamp) -> Arc<Calendar>,
) -> Vec<Stretch<RequestStretch<'a>>> {
    let imported = request.origin == Origin::Imported && round.number == 1;
    let recorded_at = round.known_at(Timestamp::MIN);
    let from = if imported { round.started_at.max(recorded_at) } else { round.started_at };
    let about = About {
        consultation_id: round.consultation_id.unwrap_or(request.consultation_id),
        category: round.category.clone(),
        organisation_id: Some(request.organisation_id),
    };
    let until = round.answer.ended_at;
    let mut instants: Vec<Timestamp> = round
        .pauses
        .iter()
        .flat_map(|pause| [Some(pause.from), pause.until])
        .chain(round.recounts.iter().map(|recount| Some(recount.at)))
        .chain([round.receipt.as_ref().and_then(|receipt| receipt.ended_at)])
        .flatten()
        .filter(|at| *at > from && until.is_none_or(|until| *at < until))
        .chain([from])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    let ends = instants.iter().skip(1).copied().map(Some).chain([until]);
    instants
        .iter()
        .copied()
        .zip(ends)
        .filter(|(from, until)| until.is_none_or(|until| *from < until))
        .filter(|(from, _)| !round.pauses.iter().any(|pause| is_running(pause, *from)))
        .map(|(from, until)| Stretch {
            from,
            until,
            round: round.number,
            about: about.clone(),
            facts: RequestStretch {
                started_at: round.started_at,
                receipt: round.receipt.as_ref().filter(|term| term.ended_at.is_none_or(|end| end > from)),
                answer: &round.answer,
                calendar: calendar(round.known_at(from)),
                pauses: round.pauses.iter().filter(|pause| pause.from <= from).copied().collect(),
                not_before: imported.then_some(recorded_at),
            },
        })
        .collect()
}

fn is_running(pause: &Pause, at: Timestamp) -> bool {
    pause.from <= at && pause.until.is_none_or(|until| until > at)
}

impl RequestStretch<'_> {
    /// Gives the term that a condition is about, with the pauses that count for it.
    fn term(&self, when: &When) -> Option<(Term, &[Pause])> {
        let (facts, pauses): (_, &[Pause]) = match when {
            When::ReceiptOverdue { .. } => (self.receipt?, &[]),
            When::AnswerDueWithin { .. } | When::AnswerLate { .. } | When::AnswerSeriouslyLate => {
                (self.answer, &self.pauses)
            }
            When::CaseInactive { .. }
            | When::ActionCarriedOver { .. }
            | When::RepeatAtPlace { .. }
            | When::SeveralServices { .. } => return None,
        };
        Some((facts.term(self.started_at)?, pauses))
    }

    /// Gives the end of so many working days after the end of the term; before it when negative.
    fn end_shifted(&self, clock: &Clock<'_>, term: Term, by: i64) -> Option<Timestamp> {
        match term.length {
            Length::WorkingDays(days) => match i64::from(days.get()).checked_add(by)? {
                // It has no more days than these: since ever.
                ..=0 => Some(Timestamp::MIN),
                shifted => clock.end_of_working_day(u32::try_from(shifted).ok()?),
            },
            Length::Given(due_at) if by == 0 => Some(due_at),
            Length::Given(due_at) => {
                let due_on = local_date(due_at);
                let shifted = if let Ok(later) = u32::try_from(by) {
                    self.calendar.add_working_days(due_on, later)
                } else {
                    let back = u32::try_from(by.checked_neg()?.checked_add(1)?).ok()?;
                    self.calendar.working_day_back(due_on, back)
                };
                shifted.map(end_of_day)
            }
        }
    }
}

impl Judged for RequestStretch<'_> {
    const KIND: SubjectKind = SubjectKind::FollowUpRequest;

    fn holds(&self, when: &When) -> Option<Holding> {
        let (term, pauses) = self.term(when)?;
        let clock = Clock::new(term, &self.calendar, pauses);
        let holding = match *when {
            When::ReceiptOverdue { working_days } | When::AnswerLate { working_days } => {
                Holding::since(after(self.end_shifted(&clock, term, working_days.into())?))
            }
            When::AnswerDueWithin { working_days } => Holding {
                from: after(self.end_shifted(&clock, term, -i64::from(working_days))?),
                until: Some(after(clock.due_at()?)),
            },
            When::AnswerSeriouslyLate => Holding::since(after(clock.seriously_late_at()?)),
            When::CaseInactive { .. }
            | When::ActionCarriedOver { .. }
            | When::RepeatAtPlace { .. }
            | When::SeveralServices { .. } => return None,
        };
        Some(holding).filter(|holding| self.not_before.is_none_or(|before| holding.from > before))
    }

    fn figures(&self, when: &When, at: Timestamp) -> Figures {
        let Some((term, pauses)) = self.term(when) else { return Figures::default() };
        let clock = Clock::new(term, &self.calendar, pauses);
        // What took effect at midnight tells of the days that were over then.
        let over = at.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(at).max(term.started_at);
        let (days, elapsed) = match term.length {
            Length::WorkingDays(days) => {
                let elapsed = self.calendar.working_days_between(term.started_at, over, pauses);
                (Some(days.get()), Some(elapsed))
            }
            Length::Given(_) => (None, None),
        };
        Figures {
            started_at: Some(term.started_at),
            term_working_days: days,
            due_at: clock.due_at(),
            elapsed_working_days: elapsed,
            ..Figures::default()
        }
    }
}
