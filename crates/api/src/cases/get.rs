//! Reading one case.

use actix_web::get;
use persistence::cases;

use super::view::{Viewing, visible};
use super::{Case, CasePath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads a case.
    pub GetCase, path = CasePath
);

/// Read a case.
///
/// Members of its consultation see the whole case; a housing company that is asked about it sees a summary.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    responses((status = 200, description = "The case", body = Case))
)]
#[get("/cases/{caseId}")]
pub async fn get_case(call: Call<GetCase>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.case_id;
        let sight = call.permit.sight().clone();
        let found = call.snapshot(move |connection| {
            let Some(case) = cases::find(connection, &sight, id)? else { return Ok(None) };
            let visible = visible(connection, &sight, [&case])?;
            Ok(Some((case, visible)))
        });
        let (case, visible) = found.await?.ok_or_else(|| Problem::not_found("caseId"))?;
        let viewing =
            Viewing { sight: call.permit.sight(), base_url: &call.state.base_url, visible: &visible };
        let tag = viewing.tag(&case);
        if !call.has(&tag) {
            call.note_sensitive([&*case]).await?;
        }
        Ok(Reply::ok(&viewing.view(&case))?.tag(&tag))
    })
    .await
}
