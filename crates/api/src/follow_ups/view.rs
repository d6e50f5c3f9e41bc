//! What readers see of a follow-up request: the team everything, the addressed service its own side.

use domain::change::Actor;
use domain::follow_up::{
    AnswerOutcome, Channel, DelayReason, QuestionKind, RefusalReason, Status, Urgency, Verb,
};
use domain::id::{
    CaseId, ConsultationId, DataSharingProtocolId, DecisionId, FollowUpRequestId, OrganisationId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{
    AnswerOutcomeCode, ChannelCode, DelayReasonCode, FollowUpRequestStateCode, FollowUpRequestVerbCode,
    LocationKindCode, QuestionKindCode, RefusalReasonCode, UrgencyCode,
};

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
    /// The data-sharing protocol under which it was sent, or is to be.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub data_sharing_protocol_id: Option<DataSharingProtocolId>,
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
    pub core: FollowUpRequestCore,
}

/// The whole request, for the team that asks.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamFollowUpRequest {
    #[serde(flatten)]
    pub core: FollowUpRequestCore,
    /// The case that it is about.
    #[schema(value_type = uuid::Uuid)]
    pub case_id: CaseId,
    /// The consultation above that leads the case meanwhile.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(super) led_by_id: Option<ConsultationId>,
    /// The decision that it comes from.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub decision_id: Option<DecisionId>,
    /// When a client of the service first saw it.
    pub first_seen_at: Option<Timestamp>,
    /// Whether the service never saw it.
    pub never_seen: bool,
    /// Whether it was taken over from another system.
    pub imported: bool,
    /// The request that was passed on and that this one follows.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub redirected_from_id: Option<FollowUpRequestId>,
    /// The rounds, oldest first.
    pub rounds: Vec<RoundView>,
    /// Who wrote it.
    pub created_by: ActorView,
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
