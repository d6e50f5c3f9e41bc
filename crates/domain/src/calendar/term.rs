use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Calendar, Pause, end_of_day, local_date, waiting::WaitingDays};

/// Is a number of working days that a term can last: 1 to 1,000; in JSON a number, which is checked when read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct WorkingDays(u32);

impl WorkingDays {
    /// Is the longest term.
    pub const MAX: Self = Self(1_000);

    /// Takes a number of days, or gives `None` when it is not within 1 to 1,000.
    pub fn new(days: u32) -> Option<Self> {
        (1..=Self::MAX.0).contains(&days).then_some(Self(days))
    }

    /// Takes the number of days, or the nearest one that a term can last.
    pub fn clamped(days: u32) -> Self {
        Self(days.clamp(1, Self::MAX.0))
    }

    /// Gives the number of days.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for WorkingDays {
    type Error = &'static str;

    fn try_from(days: u32) -> Result<Self, Self::Error> {
        Self::new(days).ok_or("a term lasts 1 to 1000 working days")
    }
}

impl From<WorkingDays> for u32 {
    fn from(days: WorkingDays) -> Self {
        days.get()
    }
}

/// Tells how long a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Ends at 23:59:59 local time of the last of so many counted working days.
    WorkingDays(WorkingDays),
    /// Ends at a given instant, as imported requests do; it may lie before the start.
    ///
    /// Pauses have no part in such a term: they neither move its end nor take a day from its count. It is
    /// never seriously late, as there is no number of days to take three times.
    Given(Timestamp),
}

/// Is a term to do something, from its start on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Is the sending, or the reopening that started a new round.
    pub started_at: Timestamp,
    /// Is how long the term lasts.
    pub length: Length,
}

/// Counts one term on the calendar of the addressed organisation, without the days spent waiting.
#[derive(Debug)]
pub struct Clock<'a> {
    pub(super) term: Term,
    pub(super) calendar: &'a Calendar,
    pub(super) waiting: WaitingDays,
}

impl<'a> Clock<'a> {
    /// Sets up the clock of a term; the pauses count as given, in any order, and may overlap.
    pub fn new(term: Term, calendar: &'a Calendar, pauses: &[Pause]) -> Self {
        let waiting = match term.length {
            Length::WorkingDays(_) => WaitingDays::new(pauses),
            Length::Given(_) => WaitingDays::default(),
        };
        Self { term, calendar, waiting }
    }

    /// Gives the effective end of the term; who has not acted after it is late.
    ///
    /// It is `None` while the request waits, as nobody knows which days will count. A term whose last day
    /// ended before the waiting began keeps its end: a breach is a fact that no later pause takes back. A
    /// pause that begins at that very second comes in time and holds the term open. It is also `None` when
    /// the term would end after the year 9999.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.term.length {
            Length::WorkingDays(days) => self.end_of_counted_day(days.get(), &self.waiting),
            Length::Given(due_at) => Some(due_at),
        }
    }

    /// Gives the end of the term as if there had been no pause; `None` when that is after the year 9999.
    pub fn original_due_at(&self) -> Option<Timestamp> {
        match self.term.length {
            Length::WorkingDays(days) => self.end_of_counted_day(days.get(), &WaitingDays::default()),
            Length::Given(due_at) => Some(due_at),
        }
    }

    /// Gives the end of three times the term, counted like the term itself; who has not acted after it is
    /// seriously late.
    ///
    /// It is `None` for a given end, and in the cases of [`Clock::due_at`].
    pub fn seriously_late_at(&self) -> Option<Timestamp> {
        match self.term.length {
            Length::WorkingDays(days) => self.end_of_counted_day(days.get().saturating_mul(3), &self.waiting),
            Length::Given(_) => None,
        }
    }

    /// Gives the end of the n-th working day that the term counts, also past its last one; `None` while nobody knows which
    /// days will count, and for `n` = 0.
    pub fn end_of_working_day(&self, n: u32) -> Option<Timestamp> {
        if n == 0 { None } else { self.end_of_counted_day(n, &self.waiting) }
    }

    pub(super) fn started_on(&self) -> Date {
        local_date(self.term.started_at)
    }

    fn end_of_counted_day(&self, n: u32, waiting: &WaitingDays) -> Option<Timestamp> {
        self.calendar.nth_counted_day(self.started_on(), n, waiting).map(end_of_day)
    }
}
