//! What readers see of a follow-up request: the team everything, the addressed service its own side.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::access::Sight;
use domain::calendar::{Pause, WorkingDays};
use domain::change::Actor;
use domain::follow_up::{
    self, AnswerOutcome, Channel, DelayReason, QuestionKind, RefusalReason, Side, State, Status, TermFacts,
    Urgency, Verb, allowed,
};
use domain::id::{CaseId, ConsultationId, FollowUpRequestId, OrganisationId};
use domain::place::LocationKind;
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::ReferenceData;
use persistence::follow_ups::CaseSummary;
use serde::Serialize;
use utoipa::ToSchema;

use super::contact;
use super::hands::Hands;
use crate::codes::{
    AnswerOutcomeCode, ChannelCode, DelayReasonCode, FollowUpRequestStateCode, FollowUpRequestVerbCode,
    LocationKindCode, QuestionKindCode, RefusalReasonCode, UrgencyCode,
};
use crate::etag::EntityTag;
use crate::language::Language;

/// A follow-up request as its reader sees it: `view` tells which side that is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum FollowUpRequest {
    /// The whole request, for the team that asks.
    Team(Box<TeamFollowUpRequest>),
    /// The side of the addressed service.
    Service(Box<ServiceFollowUpRequest>),
}

/// What both sides see.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowUpRequestCore {
    /// Its address.
    #[schema(format = "uri")]
    pub href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    pub id: FollowUpRequestId,
    /// The number of its changes.
    pub version: i64,
    /// What `If-Match` takes.
    pub etag: String,
    /// Its state.
    #[schema(value_type = FollowUpRequestStateCode)]
    pub state: Status,
    /// What this reader can do with it now.
    #[schema(value_type = Vec<FollowUpRequestVerbCode>)]
    pub allowed_verbs: Vec<Verb>,
    /// The consultation that asks.
    #[schema(value_type = uuid::Uuid)]
    pub consultation_id: ConsultationId,
    /// The function to turn to in the team; no name of a person.
    pub contact_function: Option<String>,
    /// The service that is asked.
    #[schema(value_type = uuid::Uuid)]
    pub organisation_id: OrganisationId,
    /// What is asked, coded.
    #[schema(value_type = QuestionKindCode)]
    pub question_kind: QuestionKind,
    /// How soon it is needed.
    #[schema(value_type = UrgencyCode)]
    pub urgency: Urgency,
    /// The question in a few words.
    pub subject: String,
    /// The question.
    pub question: String,
    /// Whether the texts hold personal data.
    pub carries_personal_data: bool,
    /// The category of the nuisance.
    pub category: String,
    /// Where it is.
    pub place: RequestPlace,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When the service confirmed receipt, or acted first.
    pub received_at: Option<Timestamp>,
    /// When the service took it on.
    pub accepted_at: Option<Timestamp>,
    /// The first answer.
    pub first_answered_at: Option<Timestamp>,
    /// The last answer.
    pub answered_at: Option<Timestamp>,
    /// The round: 1, and one more for each reopening; absent for a draft.
    pub round: Option<u32>,
    /// Until when receipt is to be confirmed.
    pub receipt_due_at: Option<Timestamp>,
    /// Until when it was to be answered, as fixed at the start of the round.
    pub original_answer_due_at: Option<Timestamp>,
    /// Until when it is to be answered; absent while waiting for the team.
    pub answer_due_at: Option<Timestamp>,
    /// The due date of the receipt that was exceeded.
    pub receipt_breached_at: Option<Timestamp>,
    /// The due date of the answer that was exceeded.
    pub answer_breached_at: Option<Timestamp>,
    /// Whether the answer is, or was, late.
    pub late: bool,
    /// Whether it is, or was, later than three times its term.
    pub seriously_late: bool,
    /// The service's own reference.
    pub external_reference: Option<String>,
    /// The day on which the service plans to act.
    pub planned_on: Option<Date>,
    /// The promised days, oldest first.
    pub promises: Vec<PromiseView>,
    /// The texts before each amendment, oldest first.
    pub amendments: Vec<AmendmentView>,
    /// The answers, oldest first.
    pub answers: Vec<AnswerView>,
    /// Why it was refused.
    pub refusal: Option<RefusalView>,
    /// Where it was passed on to.
    pub redirection: Option<RedirectionView>,
    /// When the first request of a chain of redirections was sent.
    pub chain_started_at: Option<Timestamp>,
    /// How often the team reminded.
    pub reminder_count: u32,
    /// When it reminded last.
    pub last_reminded_at: Option<Timestamp>,
}

