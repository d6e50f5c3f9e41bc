//! What a report is made of: seven statements, whatever the size of the history.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::agenda::{AboutKind, AgendaItem};
use domain::case;
use domain::id::{ActionId, CaseId, DecisionId, FollowUpRequestId};
use domain::meeting::Meeting;
use domain::note::Visibility;
use domain::place::LocationKind;
use domain::report::{CaseLine, MOST_REQUESTS, Material, NextMeeting};

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::cases;
use crate::types::{Key, key};
use crate::{actions, agenda, decisions, follow_ups, meetings, notes};

/// Reads everything that the report of a meeting is made of, with the notes of these visibilities. To be called within one
/// snapshot of the database.
pub fn material(
    connection: &mut AnyConnection,
    meeting: Meeting,
    visibilities: &[Visibility],
) -> Result<Material, StoreError> {
    let items = agenda::load(connection, meeting.id)?;
    let (decisions, ratified): (Vec<_>, Vec<_>) = decisions::load_of_meeting(connection, meeting.id)?
        .into_iter()
        .partition(|decision| decision.meeting_id() == Some(meeting.id));
    let taken: Vec<DecisionId> = decisions.iter().map(|decision| decision.id).collect();
    let requests: Vec<FollowUpRequestId> = items
        .iter()
        .flat_map(|item| item.ids_of(AboutKind::FollowUpRequest).take(MOST_REQUESTS))
        .map(Into::into)
        .collect();
    let actions: Vec<ActionId> =
        items.iter().flat_map(|item| item.ids_of(AboutKind::Action)).map(Into::into).collect();
    let case_ids: Vec<CaseId> = items.iter().filter_map(|item| item.case_id).collect();
    // The time that was planned and the one that it took: whatever of both was longer.
    let from = meeting.opened_at.unwrap_or(meeting.starts_at).min(meeting.starts_at);
    let until = meeting.closed_at.unwrap_or(meeting.ends_at).max(meeting.ends_at);
    Ok(Material {
        cases: case_lines(connection, &items)?,
        requests: follow_ups::load_of_decisions(connection, &taken, requests)?,
        actions: actions::load_of_decisions(connection, &taken, actions)?,
        notes: notes::load_written(connection, case_ids, visibilities, from..=until)?,
        next: meetings::next_planned(connection, meeting.consultation_id, meeting.starts_at)?
            .map(|next| NextMeeting { starts_at: next.starts_at, place: next.place.clone() }),
        meeting,
        items,
        decisions,
        ratified,
    })
}

fn case_lines(
    connection: &mut AnyConnection,
    items: &[AgendaItem],
) -> Result<HashMap<CaseId, CaseLine>, StoreError> {
    type Row = (Key, String, String, String, String, String, Option<String>);
    let ids: Vec<Key> = items.iter().filter_map(|item| item.case_id).map(key).collect();
    let rows: Vec<Row> = cases::table
        .filter(cases::id.eq_any(ids))
        .select((
            cases::id,
            cases::reference,
            cases::title,
            cases::category,
            cases::status,
            cases::location_kind,
            cases::address,
        ))
        .load(connection)?;
    let line = |(id, reference, title, category, status, location_kind, address): Row| {
        let case = CaseLine {
            id: id.0.into(),
            reference,
            title,
            category,
            status: code("cases", "status", id.0, &status, case::Status::from_code)?,
            location_kind: code("cases", "location_kind", id.0, &location_kind, LocationKind::from_code)?,
            address,
        };
        Ok((case.id, case))
    };
    rows.into_iter().map(line).collect()
}
