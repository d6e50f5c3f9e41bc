//! The audit trail: who did what to what, when, with which request.

mod export;
mod reading;
pub(crate) mod refusal;
mod sealer;
mod verification;

use actix_web::{get, web};
use domain::audit::Outcome;
use domain::change::Version;
use domain::id::{CaseId, ClientId, OrganisationId};
use jiff::Timestamp;
use persistence::audit::{self, Filter, Told};
use persistence::{Direction, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Permit;
use crate::call::Call;
use crate::codes::AuditOutcomeCode;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::etag::EntityTag;
use crate::forms::{OperationId, RecordedAtOrder};
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::routes::fallback;

pub(crate) use reading::Reading;
pub use reading::Sensitive;
pub use sealer::Sealer;
pub use verification::{AuditVerification, Verified, verify};

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
    /// The roles that the token gave, in alphabetical order; none for what the system did by itself.
    #[schema(example = json!(["neighbourhoodManager"]))]
    roles: Vec<String>,
    /// The operation, by its `operationId`.
    #[schema(example = "updateCase")]
    operation: String,
    /// What became of it.
    #[schema(value_type = AuditOutcomeCode)]
    outcome: String,
    /// Why it was refused: the last part of the `type` of the problem.
    #[schema(example = "missingPermission")]
    problem: Option<String>,
    /// What kind of record it was about; absent when a request that was refused named none.
    #[schema(example = "case")]
    subject_kind: Option<String>,
    /// Which one.
    subject_id: Option<Uuid>,
    /// The case that it was about or that it belongs to.
    #[schema(value_type = Option<Uuid>)]
    case_id: Option<CaseId>,
    /// The version after it; absent for a reading and for what was refused.
    version: Option<i64>,
    /// The request.
    request_id: Uuid,
    /// What it was done for, where that is asked and as long as it is kept.
    purpose: Option<String>,
    /// What is hashed before `purpose`, with a line break between them.
    purpose_salt: Option<String>,
    /// The SHA-256 of both: it stays when they are erased.
    purpose_hash: Option<String>,
}

impl AuditRecord {
    fn of(told: Told, base_url: &str) -> Self {
        let Told { record, purpose } = told;
        let (purpose, purpose_salt) = purpose.map(|kept| (kept.text, kept.salt)).unzip();
        Self {
            href: format!("{base_url}/auditRecords/{}", record.id),
            id: record.id,
            recorded_at: record.recorded_at,
            client_id: record.client_id,
            roles: record.roles().map(str::to_owned).collect(),
            user: record.user,
            organisation_id: record.organisation_id,
            operation: record.operation,
            outcome: record.outcome,
            problem: record.problem,
            subject_kind: record.subject,
            subject_id: record.subject_id,
            case_id: record.case_id,
            version: record.version,
            request_id: record.request_id,
            purpose,
            purpose_salt,
            purpose_hash: record.purpose_hash,
        }
    }
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// About this record.
    subject_id: Option<Uuid>,
    /// About this case, or something that belongs to it: who saw and changed it.
    #[param(value_type = Option<Uuid>)]
    case_id: Option<CaseId>,
    /// By this client application: what it saw and changed.
    #[param(value_type = Option<Uuid>)]
    client_id: Option<ClientId>,
    /// By this user.
    #[param(min_length = 1, max_length = 200)]
    user: Option<String>,
    /// With this operation, by its `operationId`.
    #[param(inline, value_type = Option<OperationId>)]
    operation: Option<String>,
    /// With this outcome.
    #[param(value_type = Option<AuditOutcomeCode>)]
    outcome: Option<Outcome>,
    /// Recorded at or after this moment.
    recorded_from: Option<Timestamp>,
    /// Recorded before this moment.
    recorded_before: Option<Timestamp>,
}

impl Narrowed {
    fn filter(&self, place: Place) -> Result<Filter, Problem> {
        let Self { subject_id, case_id, client_id, outcome, recorded_from, recorded_before, .. } = *self;
        if recorded_from.zip(recorded_before).is_some_and(|(from, before)| before < from) {
            let issue = Issue::new(Kind::InvalidPeriod, place, "recordedBefore");
            return Err(Problem::bad_request([issue]));
        }
        let (user, operation) = (self.user.clone(), self.operation.clone());
        Ok(Filter {
            subject_id,
            case_id,
            client_id,
            user,
            operation,
            outcome,
            recorded_from,
            recorded_before,
        })
    }
}

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    #[serde(flatten)]
    #[param(ignore)]
    narrowed: Narrowed,
    /// `recordedAt`, with `-` before it for descending.
    #[serde(default)]
    #[param(inline, value_type = Vec<RecordedAtOrder>, max_items = 1, required = false, example = json!(["-recordedAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
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
    services
        .service(list_audit_records)
        .service(verification::get_audit_verification)
        .route("/auditRecords/verification", web::to(fallback))
        .service(export::export_audit_records)
        .route("/auditRecords/export", web::to(fallback))
        .service(get_audit_record);
}

/// List the audit trail.
///
/// For the data protection officer and administrators; newest first unless told otherwise. It tells every change, every reading
/// of police or housing notes, of cases whose category may reveal something of a person, of dossiers and of this trail, and
/// every request of a known caller that was refused. `caseId` answers who saw a case, `clientId` what an application saw.
/// Each reading is itself written down.
#[utoipa::path(
    tag = "Audit",
    params(Narrowed, ListQuery, PageQuery),
    responses((status = 200, description = "A page of the audit trail", body = Collection<AuditRecord>)),
    extensions(("x-etag" = json!(false)))
)]
#[get("/auditRecords")]
pub async fn list_audit_records(call: Call<ListAuditRecords>) -> Result<Reply, Problem> {
    let ((), direction) =
        call.order_by(&call.query.sort, &[("recordedAt", ())], ((), Direction::Descending))?;
    let page = call.page_request(&call.query.page, direction);
    let (page, filter) = Problem::both(page, call.query.narrowed.filter(Place::Query))?;
    let found = call.read(move |connection| Ok(audit::list(connection, &filter, page)?)).await?;
    note_reading(&call).await?;
    let last = found.items.last().filter(|_| found.has_more);
    let next = last.map(|told| At::new(told.record.recorded_at, told.record.id));
    let base_url = &call.state.base_url;
    let items = found.items.into_iter().map(|told| AuditRecord::of(told, base_url)).collect::<Vec<_>>();
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

/// Writes down that the audit trail was read: a deed of the caller about no other thing than itself.
async fn note_reading<E: Operates<Permit = Permit<E>>>(call: &Call<E>) -> Result<(), Problem> {
    let reader = call.permit.principal().client_id.uuid();
    call.note_readings([Reading { subject: Subject::Client, id: reader, case_id: None, through: None }]).await
}
