//! The verbs of the addressed service. Two of them the team may use as well: it passes a question on, and it records an
//! answer that came by another way.

use jiff::Timestamp;

use super::code::{Side, Verb};
use super::command::{Accept, Answer, Promise, Receive, Redirect, Refuse, Say};
use super::error::FollowUpError;
use super::event::Message;
use super::facts::{GivenAnswer, GivenPromise, Origin, Redirection, Refusal, Resume, State};
use super::{FollowUpRequest, Outcome};
use crate::calendar::{Calendar, local_date};
use crate::change::Stamp;
use crate::id::FollowUpRequestId;

impl FollowUpRequest {
    /// Notes that a client of the service is given the request, unless one was before; no change by itself. Nobody knows who
    /// saw a request in another system.
    #[must_use]
    pub fn seen(mut self, at: Timestamp) -> Self {
        if self.origin == Origin::Own && self.is_visible_to_service() {
            self.facts.first_seen_at.get_or_insert(at);
        }
        self
    }

    /// Confirms receipt, and with it that the request was seen.
    pub fn receive(self, command: &Receive, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Receive, Side::Service, command, stamp, |facts, _| {
            facts.refer(command.external_reference.as_ref());
            facts.first_seen_at.get_or_insert(stamp.at);
            facts.state = State::Received;
            Ok(None)
        })
    }

    /// Takes the request on.
    pub fn accept(self, command: &Accept, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Accept, Side::Service, command, stamp, |facts, detail| {
            if command.planned_on.is_some_and(|day| day < local_date(stamp.at)) {
                return Err(FollowUpError::DayInThePast);
            }
            facts.refer(command.external_reference.as_ref());
            facts.planned_on = command.planned_on.or(facts.planned_on);
            facts.accepted_at.get_or_insert(stamp.at);
            facts.state = State::Accepted;
            detail.on = command.planned_on;
            Ok(None)
        })
    }

    /// Refuses the request.
    pub fn refuse(
        self,
        command: &Refuse,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Refuse, Side::Service, command, stamp, |facts, detail| {
            let Refuse { refusal_reason: reason, text } = command.clone();
            facts.end_round(calendar, stamp.at);
            facts.state = State::Refused(Refusal { reason, text });
            detail.refusal_reason = Some(reason);
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Asks the team something; the answer term stands still until the reply.
    pub fn ask_back(self, command: &Say, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::AskBack, Side::Service, command, stamp, |facts, _| {
            let resume = if facts.state == State::Accepted { Resume::Accepted } else { Resume::Received };
            facts.state = State::Waiting { resume };
            if let Some(round) = facts.rounds.last_mut() {
                round.pause(stamp.at);
            }
            Ok(Some(Message::words(&command.text)))
        })
    }

    /// Promises a day; the terms stay.
    pub fn promise(self, command: &Promise, stamp: &Stamp) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Promise, Side::Service, command, stamp, |facts, detail| {
            let Promise { promised_on, delay_reason } = *command;
            if promised_on < local_date(stamp.at) {
                return Err(FollowUpError::DayInThePast);
            }
            let after_term = facts.original_answer_due_at().is_some_and(|due| promised_on > local_date(due));
            if after_term && delay_reason.is_none() {
                return Err(FollowUpError::DelayReasonRequired);
            }
            facts.promises.push(GivenPromise { at: stamp.at, promised_on, delay_reason });
            detail.on = Some(promised_on);
            detail.delay_reason = delay_reason;
            Ok(Some(Message { text: None, promised_on: Some(promised_on), delay_reason }))
        })
    }

    /// Answers the request, as the service or as the team on its behalf.
    pub fn answer(
        self,
        command: &Answer,
        side: Side,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Answer, side, command, stamp, |facts, detail| {
            match (side, command.channel) {
                (Side::Team, None) => return Err(FollowUpError::ChannelRequired),
                (Side::Service, Some(_)) => return Err(FollowUpError::ChannelNotAllowed),
                (Side::Team, Some(_)) | (Side::Service, None) => {}
            }
            facts.acknowledge(stamp.at);
            facts.accepted_at.get_or_insert(stamp.at);
            facts.first_answered_at.get_or_insert(stamp.at);
            facts.last_answered_at = Some(stamp.at);
            facts.end_round(calendar, stamp.at);
            facts.answers.push(GivenAnswer {
                at: stamp.at,
                round: facts.round().map_or(1, |round| round.number),
                text: Some(command.text.clone()),
                outcome: Some(command.outcome),
                channel: command.channel,
            });
            facts.state = State::Answered;
            detail.outcome = Some(command.outcome);
            detail.channel = command.channel;
            Ok(None)
        })
    }

    /// Passes the request on: it ends here and lives on as `successor_id`, new or already open with that service.
    pub fn redirect(
        self,
        command: &Redirect,
        successor_id: FollowUpRequestId,
        side: Side,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Outcome, FollowUpError> {
        self.act(Verb::Redirect, side, command, stamp, |facts, detail| {
            if command.organisation_id == facts.organisation_id {
                return Err(FollowUpError::SameOrganisation);
            }
            let Redirect { organisation_id, text } = command.clone();
            let (successor_id, organisation_id) = (Some(successor_id), Some(organisation_id));
            facts.end_round(calendar, stamp.at);
            facts.state = State::Redirected(Redirection { successor_id, organisation_id, text: Some(text) });
            detail.successor_id = successor_id;
            detail.organisation_id = organisation_id;
            Ok(Some(Message::words(&command.text)))
        })
    }
}
