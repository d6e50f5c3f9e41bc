mod days;
mod explanations;
mod limits;
mod properties;
mod terms;

use jiff::{Timestamp, civil::Date};

use super::*;

/// Stands for the end of a pause that still runs.
const OPEN: &str = "open";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn on(text: &str) -> Date {
    text.parse().unwrap()
}

fn pauses(rows: &[(&str, &str)]) -> Vec<Pause> {
    rows.iter()
        .map(|(from, until)| Pause { from: at(from), until: (*until != OPEN).then(|| at(until)) })
        .collect()
}

fn calendar(closed: &[&str]) -> Calendar {
    Calendar::new(closed.iter().map(|date| (on(date), None)).collect())
}

fn term(started_at: Timestamp, days: u32) -> Term {
    Term { started_at, length: Length::WorkingDays(WorkingDays::new(days).unwrap()) }
}
