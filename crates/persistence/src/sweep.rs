//! What the rules look at, when, and what they find: the side of the sweep that knows SQL.
//!
//! Each request, case and action carries the instant at which the rules have to look at it. What happens to it moves that
//! instant forward to the present; only a sweep moves it back.

use std::collections::HashMap;

use diesel::dsl::min;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable};
use domain::action::{self, Action};
use domain::category::CategoryCode;
use domain::escalation_policy::{Scope, StepId, SubjectKind};
use domain::escalation_rules::{ActionMoment, CaseMoment, What};
use domain::follow_up::{self, FollowUpRequest};
use domain::id::{CaseId, ConsultationId, OrganisationId};
use domain::{case, escalation};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Direction, PageRequest, Place, keyset};
use crate::schema::{actions, cases, events, follow_up_requests};
use crate::transaction::Transaction;
use crate::types::{Instant, Json, Key, SqlInstant, SqlKey, key};

/// Rows by id, each read by itself: one that cannot be read does not keep the others.
pub type Each<T> = Vec<(Uuid, Result<T, StoreError>)>;

/// Gives the table of a kind of subject.
const fn table(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::FollowUpRequest => "follow_up_requests",
        SubjectKind::Case => "cases",
        SubjectKind::Action => "actions",
    }
}

/// Gives the earliest instant at which the rules have to look at something of each kind: one statement, which reads the first
/// entry of three indexes.
pub fn next_looks(
    connection: &mut AnyConnection,
) -> Result<[(SubjectKind, Option<Timestamp>); 3], StoreError> {
    use follow_up_requests as r;
    let of_cases = cases::table.filter(cases::next_step_at.is_not_null());
    let of_actions = actions::table.filter(actions::next_step_at.is_not_null());
    let (requests, cases, actions): (Option<Instant>, Option<Instant>, Option<Instant>) = diesel::select((
        r::table.filter(r::next_step_at.is_not_null()).select(min(r::next_step_at)).single_value(),
        of_cases.select(min(cases::next_step_at)).single_value(),
        of_actions.select(min(actions::next_step_at)).single_value(),
    ))
    .first(connection)?;
    let at = |at: Option<Instant>| at.map(|at| at.0);
    Ok([
        (SubjectKind::FollowUpRequest, at(requests)),
        (SubjectKind::Case, at(cases)),
        (SubjectKind::Action, at(actions)),
    ])
}

#[derive(QueryableByName)]
struct Claimed {
    #[diesel(sql_type = SqlKey)]
    id: Key,
}

/// Takes the subjects that the rules have to look at first, at most `size`; those that another sweep is at are left to it.
///
/// On PostgreSQL the rows stay locked until the transaction ends; SQLite has one writer.
pub fn claim(
    connection: &mut AnyConnection,
    kind: SubjectKind,
    now: Timestamp,
    size: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let now = Instant(now);
    let claimed: Vec<Claimed> = match connection {
        AnyConnection::Postgresql(connection) => diesel::sql_query(postgresql_claim(kind))
            .bind::<SqlInstant, _>(now)
            .bind::<BigInt, _>(size)
            .load(connection)?,
        AnyConnection::Sqlite(connection) => diesel::sql_query(sqlite_claim(kind))
            .bind::<SqlInstant, _>(now)
            .bind::<BigInt, _>(size)
            .load(connection)?,
    };
    Ok(claimed.into_iter().map(|claimed| claimed.id.0).collect())
}

fn postgresql_claim(kind: SubjectKind) -> String {
    let table = table(kind);
    format!(
        "SELECT id FROM {table} WHERE next_step_at IS NOT NULL AND next_step_at <= $1 ORDER BY next_step_at, id \
         LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED"
    )
}

fn sqlite_claim(kind: SubjectKind) -> String {
    let table = table(kind);
    format!(
        "SELECT id FROM {table} WHERE next_step_at IS NOT NULL AND next_step_at <= ? ORDER BY next_step_at, id LIMIT ?"
    )
}

/// Loads requests by id, each by itself: one that cannot be read does not keep the others.
pub fn requests(connection: &mut AnyConnection, ids: &[Uuid]) -> Result<Each<FollowUpRequest>, StoreError> {
    let rows: Vec<crate::follow_ups::Row> = follow_up_requests::table
        .filter(follow_up_requests::id.eq_any(keys(ids)))
        .select(follow_up_requests::all_columns)
        .load(connection)?;
    Ok(rows.into_iter().map(|row| (row.id(), row.try_into())).collect())
}

