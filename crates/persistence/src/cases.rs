//! Cases: rows and the door's side of them; queries are in `list` and `search`.

mod detected;
mod hold;
mod lead;
mod list;
mod number;
mod place;
mod search;

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::access::Sight;
use domain::area::SectorCode;
use domain::case::{
    Case, CaseReference, CloseReason, Description, Ending, Event, Facts, Kind, Link, Location, Pattern,
    Severity, Source, Status, TimeSlot,
};
use domain::category::CategoryCode;
use domain::change::{Actor, DoneVerbs, Version};
use domain::escalation_policy::{Effect, StepId};
use domain::id::CaseId;
use domain::place::{AddressUri, LocationKind, Wgs84};
use domain::text::{Paragraph, Remark, Title};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::{code, optional_code, parsed};
use crate::schema::{cases, follow_up_requests};
use crate::sweep::Each;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

pub use detected::detected_by_guards;
pub use hold::{Hold, hold};
pub(crate) use lead::lead;
pub use lead::tell_leader;
pub use list::{Filter, list};
pub use number::{Number, next as next_number};
pub use place::{Nearby, count_earlier};

const TABLE: &str = "cases";

/// Selects the cases that some organisations are asked about.
macro_rules! asked_about {
    ($organisations:expr) => {
        follow_up_requests::table
            .filter(follow_up_requests::organisation_id.eq_any($organisations))
            .filter(follow_up_requests::sent_at.is_not_null())
            .select(follow_up_requests::case_id)
    };
}
use asked_about;

/// What is neither filtered nor counted.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secondary_categories: Vec<CategoryCode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_slots: Vec<TimeSlot>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<Remark>,
    created_by: Option<Actor>,
    done: DoneVerbs,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = cases, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    reference: String,
    consultation_id: Key,
    kind: String,
    status: String,
    category: String,
    category_group: String,
    title: String,
    description: Option<String>,
    source: String,
    pattern: Option<String>,
    location_kind: String,
    address: Option<String>,
    address_uri: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    sector: Option<String>,
    area_id: Option<Key>,
    lead_organisation_id: Option<Key>,
    check_on: Option<Day>,
    close_reason: Option<String>,
    ended_at: Option<Instant>,
    merged_into: Option<Key>,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
    address_key: Option<String>,
    place_cell: Option<i64>,
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
            reference,
            consultation_id,
            kind,
            status,
            category,
            category_group,
            title,
            description,
            source,
            pattern,
            location_kind,
            address,
            address_uri,
            longitude,
            latitude,
            sector,
            area_id,
            lead_organisation_id,
            check_on,
            close_reason,
            ended_at,
            merged_into,
            created_at,
            updated_at,
            details,
            address_key,
            place_cell,
            next_step_at,
        )
    }
}

impl TryFrom<Row> for Case {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let ending = ending(id, row.check_on, row.close_reason.as_deref(), row.ended_at, row.merged_into)?;
        let point = match (row.longitude, row.latitude) {
            (Some(lon), Some(lat)) => Some(parsed(TABLE, "longitude", id, Wgs84::new(lon, lat))?),
            _ => None,
        };
        let location = Location {
            kind: code(TABLE, "location_kind", id, &row.location_kind, LocationKind::from_code)?,
            address: row.address.map(Title::from_stored),
            address_uri: row
                .address_uri
                .map(|uri| parsed(TABLE, "address_uri", id, AddressUri::parse(&uri)))
                .transpose()?,
            point,
            sector: row
                .sector
                .map(|sector| parsed(TABLE, "sector", id, SectorCode::parse(&sector)))
                .transpose()?,
            area_id: row.area_id.map(|key| key.0.into()),
        };
        let description = Description {
            category: parsed(TABLE, "category", id, CategoryCode::parse(&row.category))?,
            secondary_categories: details.secondary_categories,
            title: Title::from_stored(row.title),
            description: row.description.map(Paragraph::from_stored),
            source: code(TABLE, "source", id, &row.source, Source::from_code)?,
            pattern: optional_code(TABLE, "pattern", id, row.pattern.as_deref(), Pattern::from_code)?,
            time_slots: details.time_slots,
            location,
            lead_organisation_id: row.lead_organisation_id.map(|key| key.0.into()),
            severity: details.severity,
        };
        let created_by =
            details.created_by.ok_or_else(|| StoreError::corrupt(TABLE, "details", id, "no createdBy"))?;
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            reference: CaseReference::restore(row.reference),
            consultation_id: row.consultation_id.0.into(),
            led_by: row.led_by.map(|key| key.0.into()),
            kind: code(TABLE, "kind", id, &row.kind, Kind::from_code)?,
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            description,
            links: details.links,
            ending,
            remark: details.remark,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            next_step_at: row.next_step_at.map(|at| at.0),
            created_by,
            done: details.done,
        }))
    }
}

