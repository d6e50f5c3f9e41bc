//! What a proposal for an agenda is made of: thirteen statements, whatever the size of the history.

use std::collections::BTreeSet;

use diesel::dsl::max;
use diesel::prelude::*;
use domain::agenda::{
    About, AboutKind, AgedRequest, AnsweredRequest, CaseLine, Counts, ItemStatus, LeftOver, OpenAction,
    PendingEscalation, Reason, Ruled, Section, Snapshot, UnratifiedDecision,
};
use domain::calendar::{Period, local_date};
use domain::case;
use domain::escalation;
use domain::follow_up::Status;
use domain::id::{AreaId, ConsultationId};
use domain::presence::Counted;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Details, TABLE};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::presence::{self, PresenceSight};
use crate::row::code;
use crate::schema::{
    actions, agenda_items, cases, decisions, escalation_ledger as ledger, escalations, events,
    follow_up_requests as requests,
};
use crate::types::{Day, Instant, Json, Key, key};
use crate::{meetings, reports};

/// After how long without anything happening to an open case it comes back to the agenda.
const INACTIVE_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

type CaseRow = (Key, String, String);

fn case_line((id, reference, title): CaseRow) -> CaseLine {
    CaseLine { id: id.0.into(), reference, title }
}

/// Tells that a consultation acts on something: it leads it, or nobody else does.
macro_rules! of_team {
    ($table:ident, $consultation:expr) => {{
        let consultation = key($consultation);
        let own = $table::consultation_id.eq(consultation).and($table::led_by.is_null());
        own.or($table::led_by.eq(consultation).assume_not_null())
    }};
}

/// Reads everything that a proposal is made of, as it stands at a moment; `areas` are those of the
/// consultation, `on` is the day of the meeting. To be called
/// within one snapshot of the database.
pub fn snapshot(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    areas: BTreeSet<AreaId>,
    at: Timestamp,
    on: Date,
) -> Result<Snapshot, StoreError> {
    let last = meetings::last_held(connection, consultation, at)?;
    let last_closed_at = last.as_ref().map(|last| last.closed_at.unwrap_or(last.ends_at));
    let shifts = shifts(connection, areas, last_closed_at, at)?;
    Ok(Snapshot {
        reports_to_approve: reports::to_approve(connection, consultation)?,
        last_meeting: last.as_ref().map(|last| last.id),
        last_closed_at,
        unanswered: unanswered(connection, consultation)?,
        answered: answered(connection, consultation, last_closed_at)?,
        actions: open_actions(connection, consultation)?,
        decisions: unratified(connection, consultation)?,
        left_over: match &last {
            Some(last) => left_over(connection, last.id.into())?,
            None => Vec::new(),
        },
        signals: signals(connection, consultation)?,
        inactive: inactive(connection, consultation, at)?,
        aftercare: aftercare(connection, consultation, on)?,
        ruled: ruled(connection, consultation, last_closed_at, at)?,
        escalations: escalations(connection, consultation, last_closed_at)?,
        counts: Counts {
            shift_minutes: shifts.iter().map(shift_minutes).sum(),
            guard_minutes: shifts.iter().map(|shift| shift_minutes(shift) * i64::from(shift.guards)).sum(),
            ..counts(connection, consultation, last_closed_at)?
        },
    })
}

fn unanswered_states() -> impl Iterator<Item = &'static str> {
    Status::ALL.iter().filter(|status| status.owes_answer()).map(|status| status.code())
}

