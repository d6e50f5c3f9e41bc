//! The decision: what a consultation agreed on, in a meeting or between two of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::change::{
    Actor, Change as GenericChange, DoneVerb, DoneVerbs, Outcome as GenericOutcome, Stamp, Version,
};
use crate::code::codes;
use crate::id::{AgendaItemId, CaseId, ConsultationId, DecisionId, MeetingId};
use crate::text::Paragraph;

/// A new state of a decision with its events.
pub type Change = GenericChange<Decision, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<Decision, Event>;

codes! {
    /// What is decided, coded.
    DecisionKind {
        /// A member does something.
        Act = "act",
        /// Another service is asked something.
        AskService = "askService",
        /// The team looks again later.
        Monitor = "monitor",
        /// The case ends.
        CloseCase = "closeCase",
        /// The case goes to the consultation above.
        Escalate = "escalate",
        /// Somebody is told.
        Inform = "inform",
        /// Nothing is done.
        NoAction = "noAction",
        /// Something about the consultation itself.
        Procedure = "procedure",
        /// Something else.
        Other = "other",
    }
}

codes! {
    /// What can be done with a decision; the code is the last segment of the operation's path.
    DecisionVerb {
        /// Take it.
        Create = "create",
        /// Approve, in a meeting, one that was taken between two.
        Ratify = "ratify",
    }
}

/// Where a decision was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Taken {
    /// In a meeting, under an item of its agenda.
    InMeeting {
        /// The meeting.
        meeting_id: MeetingId,
        /// The item.
        agenda_item_id: AgendaItemId,
    },
    /// Between two meetings: it comes up for ratification in the next one.
    BetweenMeetings,
}

/// Takes a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The name that the new decision gets.
    pub id: DecisionId,
    /// The consultation that decides.
    pub consultation_id: ConsultationId,
    /// Where it is taken.
    pub taken: Taken,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// What is decided, coded.
    pub kind: DecisionKind,
    /// What is decided.
    pub text: Paragraph,
}

/// When and where a decision was ratified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratification {
    /// The meeting.
    pub meeting_id: MeetingId,
    /// When.
    pub at: Timestamp,
}

/// Everything that is known about a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its name.
    pub id: DecisionId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events.
    pub sequence: i64,
    /// The consultation that decided.
    pub consultation_id: ConsultationId,
    /// Where it was taken.
    pub taken: Taken,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// What was decided, coded.
    pub kind: DecisionKind,
    /// What was decided.
    pub text: Paragraph,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When and where it was ratified.
    pub ratification: Option<Ratification>,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who wrote it down.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

/// One step in the life of a decision: codes and ids, no free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: DecisionVerb,
    /// When it took effect.
    pub at: Timestamp,
    /// What was decided, coded.
    pub kind: DecisionKind,
    /// The meeting in which that happened.
    pub meeting_id: Option<MeetingId>,
}

/// Why a verb is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionError {
    /// It was taken in a meeting: there is nothing to ratify.
    TakenInMeeting,
    /// It was ratified before.
    Ratified,
}

impl std::fmt::Display for DecisionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TakenInMeeting => "it was taken in a meeting",
            Self::Ratified => "it was ratified before",
        })
    }
}

impl std::error::Error for DecisionError {}

/// A decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    facts: Facts,
}

impl std::ops::Deref for Decision {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl Decision {
    /// Takes a decision back from storage.
    pub const fn restore(facts: Facts) -> Self {
        Self { facts }
    }

