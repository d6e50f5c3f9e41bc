//! The item of an agenda.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::code::{ItemStatus, ItemVerb, Reason, Section, edge};
use crate::change::{
    Actor, Change as GenericChange, DoneVerb, DoneVerbs, Outcome as GenericOutcome, Stamp, Version,
};
use crate::code::codes;
use crate::id::{AgendaItemId, CaseId, ConsultationId, MeetingId};
use crate::text::{Paragraph, Title};

/// A new state of an item with its events.
pub type Change = GenericChange<AgendaItem, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<AgendaItem, Event>;

codes! {
    /// What kind of thing an item is about.
    AboutKind {
        /// A case.
        Case = "case",
        /// A follow-up request.
        FollowUpRequest = "followUpRequest",
        /// An action.
        Action = "action",
        /// A decision.
        Decision = "decision",
        /// A meeting, for its report.
        Meeting = "meeting",
        /// An item of an earlier agenda.
        AgendaItem = "agendaItem",
        /// An entry of the escalation ledger.
        LedgerEntry = "ledgerEntry",
        /// An escalation.
        Escalation = "escalation",
    }
}

/// A thing that an item is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct About {
    /// What kind of thing it is.
    pub kind: AboutKind,
    /// Which one.
    pub id: Uuid,
}

impl About {
    /// Names a thing.
    pub fn new(kind: AboutKind, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// The figures behind an item; what does not apply is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Figures {
    /// How many requests it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<i64>,
    /// How many of them are late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<i64>,
    /// How many of them are seriously late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seriously_late: Option<i64>,
    /// How many of them the service never saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never_seen: Option<i64>,
    /// For how many days it, or the oldest of them, is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_late: Option<i64>,
    /// For how many days it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_waiting: Option<i64>,
    /// In how many meetings it was on the agenda and stayed open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carry_over: Option<i64>,
    /// For how many days nothing happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_without_activity: Option<i64>,
    /// How many cases were written since the last meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_cases: Option<i64>,
    /// How many cases ended since the last meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_cases: Option<i64>,
    /// How many requests were sent since the last meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_sent: Option<i64>,
    /// How many answers came since the last meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_answered: Option<i64>,
    /// The minutes of the shifts of community guards in the area since the last meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift_minutes: Option<i64>,
    /// The same, each shift times its number of guards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guard_minutes: Option<i64>,
}

/// Puts an item on an agenda.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Create {
    /// The name that the new item gets.
    pub id: AgendaItemId,
    /// The meeting.
    pub meeting_id: MeetingId,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// Its place among the items of the meeting; the same places are ordered by id.
    pub position: i32,
    /// The part of the agenda that it belongs to.
    pub section: Section,
    /// Why it is there.
    pub reason: Reason,
    /// The item in a few words.
    pub title: Title,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// Everything that it is about.
    pub about: Vec<About>,
    /// The figures behind it.
    pub figures: Figures,
    /// How often it was moved to a next meeting.
    pub carry_over: i32,
    /// The item that it was moved from.
    pub moved_from_id: Option<AgendaItemId>,
}

/// Changes what an item says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The item in a few words.
    pub title: Title,
    /// The part of the agenda that it belongs to.
    pub section: Section,
}

/// Deals with an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Treat {
    /// What was said about it.
    pub text: Option<Paragraph>,
}

/// Everything that is known about an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its name.
    pub id: AgendaItemId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The meeting.
    pub meeting_id: MeetingId,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// Its place among the items of the meeting.
    pub position: i32,
    /// The part of the agenda that it belongs to.
    pub section: Section,
    /// Why it is there.
    pub reason: Reason,
    /// Its state.
    pub status: ItemStatus,
    /// The item in a few words.
    pub title: Title,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// Everything that it is about.
    pub about: Vec<About>,
    /// The figures behind it, as they were when it was put on the agenda.
    pub figures: Figures,
    /// How often it was moved to a next meeting.
    pub carry_over: i32,
    /// The item that it was moved from.
    pub moved_from_id: Option<AgendaItemId>,
    /// What was said about it.
    pub text: Option<Paragraph>,
    /// When it was put on the agenda.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who put it on the agenda.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

/// One step in the life of an item: codes and ids, no free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: ItemVerb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: ItemStatus,
    /// The part of the agenda that it belongs to.
    pub section: Section,
}

/// Why a verb is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgendaItemError {
    /// The state does not allow the verb.
    Illegal {
        /// The state that the item is in.
        from: ItemStatus,
        /// The verb that was asked for.
        verb: ItemVerb,
        /// The verbs that the caller could use instead.
        allowed: Vec<ItemVerb>,
    },
}

