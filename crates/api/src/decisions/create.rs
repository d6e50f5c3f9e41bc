//! Taking a decision, with the actions and follow-up requests that come of it: all in one transaction, or nothing.

use actix_web::post;
use domain::access::{Operation, Sight};
use domain::case::Case;
use domain::decision::{Create, Decision as Aggregate, DecisionKind, Taken};
use domain::id::{AgendaItemId, CaseId, ConsultationId, DecisionId, MeetingId};
use domain::meeting::Status;
use domain::text::Paragraph;
use persistence::cases::{self, Hold};
use persistence::decisions::Yield;
use persistence::{agenda, meetings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Decision;
use super::view::tag;
use crate::actions::{Assigned, DecidedActionBody, Origin, assign};
use crate::call::Call;
use crate::cases::{goes_on, led_elsewhere};
use crate::codes::DecisionKindCode;
use crate::consultations::ConsultationPath;
use crate::endpoint;
use crate::endpoint::Endpoint as _;
use crate::follow_ups::{Asked, QuestionBody};
use crate::input::Faults;
use crate::meetings::MeetingPath;
use crate::problem::{Detail, Issue, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// A decision of a meeting, under an item of its agenda.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "agendaItemId": "019a9d3e-0000-7000-8000-0000000000d1",
    "caseId": "019a9d3e-0000-7000-8000-0000000000c1",
    "kind": "askService",
    "text": "De dienst Reiniging wordt gevraagd de glasbol wekelijks vrij te maken.",
    "followUpRequests": [{
        "organisationId": "019a9d3e-0000-7000-8000-000000000011",
        "questionKind": "cleanOrRepair",
        "urgency": "normal",
        "subject": "Sluikstort aan de glasbol",
        "question": "Graag de glasbol elke week vrijmaken.",
        "send": true
    }],
    "actions": [{
        "kind": "observe",
        "title": "Toezicht aan de glasbol",
        "ownerOrganisationId": "019a9d3e-0000-7000-8000-000000000002",
        "ownerFunction": "neighbourhoodInspector",
        "dueOn": "2099-03-31"
    }]
})))]
pub struct CreateMeetingDecisionBody {
    /// The item of the agenda.
    #[schema(value_type = uuid::Uuid)]
    agenda_item_id: AgendaItemId,
    /// The case that it is about; that of the item when it is absent.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// What is decided, coded.
    #[schema(value_type = DecisionKindCode)]
    kind: DecisionKind,
    /// What is decided.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
    /// What other services are asked about the case: drafts, or sent at once with `send`.
    #[serde(default)]
    #[schema(max_items = 20, required = false)]
    follow_up_requests: Vec<QuestionBody>,
    /// What members of the consultation do.
    #[serde(default)]
    #[schema(max_items = 20, required = false)]
    actions: Vec<DecidedActionBody>,
}

/// A decision between two meetings.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "kind": "act",
    "text": "De wijkinspecteur spreekt de uitbater nog deze week aan."
})))]
pub struct CreateDecisionBody {
    /// The case that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// What is decided, coded.
    #[schema(value_type = DecisionKindCode)]
    kind: DecisionKind,
    /// What is decided.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
    /// What other services are asked about the case: drafts, or sent at once with `send`.
    #[serde(default)]
    #[schema(max_items = 20, required = false)]
    follow_up_requests: Vec<QuestionBody>,
    /// What members of the consultation do.
    #[serde(default)]
    #[schema(max_items = 20, required = false)]
    actions: Vec<DecidedActionBody>,
}

/// What is decided, read from either body.
#[derive(Debug, Clone)]
struct Resolved {
    case_id: Option<CaseId>,
    kind: DecisionKind,
    text: Paragraph,
    asked: Vec<Asked>,
    assigned: Vec<Assigned>,
}

