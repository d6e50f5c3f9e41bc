//! What members say about a report that circulates.

use actix_web::{get, post};
use domain::id::AgendaItemId;
use domain::report::{Comment, Status, Verb, allowed};
use persistence::cases::Hold;
use persistence::{Direction, agenda, reports};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{ReportComment, href};
use crate::call::Call;
use crate::endpoint;
use crate::input::Faults;
use crate::listing::At;
use crate::meetings::MeetingPath;
use crate::page::{Collection, PageQuery};
use crate::problem::{Issue, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A comment.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "Bij punt 2 ontbreekt de afspraak met de huisvestingsdienst."})))]
pub struct CreateReportCommentBody {
    /// What is said; no names of persons.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// The item of the agenda that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    agenda_item_id: Option<AgendaItemId>,
}

endpoint!(
    /// Lists the comments on a report.
    pub ListReportComments, path = MeetingPath, query = PageQuery
);

/// Read what members say about a report.
///
/// Oldest first; every member of the consultation reads all of it.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath, PageQuery),
    responses((status = 200, description = "A page of comments", body = Collection<ReportComment>))
)]
#[get("/meetings/{meetingId}/report/comments")]
pub async fn list_report_comments(call: Call<ListReportComments>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let page = call.page_request(&call.query, Direction::Ascending)?;
    let sight = call.permit.sight().clone();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag(&sight, fingerprint, None);
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    let found = call.snapshot(move |connection| {
        let report = reports::find(connection, &sight, id)?.ok_or_else(|| Problem::not_found("meetingId"))?;
        Ok(reports::list_comments(connection, report.id, page)?)
    });
    let found = found.await?;
    let next = found.items.last().filter(|_| found.has_more).map(|last| At::new(last.created_at, last.id));
    let items = found.items.iter().map(ReportComment::of).collect();
    Ok(Reply::ok(&call.collection(&call.query, items, next.as_ref(), None))?.tag(&tag))
}

endpoint!(
    /// Says something about a report.
    pub CreateReportComment, path = MeetingPath, body = CreateReportCommentBody
);

/// Comment on a report.
///
/// While it circulates. Whoever wants something changed says so here; the secretary recalls the report and circulates it anew,
/// or it is approved as it is.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CreateReportCommentBody,
    responses((status = 201, description = "The new comment", body = ReportComment)),
    extensions(("x-etag" = json!(false)))
)]
#[post("/meetings/{meetingId}/report/comments")]
pub async fn create_report_comment(call: Call<CreateReportComment>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let text = faults.finish(text)?;
    let agenda_item_id = call.body.agenda_item_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let report = reports::hold(unit, &sight, id, Hold::Still)?.ok_or_else(not_found)?;
        let seat = principal.seat(domain::access::Operation::CreateReportComment, report.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        if report.status != Status::Circulated {
            let allowed = allowed(report.status).into_iter().map(Verb::code);
            let reason = "members comment on a report that circulates";
            return Err(Problem::illegal_transition(report.status.code(), "comment", reason, allowed).into());
        }
        if let Some(item) = agenda_item_id
            && agenda::find(unit.connection(), id, item)?.is_none()
        {
            return Err(Problem::bad_request([Issue::not_found("agendaItemId")]).into());
        }
        let comment = Comment {
            id: unit.new_id().into(),
            report_id: report.id,
            circulation: report.circulation,
            agenda_item_id,
            text: text.clone(),
            created_at: unit.now(),
            created_by: unit.actor().clone(),
        };
        reports::add_comment(unit, &report, &comment)?;
        let location = format!("{}/comments", href(id, &base_url));
        Ok::<_, Refusal>(Reply::created(&ReportComment::of(&comment), location)?)
    })
    .await
}
