//! The facts of a report.

use jiff::Timestamp;

use super::code::{Status, Verb};
use super::reader::Reader;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{ConsultationId, MeetingId, ReportId};

/// Begins a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Create {
    /// The name that the new report gets.
    pub id: ReportId,
    /// The meeting.
    pub meeting_id: MeetingId,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// When the meeting starts.
    pub met_at: Timestamp,
}

/// When and where a report was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    /// When.
    pub at: Timestamp,
    /// The meeting.
    pub meeting_id: MeetingId,
}

/// A report, or a correction of it, as one audience reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Whom it is for.
    pub reader: Reader,
    /// The number of the correction; 0 for the report itself.
    pub addendum: u32,
    /// What it says: JSON in its canonical form (RFC 8785).
    pub content: String,
    /// The SHA-256 of the content, in lower-case hexadecimal.
    pub hash: String,
}

/// Everything that is known about a report, but for its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: ReportId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The meeting.
    pub meeting_id: MeetingId,
    /// The consultation that met.
    pub consultation_id: ConsultationId,
    /// When the meeting started, as planned.
    pub met_at: Timestamp,
    /// Its state.
    pub status: Status,
    /// How often it was sent round.
    pub circulation: u32,
    /// When it was sent round first; the lead time of a report counts to this moment.
    pub first_circulated_at: Option<Timestamp>,
    /// When it was sent round last; absent once recalled.
    pub circulated_at: Option<Timestamp>,
    /// When and where it was approved.
    pub approval: Option<Approval>,
    /// The number of its corrections.
    pub addenda: u32,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who began it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

/// One step in the life of a report: codes and ids; the renditions are kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
    /// The meeting in which it was approved.
    pub approved_in_id: Option<MeetingId>,
    /// What was written down with it.
    pub renditions: Vec<Rendition>,
}

impl Facts {
    /// Gives what is known of a report before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, meeting_id, consultation_id, met_at } = command;
        Self {
            id,
            version: Version::FIRST,
            sequence: 0,
            meeting_id,
            consultation_id,
            met_at,
            status: Status::Draft,
            circulation: 0,
            first_circulated_at: None,
            circulated_at: None,
            approval: None,
            addenda: 0,
            created_at: stamp.at,
            updated_at: stamp.at,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Counts one more event, which tells the report as it is now.
    pub(super) fn tell(&mut self, verb: Verb, at: Timestamp, renditions: Vec<Rendition>) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        let approved_in_id = self.approval.map(|approval| approval.meeting_id);
        Event { verb, at, state: self.status, approved_in_id, renditions }
    }
}
