//! Actions: rows and the door's side of them; lists are in `list`.

mod list;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::access::Sight;
use domain::action::{Action, Description, Ending, Event, Facts, Kind, Owner, Status};
use domain::change::{Actor, DoneVerbs, Version};
use domain::consultation::FunctionCode;
use domain::escalation_policy::{Effect, StepId};
use domain::id::{ActionId, CaseId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use domain::text::{Paragraph, Remark, Title};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::actions;
use crate::sweep::Each;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

pub use list::{Filter, Order, list};

const TABLE: &str = "actions";

/// What is neither filtered nor counted.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Paragraph>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Remark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<Remark>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    carried_in: Vec<MeetingId>,
    created_by: Option<Actor>,
    done: DoneVerbs,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = actions, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    consultation_id: Key,
    case_id: Option<Key>,
    decision_id: Option<Key>,
    meeting_id: Option<Key>,
    owner_organisation_id: Key,
    owner_function: String,
    kind: String,
    status: String,
    title: String,
    due_on: Option<Day>,
    carry_over: i32,
    ended_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
    next_step_at: Option<Instant>,
    led_by: Option<Key>,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(
            self,
            version,
            sequence,
            consultation_id,
            case_id,
            decision_id,
            meeting_id,
            owner_organisation_id,
            owner_function,
            kind,
            status,
            title,
            due_on,
            carry_over,
            ended_at,
            created_at,
            updated_at,
            details,
            next_step_at,
            led_by,
        )
    }
}

impl TryFrom<Row> for Action {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let status = code(TABLE, "status", id, &row.status, Status::from_code)?;
        let ending = match (status, row.ended_at, details.result) {
            (Status::Open | Status::InProgress, None, None) => Ending::None,
            (Status::Done, Some(at), Some(result)) => Ending::Done { at: at.0, result },
            (Status::Cancelled, Some(at), None) => Ending::Cancelled { at: at.0 },
            _ => return Err(StoreError::corrupt(TABLE, "ended_at", id, "another ending than its state has")),
        };
        let owner = Owner {
            organisation_id: row.owner_organisation_id.0.into(),
            function: code(TABLE, "owner_function", id, &row.owner_function, FunctionCode::parse)?,
        };
        let created_by =
            details.created_by.ok_or_else(|| StoreError::corrupt(TABLE, "details", id, "no createdBy"))?;
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            consultation_id: row.consultation_id.0.into(),
            led_by: row.led_by.map(|key| key.0.into()),
            case_id: row.case_id.map(|key| key.0.into()),
            decision_id: row.decision_id.map(|key| key.0.into()),
            meeting_id: row.meeting_id.map(|key| key.0.into()),
            description: Description {
                kind: code(TABLE, "kind", id, &row.kind, Kind::from_code)?,
                title: Title::from_stored(row.title),
                description: details.description,
                owner,
                due_on: row.due_on.map(|day| day.0),
            },
            status,
            ending,
            remark: details.remark,
            carried_in: details.carried_in,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            next_step_at: row.next_step_at.map(|at| at.0),
            created_by,
            done: details.done,
        }))
    }
}

fn row(action: &Action) -> Result<Row, StoreError> {
    let Description { kind, title, description, owner, due_on } = &action.description;
    let details = Details {
        description: description.clone(),
        result: action.result().cloned(),
        remark: action.remark.clone(),
        carried_in: action.carried_in.clone(),
        created_by: Some(action.created_by.clone()),
        done: action.done.clone(),
    };
    Ok(Row {
        id: key(action.id),
        version: action.version.0,
        sequence: action.sequence,
        consultation_id: key(action.consultation_id),
        case_id: action.case_id.map(key),
        decision_id: action.decision_id.map(key),
        meeting_id: action.meeting_id.map(key),
        owner_organisation_id: key(owner.organisation_id),
        owner_function: owner.function.as_str().to_owned(),
        kind: kind.code().to_owned(),
        status: action.status.code().to_owned(),
        title: title.as_str().to_owned(),
        due_on: due_on.map(Day),
        carry_over: i32::try_from(action.carry_over_count()).unwrap_or(i32::MAX),
        ended_at: action.ended_at().map(Instant),
        created_at: Instant(action.created_at),
        updated_at: Instant(action.updated_at),
        details: Json::of(&details)?,
        next_step_at: action.next_step_at.map(Instant),
        led_by: action.led_by.map(key),
    })
}

/// What the timeline tells of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData<'a> {
    state: Status,
    kind: Kind,
    owner_organisation_id: OrganisationId,
    owner_function: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_on: Option<jiff::civil::Date>,
    carry_over_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_id: Option<MeetingId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_id: Option<DecisionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: &'a Option<StepId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    effects: &'a Vec<Effect>,
}

