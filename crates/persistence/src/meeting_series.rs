//! Series of meetings: rows, the door's side of them, and queries.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::{Actor, DoneVerbs, Version};
use domain::id::{ConsultationId, MeetingSeriesId, OrganisationId};
use domain::meeting_series::{Event, Facts, MeetingSeries, Status};
use domain::planning::{Recurrence, Rhythm};
use domain::text::{Remark, Title};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset, of_consultations};
use crate::row::{code, parsed};
use crate::schema::{meeting_series, meetings};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

const TABLE: &str = "meeting_series";

/// How the time of day stands in its column.
const TIME: &str = "%H:%M";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    host_organisation_id: OrganisationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<Title>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remark: Option<Remark>,
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = meeting_series, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    consultation_id: Key,
    status: String,
    recurrence: String,
    starts_on: Day,
    starts_time: String,
    minutes: i32,
    planned_until: Option<Day>,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, sequence, status, planned_until, updated_at, details)
    }
}

impl TryFrom<Row> for MeetingSeries {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let time = parsed(TABLE, "starts_time", id, Time::strptime(TIME, &row.starts_time))?;
        let minutes = u16::try_from(row.minutes);
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            consultation_id: row.consultation_id.0.into(),
            host_organisation_id: details.host_organisation_id,
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            rhythm: Rhythm {
                recurrence: parsed(TABLE, "recurrence", id, Recurrence::parse(&row.recurrence))?,
                starts: row.starts_on.0.to_datetime(time),
                minutes: parsed(TABLE, "minutes", id, minutes)?,
            },
            place: details.place,
            planned_until: row.planned_until.map(|day| day.0),
            remark: details.remark,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(series: &MeetingSeries) -> Result<Row, StoreError> {
    let Rhythm { recurrence, starts, minutes } = &series.rhythm;
    let details = Details {
        host_organisation_id: series.host_organisation_id,
        place: series.place.clone(),
        remark: series.remark.clone(),
        created_by: series.created_by.clone(),
        done: series.done.clone(),
    };
    Ok(Row {
        id: key(series.id),
        version: series.version.0,
        sequence: series.sequence,
        consultation_id: key(series.consultation_id),
        status: series.status.code().to_owned(),
        recurrence: recurrence.to_string(),
        starts_on: Day(starts.date()),
        starts_time: starts.time().strftime(TIME).to_string(),
        minutes: i32::from(*minutes),
        planned_until: series.planned_until.map(Day),
        created_at: Instant(series.created_at),
        updated_at: Instant(series.updated_at),
        details: Json::of(&details)?,
    })
}

/// What is told of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_until: Option<Date>,
}

impl Aggregate for MeetingSeries {
    type Event = Event;
    const SUBJECT: Subject = Subject::MeetingSeries;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(meeting_series::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let data = EventData { state: event.state, planned_until: event.planned_until };
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
            data: Json::of(&data)?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into()]
    }
}

/// Finds a series that a principal may see: through its consultation.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: MeetingSeriesId,
) -> Result<Option<MeetingSeries>, StoreError> {
    let mut query = meeting_series::table.filter(meeting_series::id.eq(key(id))).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        query = query.filter(meeting_series::consultation_id.eq_any(consultations));
    }
    let row: Option<Row> = query.first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists the series that a principal may see, by the time at which they were agreed on.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    consultation: Option<ConsultationId>,
    page: PageRequest,
) -> Result<Page<MeetingSeries>, StoreError> {
    let query = meeting_series::table.into_boxed();
    let query = of_consultations!(query, meeting_series::consultation_id, sight, consultation);
    let rows: Vec<Row> =
        keyset!(query, meeting_series::created_at, meeting_series::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Gives the days of the recurrence, from a day on, for which a series has a meeting, whatever became of it.
pub fn planned_days(
    connection: &mut AnyConnection,
    series: MeetingSeriesId,
    from: Date,
) -> Result<BTreeSet<Date>, StoreError> {
    let days: Vec<Option<Day>> = meetings::table
        .filter(meetings::series_id.eq(key(series)))
        .filter(meetings::occurrence_on.ge(Day(from)))
        .select(meetings::occurrence_on)
        .load(connection)?;
    Ok(days.into_iter().flatten().map(|day| day.0).collect())
}
