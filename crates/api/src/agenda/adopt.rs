//! Making agenda items of a proposal.

use std::collections::HashSet;

use actix_web::post;
use domain::agenda::{
    self, About, AboutKind, AgendaItem as Item, Create, ItemVerb, Line, Reason, edge as item_edge,
};
use domain::calendar::local_date;
use domain::change::{Outcome as GenericOutcome, Stamp};
use domain::id::MeetingId;
use domain::meeting::{self, MeetingError, Verb};
use domain::text::Title;
use persistence::cases::Hold;
use persistence::{agenda as stored, meetings};

use super::view::Agenda;
use crate::call::Call;
use crate::endpoint;
use crate::meetings::{MeetingPath, tag as meetings_tag};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

endpoint!(
    /// Adopts the proposal for an agenda.
    pub AdoptProposal, path = MeetingPath
);

/// Adopt the proposal for the agenda of a meeting.
///
/// What the proposal names at this moment and the agenda does not hold yet comes after what it holds, in the order of the
/// proposal; what the last meeting left open moves here and counts one carry-over more. Doing it again adds what came up
/// since.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    responses((status = 200, description = "The agenda after it", body = Agenda))
)]
#[post("/meetings/{meetingId}/adoptProposal")]
pub async fn adopt_proposal(call: Call<AdoptProposal>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let mut meeting = meetings::hold(unit, &sight, id, Hold::Alone)?.ok_or_else(not_found)?;
        let seat = principal.seat(domain::access::Operation::AdoptProposal, meeting.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(meeting.version)?;
        let from = meeting.status;
        if meeting::edge(from, Verb::AdoptProposal).is_none() {
            let allowed = meeting::allowed(from);
            return Err(MeetingError::Illegal { from, verb: Verb::AdoptProposal, allowed }.into());
        }
        let now = unit.now();
        let on = local_date(meeting.starts_at);
        let snapshot = stored::snapshot(unit.connection(), meeting.consultation_id, now, on)?;
        let mut items = stored::load(unit.connection(), id)?;
        let added = fresh(agenda::proposal(&snapshot, now).lines, &items);
        if !added.is_empty() {
            let before = snapshot.last_meeting;
            let mut position = items.iter().map(|item| item.position).max().unwrap_or_default();
            for line in added {
                position = position.saturating_add(1);
                if let Some(item) = add(unit, &meeting, before, line, position)? {
                    items.push(item);
                }
            }
            let arranged = meeting.arrange(Verb::AdoptProposal, &items.len(), &unit.stamp())?;
            meeting = match arranged {
                GenericOutcome::Unchanged(meeting) => meeting,
                GenericOutcome::Changed(change) => {
                    unit.save(&change)?;
                    change.state
                }
            };
        }
        let tag = meetings_tag(&meeting);
        Ok::<_, Refusal>(Reply::ok(&Agenda::of(&meeting, &items, &base_url))?.tag(&tag))
    })
    .await
}

/// Gives the lines that no item stands for yet: one with the same reason about the same first thing does.
fn fresh(lines: Vec<Line>, items: &[Item]) -> Vec<Line> {
    let known: HashSet<(Reason, Option<About>)> =
        items.iter().map(|item| (item.reason, item.about.first().copied())).collect();
    lines.into_iter().filter(|line| !known.contains(&(line.reason, line.about.first().copied()))).collect()
}

/// Puts a line on the agenda: what the meeting before left open moves here. Absent when somebody else moved it.
fn add(
    unit: &mut Unit<'_, '_>,
    meeting: &meeting::Facts,
    before: Option<MeetingId>,
    line: Line,
    position: i32,
) -> Result<Option<Item>, Refusal> {
    let stamp = unit.stamp();
    let id = unit.new_id().into();
    let left_over = line.about.first().filter(|about| about.kind == AboutKind::AgendaItem);
    let create = match left_over.zip(before) {
        Some((about, before)) => {
            let Some(item) = stored::find(unit.connection(), before, about.id.into())? else {
                return Ok(None);
            };
            if item_edge(item.status, ItemVerb::Move).is_none() {
                return Ok(None);
            }
            let (here, there) = item.move_to(meeting.id, id, position, &stamp)?;
            if let GenericOutcome::Changed(change) = here {
                unit.save(&change)?;
            }
            there
        }
        None => Create {
            id,
            meeting_id: meeting.id,
            consultation_id: meeting.consultation_id,
            position,
            section: line.section,
            reason: line.reason,
            title: title(&line)?,
            case_id: line.case_id,
            about: line.about,
            figures: line.figures,
            carry_over: 0,
            moved_from_id: None,
        },
    };
    place(unit, create, &stamp).map(Some)
}

/// Writes an item.
pub(super) fn place(unit: &mut Unit<'_, '_>, create: Create, stamp: &Stamp) -> Result<Item, Refusal> {
    let change = Item::create(create, stamp);
    unit.save(&change)?;
    Ok(change.state)
}

/// Gives the title of a line; where its reason says all, that, in the language of the report.
fn title(line: &Line) -> Result<Title, Problem> {
    let text = match (&line.title, line.reason) {
        (Some(title), _) => title,
        (None, Reason::Figures) => "Cijfers sinds de vorige vergadering",
        (None, other) => other.code(),
    };
    Title::parse(text).map_err(Problem::internal)
}