/// The side of the addressed service.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceFollowUpRequest {
    #[serde(flatten)]
    core: FollowUpRequestCore,
}

/// The whole request, for the team that asks.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamFollowUpRequest {
    #[serde(flatten)]
    core: FollowUpRequestCore,
    /// The case that it is about.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// When a client of the service first saw it.
    first_seen_at: Option<Timestamp>,
    /// Whether the service never saw it.
    never_seen: bool,
    /// Whether it was taken over from another system.
    imported: bool,
    /// The request that was passed on and that this one follows.
    #[schema(value_type = Option<uuid::Uuid>)]
    redirected_from_id: Option<FollowUpRequestId>,
    /// The rounds, oldest first.
    rounds: Vec<RoundView>,
    /// Who wrote it.
    created_by: ActorView,
}

/// Where the nuisance is.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestPlace {
    /// What kind of place it is.
    #[schema(value_type = LocationKindCode)]
    pub kind: String,
    /// The address or a description of the place.
    pub address: Option<String>,
    /// The address in the Flemish address register.
    #[schema(format = "uri")]
    pub address_uri: Option<String>,
    /// The point, WGS 84.
    pub point: Option<PointView>,
    /// The statistical sector.
    pub sector: Option<String>,
}

/// A point, WGS 84, in degrees.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct PointView {
    /// The longitude.
    pub longitude: f64,
    /// The latitude.
    pub latitude: f64,
}

/// A promised day.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromiseView {
    /// When it was promised.
    pub at: Timestamp,
    /// The day.
    pub promised_on: Date,
    /// Why it lies after the original term.
    #[schema(value_type = Option<DelayReasonCode>)]
    pub delay_reason: Option<DelayReason>,
}

/// The texts before an amendment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AmendmentView {
    /// When it was amended.
    pub at: Timestamp,
    /// The subject until then.
    pub subject: String,
    /// The question until then.
    pub question: String,
    /// Why it was amended.
    pub text: String,
}

/// An answer.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerView {
    /// When it was given.
    pub at: Timestamp,
    /// The round that it ended.
    pub round: u32,
    /// The answer; absent when it was given before it came into this system.
    pub text: Option<String>,
    /// What was achieved; absent like the text.
    #[schema(value_type = Option<AnswerOutcomeCode>)]
    pub outcome: Option<AnswerOutcome>,
    /// How it came, when the team recorded it on the service's behalf.
    #[schema(value_type = Option<ChannelCode>)]
    pub channel: Option<Channel>,
}

/// A refusal.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusalView {
    /// Why, coded.
    #[schema(value_type = RefusalReasonCode)]
    pub refusal_reason: RefusalReason,
    /// Why, in words.
    pub text: String,
}

/// Where a request was passed on to.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedirectionView {
    /// The service that was asked instead.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub organisation_id: Option<OrganisationId>,
    /// Its name.
    pub organisation_name: Option<String>,
    /// The request that follows; only for the team.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub follow_up_request_id: Option<FollowUpRequestId>,
    /// Why, in words.
    pub text: Option<String>,
}

/// One round: from sending or reopening to an answer or another end.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundView {
    /// 1 for the first.
    pub number: u32,
    /// When its terms started.
    pub started_at: Timestamp,
    /// The receipt term; absent in a round of an accepted request.
    pub receipt: Option<TermView>,
    /// The answer term.
    pub answer: TermView,
    /// When the request waited for the team.
    pub pauses: Vec<PauseView>,
}

/// One term of a round.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TermView {
    /// Its length; absent when the due date was given.
    pub working_days: Option<u32>,
    /// The due date as fixed at the start.
    pub original_due_at: Option<Timestamp>,
    /// The effective due date; absent while waiting.
    pub due_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The due date that was exceeded.
    pub breached_at: Option<Timestamp>,
}

/// A time in which the request waited for the team.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PauseView {
    /// Its begin.
    pub from: Timestamp,
    /// Its end; absent while it lasts.
    pub until: Option<Timestamp>,
}

