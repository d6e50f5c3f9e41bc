//! The facts of a meeting.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::attendance::Attendance;
use super::code::{AttendanceState, MoveReason, Status, Verb};
use super::command::Create;
use super::event::Event;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{ConsultationId, MeetingId, MeetingSeriesId};
use crate::text::{Remark, Title};

/// Which meeting of a series it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// The series.
    pub series_id: MeetingSeriesId,
    /// The day that the recurrence gives; the meeting itself may have moved from it.
    pub on: Date,
}

/// Why a meeting takes place on another day than its series says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The day that it moved from.
    pub from: Date,
    /// Why.
    pub reason: MoveReason,
}

/// Everything that is known about a meeting.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its name.
    pub id: MeetingId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// Its state.
    pub status: Status,
    /// When it starts, as planned.
    pub starts_at: Timestamp,
    /// When it ends, as planned.
    pub ends_at: Timestamp,
    /// Where it takes place.
    pub place: Option<Title>,
    /// Which one of a series it is.
    pub occurrence: Option<Occurrence>,
    /// Why it takes place on another day than the series says.
    pub moved: Option<Moved>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who was there.
    pub attendances: Vec<Attendance>,
    /// Why it was called off.
    pub remark: Option<Remark>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who planned it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives what is known of a meeting before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, consultation_id, starts_at, ends_at, place, occurrence, moved } = command;
        Self {
            id,
            version: Version::FIRST,
            sequence: 0,
            consultation_id,
            status: Status::Planned,
            starts_at,
            ends_at,
            place,
            occurrence,
            moved,
            opened_at: None,
            closed_at: None,
            attendances: Vec::new(),
            remark: None,
            created_at: stamp.at,
            updated_at: stamp.at,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Counts the minutes that all persons together were there, of the time that was planned: when it was opened and closed
    /// in the system says when somebody wrote, not when the others left.
    pub fn person_minutes(&self) -> i64 {
        self.attendances.iter().map(|attendance| attendance.minutes(self.starts_at, self.ends_at)).sum()
    }

    /// Counts the persons who were there.
    pub fn present(&self) -> usize {
        self.attendances.iter().filter(|attendance| attendance.state == AttendanceState::Present).count()
    }

    /// Counts one more event, which tells the meeting as it is now.
    pub(super) fn tell(&mut self, verb: Verb, at: Timestamp) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        Event { verb, at, state: self.status, starts_at: self.starts_at }
    }
}
