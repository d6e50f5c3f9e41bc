//! The agenda of a meeting: items as rows, the door's side of them, and queries; what a proposal is made of is in
//! `snapshot`.

mod snapshot;

use diesel::prelude::*;
use domain::agenda::{About, AgendaItem, Event, Facts, Figures, ItemStatus, Reason, Section};
use domain::change::{Actor, DoneVerbs, Version};
use domain::id::{AgendaItemId, MeetingId};
use domain::text::{Paragraph, Title};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::agenda_items;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

pub use snapshot::snapshot;

const TABLE: &str = "agenda_items";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    reason: Reason,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    about: Vec<About>,
    #[serde(default)]
    figures: Figures,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Paragraph>,
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = agenda_items, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    meeting_id: Key,
    consultation_id: Key,
    position: i32,
    section: String,
    status: String,
    title: String,
    case_id: Option<Key>,
    carry_over: i32,
    moved_from_id: Option<Key>,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, sequence, position, section, status, title, updated_at, details,)
    }
}

impl TryFrom<Row> for AgendaItem {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            meeting_id: row.meeting_id.0.into(),
            consultation_id: row.consultation_id.0.into(),
            position: row.position,
            section: code(TABLE, "section", id, &row.section, Section::from_code)?,
            reason: details.reason,
            status: code(TABLE, "status", id, &row.status, ItemStatus::from_code)?,
            title: Title::from_stored(row.title),
            case_id: row.case_id.map(|case| case.0.into()),
            about: details.about,
            figures: details.figures,
            carry_over: row.carry_over,
            moved_from_id: row.moved_from_id.map(|item| item.0.into()),
            text: details.text,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(item: &AgendaItem) -> Result<Row, StoreError> {
    let details = Details {
        reason: item.reason,
        about: item.about.clone(),
        figures: item.figures,
        text: item.text.clone(),
        created_by: item.created_by.clone(),
        done: item.done.clone(),
    };
    Ok(Row {
        id: key(item.id),
        version: item.version.0,
        sequence: item.sequence,
        meeting_id: key(item.meeting_id),
        consultation_id: key(item.consultation_id),
        position: item.position,
        section: item.section.code().to_owned(),
        status: item.status.code().to_owned(),
        title: item.title.as_str().to_owned(),
        case_id: item.case_id.map(key),
        carry_over: item.carry_over,
        moved_from_id: item.moved_from_id.map(key),
        created_at: Instant(item.created_at),
        updated_at: Instant(item.updated_at),
        details: Json::of(&details)?,
    })
}

/// What an event tells.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: ItemStatus,
    section: Section,
    meeting_id: MeetingId,
}

impl Aggregate for AgendaItem {
    type Event = Event;
    const SUBJECT: Subject = Subject::AgendaItem;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(agenda_items::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let data = EventData { state: event.state, section: event.section, meeting_id: self.meeting_id };
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.sequence - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: self.case_id,
            consultation_id: Some(self.consultation_id),
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&data)?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into()]
    }
}

/// Finds an item on the agenda of a meeting.
pub fn find(
    connection: &mut AnyConnection,
    meeting: MeetingId,
    id: AgendaItemId,
) -> Result<Option<AgendaItem>, StoreError> {
    let row: Option<Row> = agenda_items::table
        .filter(agenda_items::id.eq(key(id)))
        .filter(agenda_items::meeting_id.eq(key(meeting)))
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Loads the agenda of a meeting, in its order.
pub fn load(connection: &mut AnyConnection, meeting: MeetingId) -> Result<Vec<AgendaItem>, StoreError> {
    let rows: Vec<Row> = agenda_items::table
        .filter(agenda_items::meeting_id.eq(key(meeting)))
        .order((agenda_items::position, agenda_items::id))
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Counts the items on the agenda of a meeting.
pub fn count(connection: &mut AnyConnection, meeting: MeetingId) -> Result<i64, StoreError> {
    Ok(agenda_items::table
        .filter(agenda_items::meeting_id.eq(key(meeting)))
        .count()
        .get_result(connection)?)
}

/// Gives the place of the last item on the agenda of a meeting; 0 when it is empty.
pub fn last_position(connection: &mut AnyConnection, meeting: MeetingId) -> Result<i32, StoreError> {
    let last: Option<i32> = agenda_items::table
        .filter(agenda_items::meeting_id.eq(key(meeting)))
        .select(diesel::dsl::max(agenda_items::position))
        .get_result(connection)?;
    Ok(last.unwrap_or_default())
}
