//! The audit trail: who did what to what, when, with which request.

use actix_web::get;
use domain::change::Version;
use domain::id::{ClientId, OrganisationId};
use jiff::Timestamp;
use persistence::audit::{self, Filter};
use persistence::{Direction, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::etag::EntityTag;
use crate::forms::{OperationId, RecordedAtOrder};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;

/// A record of the audit trail.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    id: Uuid,
    /// When it was recorded.
    recorded_at: Timestamp,
    /// The client application that acted.
    #[schema(value_type = Uuid)]
    client_id: ClientId,
    /// The user behind it, when the token named one.
    user: Option<String>,
    /// The organisation in whose name it acted.
    #[schema(value_type = Uuid)]
    organisation_id: OrganisationId,
    /// The operation, by its `operationId`.
    #[schema(example = "updateCase")]
    operation: String,
    /// What kind of record it was about.
    #[schema(example = "case")]
    subject_kind: String,
    /// Which one.
    subject_id: Uuid,
    /// The version after it; absent for a reading.
    version: Option<i64>,
    /// The request.
    request_id: Uuid,
}

impl AuditRecord {
    fn of(record: audit::AuditRecord, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/auditRecords/{}", record.id),
            id: record.id,
            recorded_at: record.recorded_at,
            client_id: record.client_id,
            user: record.user,
            organisation_id: record.organisation_id,
            operation: record.operation,
            subject_kind: record.subject,
            subject_id: record.subject_id,
            version: record.version,
            request_id: record.request_id,
        }
    }
}

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// About this record.
    subject_id: Option<Uuid>,
    /// By this client application.
    #[param(value_type = Option<Uuid>)]
    client_id: Option<ClientId>,
    /// With this operation, by its `operationId`.
    #[param(inline, value_type = Option<OperationId>)]
    operation: Option<String>,
    /// Recorded at or after this moment.
    recorded_from: Option<Timestamp>,
    /// Recorded before this moment.
    recorded_before: Option<Timestamp>,
    /// `recordedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<RecordedAtOrder>, max_items = 1, required = false, example = json!(["-recordedAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let Self { subject_id, client_id, recorded_from, recorded_before, .. } = *self;
        if recorded_from.zip(recorded_before).is_some_and(|(from, before)| before < from) {
            let issue = Issue::new(Kind::InvalidPeriod, Place::Query, "recordedBefore");
            return Err(Problem::bad_request([issue]));
        }
        let operation = self.operation.clone();
        Ok(Filter { subject_id, client_id, operation, recorded_from, recorded_before })
    }
}

endpoint!(
    /// Lists the audit trail.
    pub ListAuditRecords, query = ListQuery
);

/// Which record of the audit trail.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AuditRecordPath {
    /// The record of the audit trail.
    audit_record_id: Uuid,
}

endpoint!(
    /// Reads a record of the audit trail.
    pub GetAuditRecord, path = AuditRecordPath
);

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services.service(list_audit_records).service(get_audit_record);
}

/// List the audit trail.
///
/// For the data protection officer and administrators; newest first unless told otherwise. Each reading is itself
/// written down.
#[utoipa::path(
    tag = "Audit",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of the audit trail", body = Collection<AuditRecord>)),
    extensions(("x-etag" = json!(false)))
)]
#[get("/auditRecords")]
pub async fn list_audit_records(call: Call<ListAuditRecords>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("recordedAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction);
    let (page, filter) = Problem::both(page, call.query.filter())?;
    let found = call.read(move |connection| Ok(audit::list(connection, &filter, page)?)).await?;
    note_reading(&call).await?;
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|record| At::new(record.recorded_at, record.id));
    let base_url = &call.state.base_url;
    let items = found.items.into_iter().map(|record| AuditRecord::of(record, base_url)).collect::<Vec<_>>();
    Reply::ok(&call.collection(&call.query.page, items, next.as_ref(), None))
}

/// Read a record of the audit trail.
///
/// It never changes. For the data protection officer and administrators; each reading is itself written down.
#[utoipa::path(
    tag = "Audit",
    params(AuditRecordPath),
    responses((status = 200, description = "The record", body = AuditRecord))
)]
#[get("/auditRecords/{auditRecordId}")]
pub async fn get_audit_record(call: Call<GetAuditRecord>) -> Result<Reply, Problem> {
    let id = call.path.audit_record_id;
    let found = call.read(move |connection| Ok(audit::find(connection, id)?)).await?;
    let record = found.ok_or_else(|| Problem::not_found("auditRecordId"))?;
    note_reading(&call).await?;
    Ok(Reply::ok(&AuditRecord::of(record, &call.state.base_url))?
        .tag(&EntityTag::document(Version::FIRST, "a")))
}

/// Writes down that the audit trail was read.
async fn note_reading<E: Operates<Permit = Permit<E>>>(call: &Call<E>) -> Result<(), Problem> {
    let reader = call.permit.principal().client_id.uuid();
    call.note(move |transaction| Ok(transaction.audit(Subject::Client, reader, None)?)).await
}
