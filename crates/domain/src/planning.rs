//! Planning meetings: on which days a series meets, and where a meeting goes when its day is free.
//!
//! A [`Recurrence`] gives the days, [`placed`] moves a day that is no working day of the host to the next one, and
//! [`plan`] does both and keeps the local time, whatever the clock does on that day.

mod place;
mod recurrence;
#[cfg(test)]
mod tests;

pub use place::{MoveReason, Placed, placed};
pub use recurrence::{Frequency, Part, Recurrence, RecurrenceFault};

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use crate::calendar::{Calendar, local_instant};

/// How a series meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rhythm {
    /// On which days.
    pub recurrence: Recurrence,
    /// The first day on which it may meet and the time at which it begins, both in Europe/Brussels.
    pub starts: DateTime,
    /// How long a meeting lasts.
    pub minutes: u16,
}

/// A meeting of a series as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The day that the recurrence gives: it names the meeting within its series.
    pub occurrence_on: Date,
    /// The day on which it is held.
    pub held_on: Date,
    /// Why that is another day.
    pub moved: Option<MoveReason>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// Plans the meetings whose day by the recurrence lies in a period, both ends included; at most
/// [`Recurrence::MOST_DAYS`] of them, in order. A meeting may move to a day after the period, and to the day of the next
/// one.
pub fn plan(rhythm: &Rhythm, from: Date, to: Date, calendar: &Calendar) -> Vec<Planned> {
    let days = rhythm.recurrence.days(rhythm.starts, from, to);
    let planned = days.into_iter().filter_map(|occurrence_on| {
        let Placed { on: held_on, moved } = placed(occurrence_on, calendar)?;
        let starts_at = local_instant(held_on.to_datetime(rhythm.starts.time()));
        let ends_at = starts_at.checked_add(SignedDuration::from_mins(rhythm.minutes.into())).ok()?;
        Some(Planned { occurrence_on, held_on, moved, starts_at, ends_at })
    });
    planned.collect()
}
