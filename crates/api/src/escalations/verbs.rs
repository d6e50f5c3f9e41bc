//! The verbs of an escalation's life cycle.

use actix_web::post;
use domain::access::Sight;
use domain::escalation::LegalGate as Gate;
use domain::escalation::{Accept, Close, Drop, GiveOutcome, Refuse, Return, Submit, Verb};
use persistence::cases;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::act;
use super::freeze::freeze;
use super::propose::criteria;
use super::view::LegalGate;
use super::{Escalation, EscalationPath};
use crate::call::Call;
use crate::cases::goes_on;
use crate::endpoint;
use crate::endpoint::Endpoint as _;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;

/// Why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "De eigenaar heeft intussen zelf ingegrepen."})))]
pub struct EscalationTextBody {
    /// Why; no names of persons.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// What is said with it, if anything.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Op de agenda van volgende week."})))]
pub struct EscalationRemarkBody {
    /// What is said; no names of persons.
    #[schema(min_length = 1, max_length = 2000)]
    text: Option<String>,
}

/// What the consultation above is asked.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "text": "Wie van de partners op stadsniveau kan het pand laten verzegelen?",
    "legalGate": {"kind": "protocol", "documentReference": "Protocol LIVC 2026/03"}
})))]
pub struct SubmitEscalationBody {
    /// What it is asked; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
    /// The ground on which it may take the case; required where the consultation above asks for one.
    legal_gate: Option<LegalGate>,
}

/// What the lower consultation is advised to do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"advice": "Vraag eerst de eigenaar om het pand af te sluiten."})))]
pub struct ReturnEscalationBody {
    /// The advice; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    advice: String,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "De burgemeester liet het pand verzegelen; het wijkoverleg volgt de omgeving op."})))]
pub struct EscalationOutcomeBody {
    /// What came of it; no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
}

endpoint!(
    /// Drops a proposal.
    pub DropEscalation, path = EscalationPath, body = EscalationTextBody
);

/// Drop a proposal.
///
/// From `proposed` to `dropped`, by the consultation of the case: it is not handed over.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = EscalationTextBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/drop")]
pub async fn drop_escalation(call: Call<DropEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| Drop { text }))?;
    act(call, Verb::Drop, move |escalation, unit| Ok(escalation.drop(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Hands a case over.
    pub SubmitEscalation, path = EscalationPath, body = SubmitEscalationBody
);

/// Hand a case to the consultation above.
///
/// From `proposed` or `returned` to `submitted`, by the consultation of the case. The dossier is frozen as it stands now, one
/// rendition for each audience; the consultation above has ten working days to answer. Where it asks for a legal gate, one is
/// named.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = SubmitEscalationBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/submit")]
pub async fn submit_escalation(call: Call<SubmitEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let gate = match &call.body.legal_gate {
        None => Some(None),
        Some(gate) => {
            let reference = faults.text("legalGate.documentReference", &gate.document_reference);
            reference.map(|document_reference| Some(Gate { kind: gate.kind, document_reference }))
        }
    };
    let command = text.zip(gate).map(|(text, legal_gate)| Submit { text, legal_gate });
    let command = faults.finish(command)?;
    act(call, Verb::Submit, move |escalation, unit| {
        let now = unit.now();
        // Who submits is a member of its consultation.
        let case = cases::find(unit.connection(), &Sight::everything(), escalation.case_id)?
            .ok_or_else(|| Problem::internal("an escalation without its case"))?;
        goes_on(case.status, SubmitEscalation::ID)?;
        let criteria = criteria(unit.connection(), &case, now)?;
        let above = unit.reference.consultation(escalation.to_consultation_id);
        let needs_legal_gate = above.is_some_and(|above| above.requires_legal_gate);
        let reference = unit.reference;
        let renditions = freeze(unit.connection(), reference, &case, &escalation, &command, &criteria, now)?;
        Ok(escalation.submit(&command, &criteria, renditions, needs_legal_gate, &unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Takes a case on.
    pub AcceptEscalation, path = EscalationPath, body = EscalationRemarkBody
);

/// Take a case on.
///
/// From `submitted` to `accepted`, by the consultation above, which leads the case from now on: its members do what the team
/// does, those of the lower one read. It has forty working days to give an outcome.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = EscalationRemarkBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/accept")]
pub async fn accept_escalation(call: Call<AcceptEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.optional_text("text", call.body.text.as_ref());
    let command = faults.finish(text.map(|text| Accept { text }))?;
    act(call, Verb::Accept, move |escalation, unit| Ok(escalation.accept(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Does not take a case on.
    pub RefuseEscalation, path = EscalationPath, body = EscalationTextBody
);

/// Not take a case on.
///
/// From `submitted` to `refused`, by the consultation above.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = EscalationTextBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/refuse")]
pub async fn refuse_escalation(call: Call<RefuseEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| Refuse { text }))?;
    act(call, Verb::Refuse, move |escalation, unit| Ok(escalation.refuse(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Gives a case back with advice.
    pub ReturnEscalation, path = EscalationPath, body = ReturnEscalationBody
);

/// Give a case back with advice.
///
/// From `submitted` or `accepted` to `returned`, by the consultation above; the lower one leads, and may submit it again.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = ReturnEscalationBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/return")]
pub async fn return_escalation(call: Call<ReturnEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let advice = faults.text("advice", &call.body.advice);
    let command = faults.finish(advice.map(|advice| Return { advice }))?;
    act(call, Verb::Return, move |escalation, unit| Ok(escalation.send_back(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Tells what came of an escalation.
    pub GiveEscalationOutcome, path = EscalationPath, body = EscalationOutcomeBody
);

/// Tell what came of an escalation.
///
/// From `accepted` to `outcomeGiven`, by the consultation above; the lower one leads again, and finds the outcome on its next
/// agenda.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = EscalationOutcomeBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/giveOutcome")]
pub async fn give_escalation_outcome(call: Call<GiveEscalationOutcome>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let command = faults.finish(text.map(|text| GiveOutcome { text }))?;
    act(
        call,
        Verb::GiveOutcome,
        move |escalation, unit| Ok(escalation.give_outcome(&command, &unit.stamp())?),
    )
    .await
}

endpoint!(
    /// Takes note of an outcome.
    pub CloseEscalation, path = EscalationPath, body = EscalationRemarkBody
);

/// Take note of an outcome.
///
/// From `outcomeGiven` to `closed`, by the consultation of the case.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    request_body = EscalationRemarkBody,
    responses((status = 200, description = "The escalation after it", body = Escalation))
)]
#[post("/escalations/{escalationId}/close")]
pub async fn close_escalation(call: Call<CloseEscalation>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.optional_text("text", call.body.text.as_ref());
    let command = faults.finish(text.map(|text| Close { text }))?;
    act(call, Verb::Close, move |escalation, unit| Ok(escalation.close(&command, &unit.stamp())?)).await
}
