//! The verbs of the team that asks.

use super::code::{Side, Verb};
use super::command::{Amend, Edit, MaySay, Say};
use super::error::FollowUpError;
use super::event::{Detail, Message};
use super::facts::{Amendment, Redirection, Resume, State};
use super::round::{Clockwork, Round};
use super::{Change, FollowUpRequest, Outcome};
use crate::calendar::Calendar;
use crate::case::Case;
use crate::change::{DoneVerbs, Stamp};
use crate::id::FollowUpRequestId;

impl FollowUpRequest {
    /// Changes a draft.
    pub fn edit(self, command: &Edit, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Edit, Side::Team, command, stamp, |facts, _| {
            let Edit {
                organisation_id,
                question_kind,
                urgency,
                subject,
                question,
                carries_personal_data,
                data_sharing_protocol_id,
            } = command.clone();
            facts.organisation_id = organisation_id.unwrap_or(facts.organisation_id);
            facts.question_kind = question_kind.unwrap_or(facts.question_kind);
            facts.urgency = urgency.unwrap_or(facts.urgency);
            facts.carries_personal_data = carries_personal_data.unwrap_or(facts.carries_personal_data);
            facts.data_sharing_protocol_id = data_sharing_protocol_id.or(facts.data_sharing_protocol_id);
            if let Some(subject) = subject {
                facts.subject = subject;
            }
            if let Some(question) = question {
                facts.question = question;
            }
            Ok(None)
        })
    }

    /// Sends a draft; both terms start.
    pub fn send(self, clockwork: &Clockwork, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Send, Side::Team, &(), stamp, |facts, detail| {
            facts.start_round(State::Sent, clockwork, stamp.at);
            detail.round = Some(1);
            Ok(None)
        })
    }

    /// Corrects the question; the service sees both texts, the terms stay.
    pub fn amend(self, command: &Amend, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Amend, Side::Team, command, stamp, |facts, _| {
            let Amend { subject, question, text } = command.clone();
            let subject = std::mem::replace(&mut facts.subject, subject);
            let question = std::mem::replace(&mut facts.question, question);
            facts.amendments.push(Amendment { at: stamp.at, subject, question, text });
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Answers what the service asked back; the answer term runs on.
    pub fn reply(self, command: &Say, calendar: &Calendar, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Reply, Side::Team, command, stamp, |facts, _| {
            if let State::Waiting { resume } = facts.state {
                facts.state = match resume {
                    Resume::Received => State::Received,
                    Resume::Accepted => State::Accepted,
                };
            }
            if let Some(round) = facts.rounds.last_mut() {
                round.resume(calendar, stamp.at);
            }
            facts.look_at(stamp.at);
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Confirms that the answer holds; the request is closed.
    pub fn verify(self, command: &MaySay, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Verify, Side::Team, command, stamp, |facts, _| {
            facts.state = State::Closed;
            Ok(command.text.as_ref().map(Message::words))
        })
    }

    /// Asks again: a new round with new terms; what happened in the earlier ones stays.
    pub fn reopen(
        self,
        command: &Say,
        clockwork: &Clockwork,
        stamp: &Stamp,
    ) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Reopen, Side::Team, command, stamp, |facts, detail| {
            let state = if matches!(facts.state, State::Refused(_)) { State::Sent } else { State::Accepted };
            facts.start_round(state, clockwork, stamp.at);
            detail.round = facts.round().map(|round| round.number);
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Takes the request back.
    pub fn withdraw(
        self,
        command: &Say,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Withdraw, Side::Team, command, stamp, |facts, _| {
            facts.end_round(calendar, stamp.at);
            facts.state = State::Withdrawn;
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Reminds the service by hand: an event of its own each time, no new version, no new terms.
    pub fn remind(mut self, command: &MaySay, stamp: &Stamp) -> Result<Change, FollowUpError> {
        self.check(Verb::Remind, Side::Team)?;
        let before = Some(self.clone());
        let facts = &mut self.facts;
        facts.count_reminder(stamp.at);
        let message = Message { text: command.text.clone(), promised_on: None, delay_reason: None };
        let event = facts.tell(Verb::Remind, Side::Team, stamp.at, Detail::default(), Some(message));
        Ok(Change { before, state: self, events: vec![event] })
    }

    /// Counts the terms of the current round anew, with the closure days known now; a breach stays.
    ///
    /// The same words again are a repetition only when they would move nothing.
    pub fn recalculate(
        mut self,
        command: &Say,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Outcome, FollowUpError> {
        let mut recalculated = self.facts.rounds.clone();
        if let Some(round) = recalculated.last_mut() {
            round.recalculate(calendar, stamp.at);
        }
        if recalculated.last().map(Round::ends) != self.round().map(Round::ends) {
            self.facts.done.forget_last();
        }
        self.act(Verb::Recalculate, Side::Team, command, stamp, |facts, _| {
            facts.rounds = recalculated;
            facts.look_at(stamp.at);
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Moves an open request along to the case that its own was merged into.
    pub fn follow_case(mut self, into: &Case, stamp: &Stamp) -> Change {
        let before = Some(self.clone());
        let facts = &mut self.facts;
        facts.case_id = into.id;
        facts.consultation_id = into.consultation_id;
        facts.look_at(stamp.at);
        facts.led_by = into.led_by;
        facts.touch(stamp.at);
        let event = facts.tell(Verb::Edit, Side::Team, stamp.at, Detail::default(), None);
        Change { before, state: self, events: vec![event] }
    }

    /// Ends an open request because the case that its own was merged into has the same question open already: passed on
    /// to that one, or taken back when it was a draft that the service never had.
    pub fn yield_to(mut self, open: FollowUpRequestId, calendar: &Calendar, stamp: &Stamp) -> Change {
        let before = Some(self.clone());
        let facts = &mut self.facts;
        let (successor_id, organisation_id) = (Some(open), Some(facts.organisation_id));
        let (verb, state) = match facts.state {
            State::Draft => (Verb::Withdraw, State::Withdrawn),
            _ => {
                (Verb::Redirect, State::Redirected(Redirection { successor_id, organisation_id, text: None }))
            }
        };
        facts.end_round(calendar, stamp.at);
        facts.state = state;
        facts.done = DoneVerbs::default();
        facts.touch(stamp.at);
        let detail = Detail { successor_id, organisation_id, ..Detail::default() };
        let event = facts.tell(verb, Side::Team, stamp.at, detail, None);
        Change { before, state: self, events: vec![event] }
    }
}
