//! Reading one protocol.

use actix_web::get;
use domain::calendar::local_date;
use persistence::data_sharing_protocols;

use super::view::tag;
use super::{DataSharingProtocol, ProtocolPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a protocol.
    pub GetDataSharingProtocol, path = ProtocolPath
);

/// Read a data-sharing protocol.
///
/// For the data protection officer and administrators; what was ever in force is in the public register, too.
#[utoipa::path(
    tag = "Data Sharing",
    params(ProtocolPath),
    responses((status = 200, description = "The protocol", body = DataSharingProtocol))
)]
#[get("/dataSharingProtocols/{dataSharingProtocolId}")]
pub async fn get_data_sharing_protocol(call: Call<GetDataSharingProtocol>) -> Result<Reply, Problem> {
    let id = call.path.data_sharing_protocol_id;
    let found = call.read(move |connection| Ok(data_sharing_protocols::find(connection, id)?)).await?;
    let protocol = found.ok_or_else(|| Problem::not_found("dataSharingProtocolId"))?;
    let today = local_date(call.state.clock.now());
    let view = DataSharingProtocol::of(&protocol, today, &call.state.base_url);
    Ok(Reply::ok(&view)?.tag(&tag(&protocol, today)).cache(Cache::Revalidate))
}
