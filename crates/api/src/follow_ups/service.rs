//! What the addressed service does with a request.

use actix_web::post;
use domain::follow_up::{
    Accept, Answer, AnswerOutcome, Channel, DelayReason, Promise, Receive, Redirect, RefusalReason, Refuse,
    Say,
};
use domain::id::OrganisationId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{act, addressee, refused};
use super::redirect::redirect;
use super::team::TextBody;
use super::{FollowUpRequest, RequestPath};
use crate::call::Call;
use crate::codes::{AnswerOutcomeCode, ChannelCode, DelayReasonCode, RefusalReasonCode};
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// A confirmation of receipt.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"externalReference": "WO-2026-118"})))]
pub struct ReceiveBody {
    /// The service's own reference.
    #[schema(min_length = 1, max_length = 100)]
    external_reference: Option<String>,
}

/// An acceptance.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"externalReference": "WO-2026-118"})))]
pub struct AcceptBody {
    /// The service's own reference.
    #[schema(min_length = 1, max_length = 100)]
    external_reference: Option<String>,
    /// The day on which the service plans to act; not in the past.
    planned_on: Option<Date>,
}

/// A refusal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"refusalReason": "notCompetent", "text": "Dit is een gewestweg."})))]
pub struct RefuseBody {
    /// Why, coded.
    #[schema(value_type = RefusalReasonCode)]
    refusal_reason: RefusalReason,
    /// Why, in words.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// A handing over to another service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"organisationId": "019a9d3e-0000-7000-8000-000000000012", "text": "De straatlampen zijn van de netbeheerder."})))]
pub struct RedirectBody {
    /// The service that should be asked instead.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// A promise.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"promisedOn": "2099-03-02", "delayReason": "procurement"})))]
pub struct PromiseBody {
    /// The day by which the service will have answered; not in the past.
    promised_on: Date,
    /// Why it takes longer than the original term; required when it does.
    #[schema(value_type = Option<DelayReasonCode>)]
    delay_reason: Option<DelayReason>,
}

/// An answer.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"outcome": "done", "text": "Sluikstort opgeruimd, extra ronde op donderdag."})))]
pub struct AnswerBody {
    /// What was achieved.
    #[schema(value_type = AnswerOutcomeCode)]
    outcome: AnswerOutcome,
    /// The answer.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
    /// How it came: only, and always, when the team records it on the service's behalf.
    #[schema(value_type = Option<ChannelCode>)]
    channel: Option<Channel>,
}

endpoint!(
    /// Confirm receipt.
    pub ReceiveFollowUpRequest, path = RequestPath, body = ReceiveBody
);

/// Confirm receipt.
///
/// From `sent` to `received`; ends the receipt term.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = ReceiveBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/receive")]
pub async fn receive_follow_up_request(call: Call<ReceiveFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let external_reference = faults.optional_text("externalReference", call.body.external_reference.as_ref());
    let command =
        faults.finish(external_reference.map(|external_reference| Receive { external_reference }))?;
    act(call, move |request, scene| Ok(request.receive(&command, &scene.unit.stamp())?)).await
}

endpoint!(
    /// Take a request on.
    pub AcceptFollowUpRequest, path = RequestPath, body = AcceptBody
);

/// Take a request on.
///
/// From `sent` or `received` to `accepted`.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = AcceptBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/accept")]
pub async fn accept_follow_up_request(call: Call<AcceptFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let external_reference = faults.optional_text("externalReference", call.body.external_reference.as_ref());
    let planned_on = call.body.planned_on;
    let command = faults
        .finish(external_reference.map(|external_reference| Accept { external_reference, planned_on }))?;
    act(call, move |request, scene| {
        request.accept(&command, &scene.unit.stamp()).map_err(refused("plannedOn"))
    })
    .await
}

endpoint!(
    /// Refuse a request.
    pub RefuseFollowUpRequest, path = RequestPath, body = RefuseBody
);

/// Refuse a request.
///
/// From any open state to `refused`; the team may ask again.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = RefuseBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/refuse")]
pub async fn refuse_follow_up_request(call: Call<RefuseFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let refusal_reason = call.body.refusal_reason;
    let command = faults.finish(text.map(|text| Refuse { refusal_reason, text }))?;
    act(call, move |request, scene| {
        let calendar = scene.calendar(&request);
        Ok(request.refuse(&command, &calendar, &scene.unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Pass a request on to another service.
    pub RedirectFollowUpRequest, path = RequestPath, body = RedirectBody
);

/// Pass a request on to another service.
///
/// Ends it as `redirected` and sends a linked one whose terms start anew; one that is open there already is linked to instead.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = RedirectBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/redirect")]
pub async fn redirect_follow_up_request(call: Call<RedirectFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let organisation_id = call.body.organisation_id;
    let command = faults.finish(text.map(|text| Redirect { organisation_id, text }))?;
    act(call, move |request, scene| {
        addressee(scene.unit.reference, organisation_id, scene.unit.now(), "organisationId")
            .map_err(|issue| Problem::bad_request([issue]))?;
        redirect(request, &command, scene)
    })
    .await
}

endpoint!(
    /// Ask the team something.
    pub AskBackFollowUpRequest, path = RequestPath, body = TextBody
);

/// Ask the team something.
///
/// From `sent`, `received` or `accepted` to `waiting`; the answer term stands still until the reply.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = TextBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/askBack")]
pub async fn ask_back_follow_up_request(call: Call<AskBackFollowUpRequest>) -> Result<Reply, Problem> {
    let command = Say { text: call.body.parsed()? };
    act(call, move |request, scene| Ok(request.ask_back(&command, &scene.unit.stamp())?)).await
}

endpoint!(
    /// Promise a day.
    pub PromiseFollowUpRequest, path = RequestPath, body = PromiseBody
);

/// Promise a day.
///
/// The state and the terms stay; a day after the original term needs a reason.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = PromiseBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/promise")]
pub async fn promise_follow_up_request(call: Call<PromiseFollowUpRequest>) -> Result<Reply, Problem> {
    let command = Promise { promised_on: call.body.promised_on, delay_reason: call.body.delay_reason };
    act(call, move |request, scene| {
        request.promise(&command, &scene.unit.stamp()).map_err(refused("promisedOn"))
    })
    .await
}

endpoint!(
    /// Answer a request.
    pub AnswerFollowUpRequest, path = RequestPath, body = AnswerBody
);

/// Answer a request.
///
/// From any open state to `answered`. The team may record an answer on the service's behalf and then tells the `channel`.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = AnswerBody,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[post("/followUpRequests/{followUpRequestId}/answer")]
pub async fn answer_follow_up_request(call: Call<AnswerFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let AnswerBody { outcome, channel, .. } = call.body;
    let command = faults.finish(text.map(|text| Answer { text, outcome, channel }))?;
    act(call, move |request, scene| {
        let calendar = scene.calendar(&request);
        Ok(request.answer(&command, scene.acting.side, &calendar, &scene.unit.stamp())?)
    })
    .await
}
