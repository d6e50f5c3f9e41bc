//! What the team that asks does with a request.

use actix_web::post;
use domain::change::Outcome;
use domain::follow_up::{Amend, MaySay, Say, Verb};
use domain::text::Remark;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::{FollowUpRequest, RequestPath};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// Nothing to say.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct EmptyBody {}

/// Something to say.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Het gaat om de hoek met het speelplein."})))]
pub struct TextBody {
    /// What is said.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

impl TextBody {
    pub(super) fn parsed(&self) -> Result<Remark, Problem> {
        let mut faults = Faults::default();
        let text = faults.text("text", &self.text);
        faults.finish(text)
    }
}

/// Something to say, or nothing.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Ter plaatse gecontroleerd: in orde."})))]
pub struct OptionalTextBody {
    /// What is said.
    #[schema(min_length = 1, max_length = 2000)]
    text: Option<String>,
}

impl OptionalTextBody {
    fn parsed(&self) -> Result<MaySay, Problem> {
        let mut faults = Faults::default();
        let text = faults.optional_text("text", self.text.as_ref());
        faults.finish(text.map(|text| MaySay { text }))
    }
}

/// A corrected question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"subject": "Sluikstort Dendermondsesteenweg", "question": "Graag opruimen aan huisnummer 12, niet 21.", "text": "Verkeerd huisnummer."})))]
pub struct AmendBody {
    /// The new subject.
    #[schema(min_length = 1, max_length = 200)]
    subject: String,
    /// The new question.
    #[schema(min_length = 1, max_length = 10000)]
    question: String,
    /// Why it is corrected.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

endpoint!(
    /// Send a draft.
    pub SendFollowUpRequest, path = RequestPath, body = EmptyBody
);

/// Send a draft.
///
/// From `draft` to `sent`; both terms start.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = EmptyBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/send")]
pub async fn send_follow_up_request(call: Call<SendFollowUpRequest>) -> Result<Reply, Problem> {
    act(call, |request, scene| {
        let stamp = scene.unit.stamp();
        let (recipient, wanted) = (request.organisation_id, request.data_sharing_protocol_id);
        // Whether it can be sent at all comes first.
        let outcome = request.clone().send(&scene.clockwork(&request, recipient)?, &stamp)?;
        if matches!(outcome, Outcome::Unchanged(_)) {
            return Ok(outcome);
        }
        let clockwork = scene.sending(&request, stamp.by.organisation_id, recipient, wanted)?;
        scene.can_be_asked(&request, Verb::Send)?;
        Ok(request.send(&clockwork, &stamp)?)
    })
    .await
}

endpoint!(
    /// Correct a question that was sent.
    pub AmendFollowUpRequest, path = RequestPath, body = AmendBody
);

/// Correct a question that was sent.
///
/// The state and the terms stay; the service sees both texts.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = AmendBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/amend")]
pub async fn amend_follow_up_request(call: Call<AmendFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let subject = faults.text("subject", &call.body.subject);
    let question = faults.text("question", &call.body.question);
    let text = faults.text("text", &call.body.text);
    let command = subject.zip(question).zip(text);
    let command =
        faults.finish(command.map(|((subject, question), text)| Amend { subject, question, text }))?;
    act(call, move |request, scene| Ok(request.amend(&command, &scene.unit.stamp())?)).await
}

endpoint!(
    /// Reply to the service.
    pub ReplyToFollowUpRequest, path = RequestPath, body = TextBody
);

/// Reply to the service.
///
/// From `waiting` to the state before; the answer term runs on.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = TextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/reply")]
pub async fn reply_to_follow_up_request(call: Call<ReplyToFollowUpRequest>) -> Result<Reply, Problem> {
    let command = Say { text: call.body.parsed()? };
    act(call, move |request, scene| {
        let calendar = scene.calendar(&request);
        Ok(request.reply(&command, &calendar, &scene.unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Confirm that the answer holds.
    pub VerifyFollowUpRequest, path = RequestPath, body = OptionalTextBody
);

/// Confirm that the answer holds.
///
/// From `answered` to `closed`.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = OptionalTextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/verify")]
pub async fn verify_follow_up_request(call: Call<VerifyFollowUpRequest>) -> Result<Reply, Problem> {
    let command = call.body.parsed()?;
    act(call, move |request, scene| Ok(request.verify(&command, &scene.unit.stamp())?)).await
}

endpoint!(
    /// Ask again.
    pub ReopenFollowUpRequest, path = RequestPath, body = TextBody
);

/// Ask again.
///
/// From `answered` or `closed` to `accepted`, from `refused` to `sent`: a new round with new terms; the facts of the earlier
/// ones stay. Not when the case has ended, or when the service has the same question open already.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = TextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/reopen")]
pub async fn reopen_follow_up_request(call: Call<ReopenFollowUpRequest>) -> Result<Reply, Problem> {
    let command = Say { text: call.body.parsed()? };
    act(call, move |request, scene| {
        let clockwork = scene.clockwork(&request, request.organisation_id)?;
        let outcome = request.clone().reopen(&command, &clockwork, &scene.unit.stamp())?;
        if matches!(outcome, Outcome::Changed(_)) {
            scene.can_be_asked(&request, Verb::Reopen)?;
            scene.can_be_open(&request, Verb::Reopen)?;
        }
        Ok(outcome)
    })
    .await
}

endpoint!(
    /// Take a request back.
    pub WithdrawFollowUpRequest, path = RequestPath, body = TextBody
);

/// Take a request back.
///
/// From any open state to `withdrawn`.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = TextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/withdraw")]
pub async fn withdraw_follow_up_request(call: Call<WithdrawFollowUpRequest>) -> Result<Reply, Problem> {
    let command = Say { text: call.body.parsed()? };
    act(call, move |request, scene| {
        let calendar = scene.calendar(&request);
        Ok(request.withdraw(&command, &calendar, &scene.unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Remind the service.
    pub RemindFollowUpRequest, path = RequestPath, body = OptionalTextBody
);

/// Remind the service.
///
/// Counts each time; neither the version nor the terms change, but the service sees it and its `ETag` changes.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = OptionalTextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/remind")]
pub async fn remind_follow_up_request(call: Call<RemindFollowUpRequest>) -> Result<Reply, Problem> {
    let command = call.body.parsed()?;
    act(call, move |request, scene| {
        let stamp = scene.unit.stamp();
        Ok(Outcome::Changed(request.remind(&command, &stamp)?))
    })
    .await
}

endpoint!(
    /// Compute the terms anew.
    pub RecalculateFollowUpRequest, path = RequestPath, body = TextBody
);

/// Compute the terms anew.
///
/// With the closure days that are known now; a breach stays.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = TextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/recalculate")]
pub async fn recalculate_follow_up_request(call: Call<RecalculateFollowUpRequest>) -> Result<Reply, Problem> {
    let command = Say { text: call.body.parsed()? };
    act(call, move |request, scene| {
        let calendar = scene.unit.reference.calendar(request.organisation_id, scene.unit.now());
        Ok(request.recalculate(&command, &calendar, &scene.unit.stamp())?)
    })
    .await
}
