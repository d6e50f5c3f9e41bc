//! The facts of a protocol, and what it covers.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::SOON_DAYS;
use super::code::{DataCategory, LegalBasis, Status, Verb};
use crate::category::CategoryCode;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{DataSharingProtocolId, OrganisationId};
use crate::text::{Reference, Remark, Title};

/// On what ground personal data is passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegalGround {
    /// What makes it lawful.
    pub basis: LegalBasis,
    /// The act, decree or decision behind it.
    pub reference: Title,
}

/// What was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// What it is called.
    pub title: Title,
    /// Who passes data on under it.
    pub sender_organisation_ids: BTreeSet<OrganisationId>,
    /// Who receives them.
    pub recipient_organisation_ids: BTreeSet<OrganisationId>,
    /// What for.
    pub purpose: Remark,
    /// On what ground.
    pub legal_ground: LegalGround,
    /// Which kinds of data.
    pub data_categories: BTreeSet<DataCategory>,
    /// In cases of which categories; a main group stands for all of its categories.
    pub case_categories: BTreeSet<CategoryCode>,
    /// The first day.
    pub valid_from: Date,
    /// The last day.
    pub valid_to: Date,
    /// Where the signed document is found.
    pub document_reference: Reference,
}

/// Data that is about to be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer<'a> {
    /// Who passes them on.
    pub sender: OrganisationId,
    /// Who receives them.
    pub recipient: OrganisationId,
    /// The category of the case that they belong to.
    pub category: &'a CategoryCode,
}

/// Everything that is known about a protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name.
    pub id: DataSharingProtocolId,
    /// The number of its changes.
    pub version: Version,
    /// Its state, not looking at its last day: see [`Facts::status_on`].
    pub status: Status,
    /// What was agreed.
    pub terms: Terms,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// When it was put into force.
    pub validated_at: Option<Timestamp>,
    /// When it was ended early.
    pub revoked_at: Option<Timestamp>,
    /// Why.
    pub revoke_reason: Option<Remark>,
    /// Who wrote it.
    pub created_by: Actor,
    /// The verbs that would change nothing if they came again.
    pub done: DoneVerbs,
}

impl Facts {
    /// Gives what is known of a protocol before its first event.
    pub(super) fn new(id: DataSharingProtocolId, terms: Terms, stamp: &Stamp) -> Self {
        Self {
            id,
            version: Version::FIRST,
            status: Status::Draft,
            terms,
            created_at: stamp.at,
            updated_at: stamp.at,
            validated_at: None,
            revoked_at: None,
            revoke_reason: None,
            created_by: stamp.by.clone(),
            done: DoneVerbs::default(),
        }
    }

    /// Gives its state on a day.
    pub fn status_on(&self, day: Date) -> Status {
        if self.status == Status::Valid && self.terms.valid_to < day { Status::Expired } else { self.status }
    }

    /// Tells whether data may be passed on under it on a day.
    pub fn covers(&self, transfer: &Transfer<'_>, day: Date) -> bool {
        let Terms { sender_organisation_ids, recipient_organisation_ids, case_categories, .. } = &self.terms;
        self.status_on(day) == Status::Valid
            && self.terms.valid_from <= day
            && sender_organisation_ids.contains(&transfer.sender)
            && recipient_organisation_ids.contains(&transfer.recipient)
            && (case_categories.contains(transfer.category)
                || case_categories.contains(&transfer.category.group()))
    }

    /// Tells whether it is in force on a day and ends within [`SOON_DAYS`] days.
    pub fn ends_soon(&self, day: Date) -> bool {
        self.status_on(day) == Status::Valid && self.terms.valid_to <= day.saturating_add(SOON_DAYS.days())
    }

    /// Tells an event, which shows the protocol as it is now.
    pub(super) const fn tell(&self, verb: Verb, at: Timestamp) -> Event {
        Event { verb, at, state: self.status }
    }
}

/// One step in the life of a protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The verb that led to it.
    pub verb: Verb,
    /// When it took effect.
    pub at: Timestamp,
    /// The state after the step.
    pub state: Status,
}