/// Loads cases by id, each by itself, with what was recorded of it.
pub fn cases(
    connection: &mut AnyConnection,
    ids: &[Uuid],
) -> Result<Each<(case::Case, Vec<CaseMoment>)>, StoreError> {
    let found = crate::cases::load_each(connection, &keys(ids))?;
    let mut moments = case_moments(connection, ids)?;
    let with_moments = found.into_iter().map(|(id, case)| {
        let moments = moments.remove(&id).unwrap_or_else(|| Ok(Vec::new()));
        (id, case.and_then(|case| Ok((case, moments?))))
    });
    Ok(with_moments.collect())
}

/// Loads actions by id, each by itself, with what was recorded of it.
pub fn actions(
    connection: &mut AnyConnection,
    ids: &[Uuid],
) -> Result<Each<(Action, Vec<ActionMoment>)>, StoreError> {
    let found = crate::actions::load_each(connection, &keys(ids))?;
    let mut moments = action_moments(connection, ids)?;
    let with_moments = found.into_iter().map(|(id, action)| {
        let moments = moments.remove(&id).unwrap_or_else(|| Ok(Vec::new()));
        (id, action.and_then(|action| Ok((action, moments?))))
    });
    Ok(with_moments.collect())
}

/// What a preview reads: subjects of a consultation, narrowed as a policy narrows them.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Of this consultation.
    pub consultation_id: ConsultationId,
    /// About cases of this category or main group.
    pub category: Option<CategoryCode>,
    /// Requests to this service.
    pub organisation_id: Option<OrganisationId>,
}

/// Reads requests of a reach after a place, in the order in which they were written.
pub fn requests_within(
    connection: &mut AnyConnection,
    reach: &Reach,
    after: Option<Place>,
    size: i64,
) -> Result<Vec<FollowUpRequest>, StoreError> {
    use follow_up_requests as r;
    let mut query = r::table
        .inner_join(cases::table)
        .filter(r::consultation_id.eq(key(reach.consultation_id)))
        .filter(r::sent_at.is_not_null())
        .select(r::all_columns)
        .into_boxed();
    if let Some(service) = reach.organisation_id {
        query = query.filter(r::organisation_id.eq(key(service)));
    }
    query = match &reach.category {
        Some(code) if code.is_group() => query.filter(cases::category_group.eq(code.as_str())),
        Some(code) => query.filter(cases::category.eq(code.as_str())),
        None => query,
    };
    let page = PageRequest { direction: Direction::Ascending, after, size };
    let rows: Vec<crate::follow_ups::Row> = keyset!(query, r::created_at, r::id, page).load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Reads cases of a reach after a place, in the order in which they were written, with what was recorded of them.
pub fn cases_within(
    connection: &mut AnyConnection,
    reach: &Reach,
    after: Option<Place>,
    size: i64,
) -> Result<Vec<(case::Case, Vec<CaseMoment>)>, StoreError> {
    use cases as c;
    let mut query =
        c::table.filter(c::consultation_id.eq(key(reach.consultation_id))).select(c::id).into_boxed();
    query = match &reach.category {
        Some(code) if code.is_group() => query.filter(c::category_group.eq(code.as_str())),
        Some(code) => query.filter(c::category.eq(code.as_str())),
        None => query,
    };
    let page = PageRequest { direction: Direction::Ascending, after, size };
    let ids: Vec<Key> = keyset!(query, c::created_at, c::id, page).load(connection)?;
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    let mut found =
        cases(connection, &ids)?.into_iter().map(|(_, case)| case).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|(case, _)| (case.created_at, case.id));
    Ok(found)
}

