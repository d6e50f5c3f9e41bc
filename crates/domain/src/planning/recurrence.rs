//! Recurrence rules (RFC 5545 §3.3.10), as far as meetings need them.
//!
//! Taken are `FREQ=MONTHLY` and `FREQ=WEEKLY` with `INTERVAL`, `COUNT` or `UNTIL`, `BYDAY`, `BYMONTHDAY` and `BYMONTH`, and
//! `WKST=MO`; whatever else the standard knows is refused by name, so that no rule means something else than it says.

mod parse;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

use crate::calendar::local_instant;
use crate::code::codes;

codes! {
    /// A part of a rule, by its name in the standard.
    Part {
        /// How often.
        Freq = "FREQ",
        /// Each how many weeks or months.
        Interval = "INTERVAL",
        /// How many times.
        Count = "COUNT",
        /// Up to when.
        Until = "UNTIL",
        /// In which months.
        ByMonth = "BYMONTH",
        /// On which days of the month.
        ByMonthDay = "BYMONTHDAY",
        /// On which weekdays.
        ByDay = "BYDAY",
        /// On which day a week begins.
        Wkst = "WKST",
    }
}

codes! {
    /// How often.
    Frequency {
        /// By the week.
        Weekly = "WEEKLY",
        /// By the month.
        Monthly = "MONTHLY",
    }
}

/// Why a text is no rule that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecurrenceFault {
    /// It is no row of `NAME=value` with semicolons between them.
    Malformed,
    /// It is longer than any rule needs.
    TooLong,
    /// It has a part that is not taken, or that there is not.
    UnknownPart,
    /// It says something twice.
    Repeated(Part),
    /// It does not say something that it must.
    Missing(Part),
    /// The value of a part is not of its form, or out of its range.
    Invalid(Part),
    /// The part does not go with the frequency.
    NotWithFrequency(Part),
    /// It says both how many times and up to when.
    CountAndUntil,
}

impl fmt::Display for RecurrenceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not a row of NAME=value with semicolons"),
            Self::TooLong => f.write_str("longer than a rule needs"),
            Self::UnknownPart => f.write_str("a part that is not taken"),
            Self::Repeated(part) => write!(f, "{part} stands twice"),
            Self::Missing(part) => write!(f, "{part} is missing"),
            Self::Invalid(part) => write!(f, "the value of {part} is not taken"),
            Self::NotWithFrequency(part) => write!(f, "{part} does not go with this frequency"),
            Self::CountAndUntil => f.write_str("COUNT and UNTIL exclude each other"),
        }
    }
}

impl std::error::Error for RecurrenceFault {}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    /// After so many days.
    After(u16),
    /// With this day.
    Day(Date),
    /// With what begins at this moment.
    Instant(Timestamp),
}

/// A weekday, or the n-th of a month, counted from its end when negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ByDay {
    ordinal: Option<i8>,
    weekday: Weekday,
}

/// A rule that gives days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    frequency: Frequency,
    interval: u16,
    end: End,
    by_month: Vec<i8>,
    by_month_day: Vec<i8>,
    by_day: Vec<ByDay>,
}

impl Recurrence {
    /// The most days that are given at once.
    pub const MOST_DAYS: usize = 600;
    /// The most characters of a rule.
    pub const LONGEST: usize = 200;

    /// Parses a rule; the names and values may be in lower case.
    pub fn parse(text: &str) -> Result<Self, RecurrenceFault> {
        parse::parse(text)
    }

    /// Gives how often.
    pub const fn frequency(&self) -> Frequency {
        self.frequency
    }

    /// Gives the days of the rule in a period, both ends included, the first [`Recurrence::MOST_DAYS`] of them in order.
    ///
    /// `starts` is the first day that may be one, at the local time in Europe/Brussels at which a meeting begins; it is
    /// one only if the rule says so. A rule that names no day takes that of `starts`: its weekday, or its day of the
    /// month, where months without that day are left out.
    pub fn days(&self, starts: DateTime, from: Date, to: Date) -> Vec<Date> {
        let first = starts.date();
        let (count, last) = match self.end {
            End::Never | End::Instant(_) => (usize::MAX, to),
            End::After(count) => (usize::from(count), to),
            End::Day(day) => (usize::MAX, to.min(day)),
        };
        let is_over = |day: Date| match self.end {
            End::Instant(until) => local_instant(day.to_datetime(starts.time())) > until,
            End::Never | End::After(_) | End::Day(_) => false,
        };
        self.spans(first)
            .take_while(|span| *span <= last)
            .flat_map(|span| self.days_of(span, first))
            .filter(|day| *day >= first)
            .take(count)
            .take_while(|day| *day <= last && !is_over(*day))
            .filter(|day| *day >= from)
            .take(Self::MOST_DAYS)
            .collect()
    }

