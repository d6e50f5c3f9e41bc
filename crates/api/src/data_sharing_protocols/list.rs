//! Lists of protocols.

use actix_web::get;
use domain::calendar::local_date;
use domain::data_sharing_protocol::Status;
use persistence::{Direction, data_sharing_protocols};
use serde::Deserialize;
use utoipa::IntoParams;

use super::DataSharingProtocol;
use crate::call::Call;
use crate::codes::DataSharingProtocolStateCode;
use crate::endpoint;
use crate::forms::CreatedAtOrder;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// In any of these states today.
    #[serde(default)]
    #[param(value_type = Vec<DataSharingProtocolStateCode>, required = false)]
    state: Vec<Status>,
    /// `createdAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<CreatedAtOrder>, max_items = 1, required = false, example = json!(["createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

endpoint!(
    /// Lists protocols.
    pub ListDataSharingProtocols, query = ListQuery
);

/// List data-sharing protocols.
///
/// `endsSoon` tells which ones are to be renewed. For the data protection officer and administrators; oldest first unless told
/// otherwise.
#[utoipa::path(
    tag = "Data Sharing",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of protocols", body = Collection<DataSharingProtocol>)),
    extensions(("x-etag" = json!(false)))
)]
#[get("/dataSharingProtocols")]
pub async fn list_data_sharing_protocols(call: Call<ListDataSharingProtocols>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("createdAt", ())], ((), Direction::Ascending))?;
    let page = call.page_request(&call.query.page, direction)?;
    let today = local_date(call.state.clock.now());
    let states = call.query.state.clone();
    let found = call
        .read(move |connection| Ok(data_sharing_protocols::list(connection, &states, today, page)?))
        .await?;
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|protocol| At::new(protocol.created_at, protocol.id));
    let base_url = &call.state.base_url;
    let view = |protocol: &_| DataSharingProtocol::of(protocol, today, base_url);
    let items = found.items.iter().map(view).collect::<Vec<_>>();
    Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))
}
