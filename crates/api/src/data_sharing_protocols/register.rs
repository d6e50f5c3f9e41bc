//! The public register of protocols.

use std::sync::Arc;

use actix_web::get;
use domain::calendar::local_date;
use domain::data_sharing_protocol::{DataSharingProtocol as Protocol, Status};
use domain::id::{DataSharingProtocolId, OrganisationId};
use persistence::{ReferenceData, data_sharing_protocols};
use serde::Serialize;
use utoipa::ToSchema;

use super::terms::ProtocolTerms;
use crate::call::Call;
use crate::codes::DataSharingProtocolStateCode;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::ref_data::LabelsView;
use crate::reply::{Cache, Reply};
use crate::work::snapshot;

/// A party of a protocol.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProtocolParty {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: OrganisationId,
    /// Its name.
    name: LabelsView,
}

/// A protocol in the public register.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedProtocol {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: DataSharingProtocolId,
    /// Its state today; a draft is not published.
    #[schema(value_type = DataSharingProtocolStateCode)]
    state: Status,
    /// Who passes personal data on, by name.
    senders: Vec<ProtocolParty>,
    /// Who receives them, by name.
    recipients: Vec<ProtocolParty>,
    /// What was agreed.
    #[serde(flatten)]
    terms: ProtocolTerms,
    /// Why it was revoked.
    revoke_reason: Option<String>,
}

/// The public register of protocols.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublishedProtocols {
    /// The address of this list.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The protocols that are or were in force, by their first day.
    items: Vec<PublishedProtocol>,
    /// How many there are.
    total: usize,
}

endpoint!(
    /// Gives the register of protocols.
    pub ListPublishedDataSharingProtocols, open = "listPublishedDataSharingProtocols"
);

/// The public register of data-sharing protocols.
///
/// For everybody, as protocols are published (decree of 18 July 2008 on electronic administrative data traffic, article 8): those
/// that are in force, have expired or were revoked, whole.
#[utoipa::path(
    tag = "Data Sharing",
    responses((status = 200, description = "The register", body = PublishedProtocols))
)]
#[get("/refData/dataSharingProtocols")]
pub async fn list_published_data_sharing_protocols(
    call: Call<ListPublishedDataSharingProtocols>,
) -> Result<Reply, Problem> {
    let now = call.request.now;
    let state = Arc::clone(&call.state);
    let found = snapshot(Arc::clone(&call.state), move |connection| {
        let reference = state.reference.get(&state.store, now)?;
        Ok((data_sharing_protocols::published(connection)?, reference))
    });
    let (protocols, reference) = found.await?;
    let today = local_date(now);
    let items: Vec<_> = protocols.iter().map(|protocol| published(protocol, today, &reference)).collect();
    let total = items.len();
    let self_link = format!("{}/refData/dataSharingProtocols", call.state.base_url);
    let reply = Reply::ok(&PublishedProtocols { self_link, items, total })?;
    let tag = EntityTag::of_bytes(reply.body().unwrap_or_default().as_bytes());
    Ok(reply.tag(&tag).cache(Cache::Public))
}

fn published(protocol: &Protocol, today: jiff::civil::Date, reference: &ReferenceData) -> PublishedProtocol {
    let party = |id: &OrganisationId| {
        let found = reference.organisation(*id)?;
        Some(ProtocolParty { id: *id, name: (&found.name).into() })
    };
    let parties = |ids: &std::collections::BTreeSet<OrganisationId>| ids.iter().filter_map(party).collect();
    PublishedProtocol {
        id: protocol.id,
        state: protocol.status_on(today),
        senders: parties(&protocol.terms.sender_organisation_ids),
        recipients: parties(&protocol.terms.recipient_organisation_ids),
        terms: ProtocolTerms::from(&protocol.terms),
        revoke_reason: protocol.revoke_reason.as_ref().map(ToString::to_string),
    }
}
