//! Dealing with an item of an agenda, moving it to the next meeting, taking it up again.

use actix_web::post;
use domain::agenda::{AgendaItem as Item, AgendaItemError, ItemVerb, Outcome, Treat};
use domain::change::Outcome as GenericOutcome;
use domain::meeting;
use persistence::cases::Hold;
use persistence::{agenda as stored, meetings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::adopt::place;
use super::view::tag;
use super::{AgendaItem, AgendaItemPath};
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::input::Faults;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// What was said about an item.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "De dienst Reiniging ruimt wekelijks; opnieuw te bekijken in maart."})))]
pub struct TreatBody {
    /// What was said about it.
    #[schema(min_length = 1, max_length = 10000)]
    text: Option<String>,
}

/// Carries out a verb on an item.
pub(super) async fn act<E>(
    call: Call<E>,
    decide: impl Fn(Item, &meeting::Facts, &mut Unit<'_, '_>) -> Result<Outcome, Refusal> + Send + 'static,
) -> Result<Reply, Problem>
where
    E: Operates<Permit = Permit<E>, Path = AgendaItemPath>,
{
    let AgendaItemPath { meeting_id, agenda_item_id } = call.path;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = |name: &'static str| move || Problem::not_found(name);
        let meeting = meetings::hold(unit, &sight, meeting_id, Hold::Still)?;
        let meeting = meeting.ok_or_else(not_found("meetingId"))?;
        let item = stored::find(unit.connection(), meeting_id, agenda_item_id)?;
        let item = item.ok_or_else(not_found("agendaItemId"))?;
        let seat = principal.seat(E::OPERATION, meeting.consultation_id);
        unit.act_for(seat.ok_or_else(not_found("meetingId"))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(item.version)?;
        let item = match decide(item, &meeting, unit)? {
            GenericOutcome::Unchanged(item) => item,
            GenericOutcome::Changed(change) => {
                unit.save(&change)?;
                change.state
            }
        };
        Ok(Reply::ok(&AgendaItem::of(&item, &base_url))?.tag(&tag(&item)))
    })
    .await
}

endpoint!(
    /// Deals with an item.
    pub TreatAgendaItem, path = AgendaItemPath, body = TreatBody
);

/// Deal with an item of an agenda.
///
/// From `open` to `treated`, with what was said about it.
#[utoipa::path(
    tag = "Meetings",
    params(AgendaItemPath),
    request_body = TreatBody,
    responses((status = 200, description = "The item after it", body = AgendaItem))
)]
#[post("/meetings/{meetingId}/agendaItems/{agendaItemId}/treat")]
pub async fn treat_agenda_item(call: Call<TreatAgendaItem>) -> Result<Reply, Problem> {
    let mut faults = Faults::default();
    let text = faults.optional_text("text", call.body.text.as_ref());
    let command = Treat { text: faults.finish(text)? };
    act(call, move |item, _, unit| Ok(item.treat(&command, &unit.stamp())?)).await
}

endpoint!(
    /// Moves an item to the next meeting.
    pub MoveAgendaItem, path = AgendaItemPath
);

/// Move an item to the next meeting.
///
/// From `open` to `moved`: it stands at the end of the agenda of the next planned meeting and counts one carry-over more
/// there. Without a planned meeting it is 409.
#[utoipa::path(
    tag = "Meetings",
    params(AgendaItemPath),
    responses((status = 200, description = "The item after it", body = AgendaItem))
)]
#[post("/meetings/{meetingId}/agendaItems/{agendaItemId}/move")]
pub async fn move_agenda_item(call: Call<MoveAgendaItem>) -> Result<Reply, Problem> {
    act(call, |item, meeting, unit| {
        let consultation = meeting.consultation_id;
        let next = meetings::next_planned(unit.connection(), consultation, meeting.starts_at)?;
        let Some(next) = next else {
            let reason = "no later meeting is planned";
            let allowed = others(&item);
            let verb = ItemVerb::Move.code();
            return Err(Problem::illegal_transition(item.status.code(), verb, reason, allowed).into());
        };
        let position = stored::last_position(unit.connection(), next.id)?.saturating_add(1);
        let stamp = unit.stamp();
        let (here, there) = item.move_to(next.id, unit.new_id().into(), position, &stamp)?;
        if matches!(here, GenericOutcome::Changed(_)) {
            place(unit, there, &stamp)?;
        }
        Ok(here)
    })
    .await
}

fn others(item: &Item) -> Vec<&'static str> {
    let allowed = domain::agenda::allowed(item.status).into_iter();
    allowed.filter(|verb| *verb != ItemVerb::Move).map(ItemVerb::code).collect()
}

endpoint!(
    /// Takes an item up again.
    pub ReopenAgendaItem, path = AgendaItemPath
);

/// Take an item up again that was dealt with.
///
/// From `treated` to `open`.
#[utoipa::path(
    tag = "Meetings",
    params(AgendaItemPath),
    responses((status = 200, description = "The item after it", body = AgendaItem))
)]
#[post("/meetings/{meetingId}/agendaItems/{agendaItemId}/reopen")]
pub async fn reopen_agenda_item(call: Call<ReopenAgendaItem>) -> Result<Reply, Problem> {
    act(call, |item, _, unit| Ok(item.reopen(&unit.stamp())?)).await
}

impl From<AgendaItemError> for Refusal {
    fn from(error: AgendaItemError) -> Self {
        let AgendaItemError::Illegal { from, verb, allowed } = error;
        let reason = format!("{verb} is not possible from {from}");
        let allowed: Vec<&str> = allowed.into_iter().map(ItemVerb::code).collect();
        Problem::illegal_transition(from.code(), verb.code(), &reason, allowed).into()
    }
}
