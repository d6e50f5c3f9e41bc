//! Reading a decision.

use actix_web::get;
use persistence::decisions;

use super::view::tag;
use super::{Decision, DecisionPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a decision.
    pub GetDecision, path = DecisionPath
);

/// Read a decision.
///
/// With the actions and follow-up requests that came of it.
#[utoipa::path(
    tag = "Meetings",
    params(DecisionPath),
    responses((status = 200, description = "The decision", body = Decision))
)]
#[get("/decisions/{decisionId}")]
pub async fn get_decision(call: Call<GetDecision>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.decision_id;
        let sight = call.permit.sight().clone();
        let found = call.snapshot(move |connection| {
            let found = decisions::find(connection, &sight, id)?;
            let decision = found.ok_or_else(|| Problem::not_found("decisionId"))?;
            let came = decisions::yields(connection, [id])?.remove(&id).unwrap_or_default();
            Ok((decision, came))
        });
        let (decision, came) = found.await?;
        let tag = tag(&decision, &came);
        if call.has(&tag) {
            return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
        }
        let view = Decision::of(&decision, came, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate))
    })
    .await
}
