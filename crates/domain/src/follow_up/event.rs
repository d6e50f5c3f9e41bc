//! What happened to a follow-up request: codes, ids and dates, no free text (that stands in messages and answers,
//! where it can be erased without touching history).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code::{AnswerOutcome, Channel, DelayReason, RefusalReason, Side, Status, Verb};
use crate::escalation_policy::{Effect, StepId};
use crate::id::{FollowUpRequestId, OrganisationId};
use crate::text::Remark;

/// One step in the life of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// The side that acted.
    pub side: Side,
    /// When it took effect.
    pub at: Timestamp,
    /// What a reader of the timeline is told beside the verb.
    pub detail: Detail,
    /// What was said with it, for the thread.
    pub message: Option<Message>,
}

/// The coded facts of a step; absent where they do not apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Detail {
    /// The state after the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Status>,
    /// The round that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// What the service achieved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<AnswerOutcome>,
    /// How an answer on behalf came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal_reason: Option<RefusalReason>,
    /// The promised or planned day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// Why a promise lies after the original term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_reason: Option<DelayReason>,
    /// The request that follows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor_id: Option<FollowUpRequestId>,
    /// The service that it was passed on to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// The step of a rule that took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// What that step does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// What is added to the thread of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What was said; absent for a promise or reminder without words.
    pub text: Option<Remark>,
    /// The promised day.
    pub promised_on: Option<Date>,
    /// Why it lies after the original term.
    pub delay_reason: Option<DelayReason>,
}

impl Message {
    /// A message that is only words.
    pub fn words(text: &Remark) -> Self {
        Self { text: Some(text.clone()), promised_on: None, delay_reason: None }
    }
}
