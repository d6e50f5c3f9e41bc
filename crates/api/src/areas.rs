//! Areas: statistical sectors and neighbourhoods, by code and version of their scheme.

mod feature;
mod geojson;
mod get;
mod import;
mod list;
mod place;
mod view;

use actix_web::web;
use domain::id::AreaId;
use persistence::areas::AreaKind;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::routes::fallback;

pub use feature::{AreaFeature, AreaFeatureCollection, AreaGeometry, AreaProperties};
pub use geojson::{AreaImport, NewArea, Scheme, import_geojson};
pub use view::{Area, AreaItem};

/// Which area.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AreaPath {
    /// The area.
    #[param(value_type = uuid::Uuid)]
    pub area_id: AreaId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_areas)
        .service(import::import_areas)
        .route("/areas/import", web::to(fallback))
        .service(get::get_area);
}

/// Reads the kind of an area by its code.
fn area_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AreaKind, D::Error> {
    let code = String::deserialize(deserializer)?;
    AreaKind::from_code(&code).ok_or_else(|| serde::de::Error::custom("unknown kind of area"))
}

/// Reads the kind of an area that is given by its code.
fn given_area_kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AreaKind>, D::Error> {
    area_kind(deserializer).map(Some)
}
