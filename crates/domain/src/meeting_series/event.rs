//! What happened to a series.

use jiff::Timestamp;
use jiff::civil::Date;

use super::code::{Status, Verb};

/// One step in the life of a series: codes and days, no free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// Up to which day its meetings are planned.
    pub planned_until: Option<Date>,
}
