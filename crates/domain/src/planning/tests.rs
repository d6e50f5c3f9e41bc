mod moves;
mod properties;
mod rules;

use jiff::civil::{Date, DateTime, Time};

use super::*;
use crate::calendar::{ClosureDays, Holiday};

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

/// Ten o'clock on a day.
fn ten(day: &str) -> DateTime {
    on(day).to_datetime(Time::constant(10, 0, 0, 0))
}

fn rule(text: &str) -> Recurrence {
    Recurrence::parse(text).unwrap()
}

fn closed(days: &[(&str, &str)]) -> Calendar {
    let days = days.iter().map(|(day, name)| (on(day), Some((*name).to_owned())));
    Calendar::new(days.collect::<ClosureDays>())
}

fn rhythm(text: &str, starts: DateTime) -> Rhythm {
    Rhythm { recurrence: rule(text), starts, minutes: 240 }
}
