//! Writing a request, and sending it at once when asked to.

use actix_web::post;
use domain::access::Operation;
use domain::case;
use domain::follow_up::{Create, FollowUpRequest as Request, QuestionKind, Urgency};
use domain::id::{CaseId, OrganisationId};
use persistence::cases::{self, Hold};
use persistence::follow_ups;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FollowUpRequest;
use super::act::{Question, addressee, duplicate};
use super::hands::Hands;
use super::viewing::Viewing;
use crate::call::Call;
use crate::codes::{QuestionKindCode, UrgencyCode};
use crate::endpoint;
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
    /// Whether it is sent at once; otherwise it stays a draft.
    #[serde(default)]
    #[schema(default = false)]
    send: bool,
}

endpoint!(
    /// Writes a follow-up request.
    pub CreateFollowUpRequest, body = CreateBody
);

/// Write a follow-up request.
///
/// A draft, or sent at once with `send`. One question of a kind to a service can be open on a case: a second one is 409.
#[utoipa::path(
    tag = "Follow-Up Requests",
    request_body = CreateBody,
    responses((status = 201, description = "The new request", body = FollowUpRequest))
)]
#[post("/followUpRequests")]
pub async fn create_follow_up_request(call: Call<CreateFollowUpRequest>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let subject = faults.text("subject", &call.body.subject);
    let question = faults.text("question", &call.body.question);
    let (subject, question) = faults.finish(subject.zip(question))?;
    let CreateBody { case_id, organisation_id, question_kind, urgency, carries_personal_data, send, .. } =
        call.body;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let hands = Hands::of(&principal);
    let (base_url, language) = (call.state.base_url.clone(), call.language);
    call.write(move |unit| {
        // Whoever ends the case at the same time waits, and meets the request then.
        cases::hold(unit, case_id, Hold::Still)?;
        let found = cases::find(unit.connection(), &sight, case_id)?;
        if let Some(case) = &found {
            let seat = principal.seat(Operation::CreateFollowUpRequest, case.consultation_id);
            unit.act_for(seat.ok_or_else(|| Problem::not_found("caseId"))?);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
        }
        let mut faults = Faults::default();
        if found.is_none() {
            faults.add(Issue::new(Kind::ReferencedResourceNotFound, Place::Body, "caseId"));
        }
        if let Err(issue) = addressee(unit.reference, organisation_id, unit.now()) {
            faults.add(issue);
        }
        let case = faults.finish(found)?;
        if case::edge(case.status, case::Verb::Edit).is_none() {
            return Err(closed(case.status).into());
        }
        let open = follow_ups::find_open(unit.connection(), case_id, organisation_id, question_kind)?;
        if open.is_some() {
            return Err(duplicate(open, question_kind).into());
        }
        let command = Create {
            id: unit.new_id().into(),
            consultation_id: case.consultation_id,
            case_id,
            organisation_id,
            question_kind,
            urgency,
            subject: subject.clone(),
            question: question.clone(),
            carries_personal_data,
            decision_id: None,
        };
        let stamp = unit.stamp();
        let change = if send {
            let category = case.description.category.as_str();
            let question =
                Question { organisation_id, consultation_id: case.consultation_id, category, urgency };
            Request::create_and_send(command, &question.clockwork(unit.reference, stamp.at)?, &stamp)
        } else {
            Request::create(command, &stamp)
        };
        unit.save(&change)?;
        let summary = follow_ups::CaseSummary::of(&case);
        let (now, reference) = (stamp.at, unit.reference);
        let viewing = Viewing { sight: &sight, hands: &hands, now, base_url: &base_url, reference, language };
        let view = viewing.view(&change.state, &summary);
        let location = format!("{base_url}/followUpRequests/{}", change.state.id);
        let reply = Reply::created(&view, location)?.tag(&viewing.tag(&change.state, &summary));
        Ok::<_, Refusal>(reply.language(language))
    })
    .await
}

/// A case that is over takes no new questions.
fn closed(state: case::Status) -> Problem {
    let allowed: Vec<&str> = case::allowed(state).into_iter().map(case::Verb::code).collect();
    let reason = format!("the case is {state}");
    Problem::illegal_transition(state.code(), "createFollowUpRequest", &reason, allowed)
}