impl Resolved {
    fn parsed(
        case_id: Option<CaseId>,
        kind: DecisionKind,
        text: &str,
        questions: &[QuestionBody],
        actions: &[DecidedActionBody],
    ) -> Result<Self, Problem> {
        let mut faults = Faults::default();
        let text = faults.text("text", text);
        let asked: Vec<Option<Asked>> = questions
            .iter()
            .enumerate()
            .map(|(position, question)| question.parsed(&asked_at(position), &mut faults))
            .collect();
        let assigned: Vec<Option<Assigned>> = actions
            .iter()
            .enumerate()
            .map(|(position, action)| action.parsed(&action_at(position), &mut faults))
            .collect();
        let asked: Option<Vec<Asked>> = asked.into_iter().collect();
        let assigned: Option<Vec<Assigned>> = assigned.into_iter().collect();
        let ((text, asked), assigned) = faults.finish(text.zip(asked).zip(assigned))?;
        Ok(Self { case_id, kind, text, asked, assigned })
    }

    /// Writes the decision and what comes of it.
    fn write(&self, unit: &mut Unit<'_, '_>, scene: &Scene<'_>, base_url: &str) -> Result<Reply, Refusal> {
        let case_id = self.case_id.or(scene.item_case_id);
        let mut faults = Faults::default();
        let case = match case_id {
            None => {
                if !self.asked.is_empty() {
                    faults.add(Issue::required(Place::Body, "caseId"));
                }
                None
            }
            Some(case_id) => {
                let found = find_case(unit, scene, case_id)?;
                if found.is_none() {
                    faults.add(Issue::not_found("caseId"));
                }
                found
            }
        };
        for (position, asked) in self.asked.iter().enumerate() {
            asked.check_addressee(&format!("{}.organisationId", asked_at(position)), unit, &mut faults);
            let twice = self.asked.iter().take(position).any(|other| {
                (other.organisation_id, other.question_kind) == (asked.organisation_id, asked.question_kind)
            });
            if twice {
                let detail = Detail::new(
                    "Deze dienst krijgt deze soort vraag al in dezelfde beslissing.",
                    "Ce service reçoit déjà ce type de question dans la même décision.",
                    "This service gets this kind of question in the same decision already.",
                );
                faults.add(Issue::invalid(format!("{}.questionKind", asked_at(position)), detail));
            }
        }
        let described: Vec<_> = self
            .assigned
            .iter()
            .enumerate()
            .map(|(position, action)| {
                let place = action_at(position);
                action.described(&place, scene.consultation_id, unit.reference, &mut faults)
            })
            .collect();
        let described: Option<Vec<_>> = described.into_iter().collect();
        let described = faults.finish(described)?;
        if let Some(case) = case.as_ref().filter(|_| !self.asked.is_empty() || !described.is_empty()) {
            if case.team() != scene.consultation_id {
                return Err(led_elsewhere().into());
            }
            goes_on(case.status, scene.operation)?;
        }
        let id: DecisionId = unit.new_id().into();
        let command = Create {
            id,
            consultation_id: scene.consultation_id,
            taken: scene.taken,
            case_id,
            kind: self.kind,
            text: self.text.clone(),
        };
        let change = Aggregate::create(command, &unit.stamp());
        unit.save(&change)?;
        let mut yielded = Yield::default();
        if let Some(case) = &case {
            for asked in &self.asked {
                yielded.follow_up_requests.push(asked.write(unit, case, Some(id))?.state.id);
            }
        }
        let origin = Origin {
            // What is done about a case belongs to its consultation, whoever leads it meanwhile.
            consultation: case.as_ref().map_or(scene.consultation_id, |case| case.consultation_id),
            led_by: case.as_ref().and_then(|case| case.led_by),
            case: case_id,
            decision: id,
            meeting: change.state.meeting_id(),
        };
        for description in described {
            yielded.actions.push(assign(unit, origin, description)?);
        }
        let tag = tag(&change.state, &yielded);
        let view = Decision::of(&change.state, yielded, base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag))
    }
}

/// Where a decision is taken.
struct Scene<'a> {
    sight: &'a Sight,
    consultation_id: ConsultationId,
    taken: Taken,
    item_case_id: Option<CaseId>,
    operation: &'static str,
}

