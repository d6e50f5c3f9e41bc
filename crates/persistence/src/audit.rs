//! The audit trail: who did what to what, when, with which request.

mod chain;
mod cut;

use diesel::prelude::*;
use domain::audit::{Entry, Outcome};
use domain::id::{CaseId, ClientId, OrganisationId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::schema::audit_records::{self, dsl};
use crate::schema::{audit_purposes, events};
use crate::types::{Instant, Key, key};

pub use chain::{
    Counts, KeptHash, Sealed, StoredLink, counts, head, is_behind, links, pending, purposes, seal,
};
pub use cut::{CUT, Checkpoint, checkpoint, cut, destroy};

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
    pub subject: Option<String>,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// The version after it; absent for a reading and for what was refused.
    pub version: Option<i64>,
    /// The request.
    pub request_id: Uuid,
    /// The case that it was about or belonged to.
    pub case_id: Option<CaseId>,
    /// The codes of the roles of the client, with commas between them.
    pub roles: String,
    /// The code of what became of it, as it is stored.
    pub outcome: String,
    /// Why it was refused.
    pub problem: Option<String>,
    /// The hash of what it was done for.
    pub purpose_hash: Option<String>,
}

impl AuditRecord {
    /// Gives what is hashed of it.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            case_id: self.case_id.map(CaseId::uuid),
            client_id: self.client_id.uuid(),
            id: self.id,
            operation: &self.operation,
            organisation_id: self.organisation_id.uuid(),
            outcome: &self.outcome,
            problem: self.problem.as_deref(),
            purpose_hash: self.purpose_hash.as_deref(),
            recorded_at: self.recorded_at,
            request_id: self.request_id,
            roles: self.roles().collect(),
            subject_id: self.subject_id,
            subject_kind: self.subject.as_deref(),
            user: self.user.as_deref(),
            version: self.version,
        }
    }

    /// Gives the codes of the roles of the client.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.split(',').filter(|_| !self.roles.is_empty())
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_records)]
struct Row {
    id: Key,
    recorded_at: Instant,
    client_id: Key,
    user_name: Option<String>,
    organisation_id: Key,
    operation: String,
    subject_kind: Option<String>,
    subject_id: Option<Key>,
    version: Option<i64>,
    request_id: Key,
    case_id: Option<Key>,
    roles: String,
    outcome: String,
    problem: Option<String>,
    purpose_hash: Option<String>,
}

impl From<Row> for AuditRecord {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            recorded_at: row.recorded_at.0,
            client_id: row.client_id.0.into(),
            user: row.user_name,
            organisation_id: row.organisation_id.0.into(),
            operation: row.operation,
            subject: row.subject_kind,
            subject_id: row.subject_id.map(|key| key.0),
            version: row.version,
            request_id: row.request_id.0,
            case_id: row.case_id.map(|key| key.0.into()),
            roles: row.roles,
            outcome: row.outcome,
            problem: row.problem,
            purpose_hash: row.purpose_hash,
        }
    }
}

/// What a record was done for, as far as that was asked and is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPurpose {
    /// What is hashed before the text.
    pub salt: String,
    /// The text.
    pub text: String,
}

/// A record of the audit trail with what it was done for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The record.
    pub record: AuditRecord,
    /// What it was done for.
    pub purpose: Option<KeptPurpose>,
}

/// A record and what it was done for, as they are read together.
type ToldRow = (Row, Option<(String, String)>);

fn told((row, purpose): ToldRow) -> Told {
    Told { record: row.into(), purpose: purpose.map(|(salt, text)| KeptPurpose { salt, text }) }
}

/// Finds an audit record.
pub fn find(connection: &mut AnyConnection, id: Uuid) -> Result<Option<Told>, StoreError> {
    let row: Option<ToldRow> = audit_records::table
        .left_join(audit_purposes::table.on(audit_purposes::record_id.eq(audit_records::id)))
        .filter(dsl::id.eq(Key(id)))
        .select((Row::as_select(), (audit_purposes::salt, audit_purposes::text).nullable()))
        .first(connection)
        .optional()?;
    Ok(row.map(told))
}

/// What a list of audit records is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// About this record.
    pub subject_id: Option<Uuid>,
    /// About this case or something that belongs to it.
    pub case_id: Option<CaseId>,
    /// By this client.
    pub client_id: Option<ClientId>,
    /// By this user.
    pub user: Option<String>,
    /// With this operation.
    pub operation: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
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
) -> Result<Page<Told>, StoreError> {
    let mut query = audit_records::table
        .left_join(audit_purposes::table.on(audit_purposes::record_id.eq(audit_records::id)))
        .select((Row::as_select(), (audit_purposes::salt, audit_purposes::text).nullable()))
        .into_boxed();
    let Filter { subject_id, case_id, client_id, user, operation, outcome, recorded_from, recorded_before } =
        filter;
    if let Some(subject) = subject_id {
        query = query.filter(dsl::subject_id.eq(Key(*subject)));
    }
    if let Some(case) = case_id {
        query = query.filter(dsl::case_id.eq(key(*case)));
    }
    if let Some(client) = client_id {
        query = query.filter(dsl::client_id.eq(key(*client)));
    }
    if let Some(user) = user {
        query = query.filter(dsl::user_name.eq(user));
    }
    if let Some(operation) = operation {
        query = query.filter(dsl::operation.eq(operation));
    }
    if let Some(outcome) = outcome {
        // Which is what the index is about.
        query = match outcome {
            Outcome::Refused => query.filter(dsl::problem.is_not_null()),
            Outcome::Succeeded => query.filter(dsl::problem.is_null()),
        };
    }
    if let Some(from) = recorded_from {
        query = query.filter(dsl::recorded_at.ge(Instant(*from)));
    }
    if let Some(before) = recorded_before {
        query = query.filter(dsl::recorded_at.lt(Instant(*before)));
    }
    let rows: Vec<ToldRow> = keyset!(query, dsl::recorded_at, dsl::id, page).load(connection)?;
    Ok(Page::of(rows.into_iter().map(told).collect(), page.size))
}

/// Finds the case that something belongs to, as its first event tells.
pub fn case_of(connection: &mut AnyConnection, subject: Uuid) -> Result<Option<CaseId>, StoreError> {
    let case: Option<Option<Key>> = events::table
        .filter(events::subject_id.eq(Key(subject)))
        .order(events::sequence)
        .select(events::case_id)
        .first(connection)
        .optional()?;
    Ok(case.flatten().map(|key| key.0.into()))
}

/// Reads records by their names, after one of them.
#[cfg(feature = "floor")]
pub(crate) fn records_after(
    connection: &mut AnyConnection,
    after: Uuid,
    size: i64,
) -> Result<Vec<AuditRecord>, StoreError> {
    let rows: Vec<Row> = audit_records::table
        .filter(dsl::id.gt(Key(after)))
        .order(dsl::id)
        .limit(size)
        .select(Row::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(Into::into).collect())
}
