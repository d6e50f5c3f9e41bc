//! Lists of areas.

use actix_web::get;
use domain::area;
use persistence::areas::{self, AreaKind, Filter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{AreaItem, given_area_kind};
use crate::call::Call;
use crate::codes::AreaKindCode;
use crate::endpoint;
use crate::forms::{AreaCode, CreatedAtOrder, SchemeVersion};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind, Place, Problem};
use crate::ref_data::{Asked, list};
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this kind.
    #[serde(default, deserialize_with = "given_area_kind")]
    #[param(value_type = Option<AreaKindCode>)]
    kind: Option<AreaKind>,
    /// With this code.
    #[param(inline, value_type = Option<AreaCode>)]
    code: Option<String>,
    /// Of this version of the scheme.
    #[param(inline, value_type = Option<SchemeVersion>)]
    scheme_version: Option<String>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists areas.
    pub ListAreas, query = ListQuery
);

/// List areas.
///
/// Without their polygons; oldest first unless told otherwise.
#[utoipa::path(
    tag = "Reference Data",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of areas", body = Collection<AreaItem>))
)]
#[get("/areas")]
pub async fn list_areas(call: Call<ListAreas>) -> Result<Reply, Problem> {
    let asked = Asked { by: "createdAt", sort: &call.query.sort, page: &call.query.page };
    let malformed = |_| Problem::bad_request([Issue::new(Kind::SchemaViolation, Place::Query, "code")]);
    let code = call.query.code.as_deref().map(area::AreaCode::parse).transpose().map_err(malformed);
    let (kind, scheme_version) = (call.query.kind, call.query.scheme_version.clone());
    let filter = code.map(|code| Filter { kind, code, scheme_version });
    list(
        &call,
        asked,
        filter.map(|filter| move |connection: &mut _, _: &_, page| areas::list(connection, &filter, page)),
        |area| Some(At::new(area.created_at, area.id)),
        |area| AreaItem::of(area, &call.state.base_url),
    )
    .await
}
