//! What readers see of a contact.

use domain::contact::{Contact, Kind, Partner};
use domain::follow_up::Channel;
use domain::id::{CaseId, ConsultationId, ContactId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{ChannelCode, ContactKindCode};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;
use crate::listing::At;

/// A consultation with a partner on a case.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseContact {
    /// Its address.
    #[schema(format = "uri")]
    pub(super) href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ContactId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The case.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// The consultation of the case.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// Whether the partner belonged to the city and the police when it was recorded.
    #[schema(value_type = ContactKindCode)]
    kind: Kind,
    /// The day on which it took place.
    contacted_on: Date,
    /// The partner, when the register of organisations knows it.
    #[schema(value_type = Option<uuid::Uuid>)]
    partner_organisation_id: Option<OrganisationId>,
    /// The partner by its name otherwise.
    partner_name: Option<String>,
    /// How.
    #[schema(value_type = ChannelCode)]
    channel: Channel,
    /// What for.
    purpose: String,
    /// What came of it.
    result: Option<String>,
    /// The organisation that recorded it.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// When it was recorded.
    created_at: Timestamp,
    /// Who recorded it.
    created_by: ActorView,
    /// When it was last corrected.
    updated_at: Timestamp,
}

/// Gives the entity tag of a contact.
pub(super) fn tag(contact: &Contact) -> EntityTag {
    EntityTag::document(contact.version, "k")
}

/// Gives the place of a contact in a list: its day at midnight UTC.
pub(super) fn place(contact: &Contact) -> Option<At> {
    let midnight = contact.particulars.contacted_on.to_zoned(TimeZone::UTC).ok()?;
    Some(At::new(midnight.timestamp(), contact.id))
}

impl CaseContact {
    /// Makes the view of a contact.
    pub(super) fn of(contact: &Contact, base_url: &str) -> Self {
        let particulars = &contact.particulars;
        let (partner_organisation_id, partner_name) = match &particulars.partner {
            Partner::Organisation(id) => (Some(*id), None),
            Partner::Named(name) => (None, Some(name.to_string())),
        };
        Self {
            href: format!("{base_url}/cases/{}/contacts/{}", contact.case_id, contact.id),
            id: contact.id,
            version: contact.version.0,
            etag: tag(contact).as_str().to_owned(),
            case_id: contact.case_id,
            consultation_id: contact.consultation_id,
            kind: particulars.kind,
            contacted_on: particulars.contacted_on,
            partner_organisation_id,
            partner_name,
            channel: particulars.channel,
            purpose: particulars.purpose.to_string(),
            result: particulars.result.as_ref().map(ToString::to_string),
            organisation_id: contact.created_by.organisation_id,
            created_at: contact.created_at,
            created_by: (&contact.created_by).into(),
            updated_at: contact.updated_at,
        }
    }
}
