//! Data-sharing protocols: rows and queries.

use diesel::prelude::*;
use domain::change::{Actor, DoneVerbs, Version};
use domain::data_sharing_protocol::{DataSharingProtocol, Event, Facts, Status, Terms, Transfer};
use domain::id::DataSharingProtocolId;
use domain::text::Remark;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::code;
use crate::schema::data_sharing_protocols::{self, dsl};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, Update, columns};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "data_sharing_protocols";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validated_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoke_reason: Option<Remark>,
    created_by: Actor,
    done: DoneVerbs,
}

/// What the log tells of an event.
#[derive(Serialize)]
struct EventData {
    state: Status,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = data_sharing_protocols)]
struct Row {
    id: Key,
    version: i64,
    status: String,
    valid_from: Day,
    valid_to: Day,
    created_at: Instant,
    updated_at: Instant,
    terms: Json,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, status, valid_from, valid_to, updated_at, terms, details)
    }
}

impl TryFrom<Row> for DataSharingProtocol {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let terms: Terms = row.terms.read(TABLE, "terms", id)?;
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            terms,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            validated_at: details.validated_at,
            revoked_at: details.revoked_at,
            revoke_reason: details.revoke_reason,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(protocol: &DataSharingProtocol) -> Result<Row, StoreError> {
    let details = Details {
        validated_at: protocol.validated_at,
        revoked_at: protocol.revoked_at,
        revoke_reason: protocol.revoke_reason.clone(),
        created_by: protocol.created_by.clone(),
        done: protocol.done.clone(),
    };
    Ok(Row {
        id: key(protocol.id),
        version: protocol.version.0,
        status: protocol.status.code().to_owned(),
        valid_from: Day(protocol.terms.valid_from),
        valid_to: Day(protocol.terms.valid_to),
        created_at: Instant(protocol.created_at),
        updated_at: Instant(protocol.updated_at),
        terms: Json::of(&protocol.terms)?,
        details: Json::of(&details)?,
    })
}

impl Aggregate for DataSharingProtocol {
    type Event = Event;
    const SUBJECT: Subject = Subject::DataSharingProtocol;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(data_sharing_protocols::table)
            .values(row(self)?)
            .execute(transaction.connection())?;
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
            sequence: self.version.0 - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: None,
            consultation_id: None,
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&EventData { state: event.state })?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![REFERENCE_DATA]
    }
}

/// Finds a protocol.
pub fn find(
    connection: &mut AnyConnection,
    id: DataSharingProtocolId,
) -> Result<Option<DataSharingProtocol>, StoreError> {
    let row: Option<Row> = dsl::data_sharing_protocols.find(key(id)).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists protocols by the time at which they were written, in any of some states on a day, or in any at all.
pub fn list(
    connection: &mut AnyConnection,
    states: &[Status],
    day: Date,
    page: PageRequest,
) -> Result<Page<DataSharingProtocol>, StoreError> {
    let mut query = dsl::data_sharing_protocols.into_boxed();
    let has = |state| states.contains(&state);
    if !states.is_empty() {
        // What has expired is stored as valid.
        let stored = [Status::Draft, Status::Valid, Status::Revoked].into_iter();
        let stored = stored.filter(|state| has(*state) || (*state == Status::Valid && has(Status::Expired)));
        query = query.filter(dsl::status.eq_any(stored.map(Status::code).collect::<Vec<_>>()));
        let is_valid = dsl::status.eq(Status::Valid.code());
        query = match (has(Status::Valid), has(Status::Expired)) {
            (true, false) => query.filter(diesel::dsl::not(is_valid).or(dsl::valid_to.ge(Day(day)))),
            (false, true) => query.filter(diesel::dsl::not(is_valid).or(dsl::valid_to.lt(Day(day)))),
            (true, true) | (false, false) => query,
        };
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads all that were ever in force, by their first day.
pub fn published(connection: &mut AnyConnection) -> Result<Vec<DataSharingProtocol>, StoreError> {
    let rows: Vec<Row> = dsl::data_sharing_protocols
        .filter(dsl::status.ne(Status::Draft.code()))
        .order((dsl::valid_from, dsl::id))
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Loads those in force on a day that end on or before another one.
pub fn ending(
    connection: &mut AnyConnection,
    day: Date,
    last: Date,
) -> Result<Vec<DataSharingProtocol>, StoreError> {
    let rows: Vec<Row> = dsl::data_sharing_protocols
        .filter(dsl::status.eq(Status::Valid.code()))
        .filter(dsl::valid_to.ge(Day(day)))
        .filter(dsl::valid_to.le(Day(last)))
        .order((dsl::valid_to, dsl::id))
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Finds the protocol under which data may be passed on, the one that lasts longest, and lets nobody revoke it before the
/// transaction ends; `wanted` names the only one that counts.
///
/// On SQLite, who writes is alone in any case.
pub fn hold_covering(
    transaction: &mut Transaction<'_>,
    transfer: &Transfer<'_>,
    wanted: Option<DataSharingProtocolId>,
    day: Date,
) -> Result<Option<DataSharingProtocolId>, StoreError> {
    let valid = dsl::data_sharing_protocols
        .filter(dsl::status.eq(Status::Valid.code()))
        .filter(dsl::valid_to.ge(Day(day)))
        .order((dsl::valid_to.desc(), dsl::id));
    let rows: Vec<Row> = match transaction.connection() {
        AnyConnection::Sqlite(connection) => valid.load(connection)?,
        AnyConnection::Postgresql(connection) => valid.for_share().load(connection)?,
    };
    for row in rows {
        let protocol = DataSharingProtocol::try_from(row)?;
        if protocol.covers(transfer, day) && wanted.is_none_or(|wanted| wanted == protocol.id) {
            return Ok(Some(protocol.id));
        }
    }
    Ok(None)
}
