//! Changing a draft.

use std::sync::Arc;

use actix_web::patch;
use domain::change::Outcome;

use super::terms::ProtocolPatch;
use super::verbs::act;
use super::{DataSharingProtocol, ProtocolPath};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::ref_data::Known;
use crate::reply::Reply;

endpoint!(
    /// Changes a draft.
    pub UpdateDataSharingProtocol, path = ProtocolPath, body = ProtocolPatch
);

/// Change a draft of a data-sharing protocol.
///
/// What is in force stays as it is: revoke it and write the next one.
#[utoipa::path(
    tag = "Data Sharing",
    params(ProtocolPath),
    request_body = ProtocolPatch,
    responses((status = 200, description = "The protocol after it", body = DataSharingProtocol))
)]
#[patch("/dataSharingProtocols/{dataSharingProtocolId}")]
pub async fn update_data_sharing_protocol(call: Call<UpdateDataSharingProtocol>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let (state, patch, sight) = (Arc::clone(&call.state), call.body.clone(), call.permit.sight().clone());
    act(call, move |protocol, today, stamp| {
        let known = Known { sight: &sight, reference: &reference, categories: &state.categories, today };
        let terms = patch.on(&protocol.terms).parsed(&known)?;
        if terms == protocol.terms {
            return Ok(Outcome::Unchanged(protocol));
        }
        Ok(protocol.edit(&terms, today, stamp)?)
    })
    .await
}
