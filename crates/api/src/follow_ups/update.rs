//! Editing a draft.

use actix_web::patch;
use domain::follow_up::{Edit, QuestionKind, Urgency};
use domain::id::{DataSharingProtocolId, OrganisationId};
use persistence::follow_ups;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{act, addressee, duplicate};
use super::{FollowUpRequest, RequestPath};
use crate::call::Call;
use crate::codes::{QuestionKindCode, UrgencyCode};
use crate::endpoint;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// A merge patch of a draft: what is absent stays; nothing of a request can be taken away.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"urgency": "urgent"})))]
pub struct FollowUpRequestEdit {
    /// The service that is asked.
    #[schema(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// What is asked, coded.
    #[schema(value_type = Option<QuestionKindCode>)]
    question_kind: Option<QuestionKind>,
    /// How soon it is needed.
    #[schema(value_type = Option<UrgencyCode>)]
    urgency: Option<Urgency>,
    /// The question in a few words.
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
    /// The question.
    #[schema(min_length = 1, max_length = 10000)]
    question: Option<String>,
    /// Whether the texts hold personal data.
    carries_personal_data: Option<bool>,
    /// The data-sharing protocol under which it is to be sent.
    #[schema(value_type = Option<uuid::Uuid>)]
    data_sharing_protocol_id: Option<DataSharingProtocolId>,
}

endpoint!(
    /// Edits a draft.
    pub UpdateFollowUpRequest, path = RequestPath, body = FollowUpRequestEdit
);

/// Edit a draft.
///
/// Only while it is a draft; a question that was sent is corrected with `amend`.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    request_body = FollowUpRequestEdit,
    responses((status = 200, description = "The request after it", body = FollowUpRequest))
)]
#[patch("/followUpRequests/{followUpRequestId}")]
pub async fn update_follow_up_request(call: Call<UpdateFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let subject = faults.optional_text("subject", call.body.subject.as_ref());
    let question = faults.optional_text("question", call.body.question.as_ref());
    let (subject, question) = faults.finish(subject.zip(question))?;
    let FollowUpRequestEdit {
        organisation_id,
        question_kind,
        urgency,
        carries_personal_data,
        data_sharing_protocol_id,
        ..
    } = call.body;
    let command = Edit {
        organisation_id,
        question_kind,
        urgency,
        subject,
        question,
        carries_personal_data,
        data_sharing_protocol_id,
    };
    act(call, move |request, scene| {
        if let Some(organisation_id) = command.organisation_id {
            addressee(scene.unit.reference, organisation_id, scene.unit.now(), "organisationId")
                .map_err(|issue| Problem::bad_request([issue]))?;
        }
        let addressed = command.organisation_id.unwrap_or(request.organisation_id);
        let kind = command.question_kind.unwrap_or(request.question_kind);
        let open = follow_ups::find_open(scene.unit.connection(), request.case_id, addressed, kind)?;
        if open.is_some_and(|open| open != request.id) {
            return Err(duplicate(open, kind).into());
        }
        Ok(request.edit(&command, &scene.unit.stamp())?)
    })
    .await
}
