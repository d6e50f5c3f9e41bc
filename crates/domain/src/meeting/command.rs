//! What each verb is told: parsed values, no raw input.

use jiff::Timestamp;
use serde::Serialize;

use super::attendance::Attendance;
use super::facts::{Moved, Occurrence};
use crate::id::{ConsultationId, MeetingId};
use crate::text::{Remark, Title};

/// Plans a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The name that the new meeting gets.
    pub id: MeetingId,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it takes place.
    pub place: Option<Title>,
    /// Which one of a series it is.
    pub occurrence: Option<Occurrence>,
    /// Why it takes place on another day than the series says.
    pub moved: Option<Moved>,
}

/// Changes when and where a meeting takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where it takes place.
    pub place: Option<Title>,
}

/// Records who was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordAttendances {
    /// Every person once.
    pub attendances: Vec<Attendance>,
}

/// Calls a meeting off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cancel {
    /// Why.
    pub text: Remark,
}
