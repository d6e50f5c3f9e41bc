//! Writing a protocol.

use actix_web::post;
use domain::calendar::local_date;
use domain::data_sharing_protocol as protocol;

use super::DataSharingProtocol;
use super::terms::ProtocolBody;
use super::view::tag;
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::ref_data::Known;
use crate::reply::Reply;

endpoint!(
    /// Writes a protocol.
    pub CreateDataSharingProtocol, body = ProtocolBody
);

/// Write a data-sharing protocol.
///
/// It is a draft, under which nothing is sent until it is put into force. For the data protection officer.
#[utoipa::path(
    tag = "Data Sharing",
    request_body = ProtocolBody,
    responses((status = 201, description = "The new protocol", body = DataSharingProtocol))
)]
#[post("/dataSharingProtocols")]
pub async fn create_data_sharing_protocol(call: Call<CreateDataSharingProtocol>) -> Result<Reply, Problem> {
    let reference = call.reference().await?;
    let today = local_date(call.request.now);
    let known = Known {
        sight: call.permit.sight(),
        reference: &reference,
        categories: &call.state.categories,
        today,
    };
    let terms = call.body.parsed(&known)?;
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let id = unit.new_id().into();
        let change = protocol::DataSharingProtocol::create(id, terms.clone(), &unit.stamp());
        unit.save(&change)?;
        let view = DataSharingProtocol::of(&change.state, today, &base_url);
        let location = view.href.clone();
        Ok(Reply::created(&view, location)?.tag(&tag(&change.state, today)))
    })
    .await
}
