//! Meetings: rows, the door's side of them, and queries.

use diesel::prelude::*;
use domain::access::Sight;
use domain::calendar::Period;
use domain::change::{Actor, DoneVerbs, Version};
use domain::id::{ConsultationId, MeetingId};
use domain::meeting::cost::Sitting;
use domain::meeting::{Attendance, Event, Facts, Meeting, Moved, Occurrence, Status};
use domain::text::{Remark, Title};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cases::Hold;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset, of_consultations};
use crate::row::code;
use crate::schema::meetings;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

const TABLE: &str = "meetings";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Title>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved: Option<Moved>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attendances: Vec<Attendance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remark: Option<Remark>,
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = meetings, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    consultation_id: Key,
    status: String,
    starts_at: Instant,
    ends_at: Instant,
    series_id: Option<Key>,
    occurrence_on: Option<Day>,
    opened_at: Option<Instant>,
    closed_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(
            self, version, sequence, status, starts_at, ends_at, opened_at, closed_at, updated_at, details,
        )
    }
}

impl TryFrom<Row> for Meeting {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let occurrence = row.series_id.zip(row.occurrence_on);
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            consultation_id: row.consultation_id.0.into(),
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            starts_at: row.starts_at.0,
            ends_at: row.ends_at.0,
            place: details.place,
            occurrence: occurrence.map(|(series, on)| Occurrence { series_id: series.0.into(), on: on.0 }),
            moved: details.moved,
            opened_at: row.opened_at.map(|at| at.0),
            closed_at: row.closed_at.map(|at| at.0),
            attendances: details.attendances,
            remark: details.remark,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(meeting: &Meeting) -> Result<Row, StoreError> {
    let details = Details {
        place: meeting.place.clone(),
        moved: meeting.moved.clone(),
        attendances: meeting.attendances.clone(),
        remark: meeting.remark.clone(),
        created_by: meeting.created_by.clone(),
        done: meeting.done.clone(),
    };
    Ok(Row {
        id: key(meeting.id),
        version: meeting.version.0,
        sequence: meeting.sequence,
        consultation_id: key(meeting.consultation_id),
        status: meeting.status.code().to_owned(),
        starts_at: Instant(meeting.starts_at),
        ends_at: Instant(meeting.ends_at),
        series_id: meeting.occurrence.map(|occurrence| key(occurrence.series_id)),
        occurrence_on: meeting.occurrence.map(|occurrence| Day(occurrence.on)),
        opened_at: meeting.opened_at.map(Instant),
        closed_at: meeting.closed_at.map(Instant),
        created_at: Instant(meeting.created_at),
        updated_at: Instant(meeting.updated_at),
        details: Json::of(&details)?,
    })
}

/// What an event tells.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: Status,
    starts_at: Timestamp,
}

impl Aggregate for Meeting {
    type Event = Event;
    const SUBJECT: Subject = Subject::Meeting;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(meetings::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.sequence - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: None,
            consultation_id: Some(self.consultation_id),
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&EventData { state: event.state, starts_at: event.starts_at })?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into()]
    }
}

/// Finds a meeting of a consultation that a principal is a member of.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: MeetingId,
) -> Result<Option<Meeting>, StoreError> {
    let mut query = meetings::table.filter(meetings::id.eq(key(id))).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        query = query.filter(meetings::consultation_id.eq_any(consultations));
    }
    let row: Option<Row> = query.first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds a meeting as `find` does and holds it until the end of the unit of work: still, for who adds something to it, or
/// alone, for who decides on everything that was added. On SQLite, who writes is alone in any case.
pub fn hold(
    transaction: &mut Transaction<'_>,
    sight: &Sight,
    id: MeetingId,
    hold: Hold,
) -> Result<Option<Meeting>, StoreError> {
    if let AnyConnection::Postgresql(connection) = transaction.connection() {
        let row = meetings::table.filter(meetings::id.eq(key(id))).select(meetings::id);
        let _: Option<Key> = match hold {
            Hold::Still => row.for_share().get_result(connection).optional()?,
            Hold::Alone => row.for_no_key_update().get_result(connection).optional()?,
        };
    }
    find(transaction.connection(), sight, id)
}