/// Who acted.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActorView {
    /// The client application.
    #[schema(value_type = uuid::Uuid)]
    pub client_id: domain::id::ClientId,
    /// The user that the token named.
    pub user: Option<String>,
    /// The organisation in whose name it acted.
    #[schema(value_type = uuid::Uuid)]
    pub organisation_id: OrganisationId,
}

impl From<&Actor> for ActorView {
    fn from(actor: &Actor) -> Self {
        Self { client_id: actor.client_id, user: actor.user.clone(), organisation_id: actor.organisation_id }
    }
}

/// What a view depends on beside the request.
#[derive(Clone, Copy)]
pub struct Viewing<'a> {
    /// The records that the reader may touch.
    pub sight: &'a Sight,
    /// The records that it can do something with.
    pub hands: &'a Hands,
    /// The moment.
    pub now: Timestamp,
    /// The address of the API.
    pub base_url: &'a str,
    /// The reference data.
    pub reference: &'a ReferenceData,
    /// The language of names.
    pub language: Language,
}

/// Tells on which side of a request a reader stands: whoever may see the team's side does.
pub(super) fn side(sight: &Sight, request: &follow_up::Facts) -> Side {
    if sight.everything || sight.consultations.contains(&request.consultation_id) {
        Side::Team
    } else {
        Side::Service
    }
}

