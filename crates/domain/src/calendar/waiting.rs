use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{end_of_day, local_date};

/// Is a stretch of time in which a request was waiting for an answer of the team: from `from` up to, not
/// including, `until`.
///
/// The pause ends when the request leaves the waiting state, whatever the verb. A pause that ends at or
/// before its beginning is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Is the instant at which the waiting began.
    pub from: Timestamp,
    /// Is the instant at which the waiting ended; `None` while it still waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Holds the dates at whose end (23:59:59 local time) a pause was running.
///
/// Pauses may come unsorted, overlapping or empty. They are turned into dates once, so that counting days
/// needs no time zone arithmetic.
#[derive(Debug, Default)]
pub(super) struct WaitingDays {
    /// Sorted, apart from each other, first date included, last one not.
    closed: Vec<(Date, Date)>,
    open_since: Option<Date>,
}

impl WaitingDays {
    pub(super) fn new(pauses: &[Pause]) -> Self {
        let mut days = Self::default();
        let mut ranges = Vec::new();
        for pause in pauses {
            let first = first_day_end(pause.from);
            match pause.until.map(first_day_end) {
                Some(resumed) if first < resumed => ranges.push((first, resumed)),
                Some(_) => {}
                None => days.open_since = Some(days.open_since.map_or(first, |since| since.min(first))),
            }
        }
        ranges.sort_unstable();
        for (first, resumed) in ranges {
            match days.closed.last_mut() {
                Some(last) if first <= last.1 => last.1 = last.1.max(resumed),
                _ => days.closed.push((first, resumed)),
            }
        }
        days
    }

    /// Gives the first date from which on every day is spent waiting, as far as known.
    pub(super) fn open_since(&self) -> Option<Date> {
        self.open_since
    }

    pub(super) fn covers(&self, date: Date) -> bool {
        let begun = self.closed.partition_point(|(first, _)| *first <= date);
        let in_closed =
            self.closed.get(..begun).and_then(<[_]>::last).is_some_and(|(_, resumed)| date < *resumed);
        in_closed || self.open_since.is_some_and(|since| since <= date)
    }
}

/// Gives the first date that ends at or after an instant: a pause from `t` to `u` runs at the end of exactly
/// the dates from `first_day_end(t)` up to, not including, `first_day_end(u)`.
fn first_day_end(at: Timestamp) -> Date {
    let date = local_date(at);
    if at <= end_of_day(date) { date } else { date.tomorrow().unwrap_or(Date::MAX) }
}
