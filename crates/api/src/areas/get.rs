//! Reading one area.

use actix_web::get;
use persistence::areas;

use super::view::tag;
use super::{Area, AreaPath};
use crate::call::Call;
use crate::endpoint;
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
    call.document(async || {
        let id = call.path.area_id;
        let found = call.read(move |connection| Ok(areas::find(connection, id)?)).await?;
        let found = found.ok_or_else(|| Problem::not_found("areaId"))?;
        let tag = tag(&found);
        Ok(Reply::ok(&Area::of(found, &call.state.base_url))?.tag(&tag).cache(Cache::Revalidate))
    })
    .await
}
