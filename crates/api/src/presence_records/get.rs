//! Reading one presence record.

use actix_web::get;
use persistence::presence;

use super::sight::presence_sight;
use super::view::tag;
use super::{PresenceRecord, PresenceRecordPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

endpoint!(
    /// Reads a presence record.
    pub GetPresenceRecord, path = PresenceRecordPath
);

/// Read a presence record.
///
/// Members of a consultation see those in its area, guards those of their own service.
#[utoipa::path(
    tag = "Presence",
    params(PresenceRecordPath),
    responses((status = 200, description = "The presence record", body = PresenceRecord))
)]
#[get("/presenceRecords/{presenceRecordId}")]
pub async fn get_presence_record(call: Call<GetPresenceRecord>) -> Result<Reply, Problem> {
    let id = call.path.presence_record_id;
    let reference = call.reference().await?;
    let sight = presence_sight(call.permit.sight(), &reference);
    let found = call.read(move |connection| Ok(presence::find(connection, &sight, id)?)).await?;
    let record = found.ok_or_else(|| Problem::not_found("presenceRecordId"))?;
    Ok(Reply::ok(&PresenceRecord::of(&record, &call.state.base_url))?.tag(&tag(&record)))
}