fn ending(
    id: Uuid,
    check_on: Option<Day>,
    close_reason: Option<&str>,
    ended_at: Option<Instant>,
    merged_into: Option<Key>,
) -> Result<Ending, StoreError> {
    let reason = optional_code(TABLE, "close_reason", id, close_reason, CloseReason::from_code)?;
    match (check_on, reason, ended_at, merged_into) {
        (None, None, None, None) => Ok(Ending::None),
        (Some(on), None, None, None) => Ok(Ending::CheckOn { on: on.0 }),
        (None, Some(reason), Some(at), None) => Ok(Ending::Ended { reason, at: at.0 }),
        (None, None, Some(at), Some(case)) => Ok(Ending::MergedInto { case_id: case.0.into(), at: at.0 }),
        _ => Err(StoreError::corrupt(TABLE, "ended_at", id, "more than one ending")),
    }
}

fn row(case: &Case) -> Result<Row, StoreError> {
    let Description {
        category,
        secondary_categories,
        title,
        description,
        source,
        pattern,
        time_slots,
        location,
        lead_organisation_id,
        severity,
    } = &case.description;
    let (check_on, close_reason, ended_at, merged_into) = match case.ending {
        Ending::None => (None, None, None, None),
        Ending::CheckOn { on } => (Some(Day(on)), None, None, None),
        Ending::Ended { reason, at } => (None, Some(reason.code().to_owned()), Some(Instant(at)), None),
        Ending::MergedInto { case_id, at } => (None, None, Some(Instant(at)), Some(key(case_id))),
    };
    let details = Details {
        secondary_categories: secondary_categories.clone(),
        time_slots: time_slots.clone(),
        severity: *severity,
        links: case.links.clone(),
        remark: case.remark.clone(),
        created_by: Some(case.created_by.clone()),
        done: case.done.clone(),
    };
    Ok(Row {
        id: key(case.id),
        version: case.version.0,
        sequence: case.sequence,
        reference: case.reference.as_str().to_owned(),
        consultation_id: key(case.consultation_id),
        kind: case.kind.code().to_owned(),
        status: case.status.code().to_owned(),
        category: category.as_str().to_owned(),
        category_group: category.group().as_str().to_owned(),
        title: title.as_str().to_owned(),
        description: description.as_ref().map(|text| text.as_str().to_owned()),
        source: source.code().to_owned(),
        pattern: pattern.map(|pattern| pattern.code().to_owned()),
        location_kind: location.kind.code().to_owned(),
        address: location.address.as_ref().map(|address| address.as_str().to_owned()),
        address_uri: location.address_uri.as_ref().map(|uri| uri.as_str().to_owned()),
        longitude: location.point.map(Wgs84::lon),
        latitude: location.point.map(Wgs84::lat),
        sector: location.sector.as_ref().map(|sector| sector.as_str().to_owned()),
        area_id: location.area_id.map(key),
        lead_organisation_id: lead_organisation_id.map(key),
        check_on,
        close_reason,
        ended_at,
        merged_into,
        created_at: Instant(case.created_at),
        updated_at: Instant(case.updated_at),
        details: Json::of(&details)?,
        address_key: location.address.as_ref().map(|address| place::address_key(address.as_str())),
        place_cell: location.point.map(|point| place::Cell::of(point).number()),
        next_step_at: case.next_step_at.map(Instant),
        led_by: case.led_by.map(key),
    })
}

/// What the timeline tells of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData<'a> {
    state: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    close_reason: &'a Option<CloseReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: &'a Option<jiff::civil::Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_organisation_id: &'a Option<domain::id::OrganisationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_case_id: &'a Option<CaseId>,
    categories: &'a [CategoryCode],
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_cases: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: &'a Option<StepId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    effects: &'a Vec<Effect>,
}