/// Reads actions of a consultation after a place, in the order in which they were written, with what was recorded of them.
pub fn actions_within(
    connection: &mut AnyConnection,
    reach: &Reach,
    after: Option<Place>,
    size: i64,
) -> Result<Vec<(Action, Vec<ActionMoment>)>, StoreError> {
    use actions as a;
    let query = a::table
        .filter(a::consultation_id.eq(key(reach.consultation_id)))
        .filter(a::carry_over.gt(0))
        .select(a::id)
        .into_boxed();
    let page = PageRequest { direction: Direction::Ascending, after, size };
    let ids: Vec<Key> = keyset!(query, a::created_at, a::id, page).load(connection)?;
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    let mut found =
        actions(connection, &ids)?.into_iter().map(|(_, action)| action).collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|(action, _)| (action.created_at, action.id));
    Ok(found)
}

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// What the rules read of an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CaseData {
    state: case::Status,
    #[serde(default)]
    categories: Vec<CategoryCode>,
    #[serde(default)]
    earlier_cases: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RequestData {
    state: Option<follow_up::Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionData {
    state: action::Status,
    carry_over_count: u32,
}

/// Set in the events of the rules themselves, which are nothing that people did.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OfARule {
    step: Option<StepId>,
    by_rule: bool,
}

type EventRow = (Key, Option<Key>, String, String, Option<Key>, Option<Key>, Instant, Json);

type Moments<M> = HashMap<Uuid, Result<Vec<M>, StoreError>>;

fn case_moments(connection: &mut AnyConnection, ids: &[Uuid]) -> Result<Moments<CaseMoment>, StoreError> {
    use events as e;
    let rows: Vec<EventRow> = e::table
        .filter(e::case_id.eq_any(keys(ids)).assume_not_null())
        .order((e::case_id, e::recorded_at, e::id))
        .select((
            e::id,
            e::case_id,
            e::subject_kind,
            e::verb,
            e::consultation_id,
            e::organisation_id,
            e::recorded_at,
            e::data,
        ))
        .load(connection)?;
    Ok(gathered(rows, |row| row.1, case_moment))
}

fn case_moment(row: &EventRow) -> Result<Option<CaseMoment>, StoreError> {
    let (event, _, subject, verb, consultation, organisation, at, data) = row;
    if of_a_rule(*event, verb, data)? {
        return Ok(None);
    }
    let what = match (subject.as_str(), consultation, organisation) {
        ("case", Some(consultation), _) => {
            let CaseData { state, categories, earlier_cases } = data.read("events", "data", event.0)?;
            What::Case {
                consultation_id: consultation.0.into(),
                status: state,
                categories,
                earlier_cases,
                reopened: verb == case::Verb::Reopen.code(),
            }
        }
        ("followUpRequest", _, Some(organisation)) => {
            let RequestData { state } = data.read("events", "data", event.0)?;
            match state {
                None | Some(follow_up::Status::Draft) => What::Activity,
                Some(_) => What::Asked(organisation.0.into()),
            }
        }
        _ => What::Activity,
    };
    Ok(Some(CaseMoment { at: at.0, what }))
}

fn action_moments(connection: &mut AnyConnection, ids: &[Uuid]) -> Result<Moments<ActionMoment>, StoreError> {
    use events as e;
    let rows: Vec<EventRow> = e::table
        .filter(e::subject_id.eq_any(keys(ids)))
        .order((e::subject_id, e::sequence))
        .select((
            e::id,
            e::subject_id.nullable(),
            e::subject_kind,
            e::verb,
            e::consultation_id,
            e::organisation_id,
            e::recorded_at,
            e::data,
        ))
        .load(connection)?;
    Ok(gathered(rows, |row| row.1, action_moment))
}

fn action_moment(row: &EventRow) -> Result<Option<ActionMoment>, StoreError> {
    let (event, _, _, verb, consultation, _, at, data) = row;
    let Some(consultation) = consultation else { return Ok(None) };
    if of_a_rule(*event, verb, data)? {
        return Ok(None);
    }
    let ActionData { state, carry_over_count } = data.read("events", "data", event.0)?;
    Ok(Some(ActionMoment {
        at: at.0,
        consultation_id: consultation.0.into(),
        status: state,
        carry_over: carry_over_count,
        reopened: verb == action::Verb::Reopen.code(),
    }))
}

/// Tells whether an event is one of the rules: a step that took effect, or the escalation that it proposed.
fn of_a_rule(event: Key, verb: &str, data: &Json) -> Result<bool, StoreError> {
    let OfARule { step, by_rule } = data.read("events", "data", event.0)?;
    Ok(step.is_some() || (by_rule && verb == escalation::Verb::Create.code()))
}

