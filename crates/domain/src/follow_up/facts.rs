//! The facts of a follow-up request: what is kept, whatever happens later.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code::{
    AnswerOutcome, Channel, DelayReason, QuestionKind, RefusalReason, Side, Status, Urgency, Verb,
};
use super::command::Create;
use super::event::{Detail, Event, Message};
use super::round::Round;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{
    CaseId, ConsultationId, DataSharingProtocolId, DecisionId, FollowUpRequestId, OrganisationId,
};
use crate::text::{Paragraph, Reference, Remark, Title};

/// A state with the data that only this state has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Being written.
    Draft,
    /// Sent.
    Sent,
    /// Receipt confirmed.
    Received,
    /// Taken on.
    Accepted,
    /// The service asked something back.
    Waiting {
        /// The state that a reply leads back to.
        resume: Resume,
    },
    /// Answered; the answer is the last of `answers`.
    Answered,
    /// The answer is verified.
    Closed,
    /// Refused by the service.
    Refused(Refusal),
    /// Passed on.
    Redirected(Redirection),
    /// Taken back.
    Withdrawn,
}

impl State {
    /// Gives the state without its data.
    pub const fn status(&self) -> Status {
        match self {
            Self::Draft => Status::Draft,
            Self::Sent => Status::Sent,
            Self::Received => Status::Received,
            Self::Accepted => Status::Accepted,
            Self::Waiting { .. } => Status::Waiting,
            Self::Answered => Status::Answered,
            Self::Closed => Status::Closed,
            Self::Refused(_) => Status::Refused,
            Self::Redirected(_) => Status::Redirected,
            Self::Withdrawn => Status::Withdrawn,
        }
    }
}

/// The state that a waiting request returns to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Resume {
    /// It had been received, not accepted.
    Received,
    /// It had been accepted.
    Accepted,
}

/// Why and when the service refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// Why, coded.
    pub reason: RefusalReason,
    /// Why, in words.
    pub text: Remark,
}

/// Where the request went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirection {
    /// The request that follows; absent when it was passed on before it came into this system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor_id: Option<FollowUpRequestId>,
    /// The service that was asked instead; absent when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Remark>,
}

/// One answer of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GivenAnswer {
    /// When it was given, or recorded on the service's behalf.
    pub at: Timestamp,
    /// The round that it ends.
    pub round: u32,
    /// The answer; absent when it was given before it came into this system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Paragraph>,
    /// What was achieved; absent like the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AnswerOutcome>,
    /// How it came, when the team recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

/// A promised day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GivenPromise {
    /// When it was promised.
    pub at: Timestamp,
    /// The day.
    pub promised_on: Date,
    /// Why it lies after the original term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_reason: Option<DelayReason>,
}

/// The texts before an amendment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Amendment {
    /// When it was amended.
    pub at: Timestamp,
    /// The subject until then.
    pub subject: Title,
    /// The question until then.
    pub question: Paragraph,
    /// Why it was amended.
    pub text: Remark,
}

/// Where the request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// Written in this system.
    Own,
    /// Taken over from another system: sighting and receipt are unknown.
    Imported,
}

