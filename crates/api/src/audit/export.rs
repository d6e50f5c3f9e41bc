//! The audit trail as a file, for the data protection officer.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, post};
use domain::audit::Outcome;
use domain::id::{CaseId, ClientId};
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use persistence::audit::{self, Filter, Told};
use persistence::{Direction, PageRequest, Place};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::reading::purpose_of;
use super::{Narrowed, note_reading};
use crate::call::Call;
use crate::codes::AuditOutcomeCode;
use crate::endpoint;
use crate::forms::OperationId;
use crate::limits::Place as Seat;
use crate::problem::{Place as InputPlace, Problem};
use crate::spreadsheet::{Lines, MEDIA_TYPE};
use crate::state::State;
use crate::work::blocking;

/// How many records are read, written and sent at once.
const PART: i64 = 1_000;

/// What is exported, and what for.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({
    "purpose": "Inzageverzoek 2026-17: wie zag het dossier?",
    "caseId": "0198b2f0-0000-7000-8000-000000000042",
})))]
pub struct ExportBody {
    /// What it is for; kept with the record of this reading.
    #[schema(min_length = 5, max_length = 500)]
    purpose: String,
    /// About this record.
    subject_id: Option<Uuid>,
    /// About this case, or something that belongs to it: who saw and changed it.
    #[schema(value_type = Option<Uuid>)]
    case_id: Option<CaseId>,
    /// By this client application: what it saw and changed.
    #[schema(value_type = Option<Uuid>)]
    client_id: Option<ClientId>,
    /// By this user.
    #[schema(min_length = 1, max_length = 200)]
    user: Option<String>,
    /// With this operation, by its `operationId`.
    #[schema(inline, value_type = Option<OperationId>)]
    operation: Option<String>,
    /// With this outcome.
    #[schema(value_type = Option<AuditOutcomeCode>)]
    outcome: Option<Outcome>,
    /// Recorded at or after this moment.
    recorded_from: Option<Timestamp>,
    /// Recorded before this moment.
    recorded_before: Option<Timestamp>,
}

impl ExportBody {
    fn narrowed(&self) -> Narrowed {
        let Self { subject_id, case_id, client_id, outcome, recorded_from, recorded_before, .. } = *self;
        let (user, operation) = (self.user.clone(), self.operation.clone());
        Narrowed { subject_id, case_id, client_id, user, operation, outcome, recorded_from, recorded_before }
    }
}

endpoint!(
    /// Exports the audit trail.
    pub ExportAuditRecords, body = ExportBody
);

/// Export the audit trail as CSV.
///
/// The records that the list gives under the same conditions, oldest first, in one file (RFC 4180, UTF-8; a text that a
/// spreadsheet would take for a formula has an apostrophe before it). A file that ends without its last line break was cut off:
/// ask again. The export itself is written down, with its purpose.
#[utoipa::path(
    tag = "Audit",
    request_body = ExportBody,
    responses((status = 200, description = "The records", body = String, content_type = "text/csv")),
    extensions(("x-etag" = json!(false)), ("x-idempotency-key" = json!(false)))
)]
#[post("/auditRecords/export")]
pub async fn export_audit_records(mut call: Call<ExportAuditRecords>) -> Result<HttpResponse, Problem> {
    let purpose = purpose_of("purpose", &call.body.purpose);
    let (purpose, mut filter) = Problem::both(purpose, call.body.narrowed().filter(InputPlace::Body))?;
    call.purpose = Some(Box::new(purpose));
    note_reading(&call).await?;
    // What is written later is not in it, so that it has an end.
    let end = call.request.now.saturating_add(SignedDuration::from_micros(1)).map_err(Problem::internal)?;
    filter.recorded_before = Some(filter.recorded_before.map_or(end, |before| before.min(end)));
    let seat = call.sit_down()?;
    let file = File { state: Arc::clone(&call.state), filter, after: None, part: Part::Head, _seat: seat };
    let body = stream::try_unfold(file, |mut file| async move {
        let bytes = file.next().await.map_err(actix_web::Error::from)?;
        Ok::<_, actix_web::Error>(bytes.map(|bytes| (bytes, file)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"auditRecords.csv\""))
        .streaming(body))
}

/// A file that is being sent.
struct File {
    state: Arc<State>,
    filter: Filter,
    after: Option<Place>,
    part: Part,
    /// The place that it takes of its client until it is sent.
    _seat: Option<Seat>,
}

/// What comes next of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Records,
    Nothing,
}

/// The columns.
const COLUMNS: [&str; 15] = [
    "recordedAt",
    "clientId",
    "user",
    "organisationId",
    "roles",
    "operation",
    "outcome",
    "problem",
    "subjectKind",
    "subjectId",
    "caseId",
    "version",
    "requestId",
    "purpose",
    "id",
];

impl File {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let mut lines = Lines::default();
        match self.part {
            Part::Nothing => return Ok(None),
            Part::Head => {
                lines.add(COLUMNS)?;
                self.part = Part::Records;
            }
            Part::Records => {
                let (store, filter) = (self.state.store.clone(), self.filter.clone());
                let page = PageRequest { direction: Direction::Ascending, after: self.after, size: PART };
                let place = self.state.reading.acquire().await.map_err(Problem::internal)?;
                let found =
                    blocking(move || Ok(store.read(|connection| audit::list(connection, &filter, page))?))
                        .await;
                drop(place);
                let found = found?;
                for told in &found.items {
                    line(&mut lines, told)?;
                }
                self.after =
                    found.items.last().map(|told| Place { at: told.record.recorded_at, id: told.record.id });
                if !found.has_more {
                    self.part = Part::Nothing;
                }
            }
        }
        Ok(Some(lines.finish()?.into()))
    }
}

fn line(lines: &mut Lines, told: &Told) -> Result<(), Problem> {
    let Told { record, purpose } = told;
    let text = |value: Option<Uuid>| value.map_or_else(String::new, |id| id.to_string());
    let roles = record.roles().collect::<Vec<_>>().join(" ");
    lines.add([
        record.recorded_at.to_string().as_str(),
        &record.client_id.to_string(),
        record.user.as_deref().unwrap_or_default(),
        &record.organisation_id.to_string(),
        &roles,
        &record.operation,
        &record.outcome,
        record.problem.as_deref().unwrap_or_default(),
        record.subject.as_deref().unwrap_or_default(),
        &text(record.subject_id),
        &text(record.case_id.map(CaseId::uuid)),
        &record.version.map_or_else(String::new, |version| version.to_string()),
        &record.request_id.to_string(),
        purpose.as_ref().map_or("", |kept| kept.text.as_str()),
        &record.id.to_string(),
    ])
}
