//! The parts of a shift: each lies on one local day and in one part of it.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::calendar::{local_time, start_of_hour};
use crate::code::codes;

codes! {
    /// A part of the day in Europe/Brussels.
    DayPart {
        /// From 6 to 12 hours.
        Morning = "morning",
        /// From 12 to 18 hours.
        Afternoon = "afternoon",
        /// From 18 to 22 hours.
        Evening = "evening",
        /// From 22 to 6 hours.
        Night = "night",
    }
}

impl DayPart {
    /// Gives the part of the day at an instant.
    pub fn at(at: Timestamp) -> Self {
        Self::and_end(at).0
    }

    /// Gives the part of the day at an instant, and the instant at which it or the day ends.
    fn and_end(at: Timestamp) -> (Self, Timestamp) {
        let local = local_time(at);
        let today = local.date();
        let (part, day, hour) = match local.hour() {
            0..6 => (Self::Night, today, 6),
            6..12 => (Self::Morning, today, 12),
            12..18 => (Self::Afternoon, today, 18),
            18..22 => (Self::Evening, today, 22),
            _ => (Self::Night, today.tomorrow().unwrap_or(today), 0),
        };
        (part, start_of_hour(day, hour))
    }
}

/// A part of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The local day.
    pub on: Date,
    /// The part of the day.
    pub day_part: DayPart,
    /// How long it lasts.
    pub minutes: i64,
}

/// Splits the time between two whole minutes over local days and their parts: the minutes that pass, whatever the clock
/// shows when it is changed. Nothing when the end does not come after the start.
pub fn parts(started_at: Timestamp, ended_at: Timestamp) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = started_at;
    while from < ended_at {
        let (day_part, end) = DayPart::and_end(from);
        // At the limits of jiff a day part has no end.
        let until = if end > from { end.min(ended_at) } else { ended_at };
        let minutes = until.duration_since(from).as_mins();
        parts.push(Part { on: local_time(from).date(), day_part, minutes });
        from = until;
    }
    parts
}