/// Everything that is known about a follow-up request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: FollowUpRequestId,
    /// The number of its changes.
    pub version: Version,
    /// The number of its events; reminders count here, not in the version.
    pub sequence: i64,
    /// The consultation that asks.
    pub consultation_id: ConsultationId,
    /// The consultation above that leads it meanwhile, because the case was handed over.
    pub led_by: Option<ConsultationId>,
    /// The case that it is about.
    pub case_id: CaseId,
    /// The service that is asked.
    pub organisation_id: OrganisationId,
    /// What is asked, coded.
    pub question_kind: QuestionKind,
    /// How soon it is needed.
    pub urgency: Urgency,
    /// The question in a few words.
    pub subject: Title,
    /// The question.
    pub question: Paragraph,
    /// Whether the texts hold personal data.
    pub carries_personal_data: bool,
    /// The data-sharing protocol under which it was sent, or is to be.
    pub data_sharing_protocol_id: Option<DataSharingProtocolId>,
    /// The decision that it comes from; also of the request that followed one that was passed on.
    pub decision_id: Option<DecisionId>,
    /// Its state.
    pub state: State,
    /// Where it came from.
    pub origin: Origin,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When a client of the service first saw it.
    pub first_seen_at: Option<Timestamp>,
    /// When the service confirmed receipt, or acted first.
    pub received_at: Option<Timestamp>,
    /// When the service took it on.
    pub accepted_at: Option<Timestamp>,
    /// The first answer.
    pub first_answered_at: Option<Timestamp>,
    /// The last answer.
    pub last_answered_at: Option<Timestamp>,
    /// The service's own reference.
    pub external_reference: Option<Reference>,
    /// The day on which the service plans to act.
    pub planned_on: Option<Date>,
    /// When the first request of the chain was sent.
    pub chain_started_at: Option<Timestamp>,
    /// The request that was passed on.
    pub redirected_from: Option<FollowUpRequestId>,
    /// The rounds, oldest first; empty for a draft.
    pub rounds: Vec<Round>,
    /// The answers, oldest first.
    pub answers: Vec<GivenAnswer>,
    /// The promises, oldest first.
    pub promises: Vec<GivenPromise>,
    /// The amendments, oldest first.
    pub amendments: Vec<Amendment>,
    /// How often the team or a rule reminded.
    pub reminder_count: u32,
    /// When the team or a rule reminded last.
    pub last_reminded_at: Option<Timestamp>,
    /// The instant at which the rules have to look at it: no step takes effect before; absent when none will.
    pub next_step_at: Option<Timestamp>,
    /// Who wrote it.
    pub created_by: Actor,
    /// The organisation that asked first, of a request that was passed on.
    pub asked_by: Option<OrganisationId>,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives the state without its data.
    pub const fn status(&self) -> Status {
        self.state.status()
    }

    /// Gives the current round; absent for a draft.
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// Gives the due instant of the receipt term of the current round.
    pub fn receipt_due_at(&self) -> Option<Timestamp> {
        self.round()?.receipt.as_ref()?.due_at
    }

    /// Gives the due instant of the answer term as fixed when the current round started.
    pub fn original_answer_due_at(&self) -> Option<Timestamp> {
        self.round()?.answer.original_due_at
    }

    /// Gives the effective due instant of the answer term; absent while waiting.
    pub fn answer_due_at(&self) -> Option<Timestamp> {
        self.round()?.answer.due_at
    }

    /// Gives the due instant after which the answer was, or still is, missing at `now`, in the current round.
    pub fn answer_breached_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.round()?.answer.breached_at(now)
    }

    /// Gives the due instant after which the receipt was, or still is, missing at `now`, in the current round.
    pub fn receipt_breached_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.round()?.receipt.as_ref()?.breached_at(now)
    }

    /// Gives the instant after which the request counts as late.
    pub fn late_from(&self) -> Option<Timestamp> {
        self.round()?.answer.late_from()
    }

    /// Gives the instant after which the request counts as seriously late.
    pub fn seriously_late_from(&self) -> Option<Timestamp> {
        self.round()?.answer.seriously_late_from()
    }

    /// Gives the instant after which the receipt counts as late.
    pub fn receipt_late_from(&self) -> Option<Timestamp> {
        self.round()?.receipt.as_ref()?.late_from()
    }

    /// Gives the last instant, `now` or later, until which what is said of the request holds by time alone: just after
    /// it the request becomes late, or seriously late, or its receipt does.
    pub fn next_due_at(&self, now: Timestamp) -> Option<Timestamp> {
        [self.receipt_late_from(), self.late_from(), self.seriously_late_from()]
            .into_iter()
            .flatten()
            .filter(|at| *at >= now)
            .min()
    }

    /// Tells whether the addressed service may see it: from its sending on, whatever happens later. A draft that was
    /// taken back never left the team.
    pub const fn is_visible_to_service(&self) -> bool {
        self.sent_at.is_some()
    }

    /// Tells whether the addressed service never saw it, as far as this system can know.
    pub fn is_never_seen(&self) -> bool {
        self.origin == Origin::Own
            && self.sent_at.is_some()
            && self.first_seen_at.is_none()
            && self.received_at.is_none()
    }
}

impl Facts {
    /// Gives the organisation in whose name it is asked, however often it was passed on.
    pub fn asking_organisation(&self) -> OrganisationId {
        self.asked_by.unwrap_or(self.created_by.organisation_id)
    }

    /// Gives what is known of a request before its first event.
    pub(super) fn new(command: Create, stamp: &Stamp) -> Self {
        Self {
            id: command.id,
            version: Version::FIRST,
            sequence: 0,
            consultation_id: command.consultation_id,
            led_by: command.led_by,
            case_id: command.case_id,
            organisation_id: command.organisation_id,
            question_kind: command.question_kind,
            urgency: command.urgency,
            subject: command.subject,
            question: command.question,
            carries_personal_data: command.carries_personal_data,
            data_sharing_protocol_id: command.data_sharing_protocol_id,
            decision_id: command.decision_id,
            state: State::Draft,
            origin: Origin::Own,
            created_at: stamp.at,
            updated_at: stamp.at,
            sent_at: None,
            first_seen_at: None,
            received_at: None,
            accepted_at: None,
            first_answered_at: None,
            last_answered_at: None,
            external_reference: None,
            planned_on: None,
            chain_started_at: None,
            redirected_from: None,
            rounds: Vec::new(),
            answers: Vec::new(),
            promises: Vec::new(),
            amendments: Vec::new(),
            reminder_count: 0,
            last_reminded_at: None,
            next_step_at: None,
            created_by: stamp.by.clone(),
            asked_by: None,
            done: DoneVerbs::default(),
        }
    }

    /// Gives the consultation whose team acts: its own, or the one above that leads meanwhile.
    pub fn team(&self) -> ConsultationId {
        self.led_by.unwrap_or(self.consultation_id)
    }

    /// Counts one more change.
    pub(super) fn touch(&mut self, at: Timestamp) {
        self.version = self.version.next();
        self.updated_at = at;
    }

    /// Counts one more event, which tells the state as it is now.
    pub(super) fn tell(
        &mut self,
        verb: Verb,
        side: Side,
        at: Timestamp,
        detail: Detail,
        message: Option<Message>,
    ) -> Event {
        self.sequence = self.sequence.saturating_add(1);
        Event { verb, side, at, detail: Detail { state: Some(self.status()), ..detail }, message }
    }

    /// Keeps the service's own reference when it gives one.
    pub(super) fn refer(&mut self, reference: Option<&Reference>) {
        if let Some(reference) = reference {
            self.external_reference = Some(reference.clone());
        }
    }
}
