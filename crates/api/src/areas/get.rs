//! Reading one area.

use actix_web::get;
use persistence::areas;

use super::{Area, AreaPath};
use crate::call::Call;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads an area.
    pub GetArea, path = AreaPath
);

/// Read an area.
///
/// With its polygons.
#[utoipa::path(
    tag = "Reference Data",
    params(AreaPath),
    responses((status = 200, description = "The area", body = Area))
)]
#[get("/areas/{areaId}")]
pub async fn get_area(call: Call<GetArea>) -> Result<Reply, Problem> {
    let id = call.path.area_id;
    let found = call.read(move |connection| Ok(areas::find(connection, id)?)).await?;
    let found = found.ok_or_else(|| Problem::not_found("areaId"))?;
    let reply = Reply::ok(&Area::of(found, &call.state.base_url))?;
    let tag = EntityTag::of_bytes(reply.body().unwrap_or_default().as_bytes());
    Ok(reply.tag(&tag).cache(Cache::Revalidate))
}
