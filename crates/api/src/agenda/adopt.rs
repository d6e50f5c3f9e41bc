//! Making agenda items of a proposal.

use std::collections::HashSet;

use actix_web::post;
use domain::agenda::{
    self, About, AboutKind, AgendaItem as Item, Create, ItemVerb, Line, Reason, edge as item_edge,
};
use domain::calendar::local_date;
use domain::change::{Outcome as GenericOutcome, Stamp};
use domain::id::MeetingId;
use domain::meeting::{self, Meeting, MeetingError, Verb};
use domain::text::Title;
use persistence::cases::Hold;
use persistence::{ReferenceData, Transaction, agenda as stored, meetings};

use super::view::Agenda;
use crate::call::Call;
use crate::endpoint;
use crate::meetings::{MeetingPath, tag as meetings_tag};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::work::Refusal;

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
        let meeting = meetings::hold(unit, &sight, id, Hold::Alone)?.ok_or_else(not_found)?;
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
        let reference = unit.reference;
        let (meeting, items) = take_over(unit, meeting, reference)?;
        let tag = meetings_tag(&meeting);
        Ok::<_, Refusal>(Reply::ok(&Agenda::of(&meeting, &items, &base_url))?.tag(&tag))
    })
    .await
}

/// Puts what the proposal names at this moment on the agenda of a meeting; gives the meeting and its agenda after it.
pub(crate) fn take_over(
    transaction: &mut Transaction<'_>,
    meeting: Meeting,
    reference: &ReferenceData,
) -> Result<(Meeting, Vec<Item>), Refusal> {
    let now = transaction.now();
    let on = local_date(meeting.starts_at);
    let consultation = meeting.consultation_id;
    let areas = reference.areas_of([&consultation]);
    let snapshot = stored::snapshot(transaction.connection(), consultation, areas, now, on)?;
    let mut items = stored::load(transaction.connection(), meeting.id)?;
    let added = fresh(agenda::proposal(&snapshot, now).lines, &items);
    if added.is_empty() {
        return Ok((meeting, items));
    }
    let mut position = items.iter().map(|item| item.position).max().unwrap_or_default();
    for line in added {
        position = position.saturating_add(1);
        if let Some(item) = add(transaction, &meeting, snapshot.last_meeting, line, position)? {
            items.push(item);
        }
    }
    let meeting = match meeting.arrange(Verb::AdoptProposal, &items.len(), &transaction.stamp())? {
        GenericOutcome::Unchanged(meeting) => meeting,
        GenericOutcome::Changed(change) => {
            transaction.save(&change)?;
            change.state
        }
    };
    Ok((meeting, items))
}

/// Gives the lines that no item stands for yet: one with the same reason about the same first thing does.
fn fresh(lines: Vec<Line>, items: &[Item]) -> Vec<Line> {
    let known: HashSet<(Reason, Option<About>)> =
        items.iter().map(|item| (item.reason, item.about.first().copied())).collect();
    lines.into_iter().filter(|line| !known.contains(&(line.reason, line.about.first().copied()))).collect()
}

/// Puts a line on the agenda: what the meeting before left open moves here. Absent when somebody else moved it.
fn add(
    transaction: &mut Transaction<'_>,
    meeting: &meeting::Facts,
    before: Option<MeetingId>,
    line: Line,
    position: i32,
) -> Result<Option<Item>, Refusal> {
    let stamp = transaction.stamp();
    let id = transaction.new_id().into();
    let left_over = line.about.first().filter(|about| about.kind == AboutKind::AgendaItem);
    let create = match left_over.zip(before) {
        Some((about, before)) => {
            let Some(item) = stored::find(transaction.connection(), before, about.id.into())? else {
                return Ok(None);
            };
            if item_edge(item.status, ItemVerb::Move).is_none() {
                return Ok(None);
            }
            let (here, there) = item.move_to(meeting.id, id, position, &stamp)?;
            if let GenericOutcome::Changed(change) = here {
                transaction.save(&change)?;
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
    place(transaction, create, &stamp).map(Some)
}

/// Writes an item.
pub(super) fn place(
    transaction: &mut Transaction<'_>,
    create: Create,
    stamp: &Stamp,
) -> Result<Item, Refusal> {
    let change = Item::create(create, stamp);
    transaction.save(&change)?;
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
