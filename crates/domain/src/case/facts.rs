//! The facts of a case.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code::{CloseReason, Kind, LinkKind, Pattern, Source, Status, TimeSlot, Verb};
use super::command::Create;
use super::event::Event;
use super::reference::CaseReference;
use super::severity::Severity;
use crate::area::SectorCode;
use crate::category::CategoryCode;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{AreaId, CaseId, ConsultationId, OrganisationId};
use crate::place::{AddressUri, LocationKind, Wgs84};
use crate::text::{Paragraph, Remark, Title};

/// Where it happens.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Location {
    /// What kind of place it is.
    pub kind: LocationKind,
    /// The address or a description of the place, as people say it.
    pub address: Option<Title>,
    /// The address in the Flemish address register.
    pub address_uri: Option<AddressUri>,
    /// A point, WGS 84.
    pub point: Option<Wgs84>,
    /// The statistical sector, when it is given instead of a point.
    pub sector: Option<SectorCode>,
    /// The neighbourhood that the place lies in, as found when it was recorded.
    pub area_id: Option<AreaId>,
}

/// A link to another case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// How they belong together.
    pub kind: LinkKind,
    /// The other case.
    pub case_id: CaseId,
}

/// What describes a case and can be edited.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// The primary category.
    pub category: CategoryCode,
    /// Further categories, without the primary one.
    pub secondary_categories: Vec<CategoryCode>,
    /// The case in a few words.
    pub title: Title,
    /// The case in full.
    pub description: Option<Paragraph>,
    /// Who noticed it.
    pub source: Source,
    /// How it shows itself over time.
    pub pattern: Option<Pattern>,
    /// When it happens.
    pub time_slots: Vec<TimeSlot>,
    /// Where it happens.
    pub location: Location,
    /// The organisation that leads; required once the case is open.
    pub lead_organisation_id: Option<OrganisationId>,
    /// How heavy it weighs.
    pub severity: Option<Severity>,
}

/// How a case ended, or what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It goes on.
    None,
    /// It rests until a day.
    CheckOn {
        /// The day on which it returns to an agenda.
        on: Date,
    },
    /// It was closed or dismissed.
    Ended {
        /// How.
        reason: CloseReason,
        /// When.
        at: Timestamp,
    },
    /// It is part of another case.
    MergedInto {
        /// The case that goes on.
        case_id: CaseId,
        /// When.
        at: Timestamp,
    },
}

/// Everything that is known about a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its name.
    pub id: CaseId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// Its reference.
    pub reference: CaseReference,
    /// The consultation that handles it.
    pub consultation_id: ConsultationId,
    /// The consultation above that leads it meanwhile; whoever leads it, it belongs to its own.
    pub led_by: Option<ConsultationId>,
    /// Situation or need.
    pub kind: Kind,
    /// Its state.
    pub status: Status,
    /// What describes it.
    pub description: Description,
    /// The cases that it is linked to.
    pub links: Vec<Link>,
    /// How it ended, or what it waits for.
    pub ending: Ending,
    /// What was said when it came into its state: what to look at, why it ended or came back.
    pub remark: Option<Remark>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// The instant at which the rules have to look at it: no step takes effect before; absent when none will.
    pub next_step_at: Option<Timestamp>,
    /// Who wrote it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives what is known of a case before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, reference, consultation_id, kind, description, admit, earlier_cases: _ } = command;
        Self {
            id,
            version: Version::FIRST,
            sequence: 0,
            reference,
            consultation_id,
            led_by: None,
            kind,
            status: if admit { Status::Open } else { Status::Signalled },
            description,
            links: Vec::new(),
            ending: Ending::None,
            remark: None,
            created_at: stamp.at,
            updated_at: stamp.at,
            next_step_at: Some(stamp.at),
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Gives the consultation whose team acts: its own, or the one above that leads meanwhile.
    pub fn team(&self) -> ConsultationId {
        self.led_by.unwrap_or(self.consultation_id)
    }

    /// Gives the organisation that leads.
    pub const fn lead(&self) -> Option<OrganisationId> {
        self.description.lead_organisation_id
    }

    /// Gives the day on which the case returns to an agenda.
    pub const fn check_on(&self) -> Option<Date> {
        match self.ending {
            Ending::CheckOn { on } => Some(on),
            Ending::None | Ending::Ended { .. } | Ending::MergedInto { .. } => None,
        }
    }

    /// Gives how and when the case was closed or dismissed.
    pub const fn ended(&self) -> Option<(CloseReason, Timestamp)> {
        match self.ending {
            Ending::Ended { reason, at } => Some((reason, at)),
            Ending::None | Ending::CheckOn { .. } | Ending::MergedInto { .. } => None,
        }
    }

    /// Gives the case that this one became part of.
    pub const fn merged_into(&self) -> Option<CaseId> {
        match self.ending {
            Ending::MergedInto { case_id, .. } => Some(case_id),
            Ending::None | Ending::CheckOn { .. } | Ending::Ended { .. } => None,
        }
    }

    /// Counts one more event, which tells the case as it is now.
    pub(super) fn tell(&mut self, verb: Verb, at: Timestamp, other_case_id: Option<CaseId>) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        Event {
            verb,
            at,
            state: self.status,
            close_reason: self.ended().map(|(reason, _)| reason),
            check_on: self.check_on(),
            lead_organisation_id: self.description.lead_organisation_id,
            other_case_id,
            categories: self.categories(),
            earlier_cases: None,
            step: None,
            effects: Vec::new(),
        }
    }

    /// Gives its categories, the primary one first.
    pub fn categories(&self) -> Vec<CategoryCode> {
        let Description { category, secondary_categories, .. } = &self.description;
        std::iter::once(category).chain(secondary_categories).cloned().collect()
    }
}
