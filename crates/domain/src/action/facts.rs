//! The facts of an action.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::code::{Kind, Status, Verb};
use super::command::Create;
use super::event::Event;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::consultation::FunctionCode;
use crate::id::{ActionId, CaseId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use crate::text::{Paragraph, Remark, Title};

/// Who does it: one organisation, and one function in the consultation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The function of a member of the consultation.
    pub function: FunctionCode,
}

/// What describes an action and can be edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// What is done.
    pub kind: Kind,
    /// The action in a few words.
    pub title: Title,
    /// The action in full.
    pub description: Option<Paragraph>,
    /// Who does it.
    pub owner: Owner,
    /// By when; a day in Europe/Brussels.
    pub due_on: Option<Date>,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It goes on.
    None,
    /// It was done.
    Done {
        /// When.
        at: Timestamp,
        /// What came of it.
        result: Remark,
    },
    /// It is not needed any more.
    Cancelled {
        /// Since when.
        at: Timestamp,
    },
}

/// Everything that is known about an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: ActionId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The consultation whose team does it.
    pub consultation_id: ConsultationId,
    /// The consultation above that leads it meanwhile, because the case was handed over.
    pub led_by: Option<ConsultationId>,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// The decision that it comes from.
    pub decision_id: Option<DecisionId>,
    /// The meeting in which it was decided.
    pub meeting_id: Option<MeetingId>,
    /// What describes it.
    pub description: Description,
    /// Its state.
    pub status: Status,
    /// How it ended.
    pub ending: Ending,
    /// Why it was cancelled or taken up again.
    pub remark: Option<Remark>,
    /// The meetings that were held while it was on them and stayed open, in their order.
    pub carried_in: Vec<MeetingId>,
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
    /// Gives what is known of an action before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        let Create { id, consultation_id, led_by, case_id, decision_id, meeting_id, description } = command;
        Self {
            id,
            version: Version::FIRST,
            sequence: 0,
            consultation_id,
            led_by,
            case_id,
            decision_id,
            meeting_id,
            description,
            status: Status::Open,
            ending: Ending::None,
            remark: None,
            carried_in: Vec::new(),
            created_at: stamp.at,
            updated_at: stamp.at,
            next_step_at: None,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Gives the consultation whose team acts: its own, or the one above that leads meanwhile.
    pub fn team(&self) -> ConsultationId {
        self.led_by.unwrap_or(self.consultation_id)
    }

    /// Gives who does it.
    pub const fn owner(&self) -> &Owner {
        &self.description.owner
    }

    /// Gives what came of it.
    pub const fn result(&self) -> Option<&Remark> {
        match &self.ending {
            Ending::Done { result, .. } => Some(result),
            Ending::None | Ending::Cancelled { .. } => None,
        }
    }

    /// Gives when it ended.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self.ending {
            Ending::Done { at, .. } | Ending::Cancelled { at } => Some(at),
            Ending::None => None,
        }
    }

    /// Counts in how many meetings it stayed open.
    pub const fn carry_over_count(&self) -> usize {
        self.carried_in.len()
    }

    /// Tells whether it is still to be done although its day is over.
    pub fn is_overdue_on(&self, today: Date) -> bool {
        self.status.is_open() && self.description.due_on.is_some_and(|due_on| due_on < today)
    }

    /// Counts one more change and its event.
    pub(super) fn touch(&mut self, verb: Verb, at: Timestamp) -> Event {
        self.version = self.version.next();
        self.updated_at = at;
        // The rules look at what was carried over; whatever else happens to it may be what they wait for.
        if self.carry_over_count() > 0 {
            self.next_step_at = Some(at);
        }
        self.tell(verb, at)
    }

    /// Counts one more event, which tells the action as it is now.
    pub(super) fn tell(&mut self, verb: Verb, at: Timestamp) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        let meeting_id = match verb {
            Verb::CarryOver => self.carried_in.last().copied(),
            _ => self.meeting_id,
        };
        Event {
            verb,
            at,
            state: self.status,
            kind: self.description.kind,
            owner: self.description.owner.clone(),
            due_on: self.description.due_on,
            carry_over_count: self.carry_over_count(),
            meeting_id,
            decision_id: self.decision_id,
            step: None,
            effects: Vec::new(),
        }
    }
}
