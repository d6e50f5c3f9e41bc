//! Writing an action.

use actix_web::post;
use domain::access::{Operation, Principal, Sight};
use domain::action::{Action as Aggregate, Create, Description, Kind};
use domain::case;
use domain::id::{CaseId, ConsultationId, OrganisationId};
use jiff::civil::Date;
use persistence::cases::{self, Hold};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Action;
use super::describe::{home, owner};
use super::view::Viewing;
use crate::call::Call;
use crate::cases::{goes_on, led_elsewhere};
use crate::codes::ActionKindCode;
use crate::endpoint;
use crate::endpoint::Endpoint as _;
use crate::forms::FunctionCode;
use crate::input::Faults;
use crate::problem::{Code, Detail, Issue, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// A new action.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "consultationId": "019a9d3e-0000-7000-8000-0000000000a1",
    "caseId": "019a9d3e-0000-7000-8000-0000000000c1",
    "kind": "presence",
    "title": "Elke avond langs het Hoveniersplein",
    "description": "Tussen 19 en 22 uur, met de wijkinspecteur erbij op vrijdag.",
    "ownerOrganisationId": "019a9d3e-0000-7000-8000-000000000003",
    "ownerFunction": "guard",
    "dueOn": "2099-03-31"
})))]
pub struct CreateActionBody {
    /// The consultation whose team does it.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The case that it is about; one of the consultation.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// What is done.
    #[schema(value_type = ActionKindCode)]
    kind: Kind,
    /// The action in a few words; no names of persons.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// The action in full; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    description: Option<String>,
    /// The organisation that does it: a member of the consultation.
    #[schema(value_type = uuid::Uuid)]
    owner_organisation_id: OrganisationId,
    /// The function that does it: one that the organisation has in the consultation.
    #[schema(value_type = FunctionCode)]
    owner_function: String,
    /// By when; a day in Europe/Brussels.
    due_on: Option<Date>,
}

endpoint!(
    /// Writes an action.
    pub CreateAction, body = CreateActionBody
);

/// Write an action.
///
/// It is open. Guards and housing officers write actions of their own organisation.
#[utoipa::path(
    tag = "Actions",
    request_body = CreateActionBody,
    responses((status = 201, description = "The new action", body = Action))
)]
#[post("/actions")]
pub async fn create_action(call: Call<CreateAction>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let title = faults.text("title", &call.body.title);
    let description = faults.optional_text("description", call.body.description.as_ref());
    let (title, description) = faults.finish(title.zip(description))?;
    let body = call.body.clone();
    let principal = call.permit.shared_principal();
    let sight = call.permit.sight().clone();
    let (reading, cases_sight) = (principal.sight(Operation::GetAction), principal.sight(Operation::GetCase));
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let CreateActionBody { consultation_id, case_id, kind, due_on, .. } = body;
        let found = match case_id {
            // Whoever ends the case at the same time waits, and meets the action then.
            Some(case_id) => {
                cases::hold(unit, case_id, Hold::Still)?;
                cases::find(unit.connection(), &cases_sight, case_id)?
            }
            None => None,
        };
        let led_by =
            found.as_ref().filter(|it| it.consultation_id == consultation_id).and_then(|it| it.led_by);
        let team = led_by.unwrap_or(consultation_id);
        let acting = acting(&principal, &sight, team, body.owner_organisation_id);
        if acting.is_err() && led_by.is_some() {
            return Err(led_elsewhere().into());
        }
        if let Ok(seat) = &acting {
            unit.act_for(*seat);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
        }
        let mut faults = Faults::default();
        match &acting {
            Err(problem) if problem.code() == Code::MissingPermission => {
                return Err(Problem::new(Code::MissingPermission).into());
            }
            Err(_) => faults.add(Issue::not_found("consultationId")),
            Ok(_) => {}
        }
        check_case(case_id, found.as_ref(), consultation_id, &mut faults);
        let owner = acting.ok().and_then(|_| {
            let organisation = body.owner_organisation_id;
            let home = home(organisation, consultation_id, led_by, unit.reference);
            owner(organisation, &body.owner_function, home, unit.reference, "", &mut faults)
        });
        let owner = faults.finish(owner)?;
        if let Some(case) = &found {
            goes_on(case.status, CreateAction::ID)?;
        }
        let command = Create {
            id: unit.new_id().into(),
            consultation_id,
            led_by,
            case_id,
            decision_id: None,
            meeting_id: None,
            description: Description {
                kind,
                title: title.clone(),
                description: description.clone(),
                owner,
                due_on,
            },
        };
        let change = Aggregate::create(command, &unit.stamp());
        unit.save(&change)?;
        let viewing = Viewing { sight: &reading, base_url: &base_url };
        let location = format!("{base_url}/actions/{}", change.state.id);
        let reply = Reply::created(&viewing.view(&change.state), location)?;
        Ok::<_, Refusal>(reply.tag(&viewing.tag(&change.state)))
    })
    .await
}

/// Finds the organisation in whose name a caller writes an action of an owner: that of its seat when its role writes all
/// actions of the consultation, else the owner when that is one of its own there.
fn acting(
    principal: &Principal,
    sight: &Sight,
    consultation: ConsultationId,
    owner: OrganisationId,
) -> Result<OrganisationId, Problem> {
    if let Some(seat) = principal.seat(Operation::CreateAction, consultation) {
        return Ok(seat);
    }
    let mut own = principal
        .seats
        .iter()
        .filter(|seat| seat.consultation_id == consultation && sight.own.contains(&seat.organisation_id))
        .peekable();
    if own.peek().is_none() {
        return Err(Problem::not_found("consultationId"));
    }
    let owner = own.find(|seat| seat.organisation_id == owner).map(|seat| seat.organisation_id);
    owner.ok_or_else(|| Problem::new(Code::MissingPermission))
}

/// Notes a case that the caller does not see, or that another consultation handles.
fn check_case(
    given: Option<CaseId>,
    found: Option<&case::Case>,
    consultation: ConsultationId,
    faults: &mut Faults,
) {
    match (given, found) {
        (Some(_), None) => faults.add(Issue::not_found("caseId")),
        (Some(_), Some(case)) if case.consultation_id != consultation => faults.add(Issue::invalid(
            "caseId",
            Detail::new(
                "Een ander overleg behandelt dit dossier.",
                "Une autre concertation traite ce dossier.",
                "Another consultation handles this case.",
            ),
        )),
        _ => {}
    }
}

/// Fails when an action comes to be open on a case that is over.
pub(super) fn check_reopening(unit: &mut Unit<'_, '_>, action: &Aggregate) -> Result<(), Refusal> {
    let Some(case_id) = action.case_id else { return Ok(()) };
    let state = cases::hold(unit, case_id, Hold::Still)?;
    match state.filter(|state| case::edge(*state, case::Verb::Edit).is_none()) {
        None => Ok(()),
        Some(state) => {
            let reason = format!("the case is {state}");
            let none: [&str; 0] = [];
            Err(Problem::illegal_transition(action.status.code(), "reopen", &reason, none).into())
        }
    }
}
