//! Reading one escalation.

use actix_web::get;
use domain::access::Operation;
use domain::escalation::{Submission, TermFacts};
use persistence::escalations;

use super::view::Viewing;
use super::{Escalation, EscalationPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads an escalation.
    pub GetEscalation, path = EscalationPath
);

/// Read an escalation.
///
/// Members of the consultation of the case see it from its proposal on, those of the one above once it is submitted.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath),
    responses((status = 200, description = "The escalation", body = Escalation))
)]
#[get("/escalations/{escalationId}")]
pub async fn get_escalation(call: Call<GetEscalation>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.escalation_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(escalations::find(connection, &sight, id)?)).await?;
        let escalation = found.ok_or_else(|| Problem::not_found("escalationId"))?;
        let hands = call.permit.principal().sight(Operation::CreateEscalation);
        let now = call.state.clock.now();
        let terms = escalation.submissions.iter().flat_map(Submission::terms);
        let until = terms.filter_map(TermFacts::late_from).filter(|moment| now <= *moment).min();
        let viewing = Viewing { hands: &hands, now, base_url: &call.state.base_url };
        Ok(Reply::ok(&viewing.view(&escalation))?.tag(&viewing.tag(&escalation)).until(until))
    })
    .await
}