impl std::fmt::Display for AgendaItemError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Illegal { from, verb, .. } => write!(f, "{verb} is not possible from {from}"),
        }
    }
}

impl std::error::Error for AgendaItemError {}

/// An item of an agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct AgendaItem {
    facts: Facts,
}

impl std::ops::Deref for AgendaItem {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl AgendaItem {
    /// Takes an item back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Puts an item on an agenda.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let Create {
            id,
            meeting_id,
            consultation_id,
            position,
            section,
            reason,
            title,
            case_id,
            about,
            figures,
            carry_over,
            moved_from_id,
        } = command;
        let mut facts = Facts {
            id,
            version: Version::FIRST,
            sequence: 0,
            meeting_id,
            consultation_id,
            position,
            section,
            reason,
            status: ItemStatus::Open,
            title,
            case_id,
            about,
            figures,
            carry_over,
            moved_from_id,
            text: None,
            created_at: stamp.at,
            updated_at: stamp.at,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        };
        let event = facts.tell(ItemVerb::Create, stamp.at);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Changes what the item says.
    pub fn edit(self, command: &Edit, stamp: &Stamp) -> Result<Outcome, AgendaItemError> {
        self.act(ItemVerb::Edit, command, stamp, |facts| {
            facts.title = command.title.clone();
            facts.section = command.section;
        })
    }

    /// Deals with the item.
    pub fn treat(self, command: &Treat, stamp: &Stamp) -> Result<Outcome, AgendaItemError> {
        self.act(ItemVerb::Treat, command, stamp, |facts| facts.text.clone_from(&command.text))
    }

    /// Takes the item up again.
    pub fn reopen(self, stamp: &Stamp) -> Result<Outcome, AgendaItemError> {
        self.act(ItemVerb::Reopen, &(), stamp, |_| {})
    }

    /// Moves the item to another meeting, where it counts one carry-over more: gives what changes here, and what is to be
    /// put there.
    pub fn move_to(
        self,
        meeting_id: MeetingId,
        id: AgendaItemId,
        position: i32,
        stamp: &Stamp,
    ) -> Result<(Outcome, Create), AgendaItemError> {
        let there = Create {
            id,
            meeting_id,
            consultation_id: self.consultation_id,
            position,
            section: self.section,
            reason: self.reason,
            title: self.title.clone(),
            case_id: self.case_id,
            about: self.about.clone(),
            figures: self.figures,
            carry_over: self.carry_over.saturating_add(1),
            moved_from_id: Some(self.id),
        };
        let here = self.act(ItemVerb::Move, &(), stamp, |_| {})?;
        Ok((here, there))
    }

    /// Gives the item another place; absent when it has that place.
    ///
    /// The order of an agenda belongs to the meeting, whose version counts it; the item tells an edit.
    pub fn place(mut self, position: i32, stamp: &Stamp) -> Option<Change> {
        if self.facts.position == position {
            return None;
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        facts.position = position;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(ItemVerb::Edit, stamp.at);
        Some(Change { before, state: self, events: vec![event] })
    }

    /// The frame of every verb: already so? allowed? then change, count and tell.
    fn act(
        mut self,
        verb: ItemVerb,
        command: &impl Serialize,
        stamp: &Stamp,
        change: impl FnOnce(&mut Facts),
    ) -> Result<Outcome, AgendaItemError> {
        let done = DoneVerb::new(verb.code(), &stamp.by, command);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let from = facts.status;
        let to = edge(from, verb).ok_or_else(|| AgendaItemError::Illegal {
            from,
            verb,
            allowed: allowed(from),
        })?;
        change(facts);
        if from == to {
            facts.done.stay(done);
        } else {
            facts.done.enter(done);
        }
        facts.status = to;
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(verb, stamp.at);
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}

impl Facts {
    /// Names the things of a kind that it is about, in its order.
    pub fn ids_of(&self, kind: AboutKind) -> impl Iterator<Item = Uuid> + '_ {
        self.about.iter().filter(move |about| about.kind == kind).map(|about| about.id)
    }

    /// Counts one more event, which tells the item as it is now.
    fn tell(&mut self, verb: ItemVerb, at: Timestamp) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        Event { verb, at, state: self.status, section: self.section }
    }
}

/// Lists the verbs that a state allows, in the order of the code list.
pub fn allowed(from: ItemStatus) -> Vec<ItemVerb> {
    ItemVerb::ALL.iter().copied().filter(|verb| edge(from, *verb).is_some()).collect()
}
