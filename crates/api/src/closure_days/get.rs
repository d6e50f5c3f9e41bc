//! Reading one closure day.

use actix_web::get;
use persistence::closure_days;

use super::view::tag;
use super::{ClosureDay, ClosureDayPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a closure day.
    pub GetClosureDay, path = ClosureDayPath
);

/// Read a closure day.
///
/// Services and partners see their own.
#[utoipa::path(
    tag = "Reference Data",
    params(ClosureDayPath),
    responses((status = 200, description = "The closure day", body = ClosureDay))
)]
#[get("/closureDays/{closureDayId}")]
pub async fn get_closure_day(call: Call<GetClosureDay>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.closure_day_id;
        let found = call.read(move |connection| Ok(closure_days::find(connection, id)?)).await?;
        let sight = call.permit.sight();
        let found = found.filter(|day| sight.everything || sight.own.contains(&day.organisation_id));
        let day = found.ok_or_else(|| Problem::not_found("closureDayId"))?;
        let view = ClosureDay::of(&day, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag()).cache(Cache::Revalidate))
    })
    .await
}