    /// Gives the first day of each week or month that the rule looks at.
    fn spans(&self, first: Date) -> impl Iterator<Item = Date> + '_ {
        let interval = i64::from(self.interval);
        let (begin, step) = match self.frequency {
            Frequency::Weekly => {
                let since_monday = i64::from(first.weekday().to_monday_zero_offset());
                (
                    first.saturating_sub(jiff::Span::new().days(since_monday)),
                    jiff::Span::new().weeks(interval),
                )
            }
            Frequency::Monthly => (first.first_of_month(), jiff::Span::new().months(interval)),
        };
        std::iter::successors(Some(begin), move |span| span.checked_add(step).ok())
    }

    /// Gives the days of the rule in a week or month, in order.
    fn days_of(&self, span: Date, first: Date) -> Vec<Date> {
        let length: usize = match self.frequency {
            Frequency::Weekly => 7,
            Frequency::Monthly => usize::try_from(span.days_in_month()).unwrap_or_default(),
        };
        let days = std::iter::successors(Some(span), |day| day.tomorrow().ok()).take(length);
        days.filter(|day| self.has(*day, first)).collect()
    }

    fn has(&self, day: Date, first: Date) -> bool {
        let in_month = self.by_month.is_empty() || self.by_month.contains(&day.month());
        let names_no_day = self.by_day.is_empty() && self.by_month_day.is_empty();
        in_month
            && (self.by_month_day.is_empty()
                || self.by_month_day.iter().any(|wanted| is_month_day(day, *wanted)))
            && (self.by_day.is_empty() || self.by_day.iter().any(|wanted| wanted.is(day)))
            && match self.frequency {
                _ if !names_no_day => true,
                Frequency::Weekly => day.weekday() == first.weekday(),
                Frequency::Monthly => day.day() == first.day(),
            }
    }
}

/// Tells whether a day is the n-th of its month, from the end when negative.
fn is_month_day(day: Date, wanted: i8) -> bool {
    if wanted > 0 { day.day() == wanted } else { day.day() == day.days_in_month() + wanted + 1 }
}

impl ByDay {
    fn is(self, day: Date) -> bool {
        let nth = (day.day() - 1) / 7 + 1;
        let nth_last = -((day.days_in_month() - day.day()) / 7 + 1);
        day.weekday() == self.weekday && self.ordinal.is_none_or(|ordinal| [nth, nth_last].contains(&ordinal))
    }
}

/// The weekdays with their names in the standard.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

impl fmt::Display for ByDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ordinal) = self.ordinal {
            ordinal.fmt(f)?;
        }
        let name = WEEKDAYS.iter().find(|(_, weekday)| *weekday == self.weekday).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

/// Writes the rule in one way, whichever way it was written.
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", self.frequency)?;
        if self.interval > 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::After(count) => write!(f, ";COUNT={count}")?,
            End::Day(day) => write!(f, ";UNTIL={}", day.strftime("%Y%m%d"))?,
            End::Instant(at) => write!(f, ";UNTIL={}", at.strftime("%Y%m%dT%H%M%SZ"))?,
        }
        list(f, Part::ByMonth, &self.by_month)?;
        list(f, Part::ByMonthDay, &self.by_month_day)?;
        list(f, Part::ByDay, &self.by_day)
    }
}

fn list(f: &mut fmt::Formatter<'_>, part: Part, values: &[impl fmt::Display]) -> fmt::Result {
    for (position, value) in values.iter().enumerate() {
        if position == 0 {
            write!(f, ";{part}={value}")?;
        } else {
            write!(f, ",{value}")?;
        }
    }
    Ok(())
}
