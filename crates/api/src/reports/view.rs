//! What readers see of a report.

use domain::id::{AgendaItemId, ConsultationId, MeetingId, ReportCommentId, ReportId};
use domain::report::{self, Audience, Comment, Status, Verb, allowed};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::addenda::ReportAddendumContent;
use super::content::ReportContent;
use super::draw::Drawn;
use crate::codes::{ReportAudienceCode, ReportStateCode, ReportVerbCode};
use crate::etag::EntityTag;
use crate::fingerprint;
use crate::follow_ups::ActorView;
use crate::problem::Problem;

/// The report of a meeting, as its reader finds it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ReportId,
    /// The number of its changes; for members.
    version: Option<i64>,
    /// What `If-Match` takes.
    etag: String,
    /// The meeting.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
    /// The consultation that met.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// Its state.
    #[schema(value_type = ReportStateCode)]
    state: Status,
    /// What can be done with it now.
    #[schema(value_type = Vec<ReportVerbCode>)]
    allowed_verbs: Vec<Verb>,
    /// Whom this rendition is for.
    #[schema(value_type = ReportAudienceCode)]
    audience: Audience,
    /// How often it was sent round; for members.
    circulation: Option<u32>,
    /// When it was sent round first; for members.
    first_circulated_at: Option<Timestamp>,
    /// When it was sent round last; absent once recalled.
    circulated_at: Option<Timestamp>,
    /// When it was approved.
    approved_at: Option<Timestamp>,
    /// The meeting in which it was approved.
    #[schema(value_type = Option<uuid::Uuid>)]
    approved_in_id: Option<MeetingId>,
    /// What it says to this audience.
    content: ReportContent,
    /// The SHA-256 of `content` in canonical form (RFC 8785), in lower-case hexadecimal; absent while it is a draft.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    content_hash: Option<String>,
    /// Its corrections, in their order.
    addenda: Vec<ReportAddendum>,
    /// When it changed last, its corrections aside.
    updated_at: Timestamp,
}

/// A correction of an approved report.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportAddendum {
    /// Its number, from 1, among those that its reader finds.
    pub(super) number: i64,
    /// What it says.
    pub(super) content: ReportAddendumContent,
    /// The SHA-256 of `content` in canonical form (RFC 8785), in lower-case hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub(super) content_hash: String,
}

impl Report {
    /// Makes the view of a report.
    pub(super) fn of(drawn: &Drawn, base_url: &str) -> Result<Self, Problem> {
        let report: &report::Facts = &drawn.report;
        // What happened to it before a partner found anything in it is not told.
        let is_member = drawn.reader.partner().is_none();
        let approved_at = report.approval.map(|approval| approval.at);
        let told_last = approved_at.or(report.circulated_at).unwrap_or(report.updated_at);
        Ok(Self {
            href: href(report.meeting_id, base_url),
            id: report.id,
            version: is_member.then_some(report.version.0),
            etag: tag(drawn).as_str().to_owned(),
            meeting_id: report.meeting_id,
            consultation_id: report.consultation_id,
            state: report.status,
            allowed_verbs: verbs(drawn),
            audience: drawn.reader.audience(),
            circulation: is_member.then_some(report.circulation),
            first_circulated_at: report.first_circulated_at.filter(|_| is_member),
            circulated_at: report.circulated_at,
            approved_at,
            approved_in_id: report.approval.map(|approval| approval.meeting_id),
            content: drawn.content.clone(),
            content_hash: Some(drawn.hash.clone()).filter(|_| report.status != Status::Draft),
            addenda: addenda(drawn)?,
            updated_at: if is_member { report.updated_at } else { told_last },
        })
    }
}

/// Gives the corrections that a reader finds.
pub(super) fn addenda(drawn: &Drawn) -> Result<Vec<ReportAddendum>, Problem> {
    (1..)
        .zip(&drawn.addenda)
        .map(|(number, rendition)| {
            let content = serde_json::from_str(&rendition.content).map_err(Problem::internal)?;
            Ok(ReportAddendum { number, content, content_hash: rendition.hash.clone() })
        })
        .collect()
}

/// Gives the address of the report of a meeting.
pub(super) fn href(meeting: MeetingId, base_url: &str) -> String {
    format!("{base_url}/meetings/{meeting}/report")
}

/// Names what can be done with a report now, by who may.
fn verbs(drawn: &Drawn) -> Vec<Verb> {
    if drawn.reader.partner().is_some() {
        return Vec::new();
    }
    let mut verbs = allowed(drawn.report.status);
    verbs.retain(|verb| drawn.is_held || *verb != Verb::Circulate);
    verbs
}

/// Gives the entity tag of a report: it moves with what its reader finds.
pub(super) fn tag(drawn: &Drawn) -> EntityTag {
    let hashes = drawn.addenda.iter().map(|addendum| addendum.hash.as_bytes());
    let content = fingerprint::of(std::iter::once(drawn.hash.as_bytes()).chain(hashes));
    let Drawn { report, reader, .. } = drawn;
    match reader.partner() {
        None => EntityTag::document(report.version, format_args!("{}{content}", reader.audience())),
        // The version would count what happened to it before.
        Some(_) => EntityTag::opaque(format_args!("{}{content}", report.status)),
    }
}

/// What a member says about a report.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportComment {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ReportCommentId,
    /// How often the report had been sent round then: one that is recalled changes.
    circulation: u32,
    /// The item of the agenda that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    agenda_item_id: Option<AgendaItemId>,
    /// What is said.
    text: String,
    /// When.
    created_at: Timestamp,
    /// By whom.
    created_by: ActorView,
}

impl ReportComment {
    /// Makes the view of a comment.
    pub(super) fn of(comment: &Comment) -> Self {
        Self {
            id: comment.id,
            circulation: comment.circulation,
            agenda_item_id: comment.agenda_item_id,
            text: comment.text.to_string(),
            created_at: comment.created_at,
            created_by: (&comment.created_by).into(),
        }
    }
}
