//! Reading the dossier of a submission, as it was frozen.

use actix_web::get;
use domain::id::EscalationId;
use domain::report::Audience;
use jiff::Timestamp;
use persistence::{Subject, escalations};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::EscalationPath;
use super::content::DossierContent;
use crate::audit::Reading;
use crate::call::Call;
use crate::codes::ReportAudienceCode;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::reply::Reply;

/// The dossier of a submission, as one audience reads it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EscalationDossier {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// The escalation.
    #[schema(value_type = uuid::Uuid)]
    escalation_id: EscalationId,
    /// The number of the submission.
    submission: u32,
    /// Whom it is for.
    #[schema(value_type = ReportAudienceCode)]
    audience: Audience,
    /// When it was frozen.
    frozen_at: Timestamp,
    /// The SHA-256 of `content` in its canonical form (RFC 8785), in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    content_hash: String,
    /// What it says.
    content: DossierContent,
}

/// Which submission.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DossierQuery {
    /// Its number, 1 for the first; without it, the last.
    #[param(minimum = 1, maximum = 1000)]
    submission: Option<u32>,
}

endpoint!(
    /// Reads the dossier of a submission.
    pub GetEscalationDossier, path = EscalationPath, query = DossierQuery
);

/// Read the dossier of a submission.
///
/// As it was frozen when it was submitted, whatever became of the case since: the police read it with the police notes of
/// then, the housing team with the housing notes, all other members of both consultations without these. There is none before
/// the first submission. Each reading is audited.
#[utoipa::path(
    tag = "Escalations",
    params(EscalationPath, DossierQuery),
    responses((status = 200, description = "The dossier", body = EscalationDossier))
)]
#[get("/escalations/{escalationId}/dossier")]
pub async fn get_escalation_dossier(call: Call<GetEscalationDossier>) -> Result<Reply, Problem> {
    let id = call.path.escalation_id;
    let wanted = call.query.submission;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let found = call.snapshot(move |connection| {
        let not_found = || Problem::not_found("escalationId");
        let escalation = escalations::find(connection, &sight, id)?.ok_or_else(not_found)?;
        let last = escalation.submission().map(|submission| submission.number);
        let number = wanted.or(last).ok_or_else(not_found)?;
        let parties = [escalation.from_consultation_id, escalation.to_consultation_id];
        let reader = principal.dossier_readers(&parties).into_iter().next();
        let (reader, through) = reader.ok_or_else(not_found)?;
        let rendition = escalations::rendition(connection, id, number, reader)?;
        Ok((rendition.ok_or_else(|| Problem::not_found("submission"))?, through))
    });
    let (rendition, through) = found.await?;
    let tag = EntityTag::opaque(crate::fingerprint::of([
        id.uuid().as_bytes().as_slice(),
        rendition.hash.as_bytes(),
    ]));
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let content: DossierContent = serde_json::from_str(&rendition.content).map_err(Problem::internal)?;
    let reading = Reading {
        subject: Subject::Escalation,
        id: id.uuid(),
        case_id: Some(content.case.id),
        through: Some(through),
    };
    call.note_readings([reading]).await?;
    let base_url = &call.state.base_url;
    let view = EscalationDossier {
        href: format!("{base_url}/escalations/{id}/dossier?submission={}", rendition.submission),
        escalation_id: id,
        submission: rendition.submission,
        audience: rendition.reader.audience(),
        frozen_at: content.frozen_at,
        content_hash: rendition.hash,
        content,
    };
    Ok(Reply::ok(&view)?.tag(&tag))
}
