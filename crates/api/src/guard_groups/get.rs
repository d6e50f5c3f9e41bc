//! Reading one guard group.

use actix_web::get;
use persistence::guard_groups;

use super::view::tag;
use super::{GuardGroup, GuardGroupPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a guard group.
    pub GetGuardGroup, path = GuardGroupPath
);

/// Read a guard group.
///
/// Services and partners see their own.
#[utoipa::path(
    tag = "Presence",
    params(GuardGroupPath),
    responses((status = 200, description = "The guard group", body = GuardGroup))
)]
#[get("/guardGroups/{guardGroupId}")]
pub async fn get_guard_group(call: Call<GetGuardGroup>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.guard_group_id;
        let found = call.read(move |connection| Ok(guard_groups::find(connection, id)?)).await?;
        let sight = call.permit.sight();
        let found =
            found.filter(|found| sight.everything || sight.own.contains(&found.group.organisation_id));
        let group = found.ok_or_else(|| Problem::not_found("guardGroupId"))?.group;
        let view = GuardGroup::of(&group, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag(&group)).cache(Cache::Revalidate))
    })
    .await
}
