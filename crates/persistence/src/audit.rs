//! The audit trail: who did what to what, when, with which request.

use diesel::prelude::*;
use domain::id::{ClientId, OrganisationId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::schema::audit_records::{self, dsl};
use crate::types::{Instant, Key, key};

/// A record of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its name.
    pub id: Uuid,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The client application that acted.
    pub client_id: ClientId,
    /// The user behind it.
    pub user: Option<String>,
    /// The organisation in whose name it acted.
    pub organisation_id: OrganisationId,
    /// The operation, as in the contract.
    pub operation: String,
    /// What kind of thing it was about.
    pub subject: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The version after it; absent for a reading.
    pub version: Option<i64>,
    /// The request.
    pub request_id: Uuid,
}

type Row = (Key, Instant, Key, Option<String>, Key, String, String, Key, Option<i64>, Key);

impl From<Row> for AuditRecord {
    fn from(row: Row) -> Self {
        let (id, at, client_id, user, organisation_id, operation, subject, subject_id, version, request_id) =
            row;
        Self {
            id: id.0,
            recorded_at: at.0,
            client_id: client_id.0.into(),
            user,
            organisation_id: organisation_id.0.into(),
            operation,
            subject,
            subject_id: subject_id.0,
            version,
            request_id: request_id.0,
        }
    }
}

/// Finds an audit record.
pub fn find(connection: &mut AnyConnection, id: Uuid) -> Result<Option<AuditRecord>, StoreError> {
    let row: Option<Row> = dsl::audit_records.find(Key(id)).first(connection).optional()?;
    Ok(row.map(Into::into))
}

/// What a list of audit records is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// About this record.
    pub subject_id: Option<Uuid>,
    /// By this client.
    pub client_id: Option<ClientId>,
    /// With this operation.
    pub operation: Option<String>,
    /// Recorded at or after this moment.
    pub recorded_from: Option<Timestamp>,
    /// Recorded before this moment.
    pub recorded_before: Option<Timestamp>,
}

/// Lists audit records by the time at which they were recorded.
pub fn list(
    connection: &mut AnyConnection,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<AuditRecord>, StoreError> {
    let mut query = audit_records::table.into_boxed();
    if let Some(subject) = filter.subject_id {
        query = query.filter(dsl::subject_id.eq(Key(subject)));
    }
    if let Some(client) = filter.client_id {
        query = query.filter(dsl::client_id.eq(key(client)));
    }
    if let Some(operation) = &filter.operation {
        query = query.filter(dsl::operation.eq(operation));
    }
    if let Some(from) = filter.recorded_from {
        query = query.filter(dsl::recorded_at.ge(Instant(from)));
    }
    if let Some(before) = filter.recorded_before {
        query = query.filter(dsl::recorded_at.lt(Instant(before)));
    }
    let rows: Vec<Row> = keyset!(query, dsl::recorded_at, dsl::id, page).load(connection)?;
    Ok(Page::of(rows.into_iter().map(Into::into).collect(), page.size))
}
