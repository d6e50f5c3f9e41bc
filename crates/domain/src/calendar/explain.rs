use jiff::{Timestamp, civil::Date};

use super::{Clock, Day, Holiday, Term, dates_after, local_date};

/// Is the number of days that an explanation lists at most; its counts and instants are not bounded by it.
pub const LISTED_DAYS: usize = 2_000;

/// Explains a term at one moment: every day counted or not, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Is the term explained, with its given end if it has one.
    pub term: Term,
    /// Is the moment at which the term is judged: the moment it stopped, or else the present.
    pub judged_at: Timestamp,
    /// Lists the days without gap or overlap, from the day of the start to the end of the term or the moment
    /// of judging, whichever is later; while there is no end, to the moment of judging.
    pub segments: Vec<Segment>,
    /// Tells that the list was cut off after [`LISTED_DAYS`] days.
    pub truncated: bool,
    /// Counts the days of the term so far, in working days, the running one included: on day n it is n.
    pub elapsed_days: u32,
    /// Counts the working days after the running one that the term still has: 0 on its last day and later.
    /// `None` when the term has no end now.
    pub remaining_days: Option<u32>,
    /// Is the effective end, see [`Clock::due_at`].
    pub due_at: Option<Timestamp>,
    /// Is the end without pauses, see [`Clock::original_due_at`].
    pub original_due_at: Option<Timestamp>,
    /// Is the end of three times the term, see [`Clock::seriously_late_at`].
    pub seriously_late_at: Option<Timestamp>,
    /// Tells that the moment of judging is after the effective end.
    pub late: bool,
    /// Tells that the moment of judging is after the end of three times the term.
    pub seriously_late: bool,
}

/// Is a run of consecutive days with the same reason; a run also stops at the last day of the term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Is the first date of the run.
    pub from: Date,
    /// Is the last date of the run.
    pub to: Date,
    /// Counts the dates of the run, both ends included.
    pub days: u32,
    /// Tells why these days count or do not.
    pub reason: Reason,
}

/// Tells why a day counts or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Counts: a working day.
    WorkingDay,
    /// Does not count: the day on which the term started, whatever else that day is.
    StartDay,
    /// Does not count: a Saturday or a Sunday.
    Weekend,
    /// Does not count: a legal holiday, also on a weekend.
    Holiday(Holiday),
    /// Does not count: a closure day of the organisation, with its name if it has one.
    Closure(Option<String>),
    /// Does not count: a working day at whose end the request was waiting.
    Waiting,
}

impl Reason {
    /// Tells whether a day with this reason counts.
    pub fn is_counted(&self) -> bool {
        *self == Self::WorkingDay
    }
}

impl Clock<'_> {
    /// Explains the term as it stands at `now`, or as it stood at `stopped_at` when it was answered or ended
    /// before.
    ///
    /// A term that stopped in time never becomes late, and one that stopped late stays so.
    pub fn explain(&self, stopped_at: Option<Timestamp>, now: Timestamp) -> Explanation {
        let judged_at = stopped_at.map_or(now, |stopped_at| stopped_at.min(now));
        let due_at = self.due_at();
        let seriously_late_at = self.seriously_late_at();
        let is_past = |end: Option<Timestamp>| end.is_some_and(|end| judged_at > end);

        let judged_on = self.started_on().max(local_date(judged_at));
        let due_on = due_at.map(local_date);
        let listed_until = due_on.map_or(judged_on, |due_on| due_on.max(judged_on));
        let segments = self.segments(listed_until, due_on);

        Explanation {
            term: self.term,
            judged_at,
            truncated: segments.last().is_some_and(|last| last.to < listed_until),
            segments,
            elapsed_days: self.calendar.count_days(self.started_on(), judged_on, &self.waiting),
            remaining_days: due_on.map(|due_on| self.calendar.count_days(judged_on, due_on, &self.waiting)),
            due_at,
            original_due_at: self.original_due_at(),
            seriously_late_at,
            late: is_past(due_at),
            seriously_late: is_past(seriously_late_at),
        }
    }

    fn segments(&self, last: Date, due_on: Option<Date>) -> Vec<Segment> {
        let start = self.started_on();
        let mut segments = vec![Segment { from: start, to: start, days: 1, reason: Reason::StartDay }];
        for date in dates_after(start).take_while(|date| *date <= last).take(LISTED_DAYS - 1) {
            let reason = self.reason(date);
            match segments.last_mut() {
                Some(run) if run.reason == reason && due_on != Some(run.to) => {
                    run.to = date;
                    run.days += 1;
                }
                _ => segments.push(Segment { from: date, to: date, days: 1, reason }),
            }
        }
        segments
    }

    fn reason(&self, date: Date) -> Reason {
        match self.calendar.day(date) {
            Day::Holiday(holiday) => Reason::Holiday(holiday),
            Day::Weekend => Reason::Weekend,
            Day::Closure(name) => Reason::Closure(name.map(str::to_owned)),
            Day::Working if self.waiting.covers(date) => Reason::Waiting,
            Day::Working => Reason::WorkingDay,
        }
    }
}