/// Finds a case of the consultation that decides, or one that it leads, and holds it as it is: whoever ends it at the same time waits.
fn find_case(unit: &mut Unit<'_, '_>, scene: &Scene<'_>, case_id: CaseId) -> Result<Option<Case>, Refusal> {
    cases::hold(unit, case_id, Hold::Still)?;
    let found = cases::find(unit.connection(), scene.sight, case_id)?;
    let is_known = |case: &Case| [case.consultation_id, case.team()].contains(&scene.consultation_id);
    Ok(found.filter(is_known))
}

fn action_at(position: usize) -> String {
    format!("actions[{position}]")
}

fn asked_at(position: usize) -> String {
    format!("followUpRequests[{position}]")
}

endpoint!(
    /// Takes a decision in a meeting.
    pub CreateMeetingDecision, path = MeetingPath, body = CreateMeetingDecisionBody
);

/// Take a decision in a meeting.
///
/// Under an item of its agenda, while it is in session or after it was held; the actions and follow-up requests that come of
/// it are made with it and stay linked to it.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CreateMeetingDecisionBody,
    responses((status = 201, description = "The new decision", body = Decision))
)]
#[post("/meetings/{meetingId}/decisions")]
pub async fn create_meeting_decision(call: Call<CreateMeetingDecision>) -> Result<Reply, Problem> {
    let CreateMeetingDecisionBody {
        agenda_item_id,
        case_id,
        kind,
        ref text,
        ref follow_up_requests,
        ref actions,
    } = call.body;
    let resolved = Resolved::parsed(case_id, kind, text, follow_up_requests, actions)?;
    let meeting_id: MeetingId = call.path.meeting_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let meeting = meetings::hold(unit, &sight, meeting_id, Hold::Still)?.ok_or_else(not_found)?;
        let seat = principal.seat(Operation::CreateMeetingDecision, meeting.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        if !matches!(meeting.status, Status::InSession | Status::Held) {
            let from = meeting.status;
            let reason = format!("the meeting is {from}");
            let allowed = domain::meeting::allowed(from).into_iter().map(domain::meeting::Verb::code);
            let operation = CreateMeetingDecision::ID;
            return Err(Problem::illegal_transition(from.code(), operation, &reason, allowed).into());
        }
        let Some(item) = agenda::find(unit.connection(), meeting_id, agenda_item_id)? else {
            return Err(Problem::bad_request([Issue::not_found("agendaItemId")]).into());
        };
        let scene = Scene {
            sight: &sight,
            consultation_id: meeting.consultation_id,
            taken: Taken::InMeeting { meeting_id, agenda_item_id },
            item_case_id: item.case_id,
            operation: CreateMeetingDecision::ID,
        };
        resolved.write(unit, &scene, &base_url)
    })
    .await
}

endpoint!(
    /// Takes a decision between two meetings.
    pub CreateDecision, path = ConsultationPath, body = CreateDecisionBody
);

/// Take a decision between two meetings.
///
/// It is marked as such and comes up for ratification on the next agenda; what comes of it does not wait for that.
#[utoipa::path(
    tag = "Meetings",
    params(ConsultationPath),
    request_body = CreateDecisionBody,
    responses((status = 201, description = "The new decision", body = Decision))
)]
#[post("/consultations/{consultationId}/decisions")]
pub async fn create_decision(call: Call<CreateDecision>) -> Result<Reply, Problem> {
    let CreateDecisionBody { case_id, kind, ref text, ref follow_up_requests, ref actions } = call.body;
    let resolved = Resolved::parsed(case_id, kind, text, follow_up_requests, actions)?;
    let consultation_id = call.path.consultation_id;
    let sight = call.permit.sight().clone();
    let seat = call.permit.principal().seat(Operation::CreateDecision, consultation_id);
    let known = call.reference().await?.consultation(consultation_id).is_some();
    let seat = seat.filter(|_| known).ok_or_else(|| Problem::not_found("consultationId"))?;
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        unit.act_for(seat);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let scene = Scene {
            sight: &sight,
            consultation_id,
            taken: Taken::BetweenMeetings,
            item_case_id: None,
            operation: CreateDecision::ID,
        };
        resolved.write(unit, &scene, &base_url)
    })
    .await
}