/// Gathers rows by their subject; the first that cannot be read stands for all of its subject.
fn gathered<M>(
    rows: Vec<EventRow>,
    subject: impl Fn(&EventRow) -> Option<Key>,
    moment: impl Fn(&EventRow) -> Result<Option<M>, StoreError>,
) -> Moments<M> {
    let mut moments: Moments<M> = HashMap::new();
    for row in rows {
        let Some(subject) = subject(&row) else { continue };
        let known = moments.entry(subject.0).or_insert_with(|| Ok(Vec::new()));
        if let Ok(list) = known {
            match moment(&row) {
                Ok(Some(moment)) => list.push(moment),
                Ok(None) => {}
                Err(error) => *known = Err(error),
            }
        }
    }
    moments
}

/// Says when the rules have to look at some subjects again.
pub fn look_again(
    transaction: &mut Transaction<'_>,
    kind: SubjectKind,
    looks: &[(Uuid, Option<Timestamp>)],
) -> Result<(), StoreError> {
    let table = table(kind);
    match transaction.connection() {
        AnyConnection::Postgresql(connection) if !looks.is_empty() => {
            let (ids, instants): (Vec<Key>, Vec<Option<Instant>>) =
                looks.iter().map(|(id, at)| (Key(*id), at.map(Instant))).unzip();
            diesel::sql_query(format!(
                "UPDATE {table} SET next_step_at = look.at FROM unnest($1, $2) AS look (id, at) WHERE {table}.id = look.id"
            ))
            .bind::<Array<SqlKey>, _>(ids)
            .bind::<Array<Nullable<SqlInstant>>, _>(instants)
            .execute(connection)?;
        }
        AnyConnection::Postgresql(_) => {}
        AnyConnection::Sqlite(connection) => {
            for (id, at) in looks {
                diesel::sql_query(format!("UPDATE {table} SET next_step_at = ? WHERE id = ?"))
                    .bind::<Nullable<SqlInstant>, _>(at.map(Instant))
                    .bind::<SqlKey, _>(Key(*id))
                    .execute(connection)?;
            }
        }
    }
    Ok(())
}

/// Has the rules look at some cases: something happened that concerns them.
pub fn look_at_cases(
    transaction: &mut Transaction<'_>,
    ids: impl IntoIterator<Item = CaseId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut ids: Vec<Key> = ids.into_iter().map(key).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let at = Some(Instant(at));
    diesel::update(cases::table)
        .filter(cases::id.eq_any(ids))
        .filter(cases::next_step_at.is_null().or(cases::next_step_at.gt(at).assume_not_null()))
        .set(cases::next_step_at.eq(at))
        .execute(transaction.connection())?;
    Ok(())
}

/// Has the rules look at everything that a policy may judge from an instant on: another one judges since then.
///
/// What is due already is written as well: a sweep that is at it with the policies of before has to come back to it. Requests
/// of all consultations are, as a round is judged by the one that it began under.
pub fn look_at_scope(
    transaction: &mut Transaction<'_>,
    scope: &Scope,
    at: Timestamp,
) -> Result<(), StoreError> {
    use actions as a;
    use cases as c;
    use follow_up_requests as r;
    let connection = transaction.connection();
    let at = Some(Instant(at));
    let consultation = scope.consultation_id.map(key);
    let mut requests = diesel::update(r::table)
        .filter(r::status.eq_any(["sent", "received", "accepted"]))
        .set(r::next_step_at.eq(at))
        .into_boxed();
    if let Some(service) = scope.organisation_id {
        requests = requests.filter(r::organisation_id.eq(key(service)));
    }
    requests.execute(connection)?;
    if scope.organisation_id.is_some() {
        return Ok(());
    }
    let mut cases = diesel::update(c::table)
        .filter(c::status.eq_any(["signalled", "open", "monitoring"]))
        .set(c::next_step_at.eq(at))
        .into_boxed();
    if let Some(consultation) = consultation {
        cases = cases.filter(c::consultation_id.eq(consultation));
    }
    cases.execute(connection)?;
    let mut actions = diesel::update(a::table)
        .filter(a::status.eq_any(["open", "inProgress"]))
        .filter(a::carry_over.gt(0))
        .set(a::next_step_at.eq(at))
        .into_boxed();
    if let Some(consultation) = consultation {
        actions = actions.filter(a::consultation_id.eq(consultation));
    }
    actions.execute(connection)?;
    Ok(())
}
