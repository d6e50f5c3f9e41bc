//! The facts of a series.

use jiff::Timestamp;
use jiff::civil::Date;

use super::code::{Status, Verb};
use super::command::Create;
use super::event::Event;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{ConsultationId, MeetingSeriesId, OrganisationId};
use crate::planning::Rhythm;
use crate::text::{Remark, Title};

/// Everything that is known about a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: MeetingSeriesId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// The organisation on whose working days it meets.
    pub host_organisation_id: OrganisationId,
    /// Its state.
    pub status: Status,
    /// How it meets.
    pub rhythm: Rhythm,
    /// Where.
    pub place: Option<Title>,
    /// Up to which day its meetings are planned.
    pub planned_until: Option<Date>,
    /// Why it ended.
    pub remark: Option<Remark>,
    /// When it was agreed on.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who wrote it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives what is known of a series before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, consultation_id, host_organisation_id, rhythm, place } = command;
        Self {
            id,
            version: Version::FIRST,
            sequence: 0,
            consultation_id,
            host_organisation_id,
            status: Status::Active,
            rhythm,
            place,
            planned_until: None,
            remark: None,
            created_at: stamp.at,
            updated_at: stamp.at,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Counts one more event, which tells the series as it is now.
    pub(super) fn tell(&mut self, verb: Verb, at: Timestamp) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        Event { verb, at, state: self.status, planned_until: self.planned_until }
    }
}
