//! The items of an agenda: reading, adding, editing.

use actix_web::{get, patch, post};
use domain::access::Operation;
use domain::agenda::{About, AboutKind, Create, Edit, Figures, Reason, Section};
use domain::id::CaseId;
use domain::meeting::{self, Verb};
use persistence::cases::{self, Hold};
use persistence::{agenda as stored, meetings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::adopt::place;
use super::paper::page;
use super::verbs::act;
use super::view::{Agenda, tag};
use super::{AgendaItem, AgendaItemPath};
use crate::call::Call;
use crate::codes::AgendaSectionCode;
use crate::endpoint;
use crate::endpoint::Endpoint as _;
use crate::etag::EntityTag;
use crate::input::Faults;
use crate::meetings::MeetingPath;
use crate::paper::Paper;
use crate::problem::{Issue, Problem};
use crate::reply::{Cache, Reply};
use crate::work::Refusal;

/// The most items on an agenda.
const MOST_ITEMS: i64 = 2_000;

/// A new item.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"section": "otherBusiness", "title": "Werking tijdens de zomermaanden"})))]
pub struct CreateAgendaItemBody {
    /// The part of the agenda that it belongs to.
    #[schema(value_type = AgendaSectionCode)]
    section: Section,
    /// The item in a few words.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// The case that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
}

/// A merge patch of an item: what is absent stays.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"title": "Werking tijdens juli en augustus"})))]
pub struct AgendaItemPatch {
    /// The part of the agenda that it belongs to.
    #[schema(value_type = AgendaSectionCode, required = false)]
    section: Option<Section>,
    /// The item in a few words.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    title: Option<String>,
}

endpoint!(
    /// Lists the items of an agenda.
    pub ListAgendaItems, path = MeetingPath
);

/// Read the agenda of a meeting.
///
/// Every item, in the order of the agenda: as JSON, or as a page that prints on A4 when `Accept` prefers HTML, in the language
/// of `Accept-Language`.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The agenda", content(
        (Agenda = "application/json"),
        (String = "text/html"),
    )))
)]
#[get("/meetings/{meetingId}/agendaItems")]
pub async fn list_agenda_items(call: Call<ListAgendaItems>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.meeting_id;
        let sight = call.permit.sight().clone();
        let fingerprint = call.view_fingerprint(&sight).await?;
        let tag = call.list_tag(&sight, fingerprint, None);
        let page_tag = call.page_tag(&tag);
        let shown = page_tag.as_ref().unwrap_or(&tag);
        if call.has(shown) {
            return Ok(Reply::not_modified(shown).cache(Cache::Revalidate).by_accept());
        }
        let found = call.snapshot(move |connection| {
            let meeting = meetings::find(connection, &sight, id)?;
            let meeting = meeting.ok_or_else(|| Problem::not_found("meetingId"))?;
            let items = stored::load(connection, id)?;
            Ok((meeting, items))
        });
        let (meeting, items) = found.await?;
        if let Some(tag) = &page_tag {
            let reference = call.reference().await?;
            let paper = Paper::new(call.language, &call.state.code_lists);
            let consultation = reference.consultation(meeting.consultation_id);
            let consultation = consultation.map_or("", |consultation| paper.label(&consultation.name));
            return Ok(page(paper, consultation, &meeting, &items, tag)?.cache(Cache::Revalidate));
        }
        let view = Agenda::of(&meeting, &items, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag).cache(Cache::Revalidate).by_accept())
    })
    .await
}

endpoint!(
    /// Reads an item of an agenda.
    pub GetAgendaItem, path = AgendaItemPath
);

/// Read an item of an agenda.
#[utoipa::path(
    tag = "Meetings",
    params(AgendaItemPath),
    responses((status = 200, description = "The item", body = AgendaItem))
)]
#[get("/meetings/{meetingId}/agendaItems/{agendaItemId}")]
pub async fn get_agenda_item(call: Call<GetAgendaItem>) -> Result<Reply, Problem> {
    call.document(async || {
        let AgendaItemPath { meeting_id, agenda_item_id } = call.path;
        let sight = call.permit.sight().clone();
        let found = call.snapshot(move |connection| {
            let not_found = |name: &'static str| move || Problem::not_found(name);
            meetings::find(connection, &sight, meeting_id)?.ok_or_else(not_found("meetingId"))?;
            let item = stored::find(connection, meeting_id, agenda_item_id)?;
            Ok(item.ok_or_else(not_found("agendaItemId"))?)
        });
        let item = found.await?;
        let tag = tag(&item);
        if call.has(&tag) {
            return Ok(Reply::not_modified(&tag).cache(Cache::Revalidate));
        }
        Ok(Reply::ok(&AgendaItem::of(&item, &call.state.base_url))?.tag(&tag).cache(Cache::Revalidate))
    })
    .await
}

