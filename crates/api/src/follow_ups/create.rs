//! Writing a request, and sending it at once when asked to.

use actix_web::post;
use domain::access::Operation;
use domain::follow_up::{Head, QuestionKind, Urgency};
use domain::id::{CaseId, DataSharingProtocolId, OrganisationId};
use persistence::cases::{self, Hold};
use persistence::follow_ups;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FollowUpRequest;
use super::ask::Asked;
use super::hands::Hands;
use super::viewing::Viewing;
use crate::call::Call;
use crate::cases::{goes_on, not_team};
use crate::codes::{QuestionKindCode, UrgencyCode};
use crate::endpoint;
use crate::endpoint::Endpoint as _;
use crate::input::Faults;
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A new request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "caseId": "019a9d3e-0000-7000-8000-0000000000c1",
    "organisationId": "019a9d3e-0000-7000-8000-000000000011",
    "questionKind": "cleanOrRepair",
    "urgency": "normal",
    "subject": "Sluikstort aan de glasbol",
    "question": "Graag het sluikstort opruimen en nagaan of de glasbol vaker geledigd kan worden.",
    "send": true
})))]
pub struct CreateBody {
    /// The case that the question is about.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// The service that is asked.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// What is asked, coded.
    #[schema(value_type = QuestionKindCode)]
    question_kind: QuestionKind,
    /// How soon it is needed.
    #[schema(value_type = UrgencyCode)]
    urgency: Urgency,
    /// The question in a few words.
    #[schema(min_length = 1, max_length = 200)]
    subject: String,
    /// The question.
    #[schema(min_length = 1, max_length = 10000)]
    question: String,
    /// Whether the texts hold personal data.
    #[serde(default)]
    #[schema(default = false)]
    carries_personal_data: bool,
    /// The data-sharing protocol under which it is sent; any that covers it when none is named.
    #[schema(value_type = Option<uuid::Uuid>)]
    data_sharing_protocol_id: Option<DataSharingProtocolId>,
    /// Whether it is sent at once; otherwise it stays a draft.
    #[serde(default)]
    #[schema(default = false)]
    send: bool,
}

impl CreateBody {
    fn parsed(&self) -> Result<Asked, Problem> {
        let mut faults = Faults::default();
        let subject = faults.text("subject", &self.subject);
        let question = faults.text("question", &self.question);
        let (subject, question) = faults.finish(subject.zip(question))?;
        Ok(Asked {
            organisation_id: self.organisation_id,
            question_kind: self.question_kind,
            urgency: self.urgency,
            subject,
            question,
            carries_personal_data: self.carries_personal_data,
            data_sharing_protocol_id: self.data_sharing_protocol_id,
            send: self.send,
        })
    }
}

endpoint!(
    /// Writes a follow-up request.
    pub CreateFollowUpRequest, body = CreateBody
);

/// Write a follow-up request.
///
/// A draft, or sent at once with `send`. One question of a kind to a service can be open on a case: a second one is 409. A
/// question that carries personal data is sent only under a data-sharing protocol that covers who asks, who is asked and the
/// category of the case.
#[utoipa::path(
    tag = "Follow-Up Requests",
    request_body = CreateBody,
    responses((status = 201, description = "The new request", body = FollowUpRequest))
)]
#[post("/followUpRequests")]
pub async fn create_follow_up_request(call: Call<CreateFollowUpRequest>) -> Result<Reply, Problem> {
    let asked = call.body.parsed()?;
    let case_id = call.body.case_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let hands = Hands::of(&principal);
    let (base_url, language) = (call.state.base_url.clone(), call.language);
    call.write(move |unit| {
        // Whoever ends the case at the same time waits, and meets the request then.
        cases::hold(unit, case_id, Hold::Still)?;
        let found = cases::find(unit.connection(), &sight, case_id)?;
        if let Some(case) = &found {
            let seat = principal.seat(Operation::CreateFollowUpRequest, case.team());
            unit.act_for(seat.ok_or_else(|| not_team(case, || Problem::not_found("caseId")))?);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
        }
        let mut faults = Faults::default();
        if found.is_none() {
            faults.add(Issue::new(Kind::ReferencedResourceNotFound, Place::Body, "caseId"));
        }
        asked.check_addressee("organisationId", unit, &mut faults);
        let case = faults.finish(found)?;
        goes_on(case.status, CreateFollowUpRequest::ID)?;
        let change = asked.write(unit, &case, None)?;
        let summary = follow_ups::CaseSummary::of(&case);
        let (now, reference) = (unit.now(), unit.reference);
        let viewing = Viewing { sight: &sight, hands: &hands, now, base_url: &base_url, reference, language };
        let view = viewing.view(&change.state, &summary);
        let location = format!("{base_url}/followUpRequests/{}", change.state.id);
        let reply = Reply::created(&view, location)?.tag(&viewing.tag(&Head::from(&*change.state), &summary));
        Ok::<_, Refusal>(reply.language(language))
    })
    .await
}
