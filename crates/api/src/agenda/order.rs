//! The order of an agenda.

use std::collections::HashMap;

use actix_web::post;
use domain::agenda::AgendaItem as Item;
use domain::change::Outcome as GenericOutcome;
use domain::id::AgendaItemId;
use domain::meeting::Verb;
use persistence::cases::Hold;
use persistence::{agenda as stored, meetings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::Agenda;
use crate::call::Call;
use crate::endpoint;
use crate::meetings::{MeetingPath, tag as meetings_tag};
use crate::problem::{Detail, Issue, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// The new order.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"agendaItemIds": ["019a9d3e-0000-7000-8000-0000000000d1"]})))]
pub struct ReorderBody {
    /// Every item of the agenda once, in the new order.
    #[schema(value_type = Vec<uuid::Uuid>, max_items = 2000)]
    agenda_item_ids: Vec<AgendaItemId>,
}

endpoint!(
    /// Orders an agenda anew.
    pub ReorderAgenda, path = MeetingPath, body = ReorderBody
);

/// Put the agenda of a meeting in another order.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = ReorderBody,
    responses((status = 200, description = "The agenda after it", body = Agenda))
)]
#[post("/meetings/{meetingId}/reorderAgenda")]
pub async fn reorder_agenda(call: Call<ReorderAgenda>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let ids = call.body.agenda_item_ids.clone();
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let meeting = meetings::hold(unit, &sight, id, Hold::Alone)?.ok_or_else(not_found)?;
        let seat = principal.seat(domain::access::Operation::ReorderAgenda, meeting.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(meeting.version)?;
        let items = stored::load(unit.connection(), id)?;
        let stamp = unit.stamp();
        let ordered = ordered(items, &ids)?;
        let mut items = Vec::with_capacity(ordered.len());
        let mut has_moved = false;
        for (position, item) in (1..).zip(ordered) {
            let stays = item.clone();
            items.push(match item.place(position, &stamp) {
                Some(change) => {
                    has_moved = true;
                    unit.save(&change)?;
                    change.state
                }
                None => stays,
            });
        }
        let meeting = if has_moved {
            match meeting.arrange(Verb::ReorderAgenda, &ids, &stamp)? {
                GenericOutcome::Unchanged(meeting) => meeting,
                GenericOutcome::Changed(change) => {
                    unit.save(&change)?;
                    change.state
                }
            }
        } else {
            meeting
        };
        let tag = meetings_tag(&meeting);
        Ok::<_, Refusal>(Reply::ok(&Agenda::of(&meeting, &items, &base_url))?.tag(&tag))
    })
    .await
}

/// Puts items in an order that names each of them once, or tells every fault of it.
fn ordered(items: Vec<Item>, ids: &[AgendaItemId]) -> Result<Vec<Item>, Problem> {
    let mut left: HashMap<AgendaItemId, Item> = items.into_iter().map(|item| (item.id, item)).collect();
    let mut issues = Vec::new();
    let mut ordered = Vec::with_capacity(ids.len());
    for (position, id) in ids.iter().enumerate() {
        match left.remove(id) {
            Some(item) => ordered.push(item),
            // Not there, or named before.
            None => issues.push(Issue::not_found(format!("agendaItemIds[{position}]"))),
        }
    }
    if !left.is_empty() {
        let detail = Detail::new(
            "{number} agendapunten ontbreken.",
            "Il manque {number} points de l'ordre du jour.",
            "{number} agenda items are missing.",
        );
        issues.push(Issue::invalid("agendaItemIds", detail.with("number", left.len())));
    }
    if issues.is_empty() { Ok(ordered) } else { Err(Problem::bad_request(issues)) }
}
