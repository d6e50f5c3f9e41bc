//! Importing areas from GeoJSON.

use actix_web::post;
use domain::place::Crs;
use jiff::civil::Date;
use persistence::areas::AreaKind;
use serde::Deserialize;
use utoipa::IntoParams;

use super::geojson::{self, AreaImport, Scheme};
use super::{AreaFeatureCollection, area_kind};
use crate::call::Call;
use crate::codes::{AreaKindCode, CrsCode};
use crate::endpoint;
use crate::forms::SchemeVersion;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

/// What the imported areas have in common.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// What they are.
    #[serde(deserialize_with = "area_kind")]
    #[param(value_type = AreaKindCode)]
    kind: AreaKind,
    /// The version of the scheme that their codes belong to.
    #[param(inline, value_type = SchemeVersion)]
    scheme_version: String,
    /// The system of their coordinates; WGS 84 when absent.
    #[param(value_type = Option<CrsCode>)]
    crs: Option<Crs>,
    /// The first day on which their codes hold.
    valid_from: Date,
    /// The last day on which they hold: import an older scheme again with it once a newer one takes its place.
    valid_to: Option<Date>,
}

endpoint!(
    /// Imports areas.
    pub ImportAreas, query = ImportQuery, body = AreaFeatureCollection, body_bytes = 16 << 20
);

/// Import areas.
///
/// From a GeoJSON feature collection of at most 1,000 areas: all of it or nothing, with every fault told by its place.
/// An area with the same code and version of the scheme is written anew and keeps its id.
#[utoipa::path(
    tag = "Reference Data",
    params(ImportQuery),
    request_body = AreaFeatureCollection,
    responses((status = 200, description = "What the import did", body = AreaImport))
)]
#[post("/areas/import")]
pub async fn import_areas(mut call: Call<ImportAreas>) -> Result<Reply, Problem> {
    let ImportQuery { kind, scheme_version, crs, valid_from, valid_to } = call.query.clone();
    let crs = crs.unwrap_or(Crs::Wgs84);
    let scheme = Scheme { kind, version: scheme_version, crs, valid_from, valid_to };
    let features = std::mem::take(&mut call.body.features);
    let reading = scheme.clone();
    call.write_prepared(
        move |_| Ok(geojson::read(features, &reading)?),
        move |unit, areas| {
            if let Some(reply) = unit.earlier_reply()? {
                return Ok(reply);
            }
            let import = geojson::write(unit, areas, &scheme)?;
            Ok::<_, Refusal>(Reply::ok(&import)?)
        },
    )
    .await
}
