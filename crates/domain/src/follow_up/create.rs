//! How a request comes to be: as a draft, sent at once, or as the successor of one that was passed on.

use super::code::{Side, Verb};
use super::command::Create;
use super::event::Detail;
use super::facts::{Facts, State};
use super::round::Clockwork;
use super::{Change, FollowUpRequest};
use crate::change::{DoneVerbs, Stamp};
use crate::id::{FollowUpRequestId, OrganisationId};

impl FollowUpRequest {
    /// Writes a draft.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, Side::Team, stamp.at, Detail::default(), None);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Writes a request and sends it at once: one aggregate, two events.
    pub fn create_and_send(command: Create, clockwork: &Clockwork, stamp: &Stamp) -> Change {
        let mut change = Self::create(command, stamp);
        let facts = &mut change.state.facts;
        facts.start_round(State::Sent, clockwork, stamp.at);
        let detail = Detail { round: Some(1), ..Detail::default() };
        change.events.push(facts.tell(Verb::Send, Side::Team, stamp.at, detail, None));
        change
    }

    /// Writes the request that follows one that was passed on; its terms start anew, its chain does not.
    pub fn successor(
        original: &Facts,
        id: FollowUpRequestId,
        organisation_id: OrganisationId,
        clockwork: &Clockwork,
        stamp: &Stamp,
    ) -> Change {
        let command = Create {
            id,
            consultation_id: original.consultation_id,
            led_by: original.led_by,
            case_id: original.case_id,
            organisation_id,
            question_kind: original.question_kind,
            urgency: original.urgency,
            subject: original.subject.clone(),
            question: original.question.clone(),
            carries_personal_data: original.carries_personal_data,
            data_sharing_protocol_id: None,
            decision_id: original.decision_id,
        };
        let mut change = Self::create_and_send(command, clockwork, stamp);
        change.state.facts.join_chain_of(original);
        change.state.facts.asked_by = Some(original.asking_organisation());
        change
    }

    /// Lets a request that is open already follow one that was passed on to its service; a draft is sent. Absent when
    /// nothing changes.
    pub fn take_over(mut self, original: &Facts, clockwork: &Clockwork, stamp: &Stamp) -> Option<Change> {
        if self.facts.state != State::Draft {
            return self.follow(original, stamp);
        }
        let before = Some(self.clone());
        let facts = &mut self.facts;
        facts.start_round(State::Sent, clockwork, stamp.at);
        facts.done = DoneVerbs::default();
        facts.join_chain_of(original);
        facts.touch(stamp.at);
        let detail = Detail { round: Some(1), ..Detail::default() };
        let event = facts.tell(Verb::Send, Side::Team, stamp.at, detail, None);
        Some(Change { before, state: self, events: vec![event] })
    }

    /// Names the request that ended in favour of this one, unless it follows one already.
    pub fn follow(mut self, original: &Facts, stamp: &Stamp) -> Option<Change> {
        let before = Some(self.clone());
        let facts = &mut self.facts;
        if facts.redirected_from.is_some() {
            return None;
        }
        facts.join_chain_of(original);
        facts.touch(stamp.at);
        let event = facts.tell(Verb::Edit, Side::Team, stamp.at, Detail::default(), None);
        Some(Change { before, state: self, events: vec![event] })
    }
}

impl Facts {
    /// Names the request that this one follows, unless it follows another one; the chain began with the first of them.
    fn join_chain_of(&mut self, original: &Self) {
        self.redirected_from.get_or_insert(original.id);
        let began = [self.chain_started_at, original.chain_started_at.or(original.sent_at)];
        self.chain_started_at = began.into_iter().flatten().min();
    }
}
