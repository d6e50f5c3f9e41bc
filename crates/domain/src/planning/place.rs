//! Where a meeting goes when its day is free.

use jiff::civil::Date;

use crate::calendar::{Calendar, Day, Holiday};

/// Why a meeting is not held on the day that the recurrence gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveReason {
    /// That day is a Saturday or a Sunday.
    Weekend,
    /// It is a legal holiday, also on a weekend.
    Holiday(Holiday),
    /// It is a closure day of the host, with its name if it has one.
    Closure(Option<String>),
}

/// The day on which a meeting is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The day.
    pub on: Date,
    /// Why it is another one than asked for.
    pub moved: Option<MoveReason>,
}

/// Places a meeting on its day, or on the next working day of the host with the reason why the day itself would not do;
/// absent when there is none up to the year 9999.
pub fn placed(day: Date, calendar: &Calendar) -> Option<Placed> {
    let reason = match calendar.day(day) {
        Day::Working => return Some(Placed { on: day, moved: None }),
        Day::Weekend => MoveReason::Weekend,
        Day::Holiday(holiday) => MoveReason::Holiday(holiday),
        Day::Closure(name) => MoveReason::Closure(name.map(str::to_owned)),
    };
    calendar.next_working_day(day).map(|on| Placed { on, moved: Some(reason) })
}
