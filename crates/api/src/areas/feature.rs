//! The GeoJSON that areas are imported from (RFC 7946).

use domain::area::MAX_POSITIONS;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    ArrayBuilder, Discriminator, ObjectBuilder, OneOfBuilder, Ref, Schema, SchemaType, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::forms::AreaCode;

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
    crs: Option<NamedCrs>,
    /// The box around all of it; it has no effect.
    #[schema(min_items = 4, max_items = 6)]
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
    #[schema(min_items = 4, max_items = 6)]
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
    #[schema(value_type = AreaCode)]
    pub(super) code: String,
    /// Its Dutch name.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) name_nl: String,
    /// Its French name.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) name_fr: Option<String>,
    /// The code of the neighbourhood of a sector.
    #[schema(value_type = Option<AreaCode>)]
    pub(super) parent_code: Option<String>,
}

/// Polygons as a GeoJSON geometry; the contract describes each type by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaGeometry {
    /// One polygon, or several.
    #[serde(rename = "type")]
    pub(super) kind: GeometryType,
    /// The rings of the polygon, or of each.
    pub(super) coordinates: Value,
}

impl PartialSchema for AreaGeometry {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .description(Some("Polygons as a GeoJSON geometry, of at most 200,000 positions."))
            .item(Ref::from_schema_name("PolygonGeometry"))
            .item(Ref::from_schema_name("MultiPolygonGeometry"))
            .discriminator(Some(Discriminator::with_mapping(
                "type",
                [
                    ("Polygon", "#/components/schemas/PolygonGeometry"),
                    ("MultiPolygon", "#/components/schemas/MultiPolygonGeometry"),
                ],
            )))
            .into()
    }
}

impl ToSchema for AreaGeometry {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas
            .push(("PolygonGeometry".to_owned(), geometry("One polygon.", GeometryType::Polygon, rings())));
        let several = geometry("Several polygons.", GeometryType::MultiPolygon, polygons());
        schemas.push(("MultiPolygonGeometry".to_owned(), several));
    }
}

/// The coordinate reference system as common tools write it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedCrs {
    /// How the system is told; by common tools as `name`.
    #[serde(rename = "type")]
    #[schema(max_length = 20)]
    kind: String,
    /// The system.
    properties: CrsName,
}

/// The name of a coordinate reference system.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CrsName {
    /// Its name.
    #[schema(max_length = 200)]
    name: String,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

fn geometry(text: &str, kind: GeometryType, coordinates: Schema) -> RefOr<Schema> {
    let kind = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some("What it is."))
        .enum_values(Some([kind.code()]));
    ObjectBuilder::new()
        .description(Some(text))
        .property("type", kind)
        .required("type")
        .property("coordinates", coordinates)
        .required("coordinates")
        .into()
}

fn polygons() -> Schema {
    let several =
        ArrayBuilder::new().items(RefOr::from(rings())).min_items(Some(1)).max_items(Some(MAX_POSITIONS));
    several.description(Some("Of each polygon the outer border and then its holes.")).into()
}

fn rings() -> Schema {
    let coordinate = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
    let position = ArrayBuilder::new()
        .items(coordinate)
        .min_items(Some(2))
        .max_items(Some(4))
        .description(Some("Longitude or easting, latitude or northing; what follows has no effect."));
    let ring = ArrayBuilder::new()
        .items(position)
        .min_items(Some(4))
        .max_items(Some(MAX_POSITIONS))
        .description(Some("A ring, which ends where it starts."));
    let rings = ArrayBuilder::new().items(ring).min_items(Some(1)).max_items(Some(MAX_POSITIONS));
    rings.description(Some("The outer border and then its holes.")).into()
}

fn feature_id() -> Schema {
    ObjectBuilder::new()
        .description(Some("The id that the feature has in its source; it has no effect"))
        .schema_type(SchemaType::from_iter([Type::String, Type::Number]))
        .max_length(Some(200))
        .build()
        .into()
}
