//! The proposal for the agenda of the next meeting.

use actix_web::get;
use domain::agenda::{self, Line, Proposal, Reason, Section};
use domain::calendar::local_date;
use domain::id::{CaseId, ConsultationId, MeetingId};
use jiff::Timestamp;
use persistence::{agenda as stored, meetings};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{AboutView, FiguresView};
use crate::call::Call;
use crate::codes::{AgendaReasonCode, AgendaSectionCode};
use crate::consultations::ConsultationPath;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::Reply;

/// A line of a proposal: why it is there, what it is about, and the figures behind it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalLine {
    /// The part of the agenda that it belongs to.
    #[schema(value_type = AgendaSectionCode)]
    section: Section,
    /// Why it is proposed.
    #[schema(value_type = AgendaReasonCode)]
    reason: Reason,
    /// What it is about, in a few words; absent where the reason says all.
    title: Option<String>,
    /// The case that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// Everything that it is about.
    about: Vec<AboutView>,
    /// The figures behind it.
    figures: FiguresView,
}

/// Lines that are left out, as there are too many with one reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OmittedLines {
    /// The reason.
    #[schema(value_type = AgendaReasonCode)]
    reason: Reason,
    /// How many.
    count: usize,
}

/// A proposal for an agenda.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgendaProposal {
    /// The address of this proposal.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The consultation that meets.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The meeting that it is for; absent when none is planned.
    #[schema(value_type = Option<uuid::Uuid>)]
    meeting_id: Option<MeetingId>,
    /// The moment at which it holds.
    proposed_at: Timestamp,
    /// Its lines, in the order of the agenda.
    items: Vec<ProposalLine>,
    /// Lines that are left out: at most 200 have one reason.
    omitted: Vec<OmittedLines>,
}

endpoint!(
    /// Proposes an agenda.
    pub GetAgendaProposal, path = ConsultationPath
);

/// Read the proposal for the agenda of the next meeting.
///
/// What the meeting should look at, in the order of an agenda, each line with its reason, what it is about and the figures
/// behind it. The same data at the same time gives the same proposal.
#[utoipa::path(
    tag = "Meetings",
    params(ConsultationPath),
    responses((status = 200, description = "The proposal", body = AgendaProposal)),
    extensions(("x-etag" = json!(false)))
)]
#[get("/consultations/{consultationId}/agendaProposal")]
pub async fn get_agenda_proposal(call: Call<GetAgendaProposal>) -> Result<Reply, Problem> {
    let id = call.path.consultation_id;
    let sight = call.permit.sight();
    if !sight.everything && !sight.consultations.contains(&id) {
        return Err(Problem::not_found("consultationId"));
    }
    let now = call.request.now;
    let areas = call.reference().await?.areas_of([&id]);
    let found = call.snapshot(move |connection| {
        let next = meetings::next_planned(connection, id, now)?;
        let on = local_date(next.as_ref().map_or(now, |next| next.starts_at));
        let snapshot = stored::snapshot(connection, id, areas.clone(), now, on)?;
        Ok((next, snapshot))
    });
    let (next, snapshot) = found.await?;
    let proposal = agenda::proposal(&snapshot, now);
    Reply::ok(&AgendaProposal::of(id, next.map(|next| next.id), now, &proposal, &call.state.base_url))
}

impl AgendaProposal {
    fn of(
        consultation_id: ConsultationId,
        meeting_id: Option<MeetingId>,
        proposed_at: Timestamp,
        proposal: &Proposal,
        base_url: &str,
    ) -> Self {
        let line = |line: &Line| ProposalLine {
            section: line.section,
            reason: line.reason,
            title: line.title.clone(),
            case_id: line.case_id,
            about: line.about.iter().map(|about| AboutView::of(*about, base_url)).collect(),
            figures: line.figures.into(),
        };
        let omitted = |(reason, count): (&Reason, &usize)| OmittedLines { reason: *reason, count: *count };
        Self {
            self_link: format!("{base_url}/consultations/{consultation_id}/agendaProposal"),
            consultation_id,
            meeting_id,
            proposed_at,
            items: proposal.lines.iter().map(line).collect(),
            omitted: proposal.omitted.iter().map(omitted).collect(),
        }
    }
}