impl Aggregate for Case {
    type Event = Event;
    const SUBJECT: Subject = Subject::Case;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(cases::table).values(row(self)?).execute(transaction.connection())?;
        search::add(transaction.connection(), self)
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        let update = Update {
            sequence_below: Some(self.sequence),
            ..Update::of(TABLE, &new.id, before.version, old.columns(), new.columns())
                .while_led_by(before.led_by.map(key))
        };
        if !update.run(transaction.connection())? {
            return Ok(false);
        }
        search::replace(transaction.connection(), before, self)?;
        // The services that are asked about it see its place and category.
        let asked: Vec<Key> = follow_up_requests::table
            .filter(follow_up_requests::case_id.eq(key(self.id)))
            .select(follow_up_requests::organisation_id)
            .distinct()
            .load(transaction.connection())?;
        transaction.touch(asked.into_iter().map(|key| key.0));
        Ok(true)
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let data = EventData {
            state: event.state,
            close_reason: &event.close_reason,
            on: &event.check_on,
            lead_organisation_id: &event.lead_organisation_id,
            other_case_id: &event.other_case_id,
            categories: &event.categories,
            earlier_cases: event.earlier_cases,
            step: &event.step,
            effects: &event.effects,
        };
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.sequence - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: Some(self.id),
            consultation_id: Some(self.consultation_id),
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&data)?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        let leader = self.led_by.map(Into::into);
        std::iter::once(self.consultation_id.into()).chain(leader).collect()
    }
}

/// Loads cases by id, each by itself: one that cannot be read does not keep the others.
pub(crate) fn load_each(connection: &mut AnyConnection, ids: &[Key]) -> Result<Each<Case>, StoreError> {
    let rows: Vec<Row> =
        cases::table.filter(cases::id.eq_any(ids)).select(cases::all_columns).load(connection)?;
    Ok(rows.into_iter().map(|row| (row.id.0, row.try_into())).collect())
}

/// The condition that one of some consultations leads a case that is not its own.
#[diesel::dsl::auto_type]
fn is_led_by(leaders: Vec<Key>) -> _ {
    cases::led_by.eq_any(leaders).assume_not_null()
}

/// Finds a case that a principal may see: through its consultation, because its consultation leads it meanwhile, or because one of its organisations is asked
/// about it.
pub fn find(connection: &mut AnyConnection, sight: &Sight, id: CaseId) -> Result<Option<Case>, StoreError> {
    let mut query = cases::table.filter(cases::id.eq(key(id))).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let led: Vec<Key> = sight.led.iter().copied().map(key).collect();
        let addressed: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let asked_about =
            |addressed: Vec<Key>| asked_about!(addressed).filter(follow_up_requests::case_id.eq(key(id)));
        let own = cases::consultation_id.eq_any(consultations);
        query = match (led.is_empty(), addressed.is_empty()) {
            (true, true) => query.filter(own),
            (true, false) => query.filter(own.or(cases::id.eq_any(asked_about(addressed)))),
            (false, true) => query.filter(own.or(is_led_by(led))),
            (false, false) => {
                query.filter(own.or(is_led_by(led)).or(cases::id.eq_any(asked_about(addressed))))
            }
        };
    }
    let row: Option<Row> = query.select(cases::all_columns).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Tells which of some cases a principal may see.
pub fn visible(
    connection: &mut AnyConnection,
    sight: &Sight,
    ids: impl IntoIterator<Item = CaseId>,
) -> Result<BTreeSet<CaseId>, StoreError> {
    let ids: BTreeSet<CaseId> = ids.into_iter().collect();
    if ids.is_empty() || sight.everything {
        return Ok(ids);
    }
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
    let query = cases::table.filter(cases::id.eq_any(&ids)).select(cases::id).into_boxed();
    let own = cases::consultation_id.eq_any(consultations);
    let query = if sight.led.is_empty() {
        query.filter(own)
    } else {
        query.filter(own.or(is_led_by(sight.led.iter().copied().map(key).collect())))
    };
    let mut found: Vec<Key> = query.load(connection)?;
    if !sight.addressed.is_empty() {
        let addressed: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let asked: Vec<Key> =
            asked_about!(addressed).filter(follow_up_requests::case_id.eq_any(&ids)).load(connection)?;
        found.extend(asked);
    }
    Ok(found.into_iter().map(|key| key.0.into()).collect())
}

/// Names the cases that became part of a case, oldest first.
pub fn merged_into(connection: &mut AnyConnection, id: CaseId) -> Result<Vec<CaseId>, StoreError> {
    let ids: Vec<Key> = cases::table
        .filter(cases::merged_into.eq(key(id)))
        .order((cases::created_at, cases::id))
        .select(cases::id)
        .limit(500)
        .load(connection)?;
    Ok(ids.into_iter().map(|key| key.0.into()).collect())
}
