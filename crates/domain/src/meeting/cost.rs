//! What meetings cost: the minutes of each person times the hourly rate of its function on the day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::attendance::Attendance;
use super::code::{AttendanceState, Grouping};
use super::facts::Facts;
use crate::calendar::{Period, local_date};
use crate::consultation::FunctionCode;
use crate::hourly_rate::{Cents, HourlyRate, rate_on};

/// What is counted of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitting {
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Who was there.
    pub attendances: Vec<Attendance>,
}

impl From<&Facts> for Sitting {
    fn from(meeting: &Facts) -> Self {
        Self {
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            attendances: meeting.attendances.clone(),
        }
    }
}

/// What the persons of one function cost in a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCost {
    /// The function.
    pub function: FunctionCode,
    /// How many persons were there.
    pub present: i64,
    /// The minutes that all of them together were there.
    pub minutes: i64,
    /// What an hour of each costs; absent when no rate holds on the day.
    pub rate: Option<Cents>,
    /// What they cost, in cents of a euro; absent when no rate holds on the day.
    pub cents: Option<i64>,
}

/// Splits the cost of a meeting by the function of who was there, in the order of their codes.
///
/// The rates are those of the consultation. The cost of a person is rounded to a cent, half a cent up, so that it is the same
/// however persons are put together.
pub fn by_function(sitting: &Sitting, rates: &[HourlyRate]) -> Vec<FunctionCost> {
    let day = local_date(sitting.starts_at);
    let mut minutes: BTreeMap<&FunctionCode, Vec<i64>> = BTreeMap::new();
    for it in sitting.attendances.iter().filter(|it| it.state == AttendanceState::Present) {
        minutes.entry(&it.function).or_default().push(it.minutes(sitting.starts_at, sitting.ends_at));
    }
    let cost = |(function, minutes): (&FunctionCode, Vec<i64>)| {
        let rate = rate_on(rates, function, day).map(|rate| rate.cents_per_hour);
        FunctionCost {
            function: function.clone(),
            present: i64::try_from(minutes.len()).unwrap_or(i64::MAX),
            minutes: minutes.iter().sum(),
            rate,
            cents: rate.map(|rate| minutes.iter().map(|minutes| cents(*minutes, rate)).sum()),
        }
    };
    minutes.into_iter().map(cost).collect()
}

/// Gives what some minutes of a person cost, in cents.
fn cents(minutes: i64, rate: Cents) -> i64 {
    minutes.saturating_mul(rate.get().into()).saturating_add(30).div_euclid(60)
}

/// Figures of meetings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many meetings.
    pub meetings: i64,
    /// How many persons were there, counted in each meeting anew.
    pub present: i64,
    /// The minutes that all of them together were there.
    pub minutes: i64,
    /// What they cost, in cents of a euro, as far as a rate is known.
    pub cents: i64,
    /// The minutes for which no rate is known, and which therefore are not in the cost.
    pub minutes_without_rate: i64,
}

impl Figures {
    /// Sums the functions of one meeting.
    pub fn of_meeting(functions: &[FunctionCost]) -> Self {
        let mut figures = Self { meetings: 1, ..Self::default() };
        for FunctionCost { present, minutes, cents, .. } in functions {
            figures.add(Self {
                meetings: 0,
                present: *present,
                minutes: *minutes,
                cents: cents.unwrap_or_default(),
                minutes_without_rate: if cents.is_none() { *minutes } else { 0 },
            });
        }
        figures
    }

    const fn add(&mut self, more: Self) {
        self.meetings = self.meetings.saturating_add(more.meetings);
        self.present = self.present.saturating_add(more.present);
        self.minutes = self.minutes.saturating_add(more.minutes);
        self.cents = self.cents.saturating_add(more.cents);
        self.minutes_without_rate = self.minutes_without_rate.saturating_add(more.minutes_without_rate);
    }
}

/// The totals of a period: of everything, and of each month or year that is not empty, by its first day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of everything.
    pub all: Figures,
    /// Of each month or year in which a meeting started.
    pub groups: BTreeMap<Date, Figures>,
}

impl Totals {
    /// Counts meetings, each on the local day on which it starts; what starts outside of the period does not count.
    pub fn of(
        period: Period,
        grouping: Grouping,
        sittings: impl IntoIterator<Item = Sitting>,
        rates: &[HourlyRate],
    ) -> Self {
        let mut totals = Self::default();
        for sitting in sittings.into_iter().filter(|sitting| period.holds(sitting.starts_at)) {
            let figures = Figures::of_meeting(&by_function(&sitting, rates));
            totals.all.add(figures);
            let group = grouping.begin(local_date(sitting.starts_at));
            totals.groups.entry(group).or_default().add(figures);
        }
        totals
    }
}

impl Grouping {
    /// Gives the first day of the group that a day is in.
    pub fn begin(self, day: Date) -> Date {
        match self {
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }
}
