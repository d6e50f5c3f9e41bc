use jiff::Timestamp;
use jiff::civil::Date;

use super::zone::start_of_day;

/// Whole local days, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// Gives the instant at which it begins.
    pub fn begins_at(self) -> Timestamp {
        start_of_day(self.from)
    }

    /// Gives the instant at which it is over.
    pub fn ends_at(self) -> Timestamp {
        start_of_day(self.to.tomorrow().unwrap_or(self.to))
    }

    /// Tells whether an instant lies in it.
    pub fn holds(self, at: Timestamp) -> bool {
        (self.begins_at()..self.ends_at()).contains(&at)
    }
}
