//! Who was at a meeting: functions and organisations, no names.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::code::AttendanceState;
use crate::consultation::FunctionCode;
use crate::id::OrganisationId;

/// When somebody who was not there from beginning to end came and went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    /// When the person came; absent when from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// When the person left; absent when at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The attendance of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attendance {
    /// The organisation that the person is from.
    pub organisation_id: OrganisationId,
    /// The function of the person.
    pub function: FunctionCode,
    /// Whether the person was there.
    pub state: AttendanceState,
    /// For how long.
    #[serde(default, flatten)]
    pub presence: Presence,
}

impl Attendance {
    /// Tells whether the person came before it left, and only if it was there at all.
    pub fn is_sound(&self) -> bool {
        let Presence { from, until } = self.presence;
        match self.state {
            AttendanceState::Present => from.zip(until).is_none_or(|(from, until)| from < until),
            AttendanceState::Excused | AttendanceState::Absent => from.is_none() && until.is_none(),
        }
    }

    /// Counts the minutes that the person was at a meeting of this length; what lies outside it does not count.
    pub fn minutes(&self, starts_at: Timestamp, ends_at: Timestamp) -> i64 {
        if self.state != AttendanceState::Present {
            return 0;
        }
        let from = self.presence.from.unwrap_or(starts_at).max(starts_at);
        let until = self.presence.until.unwrap_or(ends_at).min(ends_at);
        from.duration_until(until).as_mins().max(0)
    }
}
