//! What readers see of an organisation: their own and, for most, every one in full; of the others the services that
//! take requests, by name.

use domain::access::{Regime, Sight};
use domain::id::OrganisationId;
use domain::organisation::{self, Kind};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::organisations::StoredOrganisation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{OrganisationKindCode, RegimeCode};
use crate::etag::EntityTag;
use crate::ref_data::LabelsView;

/// An organisation as its reader sees it: `view` tells how much that is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum Organisation {
    /// The whole record.
    Full(Box<FullOrganisation>),
    /// A service that takes requests, for other services and partners.
    Summary(OrganisationSummary),
}

/// The whole record of an organisation.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FullOrganisation {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: OrganisationId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// What it is.
    #[schema(value_type = OrganisationKindCode)]
    kind: Kind,
    /// The law and the owner under which its data stands.
    #[schema(value_type = RegimeCode)]
    regime: Regime,
    /// Its name.
    name: LabelsView,
    /// Its enterprise number, grouped.
    #[schema(example = "0123.456.749")]
    enterprise_number: Option<String>,
    /// Its code in the Flemish register of organisations.
    #[schema(example = "OVO001234")]
    ovo_code: Option<String>,
    /// Whether it takes follow-up requests.
    takes_requests: bool,
    /// The function to turn to; no name of a person.
    contact_function: Option<String>,
    /// The first day on which it exists.
    valid_from: Date,
    /// The last day on which it exists.
    valid_to: Option<Date>,
    /// The organisation that took its place.
    #[schema(value_type = Option<uuid::Uuid>)]
    successor_id: Option<OrganisationId>,
    /// When it was written.
    created_at: Timestamp,
}

/// A service that takes requests.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationSummary {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: OrganisationId,
    /// The number of its changes.
    version: i64,
    /// What `If-None-Match` takes, as of the document.
    etag: String,
    /// Its name.
    name: LabelsView,
    /// Whether it takes follow-up requests.
    takes_requests: bool,
}

/// What a view depends on beside the organisation.
#[derive(Clone, Copy)]
pub(super) struct Viewing<'a> {
    /// The records that the reader may touch.
    pub(super) sight: &'a Sight,
    /// The address of the API.
    pub(super) base_url: &'a str,
}

impl Viewing<'_> {
    fn sees_all(&self, organisation: &organisation::Organisation) -> bool {
        self.sight.everything || self.sight.own.contains(&organisation.id)
    }

    /// Tells whether the reader sees anything of an organisation.
    pub(super) fn sees(&self, organisation: &organisation::Organisation) -> bool {
        organisation.takes_requests || self.sees_all(organisation)
    }

    /// Gives the entity tag of an organisation as the reader sees it.
    pub(super) fn tag(&self, organisation: &organisation::Organisation) -> EntityTag {
        EntityTag::document(organisation.version, if self.sees_all(organisation) { "f" } else { "s" })
    }

    /// Gives the address of an organisation.
    pub(super) fn href(&self, organisation: &organisation::Organisation) -> String {
        format!("{}/organisations/{}", self.base_url, organisation.id)
    }

    /// Makes the reader's view of an organisation.
    pub(super) fn view(&self, stored: &StoredOrganisation) -> Organisation {
        let organisation = &stored.organisation;
        if self.sees_all(organisation) {
            Organisation::Full(Box::new(self.full(organisation, stored.created_at)))
        } else {
            Organisation::Summary(OrganisationSummary {
                href: self.href(organisation),
                id: organisation.id,
                version: organisation.version.0,
                etag: self.tag(organisation).as_str().to_owned(),
                name: (&organisation.name).into(),
                takes_requests: organisation.takes_requests,
            })
        }
    }

    fn full(&self, organisation: &organisation::Organisation, created_at: Timestamp) -> FullOrganisation {
        FullOrganisation {
            href: self.href(organisation),
            id: organisation.id,
            version: organisation.version.0,
            etag: self.tag(organisation).as_str().to_owned(),
            kind: organisation.kind,
            regime: organisation.regime,
            name: (&organisation.name).into(),
            enterprise_number: organisation.enterprise_number.map(|number| number.to_string()),
            ovo_code: organisation.ovo_code.as_ref().map(|code| code.as_str().to_owned()),
            takes_requests: organisation.takes_requests,
            contact_function: organisation.contact_function.clone(),
            valid_from: organisation.valid_from,
            valid_to: organisation.valid_to,
            successor_id: organisation.successor_id,
            created_at,
        }
    }
}
