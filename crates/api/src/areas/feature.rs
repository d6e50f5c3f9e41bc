//! The GeoJSON that areas are imported from (RFC 7946).

use domain::area::MAX_POSITIONS;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// Areas as a GeoJSON feature collection; coordinates are in the system that the query names.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "type": "FeatureCollection",
    "features": [{
        "type": "Feature",
        "properties": {"code": "41002W06", "nameNl": "Aalst Rechteroever Centrum"},
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[4.03, 50.93], [4.06, 50.93], [4.06, 50.95], [4.03, 50.95], [4.03, 50.93]]]
        }
    }]
})))]
pub struct AreaFeatureCollection {
    /// What it is.
    #[serde(rename = "type")]
    kind: FeatureCollectionType,
    /// The name of the layer, as common tools write it; it has no effect.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// The coordinate reference system, as common tools write it; it has no effect, `crs` in the query has.
    #[schema(schema_with = crs_member)]
    crs: Option<Value>,
    /// The box around all of it; it has no effect.
    #[schema(max_items = 6)]
    bbox: Option<Vec<f64>>,
    /// The areas.
    #[schema(min_items = 1, max_items = 1000)]
    pub(super) features: Vec<AreaFeature>,
}

/// An area as a GeoJSON feature.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaFeature {
    /// What it is.
    #[serde(rename = "type")]
    kind: FeatureType,
    /// The id that the feature has in its source; it has no effect.
    #[schema(schema_with = feature_id)]
    id: Option<Value>,
    /// The box around it; it has no effect.
    #[schema(max_items = 6)]
    bbox: Option<Vec<f64>>,
    /// What the area is called.
    pub(super) properties: AreaProperties,
    /// Its polygons; absent for an area that cannot be located.
    pub(super) geometry: Option<AreaGeometry>,
}

/// What an area is called.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AreaProperties {
    /// Its code.
    #[schema(min_length = 8, max_length = 14)]
    pub(super) code: String,
    /// Its Dutch name.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) name_nl: String,
    /// Its French name.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) name_fr: Option<String>,
    /// The code of the neighbourhood of a sector.
    #[schema(min_length = 8, max_length = 14)]
    pub(super) parent_code: Option<String>,
}

/// Polygons as a GeoJSON geometry.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaGeometry {
    /// One polygon, or several.
    #[serde(rename = "type")]
    pub(super) kind: GeometryType,
    /// The rings of the polygon, or of each: the outer border and then its holes, each ending where it starts. At most
    /// 200,000 positions.
    #[schema(schema_with = coordinates)]
    pub(super) coordinates: Value,
}

/// The one type of a collection of features.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub enum FeatureCollectionType {
    /// A collection of features.
    FeatureCollection,
}

/// The one type of a feature.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub enum FeatureType {
    /// A feature.
    Feature,
}

/// The types of geometry that make an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum GeometryType {
    /// One polygon.
    Polygon,
    /// Several polygons.
    MultiPolygon,
}

impl GeometryType {
    /// Gives the type as GeoJSON writes it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Polygon => "Polygon",
            Self::MultiPolygon => "MultiPolygon",
        }
    }
}

/// Leaves the inside to the import, which names each fault by its position; a schema of four levels would be slow over
/// hundreds of thousands of numbers.
fn coordinates() -> Schema {
    let inner = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(SchemaType::AnyValue));
    ArrayBuilder::new()
        .description(Some(
            "The rings of the polygon, or of each: the outer border and then its holes, each ending where it starts; \
             at most 200,000 positions",
        ))
        .items(inner)
        .min_items(Some(1))
        .max_items(Some(MAX_POSITIONS))
        .build()
        .into()
}

fn crs_member() -> Schema {
    ObjectBuilder::new()
        .description(Some(
            "The coordinate reference system, as common tools write it; it has no effect, `crs` in the query has",
        ))
        .schema_type(SchemaType::Type(Type::Object))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .build()
        .into()
}

fn feature_id() -> Schema {
    ObjectBuilder::new()
        .description(Some("The id that the feature has in its source; it has no effect"))
        .schema_type(SchemaType::from_iter([Type::String, Type::Number]))
        .max_length(Some(200))
        .build()
        .into()
}
