//! Working days, and the terms counted in them.
//!
//! A [`Calendar`] knows which dates are working days for one organisation: Monday to Friday, without the ten
//! Belgian legal holidays and without the closure days of that organisation. A [`Clock`] counts a [`Term`] on
//! that calendar and explains every day it counted or skipped. All dates are local dates in Europe/Brussels.
//!
//! Day 1 of a term is the first working day after the local date of its start; a term of n days ends at
//! 23:59:59 local time of its n-th counted day. A working day at whose end the request is waiting does not
//! count.
//!
//! Everything here is pure and total: the present moment is a parameter, and what would lie past the last
//! date that jiff knows (31 December 9999) is `None` or the last instant.

mod closure_days;
mod explain;
mod holiday;
mod period;
mod term;
#[cfg(test)]
mod tests;
mod waiting;
mod zone;

pub use closure_days::ClosureDays;
pub use explain::{Explanation, LISTED_DAYS, Reason, Segment};
pub use holiday::{Holiday, HolidayName, holiday_on};
pub use period::Period;
pub use term::{Clock, Length, Term, WorkingDays};
pub use waiting::Pause;
pub use zone::{end_of_day, later, local_date, local_instant, local_time, start_of_day, start_of_hour};

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use waiting::WaitingDays;

/// Knows the working days of one organisation.
///
/// The default calendar has no closure days: only weekends and legal holidays are free.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    closure_days: ClosureDays,
}

/// Tells what a date is on a [`Calendar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day<'a> {
    /// Is a day on which work is done; the only kind that a term counts.
    Working,
    /// Is a Saturday or a Sunday that is not a legal holiday.
    Weekend,
    /// Is a legal holiday, also when it falls on a weekend: its name explains more.
    Holiday(Holiday),
    /// Is a closure day from Monday to Friday, with the name the organisation gave it.
    Closure(Option<&'a str>),
}

impl Calendar {
    /// Makes the calendar of an organisation with these closure days.
    pub fn new(closure_days: ClosureDays) -> Self {
        Self { closure_days }
    }

    /// Tells what `date` is; of several reasons to be free it takes the holiday, then the weekend, then the
    /// closure.
    pub fn day(&self, date: Date) -> Day<'_> {
        if let Some(holiday) = holiday_on(date) {
            Day::Holiday(holiday)
        } else if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            Day::Weekend
        } else if let Some(name) = self.closure_days.find(date) {
            Day::Closure(name)
        } else {
            Day::Working
        }
    }

    /// Tells whether `date` is a working day.
    pub fn is_working_day(&self, date: Date) -> bool {
        self.day(date) == Day::Working
    }

    /// Gives the first working day after `date`, or `None` when there is none up to the year 9999.
    pub fn next_working_day(&self, date: Date) -> Option<Date> {
        self.add_working_days(date, 1)
    }

    /// Gives the n-th working day after `date`, or `None` when that lies past the year 9999.
    ///
    /// With `n` = 0 it is `date` itself, whether or not that is a working day.
    pub fn add_working_days(&self, date: Date, n: u32) -> Option<Date> {
        if n == 0 { Some(date) } else { self.nth_counted_day(date, n, &WaitingDays::default()) }
    }

    /// Gives the n-th working day up to and including `date`, counted backwards; `None` when there is none.
    pub fn working_day_back(&self, date: Date, n: u32) -> Option<Date> {
        let working = std::iter::successors(Some(date), |date| date.yesterday().ok());
        let mut working = working.filter(|date| self.is_working_day(*date));
        working.nth(usize::try_from(n.checked_sub(1)?).ok()?)
    }

    /// Counts the working days after the local date of `from` up to and including the local date of `to`,
    /// without those at whose end a pause was running.
    ///
    /// An answer on the same day gives 0, an answer on day n of a term gives n. It is 0 when `to` lies before
    /// `from`.
    pub fn working_days_between(&self, from: Timestamp, to: Timestamp, pauses: &[Pause]) -> u32 {
        self.count_days(local_date(from), local_date(to), &WaitingDays::new(pauses))
    }

    /// Gives the n-th counted day after `after`; `n` is at least 1.
    fn nth_counted_day(&self, after: Date, n: u32, waiting: &WaitingDays) -> Option<Date> {
        let last = match waiting.open_since() {
            Some(since) => since.yesterday().ok()?,
            None => Date::MAX,
        };
        self.counted_days(after, last, waiting).zip(1..=n).find_map(|(date, day)| (day == n).then_some(date))
    }

    fn count_days(&self, after: Date, last: Date, waiting: &WaitingDays) -> u32 {
        self.counted_days(after, last, waiting).fold(0, |count, _| count + 1)
    }

    fn counted_days(&self, after: Date, last: Date, waiting: &WaitingDays) -> impl Iterator<Item = Date> {
        dates_after(after)
            .take_while(move |date| *date <= last)
            .filter(|date| self.is_working_day(*date) && !waiting.covers(*date))
    }
}

fn dates_after(date: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(date.tomorrow().ok(), |date| date.tomorrow().ok())
}
