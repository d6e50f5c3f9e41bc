//! Reading a report.

use actix_web::get;
use domain::access::Sight;
use domain::report::{Audience, Status};
use persistence::{Subject, meetings, reports};
use serde::Deserialize;
use utoipa::IntoParams;

use super::draw::{self, Drawn};
use super::page::page;
use super::view::{Report, tag};
use crate::audit::Reading;
use crate::call::Call;
use crate::codes::ReportAudienceCode;
use crate::endpoint;
use crate::meetings::MeetingPath;
use crate::paper::Paper;
use crate::problem::Problem;
use crate::reply::Reply;

/// Which rendition.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// Whom it is for, when the caller belongs to several audiences; without it, the fullest.
    #[param(value_type = Option<ReportAudienceCode>)]
    audience: Option<Audience>,
}

endpoint!(
    /// Reads the report of a meeting.
    pub GetReport, path = MeetingPath, query = ReportQuery
);

/// Read the report of a meeting.
///
/// As JSON, or as a page that prints on A4 when `Accept` prefers HTML, in the language of `Accept-Language`. There is one from
/// the opening of the meeting on. A draft is written anew each time; what circulates or is approved is fixed, one rendition
/// for each audience. Members of the consultation read it, the police with its own notes and the housing team of the city with
/// the housing notes; a housing organisation reads, once it circulates, what concerns itself. Reading police or housing notes
/// is audited.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath, ReportQuery),
    responses((status = 200, description = "The report", content(
        (Report = "application/json"),
        (String = "text/html"),
    )))
)]
#[get("/meetings/{meetingId}/report")]
pub async fn get_report(call: Call<GetReport>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let wanted = call.query.audience;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let reference = call.reference().await?;
    let found = call.snapshot(move |connection| {
        let not_found = || Problem::not_found("meetingId");
        let report = reports::find(connection, &sight, id)?.ok_or_else(not_found)?;
        // A draft is made of the meeting; what is written down stands for itself.
        let meeting = match report.status {
            Status::Draft => meetings::find(connection, &Sight::everything(), id)?,
            Status::Circulated | Status::Approved => None,
        };
        let read = draw::read(connection, &principal, &report, meeting, wanted)?;
        let read = read.ok_or_else(|| match wanted {
            None => not_found(),
            Some(_) => Problem::not_found("audience"),
        })?;
        Ok((report, read))
    });
    let (report, read) = found.await?;
    let drawn = Drawn::new(report, read, &reference, call.request.now)?;
    let tag = tag(&drawn);
    let page_tag = call.page_tag(&tag);
    let shown = page_tag.as_ref().unwrap_or(&tag);
    if call.has(shown) {
        return Ok(Reply::not_modified(shown).by_accept());
    }
    audit_reading(&call, &drawn).await?;
    if let Some(tag) = &page_tag {
        return page(&drawn, Paper::new(call.language, &call.state.code_lists), tag);
    }
    Ok(Reply::ok(&Report::of(&drawn, &call.state.base_url)?)?.tag(&tag).by_accept())
}

/// Writes down that police or housing notes, or what may reveal something of a person, were read: of the report, and of each
/// case that they are about.
async fn audit_reading(call: &Call<GetReport>, drawn: &Drawn) -> Result<(), Problem> {
    let through = Some(drawn.through);
    let cases: Vec<_> = drawn.content.guarded_cases(&call.state.sensitive);
    if cases.is_empty() && !drawn.content.holds_guarded_notes() {
        return Ok(());
    }
    let report = Reading { subject: Subject::Report, id: drawn.report.id.uuid(), case_id: None, through };
    let cases = cases.into_iter().map(|case| Reading { case_id: Some(case), ..report });
    call.note_readings(std::iter::once(report).chain(cases)).await
}