endpoint!(
    /// Adds an item to an agenda.
    pub CreateAgendaItem, path = MeetingPath, body = CreateAgendaItemBody
);

/// Add an item to the agenda of a meeting.
///
/// At its end, as long as the meeting is not over.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CreateAgendaItemBody,
    responses((status = 201, description = "The new item", body = AgendaItem))
)]
#[post("/meetings/{meetingId}/agendaItems")]
pub async fn create_agenda_item(call: Call<CreateAgendaItem>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let mut faults = Faults::default();
    let title = faults.text("title", &call.body.title);
    let title = faults.finish(title)?;
    let CreateAgendaItemBody { section, case_id, .. } = call.body;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let meeting = meetings::hold(unit, &sight, id, Hold::Still)?.ok_or_else(not_found)?;
        let seat = principal.seat(Operation::CreateAgendaItem, meeting.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let from = meeting.status;
        if meeting::edge(from, Verb::ReorderAgenda).is_none() {
            let allowed = meeting::allowed(from).into_iter().map(Verb::code);
            let (operation, reason) = (CreateAgendaItem::ID, format!("the meeting is {from}"));
            return Err(Problem::illegal_transition(from.code(), operation, &reason, allowed).into());
        }
        let mut faults = Faults::default();
        if let Some(case) = case_id {
            let found = cases::find(unit.connection(), &sight, case)?;
            // Only what the consultation handles itself belongs on its agenda.
            if found.is_none_or(|case| case.consultation_id != meeting.consultation_id) {
                faults.add(Issue::not_found("caseId"));
            }
        }
        faults.finish(Some(()))?;
        let count = stored::count(unit.connection(), id)?;
        if count >= MOST_ITEMS {
            return Err(Problem::new(crate::problem::Code::Conflict).into());
        }
        let last = stored::last_position(unit.connection(), id)?;
        let stamp = unit.stamp();
        let create = Create {
            id: unit.new_id().into(),
            meeting_id: id,
            consultation_id: meeting.consultation_id,
            position: last.saturating_add(1),
            section,
            reason: Reason::Member,
            title: title.clone(),
            case_id,
            about: case_id.map(|case| About::new(AboutKind::Case, case)).into_iter().collect(),
            figures: Figures::default(),
            carry_over: 0,
            moved_from_id: None,
        };
        let item = place(unit, create, &stamp)?;
        let view = AgendaItem::of(&item, &base_url);
        let location = view.href.clone();
        let tag: EntityTag = tag(&item);
        Ok::<_, Refusal>(Reply::created(&view, location)?.tag(&tag))
    })
    .await
}

endpoint!(
    /// Edits an item of an agenda.
    pub UpdateAgendaItem, path = AgendaItemPath, body = AgendaItemPatch
);

/// Edit an item of an agenda.
///
/// As long as it was neither dealt with nor moved.
#[utoipa::path(
    tag = "Meetings",
    params(AgendaItemPath),
    request_body = AgendaItemPatch,
    responses((status = 200, description = "The item after it", body = AgendaItem))
)]
#[patch("/meetings/{meetingId}/agendaItems/{agendaItemId}")]
pub async fn update_agenda_item(call: Call<UpdateAgendaItem>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let title = faults.optional_text("title", call.body.title.as_ref());
    let title = faults.finish(title)?;
    let section = call.body.section;
    act(call, move |item, _, unit| {
        let edit = Edit {
            title: title.clone().unwrap_or_else(|| item.title.clone()),
            section: section.unwrap_or(item.section),
        };
        Ok(item.edit(&edit, &unit.stamp())?)
    })
    .await
}
