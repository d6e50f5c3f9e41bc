//! What readers see of an area; everybody the same.

use domain::id::AreaId;
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::areas;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::AreaGeometry;
use crate::codes::AreaKindCode;
use crate::etag::EntityTag;
use crate::ref_data::LabelsView;

/// A statistical sector or a neighbourhood, with its polygons.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Area {
    #[serde(flatten)]
    item: AreaItem,
    /// Its polygons as a GeoJSON geometry (RFC 7946) in WGS 84; absent when it cannot be located.
    #[schema(value_type = Option<AreaGeometry>)]
    geometry: Option<Value>,
}

/// A statistical sector or a neighbourhood, without its polygons.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AreaItem {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: AreaId,
    /// The number of its changes.
    version: i64,
    /// What `If-None-Match` takes, as of the document.
    etag: String,
    /// Its code.
    #[schema(example = "41002W06")]
    code: String,
    /// The version of the scheme that the code belongs to: codes change from one to the next.
    #[schema(example = "2025")]
    scheme_version: String,
    /// What it is.
    #[schema(value_type = AreaKindCode)]
    kind: &'static str,
    /// Its name.
    name: LabelsView,
    /// The code of the neighbourhood of a sector.
    parent_code: Option<String>,
    /// The first day on which the code holds.
    valid_from: Date,
    /// The last day on which it holds.
    valid_to: Option<Date>,
    /// When it was written first.
    created_at: Timestamp,
}

/// Gives the entity tag of an area.
pub(super) fn tag(area: &areas::Area) -> EntityTag {
    EntityTag::document(area.version, "a")
}

impl AreaItem {
    /// Makes the view of an area in a list.
    pub(super) fn of(area: &areas::Area, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/areas/{}", area.id),
            id: area.id,
            version: area.version.0,
            etag: tag(area).as_str().to_owned(),
            code: area.code.as_str().to_owned(),
            scheme_version: area.scheme_version.clone(),
            kind: area.kind.code(),
            name: (&area.name).into(),
            parent_code: area.parent_code.as_ref().map(|code| code.as_str().to_owned()),
            valid_from: area.valid_from,
            valid_to: area.valid_to,
            created_at: area.created_at,
        }
    }
}

impl Area {
    /// Makes the view of an area.
    pub(super) fn of(area: areas::Area, base_url: &str) -> Self {
        Self { item: AreaItem::of(&area, base_url), geometry: area.geometry }
    }
}
