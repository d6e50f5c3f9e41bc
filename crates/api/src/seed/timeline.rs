//! The stories in the order of time: who does what, and when.

use std::collections::BTreeMap;

use domain::calendar::{Calendar, local_date, start_of_day};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::org::Org;
use super::play::MeetingStep;
use super::story::{self, Ago, Body, CaseStep, CaseStory, EscalationStep, RequestStory, Step, Who};

/// When the first thing of a day happens, in minutes after midnight.
const MORNING: i64 = 8 * 60 + 30;

/// How many days the consultation has used the program.
const YEAR: i32 = 390;

/// How long a day lasts, in minutes.
const DAY: i64 = 8 * 60;

/// A request of the demo: one of the stories, or one that follows a redirected one.
pub(super) type Slot = usize;

/// What somebody does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Writes a case.
    Case(&'static CaseStory),
    /// Takes a case a step further.
    CaseStep(&'static CaseStory, &'static CaseStep),
    /// Writes a request.
    Request(Slot, &'static RequestStory),
    /// Takes a request a step further; a redirection makes the request of another slot.
    Step(Slot, &'static Step, Slot),
    /// Takes a step before, in or after a meeting, by its number.
    Meeting(usize, MeetingStep),
}

/// What somebody does at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) at: Timestamp,
    pub(super) who: Who,
    pub(super) act: Act,
}

/// Everything that happens, in order.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    moves: Vec<Move>,
    begin: Timestamp,
}

impl Timeline {
    /// Lays the stories out before a moment.
    pub(super) fn before(now: Timestamp) -> Self {
        let mut script = Script::default();
        for case in story::cases() {
            script.case(case);
        }
        for request in story::requests() {
            script.request(request);
        }
        let days = WorkingDays::before(local_date(now));
        let first = script.days.keys().next_back().copied().unwrap_or_default();
        let morning = |ago| {
            let morning = SignedDuration::from_mins(MORNING);
            start_of_day(days.get(ago)).checked_add(morning).unwrap_or(now)
        };
        let mut moves = Vec::new();
        for (ago, acts) in script.days.iter().rev() {
            let apart = DAY / i64::try_from(acts.len()).unwrap_or(DAY).max(8);
            for ((who, act), place) in acts.iter().zip(0_i64..) {
                let after = SignedDuration::from_mins(place * apart);
                let at = morning(*ago).checked_add(after).unwrap_or(now);
                moves.push(Move { at, who: *who, act: *act });
            }
        }
        // The meetings go back a year; whatever else there is began later.
        let year = local_date(now).saturating_sub(YEAR.days());
        Self { moves, begin: start_of_day(year).min(morning(first.saturating_add(1))) }
    }

    /// Adds further moves, each after what happened at the same moment.
    pub(super) fn with(mut self, moves: Vec<Move>) -> Self {
        self.moves.extend(moves);
        self.moves.sort_by_key(|step| step.at);
        self
    }

    /// Gives the moment before everything else.
    pub(super) const fn begin(&self) -> Timestamp {
        self.begin
    }

    /// Gives what happens in runs of the same day and the same actor; a step of a meeting stands alone.
    pub(super) fn runs(&self) -> impl Iterator<Item = &[Move]> {
        let of_meeting = |step: &Move| matches!(step.act, Act::Meeting(..));
        self.moves.chunk_by(move |one, next| {
            let same = one.who == next.who && local_date(one.at) == local_date(next.at);
            same && !of_meeting(one) && !of_meeting(next)
        })
    }
}

/// The acts of each day, as the stories tell them.
#[derive(Default)]
struct Script {
    days: BTreeMap<Ago, Vec<(Who, Act)>>,
    slots: Slot,
}

impl Script {
    fn add(&mut self, ago: Ago, who: Who, act: Act) {
        self.days.entry(ago).or_default().push((who, act));
    }

    fn case(&mut self, case: &'static CaseStory) {
        self.add(case.created, case.by, Act::Case(case));
        for (ago, step) in case.steps {
            let who = match step {
                CaseStep::Note(who, ..) | CaseStep::Contact(who, ..) => *who,
                CaseStep::Release => Who::Police,
                CaseStep::Escalation(EscalationStep::Accept(_) | EscalationStep::Outcome(_)) => Who::CityTeam,
                _ => team(case.body),
            };
            self.add(*ago, who, Act::CaseStep(case, step));
        }
    }

    fn request(&mut self, request: &'static RequestStory) {
        let slot = self.slot();
        let body = story::cases().find(|case| case.key == request.case).map_or(Body::Kro, |case| case.body);
        self.add(request.created, team(body), Act::Request(slot, request));
        self.steps(slot, team(body), request.to, request.steps);
    }

    fn steps(&mut self, slot: Slot, team: Who, to: Org, steps: &'static [(Ago, Step)]) {
        for (ago, step) in steps {
            let who = match step {
                Step::See
                | Step::Receive(_)
                | Step::Accept(_)
                | Step::Refuse(..)
                | Step::Redirect(..)
                | Step::AskBack(_)
                | Step::Promise(..)
                | Step::Answer(..) => Who::Asked(to),
                Step::AnswerFor(..)
                | Step::Reply(_)
                | Step::Verify(_)
                | Step::Reopen(_)
                | Step::Withdraw(_)
                | Step::Remind(_)
                | Step::Amend(..) => team,
            };
            if let Step::Redirect(next, _, steps) = step {
                let successor = self.slot();
                self.add(*ago, who, Act::Step(slot, step, successor));
                self.steps(successor, team, *next, steps);
            } else {
                self.add(*ago, who, Act::Step(slot, step, slot));
            }
        }
    }

    const fn slot(&mut self) -> Slot {
        self.slots += 1;
        self.slots
    }
}

/// Gives who acts for the team of a consultation.
const fn team(body: Body) -> Who {
    match body {
        Body::Kro => Who::Manager,
        Body::Oot => Who::CityTeam,
    }
}

/// The working days before a day, the last one first.
struct WorkingDays(Vec<Date>);

impl WorkingDays {
    fn before(today: Date) -> Self {
        let calendar = Calendar::default();
        let days = std::iter::successors(Some(today), |day| day.yesterday().ok());
        Self(days.skip(1).filter(|day| calendar.is_working_day(*day)).take(200).collect())
    }

    fn get(&self, ago: Ago) -> Date {
        let place = usize::from(ago.saturating_sub(1));
        self.0.get(place).or(self.0.last()).copied().unwrap_or_default()
    }
}