impl Aggregate for Action {
    type Event = Event;
    const SUBJECT: Subject = Subject::Action;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(actions::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        let update = Update {
            sequence_below: Some(self.sequence),
            ..Update::of(TABLE, &new.id, before.version, old.columns(), new.columns())
                .while_led_by(before.led_by.map(key))
        };
        // Who had it before sees that it is gone.
        transaction.touch(before.scopes());
        update.run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let data = EventData {
            state: event.state,
            kind: event.kind,
            owner_organisation_id: event.owner.organisation_id,
            owner_function: event.owner.function.as_str(),
            due_on: event.due_on,
            carry_over_count: event.carry_over_count,
            meeting_id: event.meeting_id,
            decision_id: event.decision_id,
            step: &event.step,
            effects: &event.effects,
        };
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.sequence - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: self.case_id,
            consultation_id: Some(self.consultation_id),
            organisation_id: Some(event.owner.organisation_id),
            audience: "team",
            effective_at: event.at,
            data: Json::of(&data)?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        let leader = self.led_by.map(Into::into);
        [self.consultation_id.into(), self.owner().organisation_id.into()].into_iter().chain(leader).collect()
    }
}

/// Loads actions by id, each by itself: one that cannot be read does not keep the others.
pub(crate) fn load_each(connection: &mut AnyConnection, ids: &[Key]) -> Result<Each<Action>, StoreError> {
    let rows: Vec<Row> =
        actions::table.filter(actions::id.eq_any(ids)).select(actions::all_columns).load(connection)?;
    Ok(rows.into_iter().map(|row| (row.id.0, row.try_into())).collect())
}

/// Finds an action that a principal may see: through its consultation, or because one of its organisations owns it.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: ActionId,
) -> Result<Option<Action>, StoreError> {
    let query = actions::table.filter(actions::id.eq(key(id))).select(actions::all_columns).into_boxed();
    let row: Option<Row> = list::visible!(query, sight).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Loads all actions of a case, oldest first.
pub fn load_of_case(connection: &mut AnyConnection, case: CaseId) -> Result<Vec<Action>, StoreError> {
    let rows: Vec<Row> = actions::table
        .filter(actions::case_id.eq(key(case)))
        .order((actions::created_at, actions::id))
        .select(actions::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Counts the open actions of a case.
pub fn count_open(connection: &mut AnyConnection, case: CaseId) -> Result<i64, StoreError> {
    Ok(actions::table
        .filter(actions::case_id.eq(key(case)))
        .filter(is_open())
        .count()
        .get_result(connection)?)
}

/// Loads the open actions of a case, oldest first.
pub fn load_open(connection: &mut AnyConnection, case: CaseId) -> Result<Vec<Action>, StoreError> {
    let rows: Vec<Row> = actions::table
        .filter(actions::case_id.eq(key(case)))
        .filter(is_open())
        .order((actions::created_at, actions::id))
        .select(actions::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Loads the open actions of a consultation, the first due first, those without a day last.
pub fn load_open_of(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<Action>, StoreError> {
    let rows: Vec<Row> = actions::table
        .filter(actions::consultation_id.eq(key(consultation)))
        .filter(is_open())
        .order((actions::due_on, actions::id))
        .select(actions::all_columns)
        .load(connection)?;
    let (due, timeless): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.due_on.is_some());
    due.into_iter().chain(timeless).map(TryInto::try_into).collect()
}

/// Loads those of some actions that are open, oldest first.
pub fn load_open_among(
    connection: &mut AnyConnection,
    ids: impl IntoIterator<Item = ActionId>,
) -> Result<Vec<Action>, StoreError> {
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = actions::table
        .filter(actions::id.eq_any(ids))
        .filter(is_open())
        .order((actions::created_at, actions::id))
        .select(actions::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Loads the actions that came of some decisions, and some others by their ids, oldest first.
pub fn load_of_decisions(
    connection: &mut AnyConnection,
    decisions: &[DecisionId],
    ids: impl IntoIterator<Item = ActionId>,
) -> Result<Vec<Action>, StoreError> {
    let decisions: Vec<Key> = decisions.iter().copied().map(key).collect();
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    let rows: Vec<Row> = actions::table
        .filter(actions::decision_id.eq_any(decisions).or(actions::id.eq_any(ids)))
        .order((actions::created_at, actions::id))
        .select(actions::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The condition that an action is open.
///
/// Written out as in the index of open actions, which both databases use only when they know the values beforehand.
fn is_open() -> SqlLiteral<Bool> {
    let open = Status::ALL.iter().filter(|status| status.is_open());
    let codes: Vec<String> = open.map(|status| format!("'{status}'")).collect();
    sql(&format!("actions.status IN ({})", codes.join(", ")))
}
