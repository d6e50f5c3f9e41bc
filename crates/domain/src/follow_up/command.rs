//! What each verb is told: parsed values, no raw input.

use jiff::civil::Date;
use serde::Serialize;

use super::code::{AnswerOutcome, Channel, DelayReason, QuestionKind, RefusalReason, Urgency};
use crate::id::{
    CaseId, ConsultationId, DataSharingProtocolId, DecisionId, FollowUpRequestId, OrganisationId,
};
use crate::text::{Paragraph, Reference, Remark, Title};

/// Writes a new request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Create {
    /// The name that the new request gets.
    pub id: FollowUpRequestId,
    /// The consultation that asks: the one of the case.
    pub consultation_id: ConsultationId,
    /// The consultation that leads the case meanwhile.
    pub led_by: Option<ConsultationId>,
    /// The case that the question is about.
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
    /// The data-sharing protocol under which it is to be sent, when one was named.
    pub data_sharing_protocol_id: Option<DataSharingProtocolId>,
    /// The decision that it comes from.
    pub decision_id: Option<DecisionId>,
}

/// Changes a draft; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The service that is asked.
    pub organisation_id: Option<OrganisationId>,
    /// What is asked, coded.
    pub question_kind: Option<QuestionKind>,
    /// How soon it is needed.
    pub urgency: Option<Urgency>,
    /// The question in a few words.
    pub subject: Option<Title>,
    /// The question.
    pub question: Option<Paragraph>,
    /// Whether the texts hold personal data.
    pub carries_personal_data: Option<bool>,
    /// The data-sharing protocol under which it is to be sent.
    pub data_sharing_protocol_id: Option<DataSharingProtocolId>,
}

/// Corrects a question that was sent; the service sees both texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amend {
    /// The new subject.
    pub subject: Title,
    /// The new question.
    pub question: Paragraph,
    /// Why it is corrected.
    pub text: Remark,
}

/// Confirms receipt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Receive {
    /// The service's own reference.
    pub external_reference: Option<Reference>,
}

/// Takes the request on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Accept {
    /// The service's own reference.
    pub external_reference: Option<Reference>,
    /// The day on which the service plans to act.
    pub planned_on: Option<Date>,
}

/// Refuses the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refuse {
    /// Why, coded.
    pub refusal_reason: RefusalReason,
    /// Why, in words.
    pub text: Remark,
}

/// Passes the request on to another service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redirect {
    /// The service that should be asked instead.
    pub organisation_id: OrganisationId,
    /// Why.
    pub text: Remark,
}

/// A verb whose body is a text and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Say {
    /// What is said.
    pub text: Remark,
}

/// A verb whose body is a text that may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MaySay {
    /// What is said.
    pub text: Option<Remark>,
}

/// Promises a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// The day by which the service will have answered.
    pub promised_on: Date,
    /// Why it takes longer than the original term; required when it does.
    pub delay_reason: Option<DelayReason>,
}

/// Answers the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The answer.
    pub text: Paragraph,
    /// What was achieved.
    pub outcome: AnswerOutcome,
    /// How the answer reached the team; present exactly when the team records it on the service's behalf.
    pub channel: Option<Channel>,
}