/// What a list of meetings is narrowed to; within one property any of the values will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one consultation.
    pub consultation_id: Option<ConsultationId>,
    /// In these states.
    pub states: Vec<Status>,
    /// That start at or after this moment.
    pub starts_from: Option<Timestamp>,
    /// That start before this moment.
    pub starts_before: Option<Timestamp>,
}

/// Lists the meetings of the consultations that a principal is a member of, by the time at which they start.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Meeting>, StoreError> {
    let query = meetings::table.into_boxed();
    let mut query = of_consultations!(query, meetings::consultation_id, sight, filter.consultation_id);
    if let [state] = filter.states.as_slice() {
        query = query.filter(meetings::status.eq(state.code()));
    } else if !filter.states.is_empty() {
        query = query.filter(meetings::status.eq_any(filter.states.iter().map(|state| state.code())));
    }
    if let Some(from) = filter.starts_from {
        query = query.filter(meetings::starts_at.ge(Instant(from)));
    }
    if let Some(before) = filter.starts_before {
        query = query.filter(meetings::starts_at.lt(Instant(before)));
    }
    let rows: Vec<Row> = keyset!(query, meetings::starts_at, meetings::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Finds the last meeting of a consultation that was held before a moment.
pub fn last_held(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    before: Timestamp,
) -> Result<Option<Meeting>, StoreError> {
    let row: Option<Row> = meetings::table
        .filter(meetings::consultation_id.eq(key(consultation)))
        .filter(meetings::status.eq(Status::Held.code()))
        .filter(meetings::starts_at.lt(Instant(before)))
        .order((meetings::starts_at.desc(), meetings::id.desc()))
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds the next meeting of a consultation that is planned after another one, or after a moment.
pub fn next_planned(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    after: Timestamp,
) -> Result<Option<Meeting>, StoreError> {
    let row: Option<Row> = meetings::table
        .filter(meetings::consultation_id.eq(key(consultation)))
        .filter(meetings::status.eq(Status::Planned.code()))
        .filter(meetings::starts_at.gt(Instant(after)))
        .order((meetings::starts_at.asc(), meetings::id.asc()))
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Gives what is counted of the meetings of a consultation that were held and start in a period, as a principal may see them;
/// in one statement, in the order in which they start.
pub fn held_in(
    connection: &mut AnyConnection,
    sight: &Sight,
    consultation: ConsultationId,
    period: Period,
) -> Result<Vec<Sitting>, StoreError> {
    let query = meetings::table
        .filter(meetings::status.eq(Status::Held.code()))
        .filter(meetings::starts_at.ge(Instant(period.begins_at())))
        .filter(meetings::starts_at.lt(Instant(period.ends_at())))
        .order((meetings::starts_at.asc(), meetings::id.asc()))
        .select((meetings::id, meetings::starts_at, meetings::ends_at, meetings::details))
        .into_boxed();
    let rows: Vec<(Key, Instant, Instant, Json)> =
        of_consultations!(query, meetings::consultation_id, sight, Some(consultation)).load(connection)?;
    rows.into_iter()
        .map(|(id, starts_at, ends_at, details)| {
            let details: Details = details.read(TABLE, "details", id.0)?;
            Ok(Sitting { starts_at: starts_at.0, ends_at: ends_at.0, attendances: details.attendances })
        })
        .collect()
}

/// Loads the meetings of a consultation that start in a period, whatever their state, in the order in which they start.
///
/// Whoever asks has a right to them by itself: a calendar feed of the consultation.
pub fn starting_in(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
    period: Period,
) -> Result<Vec<Meeting>, StoreError> {
    let rows: Vec<Row> = meetings::table
        .filter(meetings::consultation_id.eq(key(consultation)))
        .filter(meetings::starts_at.ge(Instant(period.begins_at())))
        .filter(meetings::starts_at.lt(Instant(period.ends_at())))
        .order((meetings::starts_at.asc(), meetings::id.asc()))
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}