    /// Takes a decision.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let Create { id, consultation_id, taken, case_id, kind, text } = command;
        let mut facts = Facts {
            id,
            version: Version::FIRST,
            sequence: 0,
            consultation_id,
            taken,
            case_id,
            kind,
            text,
            decided_at: stamp.at,
            ratification: None,
            updated_at: stamp.at,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        };
        let event = facts.tell(DecisionVerb::Create, stamp.at, facts.meeting_id());
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Approves, in a meeting, a decision that was taken between two.
    pub fn ratify(mut self, meeting_id: MeetingId, stamp: &Stamp) -> Result<Outcome, DecisionError> {
        let done = DoneVerb::new(DecisionVerb::Ratify.code(), &stamp.by, &meeting_id);
        if self.facts.done.holds(&done) {
            return Ok(Outcome::Unchanged(self));
        }
        if self.facts.taken != Taken::BetweenMeetings {
            return Err(DecisionError::TakenInMeeting);
        }
        if self.facts.ratification.is_some() {
            return Err(DecisionError::Ratified);
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        facts.ratification = Some(Ratification { meeting_id, at: stamp.at });
        facts.done.enter(done);
        facts.version = facts.version.next();
        facts.updated_at = stamp.at;
        let event = facts.tell(DecisionVerb::Ratify, stamp.at, Some(meeting_id));
        Ok(Outcome::Changed(Change { before, state: self, events: vec![event] }))
    }
}

impl Facts {
    /// Gives the meeting in which it was taken.
    pub const fn meeting_id(&self) -> Option<MeetingId> {
        match self.taken {
            Taken::InMeeting { meeting_id, .. } => Some(meeting_id),
            Taken::BetweenMeetings => None,
        }
    }

    /// Gives the item of the agenda under which it was taken.
    pub const fn agenda_item_id(&self) -> Option<AgendaItemId> {
        match self.taken {
            Taken::InMeeting { agenda_item_id, .. } => Some(agenda_item_id),
            Taken::BetweenMeetings => None,
        }
    }

    /// Tells whether it waits for a meeting to approve it.
    pub const fn is_to_ratify(&self) -> bool {
        matches!(self.taken, Taken::BetweenMeetings) && self.ratification.is_none()
    }

    fn tell(&mut self, verb: DecisionVerb, at: Timestamp, meeting_id: Option<MeetingId>) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        Event { verb, at, kind: self.kind, meeting_id }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::meeting::tests::stamp;

    fn create(taken: Taken) -> Create {
        Create {
            id: DecisionId::new(Uuid::from_u128(1)),
            consultation_id: ConsultationId::new(Uuid::from_u128(2)),
            taken,
            case_id: None,
            kind: DecisionKind::Act,
            text: Paragraph::parse("De wijkinspecteur spreekt de uitbater aan.").unwrap(),
        }
    }

    #[test]
    fn a_decision_between_meetings_is_ratified_once() {
        let meeting = MeetingId::new(Uuid::from_u128(3));
        let between = Decision::create(create(Taken::BetweenMeetings), &stamp("2026-03-01 09:00")).state;
        assert!(between.is_to_ratify());

        let Ok(Outcome::Changed(change)) = between.ratify(meeting, &stamp("2026-03-10 14:00")) else {
            panic!()
        };
        let ratified = change.state;
        assert!(!ratified.is_to_ratify());
        assert_eq!((ratified.version, ratified.sequence), (Version(2), 2));
        assert!(matches!(
            ratified.clone().ratify(meeting, &stamp("2026-03-10 14:01")),
            Ok(Outcome::Unchanged(_))
        ));
        let other = MeetingId::new(Uuid::from_u128(4));
        assert_eq!(ratified.ratify(other, &stamp("2026-04-14 14:00")), Err(DecisionError::Ratified));
    }

    #[test]
    fn a_decision_of_a_meeting_has_nothing_to_ratify() {
        let meeting_id = MeetingId::new(Uuid::from_u128(3));
        let taken = Taken::InMeeting { meeting_id, agenda_item_id: AgendaItemId::new(Uuid::from_u128(5)) };
        let decision = Decision::create(create(taken), &stamp("2026-03-10 14:00")).state;
        assert!(!decision.is_to_ratify());
        assert_eq!(
            decision.ratify(meeting_id, &stamp("2026-03-10 14:01")),
            Err(DecisionError::TakenInMeeting)
        );
    }
}
