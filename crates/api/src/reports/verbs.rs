//! Sending a report round, taking it back and approving it.

use actix_web::post;
use domain::access::Sight;
use domain::change::Outcome as GenericOutcome;
use domain::id::MeetingId;
use domain::meeting;
use domain::note::Visibility;
use domain::report::{Audience, Outcome, Report as Aggregate, ReportError, Verb, edge};
use persistence::cases::Hold;
use persistence::{meetings, reports};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::draw::{self, Drawn, write_down};
use super::view::{Report, tag};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::meetings::{MeetingPath, not_met};
use crate::problem::{Detail, Issue, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// The meeting in which the report is approved.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"meetingId": "019a9d3e-0000-7000-8000-0000000000f1"})))]
pub struct ApproveReportBody {
    /// A later meeting of the same consultation, in session or held.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
}

/// Carries out a verb and answers with the report after it, as every member reads it.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Aggregate, &meeting::Meeting, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = MeetingPath>,
{
    let id = call.path.meeting_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let report = reports::hold(unit, &sight, id, Hold::Alone)?.ok_or_else(not_found)?;
        let seat = principal.seat(E::OPERATION, report.consultation_id).ok_or_else(not_found)?;
        unit.act_for(seat);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(report.version)?;
        let meeting = meetings::find(unit.connection(), &sight, id)?.ok_or_else(not_found)?;
        let report = match decide(report, &meeting, unit)? {
            GenericOutcome::Unchanged(report) => report,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        // What everybody who may do this reads: notes of the police are read, and audited, by asking for them.
        let team = Some(Audience::Team);
        let read = draw::read(unit.connection(), &principal, &report, Some(meeting), team)?;
        let drawn = Drawn::new(report, read.ok_or_else(not_found)?, unit.reference, unit.now())?;
        Ok(Reply::ok(&Report::of(&drawn, &base_url)?)?.tag(&tag(&drawn)))
    })
    .await
}

impl From<ReportError> for Refusal {
    fn from(error: ReportError) -> Self {
        let problem = match &error {
            ReportError::Illegal { from, verb, allowed } => {
                let allowed: Vec<&str> = allowed.iter().copied().map(Verb::code).collect();
                Problem::illegal_transition(from.code(), verb.code(), &error.to_string(), allowed)
            }
            ReportError::NotHeld => {
                Problem::illegal_transition("draft", Verb::Circulate.code(), &error.to_string(), [""; 0])
            }
            ReportError::NotLater => {
                let detail = Detail::new(
                    "Een verslag wordt goedgekeurd in een latere vergadering, die nog niet voorbij was toen het werd rondgezonden.",
                    "Un procès-verbal est approuvé dans une réunion ultérieure, qui n'était pas terminée lors de sa diffusion.",
                    "A report is approved in a later meeting, which was not over when it was sent round.",
                );
                Problem::bad_request([Issue::invalid("meetingId", detail)])
            }
        };
        problem.into()
    }
}

endpoint!(
    /// Sends a report round.
    pub CirculateReport, path = MeetingPath
);

/// Send a report round.
///
/// From `draft` to `circulated`, once the meeting was held. What it says is written down now, for each audience, and stays so;
/// to change it, recall it.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The report after it", body = Report))
)]
#[post("/meetings/{meetingId}/report/circulate")]
pub async fn circulate_report(call: Call<CirculateReport>) -> Result<Reply, Problem> {
    act(call, |report, meeting, unit| {
        // Nothing comes to the agenda while it is written down, and nobody records who was there.
        let everything = Sight::everything();
        let meeting = meetings::hold(unit, &everything, meeting.id, Hold::Alone)?;
        let meeting = meeting.ok_or_else(|| Problem::not_found("meetingId"))?;
        let status = meeting.status;
        let is_due = status == meeting::Status::Held && edge(report.status, Verb::Circulate).is_some();
        let renditions = if is_due {
            let material = reports::material(unit.connection(), meeting, Visibility::ALL)?;
            write_down(&material, unit.reference, unit.now())?
        } else {
            Vec::new()
        };
        Ok(report.circulate(status, renditions, &unit.stamp())?)
    })
    .await
}

endpoint!(
    /// Takes a report back.
    pub RecallReport, path = MeetingPath
);

/// Take a report back.
///
/// From `circulated` to `draft`: what was written down is dropped, comments stay.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The report after it", body = Report))
)]
#[post("/meetings/{meetingId}/report/recall")]
pub async fn recall_report(call: Call<RecallReport>) -> Result<Reply, Problem> {
    act(call, |report, _, unit| Ok(report.recall(&unit.stamp())?)).await
}

endpoint!(
    /// Approves a report.
    pub ApproveReport, path = MeetingPath, body = ApproveReportBody
);

/// Approve a report.
///
/// From `circulated` to `approved`, in a later meeting: what circulated is approved as it is. From then on it is corrected by
/// addenda only.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = ApproveReportBody,
    responses((status = 200, description = "The report after it", body = Report))
)]
#[post("/meetings/{meetingId}/report/approve")]
pub async fn approve_report(call: Call<ApproveReport>) -> Result<Reply, Problem> {
    let meeting_id = call.body.meeting_id;
    let sight = call.permit.sight().clone();
    act(call, move |report, _, unit| {
        let meeting = meetings::hold(unit, &sight, meeting_id, Hold::Still)?;
        let Some(meeting) = meeting.filter(|it| it.consultation_id == report.consultation_id) else {
            return Err(Problem::bad_request([Issue::not_found("meetingId")]).into());
        };
        if !matches!(meeting.status, meeting::Status::InSession | meeting::Status::Held) {
            return Err(Problem::bad_request([not_met("meetingId")]).into());
        }
        Ok(report.approve(&meeting, &unit.stamp())?)
    })
    .await
}
