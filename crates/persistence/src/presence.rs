//! Presence records: rows and the door's side of them; lists and totals are in `list`.

mod list;

use diesel::prelude::*;
use domain::change::{Actor, Version};
use domain::id::{AreaId, GuardGroupId, PresenceRecordId};
use domain::presence::{Correction, Event, LONGEST, PresenceRecord, Shift, Status, Task, Withdrawal};
use domain::text::Remark;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::presence_records;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};
use crate::views::PRESENCE;

pub use list::{Filter, PresenceSight, counted, find, list};

const TABLE: &str = "presence_records";

/// What is neither filtered nor counted.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<Remark>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrections: Vec<Correction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawal: Option<Withdrawal>,
    created_by: Option<Actor>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = presence_records)]
struct Row {
    id: Key,
    version: i64,
    organisation_id: Key,
    guard_group_id: Key,
    area_id: Key,
    status: String,
    task: String,
    started_at: Instant,
    ended_at: Instant,
    guards: i32,
    contacts: i32,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(
            self,
            version,
            guard_group_id,
            area_id,
            status,
            task,
            started_at,
            ended_at,
            guards,
            contacts,
            updated_at,
            details,
        )
    }
}

/// Reads a count.
fn number(column: &'static str, row: Uuid, count: i32) -> Result<u16, StoreError> {
    u16::try_from(count).map_err(|_| StoreError::corrupt(TABLE, column, row, "no such count"))
}

impl TryFrom<Row> for PresenceRecord {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let record = Self {
            id: id.into(),
            version: Version(row.version),
            organisation_id: row.organisation_id.0.into(),
            shift: Shift {
                guard_group_id: row.guard_group_id.0.into(),
                area_id: row.area_id.0.into(),
                started_at: row.started_at.0,
                ended_at: row.ended_at.0,
                task: code(TABLE, "task", id, &row.task, Task::from_code)?,
                guards: number("guards", id, row.guards)?,
                contacts: number("contacts", id, row.contacts)?,
                remarks: details.remarks,
            },
            corrections: details.corrections,
            withdrawal: details.withdrawal,
            created_at: row.created_at.0,
            created_by: details
                .created_by
                .ok_or_else(|| StoreError::corrupt(TABLE, "details", id, "no createdBy"))?,
            updated_at: row.updated_at.0,
        };
        if code(TABLE, "status", id, &row.status, Status::from_code)? != record.status() {
            return Err(StoreError::corrupt(TABLE, "status", id, "not what its withdrawal says"));
        }
        Ok(record)
    }
}

fn row(record: &PresenceRecord) -> Result<Row, StoreError> {
    let Shift { guard_group_id, area_id, started_at, ended_at, task, guards, contacts, remarks } =
        &record.shift;
    let details = Details {
        remarks: remarks.clone(),
        corrections: record.corrections.clone(),
        withdrawal: record.withdrawal.clone(),
        created_by: Some(record.created_by.clone()),
    };
    Ok(Row {
        id: key(record.id),
        version: record.version.0,
        organisation_id: key(record.organisation_id),
        guard_group_id: key(*guard_group_id),
        area_id: key(*area_id),
        status: record.status().code().to_owned(),
        task: task.code().to_owned(),
        started_at: Instant(*started_at),
        ended_at: Instant(*ended_at),
        guards: (*guards).into(),
        contacts: (*contacts).into(),
        created_at: Instant(record.created_at),
        updated_at: Instant(record.updated_at),
        details: Json::of(&details)?,
    })
}

/// What an event tells: what figures need, no remarks and no reasons.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: Status,
    guard_group_id: GuardGroupId,
    area_id: AreaId,
    task: Task,
    started_at: Timestamp,
    ended_at: Timestamp,
    guards: u16,
    contacts: u16,
}

impl Aggregate for PresenceRecord {
    type Event = Event;
    const SUBJECT: Subject = Subject::PresenceRecord;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(presence_records::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let shift = &self.shift;
        let data = EventData {
            state: self.status(),
            guard_group_id: shift.guard_group_id,
            area_id: shift.area_id,
            task: shift.task,
            started_at: shift.started_at,
            ended_at: shift.ended_at,
            guards: shift.guards,
            contacts: shift.contacts,
        };
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.version.0 - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: None,
            consultation_id: None,
            organisation_id: Some(self.organisation_id),
            audience: "team",
            effective_at: event.at,
            data: Json::of(&data)?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![PRESENCE]
    }
}

/// Finds a record of the same group whose shift overlaps with this one and was not withdrawn; the earliest of several.
///
/// To be asked while the group is held.
pub fn find_overlapping(
    connection: &mut AnyConnection,
    shift: &Shift,
    except: Option<PresenceRecordId>,
) -> Result<Option<PresenceRecordId>, StoreError> {
    use presence_records as r;
    let Shift { guard_group_id: group, started_at, ended_at, .. } = *shift;
    // No shift is longer, so that none that began before can reach so far.
    let earliest = started_at.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
    let mut query = r::table
        .filter(r::guard_group_id.eq(key(group)))
        .filter(r::started_at.ge(Instant(earliest)))
        .filter(r::started_at.lt(Instant(ended_at)))
        .filter(r::ended_at.gt(Instant(started_at)))
        .filter(r::status.eq(Status::Recorded.code()))
        .order((r::started_at, r::id))
        .select(r::id)
        .into_boxed();
    if let Some(except) = except {
        query = query.filter(r::id.ne(key(except)));
    }
    let found: Option<Key> = query.first(connection).optional()?;
    Ok(found.map(|key| key.0.into()))
}