fn unanswered(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<AgedRequest>, StoreError> {
    type Row = (
        Key,
        CaseRow,
        Option<Instant>,
        Option<Instant>,
        Option<Instant>,
        Option<Instant>,
        Option<Instant>,
        Option<Instant>,
        String,
    );
    let rows: Vec<Row> = requests::table
        .inner_join(cases::table)
        .filter(of_team!(requests, consultation))
        .filter(requests::status.eq_any(unanswered_states()))
        .select((
            requests::id,
            (cases::id, cases::reference, cases::title),
            requests::sent_at,
            requests::receipt_late_from,
            requests::late_from,
            requests::seriously_late_from,
            requests::first_seen_at,
            requests::received_at,
            requests::origin,
        ))
        .load(connection)?;
    let time = |at: Option<Instant>| at.map(|at| at.0);
    let request = |row: Row| {
        let (id, case, sent_at, receipt_late_from, late_from, seriously_late_from, seen, received, origin) =
            row;
        Some(AgedRequest {
            id: id.0.into(),
            case: case_line(case),
            sent_at: time(sent_at)?,
            receipt_late_from: time(receipt_late_from),
            late_from: time(late_from),
            seriously_late_from: time(seriously_late_from),
            never_seen: seen.is_none() && received.is_none() && origin == crate::follow_ups::OWN,
        })
    };
    Ok(rows.into_iter().filter_map(request).collect())
}

/// Finds what is answered and not verified, and what was refused since the last meeting.
fn answered(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    since: Option<Timestamp>,
) -> Result<Vec<AnsweredRequest>, StoreError> {
    let since = Instant(since.unwrap_or(Timestamp::UNIX_EPOCH));
    let rows: Vec<(Key, CaseRow, Option<Instant>, Instant)> = requests::table
        .inner_join(cases::table)
        .filter(of_team!(requests, consultation))
        // The states by themselves, so that an index finds them.
        .filter(requests::status.eq_any([Status::Answered, Status::Refused].map(Status::code)))
        .filter(requests::status.eq(Status::Answered.code()).or(requests::updated_at.gt(since)))
        .select((
            requests::id,
            (cases::id, cases::reference, cases::title),
            requests::last_answered_at,
            requests::updated_at,
        ))
        .load(connection)?;
    let request = |(id, case, answered_at, updated_at): (Key, CaseRow, Option<Instant>, Instant)| {
        AnsweredRequest { id: id.0.into(), case: case_line(case), at: answered_at.unwrap_or(updated_at).0 }
    };
    Ok(rows.into_iter().map(request).collect())
}

fn open_actions(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<OpenAction>, StoreError> {
    type Row = (Key, Option<Key>, String, Option<Day>, i32);
    let rows: Vec<Row> = actions::table
        .filter(of_team!(actions, consultation))
        .filter(actions::status.eq_any(["open", "inProgress"]))
        .select((actions::id, actions::case_id, actions::title, actions::due_on, actions::carry_over))
        .load(connection)?;
    let action = |(id, case, title, due_on, carry_over): Row| OpenAction {
        id: id.0.into(),
        case_id: case.map(|case| case.0.into()),
        title,
        due_on: due_on.map(|day| day.0),
        carry_over: carry_over.into(),
    };
    Ok(rows.into_iter().map(action).collect())
}

fn unratified(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<UnratifiedDecision>, StoreError> {
    type Row = (Key, Option<Key>, String, Instant);
    let rows: Vec<Row> = decisions::table
        .filter(decisions::consultation_id.eq(key(consultation)))
        .filter(decisions::meeting_id.is_null())
        .filter(decisions::ratified_at.is_null())
        .select((decisions::id, decisions::case_id, decisions::text, decisions::decided_at))
        .load(connection)?;
    let decision = |(id, case, text, decided_at): Row| UnratifiedDecision {
        id: id.0.into(),
        case_id: case.map(|case| case.0.into()),
        text,
        decided_at: decided_at.0,
    };
    Ok(rows.into_iter().map(decision).collect())
}

/// Finds what members put on the agenda of a meeting and it left open, in its order; whatever else was on it comes up again by
/// itself as long as its reason holds.
fn left_over(connection: &mut AnyConnection, meeting: Uuid) -> Result<Vec<LeftOver>, StoreError> {
    type Row = (Key, String, String, Option<Key>, i32, Json);
    let rows: Vec<Row> = agenda_items::table
        .filter(agenda_items::meeting_id.eq(Key(meeting)))
        .filter(agenda_items::status.eq(ItemStatus::Open.code()))
        .order((agenda_items::position, agenda_items::id))
        .select((
            agenda_items::id,
            agenda_items::section,
            agenda_items::title,
            agenda_items::case_id,
            agenda_items::carry_over,
            agenda_items::details,
        ))
        .load(connection)?;
    let item = |(id, section, title, case, carry_over, details): Row| {
        let details: Details = details.read(TABLE, "details", id.0)?;
        let left = LeftOver {
            id: id.0.into(),
            section: code(TABLE, "section", id.0, &section, Section::from_code)?,
            title,
            case_id: case.map(|case| case.0.into()),
            carry_over: carry_over.into(),
        };
        Ok((details.reason == Reason::Member).then_some(left))
    };
    rows.into_iter().map(item).filter_map(Result::transpose).collect()
}

fn signals(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<(CaseLine, Timestamp)>, StoreError> {
    let rows: Vec<(CaseRow, Instant)> = cases::table
        .filter(of_team!(cases, consultation))
        .filter(cases::status.eq(case::Status::Signalled.code()))
        .select(((cases::id, cases::reference, cases::title), cases::created_at))
        .load(connection)?;
    Ok(rows.into_iter().map(|(case, at)| (case_line(case), at.0)).collect())
}

/// Finds the open cases of which neither the case nor anything about it told an event for a while.
fn inactive(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    at: Timestamp,
) -> Result<Vec<(CaseLine, Timestamp)>, StoreError> {
    let since = at.saturating_sub(INACTIVE_AFTER).unwrap_or(Timestamp::MIN);
    let last = events::table
        .filter(events::case_id.eq(cases::id.nullable()))
        .select(max(events::effective_at))
        .single_value();
    let rows: Vec<(CaseRow, Instant, Option<Instant>)> = cases::table
        .filter(of_team!(cases, consultation))
        .filter(cases::status.eq(case::Status::Open.code()))
        // What changed itself since then is active whatever its events say.
        .filter(cases::updated_at.le(Instant(since)))
        .select(((cases::id, cases::reference, cases::title), cases::updated_at, last))
        .load(connection)?;
    let quiet = |(case, updated_at, last): (CaseRow, Instant, Option<Instant>)| {
        let last = last.map_or(updated_at.0, |last| last.0.max(updated_at.0));
        (last <= since).then(|| (case_line(case), last))
    };
    Ok(rows.into_iter().filter_map(quiet).collect())
}

fn aftercare(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    on: Date,
) -> Result<Vec<(CaseLine, Date)>, StoreError> {
    let rows: Vec<(CaseRow, Option<Day>)> = cases::table
        .filter(of_team!(cases, consultation))
        .filter(cases::status.eq(case::Status::Monitoring.code()))
        .filter(cases::check_on.le(Day(on)))
        .select(((cases::id, cases::reference, cases::title), cases::check_on))
        .load(connection)?;
    Ok(rows.into_iter().filter_map(|(case, on)| Some((case_line(case), on?.0))).collect())
}

/// Finds what a step of the rules put on the agenda since the last meeting, about cases on which the consultation acts.
fn ruled(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    since: Option<Timestamp>,
    at: Timestamp,
) -> Result<Vec<Ruled>, StoreError> {
    type Row = (Key, Option<Key>, Option<Key>, CaseRow);
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    let rows: Vec<Row> = ledger::table
        .inner_join(cases::table.on(ledger::case_id.eq(cases::id.nullable())))
        .filter(
            (ledger::on_agenda.and(ledger::consultation_id.eq(key(consultation))))
                .or(ledger::on_agenda.and(ledger::led_by.eq(key(consultation)).assume_not_null())),
        )
        // By who leads the case now: whoever did when it was noticed may not see it any more.
        .filter(of_team!(cases, consultation))
        // When it was noticed: what was due before the last meeting and noticed after it stood on no agenda.
        .filter(ledger::fired_at.gt(Instant(since)))
        .filter(ledger::fired_at.le(Instant(at)))
        .order((ledger::fired_at, ledger::effective_at, ledger::id))
        .select((
            ledger::id,
            ledger::follow_up_request_id,
            ledger::action_id,
            (cases::id, cases::reference, cases::title),
        ))
        .load(connection)?;
    let ruled = |(id, request, action, case): Row| {
        let subject = match (request, action) {
            (Some(request), _) => About::new(AboutKind::FollowUpRequest, request.0),
            (None, Some(action)) => About::new(AboutKind::Action, action.0),
            (None, None) => About::new(AboutKind::Case, case.0.0),
        };
        Ruled { id: id.0.into(), case: case_line(case), subject }
    };
    Ok(rows.into_iter().map(ruled).collect())
}

/// Finds the escalations that the consultation has to look at; one that was refused only when it was since the last meeting.
fn escalations(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    since: Option<Timestamp>,
) -> Result<Vec<PendingEscalation>, StoreError> {
    type Row = (Key, CaseRow, String, Instant, Option<Instant>, Option<Instant>);
    let since = Instant(since.unwrap_or(Timestamp::UNIX_EPOCH));
    let refused = escalation::Status::Refused.code();
    let rows: Vec<Row> = escalations::table
        .inner_join(cases::table)
        .filter(escalations::on_agenda_of.eq(key(consultation)))
        .filter(cases::ended_at.is_null())
        .filter(escalations::status.ne(refused).or(escalations::updated_at.gt(since)))
        .select((
            escalations::id,
            (cases::id, cases::reference, cases::title),
            escalations::status,
            escalations::updated_at,
            escalations::acceptance_due_at,
            escalations::outcome_due_at,
        ))
        .load(connection)?;
    let pending = |(id, case, status, since, acceptance_due_at, outcome_due_at): Row| {
        let status = code("escalations", "status", id.0, &status, escalation::Status::from_code)?;
        let due_at = match status {
            escalation::Status::Submitted => acceptance_due_at,
            escalation::Status::Accepted => outcome_due_at,
            _ => None,
        };
        Ok(PendingEscalation {
            id: id.0.into(),
            case: case_line(case),
            status,
            since: since.0,
            due_at: due_at.map(|at| at.0),
        })
    };
    rows.into_iter().map(pending).collect()
}

/// Finds the shifts in some areas that began after the last meeting; of the last month before the first one.
fn shifts(
    connection: &mut AnyConnection,
    areas: BTreeSet<AreaId>,
    since: Option<Timestamp>,
    at: Timestamp,
) -> Result<Vec<Counted>, StoreError> {
    let since = since.unwrap_or_else(|| at.checked_sub(INACTIVE_AFTER).unwrap_or(at));
    let sight = PresenceSight { areas, ..PresenceSight::default() };
    let period = Period { from: local_date(since), to: local_date(at) };
    let mut shifts = presence::counted(connection, &sight, &presence::Filter::default(), period)?;
    shifts.retain(|shift| shift.started_at > since && shift.ended_at <= at);
    Ok(shifts)
}

fn shift_minutes(shift: &Counted) -> i64 {
    shift.started_at.duration_until(shift.ended_at).as_mins()
}

/// Counts what happened since the last meeting, by the events of the consultation.
fn counts(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    since: Option<Timestamp>,
) -> Result<Counts, StoreError> {
    let since = Instant(since.unwrap_or(Timestamp::UNIX_EPOCH));
    let rows: Vec<(String, String, i64)> = events::table
        .filter(events::consultation_id.eq(key(consultation)))
        .filter(events::effective_at.gt(since))
        .filter(events::subject_kind.eq_any(["case", "followUpRequest"]))
        .group_by((events::subject_kind, events::verb))
        .select((events::subject_kind, events::verb, diesel::dsl::count_star()))
        .load(connection)?;
    let mut counts = Counts::default();
    for (subject, verb, number) in rows {
        let counted = match (subject.as_str(), verb.as_str()) {
            ("case", "create") => &mut counts.new_cases,
            ("case", "close" | "dismiss" | "merge") => &mut counts.ended_cases,
            ("followUpRequest", "send") => &mut counts.requests_sent,
            ("followUpRequest", "answer") => &mut counts.requests_answered,
            _ => continue,
        };
        *counted += number;
    }
    Ok(counts)
}
