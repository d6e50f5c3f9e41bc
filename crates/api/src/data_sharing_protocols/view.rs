//! What readers see of a protocol.

use domain::data_sharing_protocol::{self as protocol, Facts, Status, Verb, allowed};
use domain::id::DataSharingProtocolId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::terms::ProtocolTerms;
use crate::codes::{DataSharingProtocolStateCode, DataSharingProtocolVerbCode};
use crate::etag::EntityTag;

/// A protocol on the sharing of personal data.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataSharingProtocol {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: DataSharingProtocolId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// Its state today.
    #[schema(value_type = DataSharingProtocolStateCode)]
    state: Status,
    /// Whether it is in force and ends within sixty days: time to renew it.
    ends_soon: bool,
    /// What was agreed.
    #[serde(flatten)]
    terms: ProtocolTerms,
    /// When it was written.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// When it was put into force.
    validated_at: Option<Timestamp>,
    /// When it was ended before its last day.
    revoked_at: Option<Timestamp>,
    /// Why.
    revoke_reason: Option<String>,
    /// What can be done with it now.
    #[schema(value_type = Vec<DataSharingProtocolVerbCode>)]
    allowed_verbs: Vec<Verb>,
}

/// Gives the entity tag of a protocol on a day: a last day makes another document of it, and so does its coming near.
pub(super) fn tag(protocol: &Facts, today: Date) -> EntityTag {
    let soon = if protocol.ends_soon(today) { "s" } else { "" };
    EntityTag::document(protocol.version, format!("{}{soon}", protocol.status_on(today)))
}

impl DataSharingProtocol {
    /// Makes the view of a protocol.
    pub(super) fn of(protocol: &protocol::DataSharingProtocol, today: Date, base_url: &str) -> Self {
        let state = protocol.status_on(today);
        Self {
            href: format!("{base_url}/dataSharingProtocols/{}", protocol.id),
            id: protocol.id,
            version: protocol.version.0,
            etag: tag(protocol, today).as_str().to_owned(),
            state,
            ends_soon: protocol.ends_soon(today),
            terms: ProtocolTerms::from(&protocol.terms),
            created_at: protocol.created_at,
            updated_at: protocol.updated_at,
            validated_at: protocol.validated_at,
            revoked_at: protocol.revoked_at,
            revoke_reason: protocol.revoke_reason.as_ref().map(ToString::to_string),
            allowed_verbs: allowed(state),
        }
    }
}
