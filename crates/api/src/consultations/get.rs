//! Reading one consultation.

use actix_web::get;
use persistence::consultations;

use super::{Consultation, ConsultationPath, view};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a consultation.
    pub GetConsultation, path = ConsultationPath
);

/// Read a consultation.
///
/// Services and partners see those that they are a member of.
#[utoipa::path(
    tag = "Reference Data",
    params(ConsultationPath),
    responses((status = 200, description = "The consultation", body = Consultation))
)]
#[get("/consultations/{consultationId}")]
pub async fn get_consultation(call: Call<GetConsultation>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.consultation_id;
        let found = call.snapshot(move |connection| Ok(consultations::find(connection, id)?)).await?;
        let found = found.filter(|found| view::sees(call.permit.sight(), &found.consultation));
        let found = found.ok_or_else(|| Problem::not_found("consultationId"))?;
        let reply = Reply::ok(&Consultation::of(&found, &call.state.base_url))?;
        Ok(reply.tag(&view::tag(&found.consultation)).cache(Cache::Revalidate))
    })
    .await
}