impl Viewing<'_> {
    /// Gives the entity tag of a request as the reader sees it.
    ///
    /// A sighting is not part of the service's view; reminders, the case's place and category, lateness, the language, the
    /// names that it shows and what the reader can do are.
    pub fn tag(&self, request: &follow_up::Facts, case: &CaseSummary) -> EntityTag {
        let late = [request.late_from(), request.seriously_late_from(), request.receipt_late_from()]
            .map(|from| from.is_some_and(|from| self.now > from));
        let late: String = late.iter().map(|late| if *late { '1' } else { '0' }).collect();
        let (sequence, case_version) = (request.sequence, case.version);
        let around = self.surroundings(request);
        match side(self.sight, request) {
            Side::Service => EntityTag::document(
                request.version,
                format_args!("s{sequence}.{case_version}.{late}.{around:x}"),
            ),
            Side::Team => {
                let seen = request.first_seen_at.map_or(0, Timestamp::as_microsecond);
                EntityTag::document(
                    request.version,
                    format_args!("t{sequence}.{case_version}.{late}.{around:x}.{seen:x}"),
                )
            }
        }
    }

    /// Gives a fingerprint of what the view takes from the reference data, of the language and of what the reader can do; it differs from one build
    /// of the program to another at most.
    fn surroundings(&self, request: &follow_up::Facts) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.language.code().hash(&mut hasher);
        self.hands.sides(request).hash(&mut hasher);
        contact::function(self.reference, request).hash(&mut hasher);
        if let State::Redirected(redirection) = &request.state {
            self.name(redirection).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn name(&self, redirection: &follow_up::Redirection) -> Option<&str> {
        let organisation = self.reference.organisation(redirection.organisation_id?)?;
        Some(organisation.name.pick(self.language))
    }

    /// Makes the reader's view of a request.
    pub fn view(&self, request: &follow_up::Facts, case: &CaseSummary) -> FollowUpRequest {
        let side = side(self.sight, request);
        let core = self.core(request, case, side);
        match side {
            Side::Service => FollowUpRequest::Service(Box::new(ServiceFollowUpRequest { core })),
            Side::Team => FollowUpRequest::Team(Box::new(TeamFollowUpRequest {
                core,
                case_id: request.case_id,
                first_seen_at: request.first_seen_at,
                never_seen: request.is_never_seen(),
                imported: request.origin == follow_up::Origin::Imported,
                redirected_from_id: request.redirected_from,
                rounds: request.rounds.iter().map(|round| self.round(round)).collect(),
                created_by: (&request.created_by).into(),
            })),
        }
    }

    fn core(&self, request: &follow_up::Facts, case: &CaseSummary, side: Side) -> FollowUpRequestCore {
        FollowUpRequestCore {
            href: format!("{}/followUpRequests/{}", self.base_url, request.id),
            id: request.id,
            version: request.version.0,
            etag: self.tag(request, case).as_str().to_owned(),
            state: request.status(),
            allowed_verbs: self.verbs(request, case),
            consultation_id: request.consultation_id,
            contact_function: contact::function(self.reference, request).map(str::to_owned),
            organisation_id: request.organisation_id,
            question_kind: request.question_kind,
            urgency: request.urgency,
            subject: request.subject.to_string(),
            question: request.question.to_string(),
            carries_personal_data: request.carries_personal_data,
            category: case.category.clone(),
            place: place(case),
            created_at: request.created_at,
            updated_at: request.updated_at,
            sent_at: request.sent_at,
            received_at: request.received_at,
            accepted_at: request.accepted_at,
            first_answered_at: request.first_answered_at,
            answered_at: request.last_answered_at,
            round: request.round().map(|round| round.number),
            receipt_due_at: request.receipt_due_at(),
            original_answer_due_at: request.original_answer_due_at(),
            answer_due_at: request.answer_due_at(),
            receipt_breached_at: request.receipt_breached_at(self.now),
            answer_breached_at: request.answer_breached_at(self.now),
            late: request.late_from().is_some_and(|from| self.now > from),
            seriously_late: request.seriously_late_from().is_some_and(|from| self.now > from),
            external_reference: request.external_reference.as_ref().map(ToString::to_string),
            planned_on: request.planned_on,
            promises: request.promises.iter().map(promise).collect(),
            amendments: request.amendments.iter().map(amendment).collect(),
            answers: request.answers.iter().map(answer).collect(),
            refusal: match &request.state {
                State::Refused(refusal) => {
                    Some(RefusalView { refusal_reason: refusal.reason, text: refusal.text.to_string() })
                }
                _ => None,
            },
            redirection: self.redirection(&request.state, side),
            chain_started_at: request.chain_started_at,
            reminder_count: request.reminder_count,
            last_reminded_at: request.last_reminded_at,
        }
    }

    /// Gives what the reader can do with a request now; on a case that has ended, nothing is asked again.
    fn verbs(&self, request: &follow_up::Facts, case: &CaseSummary) -> Vec<Verb> {
        let mut verbs = allowed(request.status(), self.hands.sides(request));
        verbs.retain(|verb| case.goes_on || *verb != Verb::Reopen);
        verbs
    }

    fn redirection(&self, state: &State, side: Side) -> Option<RedirectionView> {
        let State::Redirected(redirection) = state else { return None };
        Some(RedirectionView {
            organisation_id: redirection.organisation_id,
            organisation_name: self.name(redirection).map(str::to_owned),
            follow_up_request_id: redirection.successor_id.filter(|_| side == Side::Team),
            text: redirection.text.as_ref().map(ToString::to_string),
        })
    }

    fn round(&self, round: &follow_up::Round) -> RoundView {
        RoundView {
            number: round.number,
            started_at: round.started_at,
            receipt: round.receipt.as_ref().map(|term| self.term(term)),
            answer: self.term(&round.answer),
            pauses: round
                .pauses
                .iter()
                .map(|Pause { from, until }| PauseView { from: *from, until: *until })
                .collect(),
        }
    }

    fn term(&self, term: &TermFacts) -> TermView {
        TermView {
            working_days: term.working_days.map(WorkingDays::get),
            original_due_at: term.original_due_at,
            due_at: term.due_at,
            ended_at: term.ended_at,
            breached_at: term.breached_at(self.now),
        }
    }
}

fn place(case: &CaseSummary) -> RequestPlace {
    RequestPlace {
        kind: LocationKind::from_code(&case.location_kind).unwrap_or(LocationKind::Unknown).code().to_owned(),
        address: case.address.clone(),
        address_uri: case.address_uri.clone(),
        point: case
            .longitude
            .zip(case.latitude)
            .map(|(longitude, latitude)| PointView { longitude, latitude }),
        sector: case.sector.clone(),
    }
}

fn promise(promise: &follow_up::GivenPromise) -> PromiseView {
    PromiseView { at: promise.at, promised_on: promise.promised_on, delay_reason: promise.delay_reason }
}

fn amendment(amendment: &follow_up::Amendment) -> AmendmentView {
    AmendmentView {
        at: amendment.at,
        subject: amendment.subject.to_string(),
        question: amendment.question.to_string(),
        text: amendment.text.to_string(),
    }
}

fn answer(answer: &follow_up::GivenAnswer) -> AnswerView {
    AnswerView {
        at: answer.at,
        round: answer.round,
        text: answer.text.as_ref().map(ToString::to_string),
        outcome: answer.outcome,
        channel: answer.channel,
    }
}
