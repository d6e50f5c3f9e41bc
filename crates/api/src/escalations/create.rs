//! Proposing an escalation.

use actix_web::post;
use domain::escalation::Origin;
use domain::id::{CaseId, ConsultationId};
use persistence::cases::{self, Hold};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Escalation;
use super::propose::{Proposed, propose, running};
use super::view::Viewing;
use crate::call::Call;
use crate::cases::goes_on;
use crate::endpoint;
use crate::endpoint::{Endpoint as _, Operates as _};
use crate::input::Faults;
use crate::problem::{Detail, Issue, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A new escalation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "caseId": "019a9d3e-0000-7000-8000-0000000000c1",
    "toConsultationId": "019a9d3e-0000-7000-8000-0000000000a2",
    "reason": "Drie diensten en twee acties later komt het elke week terug."
})))]
pub struct CreateEscalationBody {
    /// The case.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// The consultation that the one of the case escalates to.
    #[schema(value_type = uuid::Uuid)]
    to_consultation_id: ConsultationId,
    /// Why; no names of persons.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

endpoint!(
    /// Proposes an escalation.
    pub CreateEscalation, body = CreateEscalationBody
);

/// Propose an escalation.
///
/// To the consultation that the one of the case escalates to, which knows of it once it is submitted. What speaks for it is
/// counted and kept with it. One runs for each case: a second one is a conflict.
#[utoipa::path(
    tag = "Escalations",
    request_body = CreateEscalationBody,
    responses((status = 201, description = "The new escalation", body = Escalation))
)]
#[post("/escalations")]
pub async fn create_escalation(call: Call<CreateEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let reason = faults.text("reason", &call.body.reason);
    let reason = faults.finish(reason)?;
    let CreateEscalationBody { case_id, to_consultation_id, .. } = call.body;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        cases::hold(unit, case_id, Hold::Alone)?;
        let found = cases::find(unit.connection(), &sight, case_id)?;
        // Only its own consultation hands it over, whoever leads it meanwhile.
        let found = found.and_then(|case| {
            Some((principal.seat(CreateEscalation::OPERATION, case.consultation_id)?, case))
        });
        if let Some((seat, _)) = &found {
            unit.act_for(*seat);
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
        }
        let mut faults = Faults::default();
        match &found {
            None => faults.add(Issue::not_found("caseId")),
            Some((_, case)) => {
                let own = unit.reference.consultation(case.consultation_id);
                if own.and_then(|own| own.escalates_to) != Some(to_consultation_id) {
                    faults.add(not_above());
                }
            }
        }
        let (_, case) = faults.finish(found)?;
        goes_on(case.status, CreateEscalation::ID)?;
        let reference = unit.reference;
        let escalation = match propose(unit, reference, &case, Origin::Team, Some(reason.clone()))? {
            Proposed::New(escalation) => escalation,
            Proposed::Running(other) => return Err(running(&other).into()),
            Proposed::NothingAbove => return Err(Problem::bad_request([not_above()]).into()),
        };
        let viewing = Viewing { hands: &sight, now: unit.now(), base_url: &base_url };
        let location = format!("{base_url}/escalations/{}", escalation.id);
        let reply = Reply::created(&viewing.view(&escalation), location)?;
        Ok::<_, Refusal>(reply.tag(&viewing.tag(&escalation)))
    })
    .await
}

fn not_above() -> Issue {
    Issue::invalid(
        "toConsultationId",
        Detail::new(
            "Het overleg van dit dossier draagt niet over aan dit overleg.",
            "La concertation de ce dossier ne transmet pas à cette concertation.",
            "The consultation of this case does not escalate to this one.",
        ),
    )
}
