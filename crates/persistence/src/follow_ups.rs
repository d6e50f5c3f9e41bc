//! Follow-up requests: rows and the door's side of them; lists are in [`list`].

mod list;
mod messages;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Nullable;
use domain::access::Sight;
use domain::case::Case;
use domain::change::{Actor, DoneVerbs, Version};
use domain::follow_up::{
    Amendment, Event, Facts, FollowUpRequest, GivenAnswer, GivenPromise, Origin, QuestionKind, Redirection, Refusal,
    Resume, Round, State, Status, Urgency,
};
use domain::id::{CaseId, FollowUpRequestId, OrganisationId};
use domain::place::Wgs84;
use domain::text::{Paragraph, Reference, Title};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::{cases, follow_up_requests};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, SqlInstant, key};

pub use list::{Filter, Listed, Order, list, next_moment, see};
pub use messages::{StoredMessage, list as list_messages};

const TABLE: &str = "follow_up_requests";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resume: Option<Resume>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirection: Option<Redirection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain_started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirected_from: Option<FollowUpRequestId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reminded_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<Round>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<GivenAnswer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    promises: Vec<GivenPromise>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amendments: Vec<Amendment>,
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = follow_up_requests, treat_none_as_null = true)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    consultation_id: Key,
    case_id: Key,
    organisation_id: Key,
    status: String,
    question_kind: String,
    urgency: String,
    origin: String,
    subject: String,
    question: String,
    carries_personal_data: bool,
    external_reference: Option<String>,
    planned_on: Option<Day>,
    created_at: Instant,
    updated_at: Instant,
    sent_at: Option<Instant>,
    // A sighting may come between reading and writing; the first one stays, and none is ever taken back.
    #[diesel(skip_update)]
    first_seen_at: Option<Instant>,
    received_at: Option<Instant>,
    accepted_at: Option<Instant>,
    first_answered_at: Option<Instant>,
    last_answered_at: Option<Instant>,
    answer_due_at: Option<Instant>,
    receipt_late_from: Option<Instant>,
    late_from: Option<Instant>,
    seriously_late_from: Option<Instant>,
    next_due_at: Option<Instant>,
    reminder_count: i32,
    details: Json,
}

define_sql_function! {
    /// Gives the first that is there.
    fn coalesce(first: Nullable<SqlInstant>, second: Nullable<SqlInstant>) -> Nullable<SqlInstant>;
}

const OWN: &str = "own";
const IMPORTED: &str = "imported";

const fn origin_code(origin: Origin) -> &'static str {
    match origin {
        Origin::Own => OWN,
        Origin::Imported => IMPORTED,
    }
}

fn origin(code: &str) -> Option<Origin> {
    match code {
        OWN => Some(Origin::Own),
        IMPORTED => Some(Origin::Imported),
        _ => None,
    }
}

impl TryFrom<Row> for FollowUpRequest {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let missing = |part: &str| StoreError::corrupt(TABLE, "details", id, part);
        let details: Details = row.details.read(TABLE, "details", id)?;
        let state = match code(TABLE, "status", id, &row.status, Status::from_code)? {
            Status::Draft => State::Draft,
            Status::Sent => State::Sent,
            Status::Received => State::Received,
            Status::Accepted => State::Accepted,
            Status::Waiting => State::Waiting { resume: details.resume.ok_or_else(|| missing("no resume"))? },
            Status::Answered => State::Answered,
            Status::Closed => State::Closed,
            Status::Refused => State::Refused(details.refusal.ok_or_else(|| missing("no refusal"))?),
            Status::Redirected => {
                State::Redirected(details.redirection.ok_or_else(|| missing("no redirection"))?)
            }
            Status::Withdrawn => State::Withdrawn,
        };
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            consultation_id: row.consultation_id.0.into(),
            case_id: row.case_id.0.into(),
            organisation_id: row.organisation_id.0.into(),
            question_kind: code(TABLE, "question_kind", id, &row.question_kind, QuestionKind::from_code)?,
            urgency: code(TABLE, "urgency", id, &row.urgency, Urgency::from_code)?,
            subject: Title::from_stored(row.subject),
            question: Paragraph::from_stored(row.question),
            carries_personal_data: row.carries_personal_data,
            state,
            origin: code(TABLE, "origin", id, &row.origin, origin)?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            sent_at: row.sent_at.map(|at| at.0),
            first_seen_at: row.first_seen_at.map(|at| at.0),
            received_at: row.received_at.map(|at| at.0),
            accepted_at: row.accepted_at.map(|at| at.0),
            first_answered_at: row.first_answered_at.map(|at| at.0),
            last_answered_at: row.last_answered_at.map(|at| at.0),
            external_reference: row.external_reference.map(Reference::from_stored),
            planned_on: row.planned_on.map(|day| day.0),
            chain_started_at: details.chain_started_at,
            redirected_from: details.redirected_from,
            rounds: details.rounds,
            answers: details.answers,
            promises: details.promises,
            amendments: details.amendments,
            reminder_count: u32::try_from(row.reminder_count)
                .map_err(|_| StoreError::corrupt(TABLE, "reminder_count", id, "negative"))?,
            last_reminded_at: details.last_reminded_at,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(request: &Facts, now: Timestamp) -> Result<Row, StoreError> {
    let mut details = Details {
        resume: None,
        refusal: None,
        redirection: None,
        chain_started_at: request.chain_started_at,
        redirected_from: request.redirected_from,
        last_reminded_at: request.last_reminded_at,
        rounds: request.rounds.clone(),
        answers: request.answers.clone(),
        promises: request.promises.clone(),
        amendments: request.amendments.clone(),
        created_by: request.created_by.clone(),
        done: request.done.clone(),
    };
    match &request.state {
        State::Waiting { resume } => details.resume = Some(*resume),
        State::Refused(refusal) => details.refusal = Some(refusal.clone()),
        State::Redirected(redirection) => details.redirection = Some(redirection.clone()),
        State::Draft
        | State::Sent
        | State::Received
        | State::Accepted
        | State::Answered
        | State::Closed
        | State::Withdrawn => {}
    }
    Ok(Row {
        id: key(request.id),
        version: request.version.0,
        sequence: request.sequence,
        consultation_id: key(request.consultation_id),
        case_id: key(request.case_id),
        organisation_id: key(request.organisation_id),
        status: request.status().code().to_owned(),
        question_kind: request.question_kind.code().to_owned(),
        urgency: request.urgency.code().to_owned(),
        origin: origin_code(request.origin).to_owned(),
        subject: request.subject.as_str().to_owned(),
        question: request.question.as_str().to_owned(),
        carries_personal_data: request.carries_personal_data,
        external_reference: request.external_reference.as_ref().map(|reference| reference.as_str().to_owned()),
        planned_on: request.planned_on.map(Day),
        created_at: Instant(request.created_at),
        updated_at: Instant(request.updated_at),
        sent_at: request.sent_at.map(Instant),
        first_seen_at: request.first_seen_at.map(Instant),
        received_at: request.received_at.map(Instant),
        accepted_at: request.accepted_at.map(Instant),
        first_answered_at: request.first_answered_at.map(Instant),
        last_answered_at: request.last_answered_at.map(Instant),
        answer_due_at: request.answer_due_at().map(Instant),
        receipt_late_from: request.receipt_late_from().map(Instant),
        late_from: request.late_from().map(Instant),
        seriously_late_from: request.seriously_late_from().map(Instant),
        next_due_at: request.next_due_at(now).map(Instant),
        reminder_count: i32::try_from(request.reminder_count).unwrap_or(i32::MAX),
        details: Json::of(&details)?,
    })
}

impl Aggregate for FollowUpRequest {
    type Event = Event;
    const SUBJECT: Subject = Subject::FollowUpRequest;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let row = row(self, transaction.now())?;
        diesel::insert_into(follow_up_requests::table).values(row).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, from: Version, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let row = row(self, transaction.now())?;
        let sequence = self.sequence;
        let target = follow_up_requests::table
            .filter(follow_up_requests::id.eq(row.id))
            .filter(follow_up_requests::version.eq(from.0))
            .filter(follow_up_requests::sequence.lt(sequence));
        let first_seen_at = coalesce(follow_up_requests::first_seen_at, row.first_seen_at);
        let updated = diesel::update(target)
            .set((row, follow_up_requests::first_seen_at.eq(first_seen_at)))
            .execute(transaction.connection())?;
        Ok(updated == 1)
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.sequence - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: Some(self.case_id),
            consultation_id: Some(self.consultation_id),
            organisation_id: Some(self.organisation_id),
            audience: "team",
            effective_at: event.at,
            data: Json::of(&event.detail)?.0,
        })
    }

    fn accompany(&self, event: &Event, record: &Record, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        match &event.message {
            Some(message) => messages::add(transaction, self.id, event, record.sequence, message),
            None => Ok(()),
        }
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into(), self.organisation_id.into()]
    }
}

/// What the addressed service is told of the case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseSummary {
    /// The category.
    pub category: String,
    /// The kind of place.
    pub location_kind: String,
    /// The address or a description of the place.
    pub address: Option<String>,
    /// The address in the Flemish address register.
    pub address_uri: Option<String>,
    /// The longitude, WGS 84.
    pub longitude: Option<f64>,
    /// The latitude, WGS 84.
    pub latitude: Option<f64>,
    /// The statistical sector.
    pub sector: Option<String>,
    /// The number of the case's changes.
    pub version: i64,
}

type SummaryRow = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<f64>,
    Option<f64>,
    Option<String>,
    i64,
);

impl CaseSummary {
    /// Tells of a case what its services are told.
    pub fn of(case: &Case) -> Self {
        let location = &case.description.location;
        Self {
            category: case.description.category.as_str().to_owned(),
            location_kind: location.kind.code().to_owned(),
            address: location.address.as_ref().map(|address| address.as_str().to_owned()),
            address_uri: location.address_uri.as_ref().map(|uri| uri.as_str().to_owned()),
            longitude: location.point.map(Wgs84::lon),
            latitude: location.point.map(Wgs84::lat),
            sector: location.sector.as_ref().map(|sector| sector.as_str().to_owned()),
            version: case.version.0,
        }
    }
}

impl From<SummaryRow> for CaseSummary {
    fn from(row: SummaryRow) -> Self {
        let (category, location_kind, address, address_uri, longitude, latitude, sector, version) = row;
        Self { category, location_kind, address, address_uri, longitude, latitude, sector, version }
    }
}

/// The columns of a [`CaseSummary`].
macro_rules! summary {
    () => {
        (
            cases::category,
            cases::location_kind,
            cases::address,
            cases::address_uri,
            cases::longitude,
            cases::latitude,
            cases::sector,
            cases::version,
        )
    };
}
use summary;

/// Finds a request that a principal may see, with what the service is told of its case.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: FollowUpRequestId,
) -> Result<Option<(FollowUpRequest, CaseSummary)>, StoreError> {
    let query = follow_up_requests::table
        .inner_join(cases::table)
        .filter(follow_up_requests::id.eq(key(id)))
        .select((follow_up_requests::all_columns, summary!()))
        .into_boxed();
    let row: Option<(Row, SummaryRow)> = list::visible!(query, sight).first(connection).optional()?;
    row.map(|(row, summary)| Ok((row.try_into()?, summary.into()))).transpose()
}

/// Finds those of some requests that a principal may see, by id.
pub fn find_all(
    connection: &mut AnyConnection,
    sight: &Sight,
    ids: impl IntoIterator<Item = FollowUpRequestId>,
) -> Result<HashMap<FollowUpRequestId, (FollowUpRequest, CaseSummary)>, StoreError> {
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    let query = follow_up_requests::table
        .inner_join(cases::table)
        .filter(follow_up_requests::id.eq_any(ids))
        .select((follow_up_requests::all_columns, summary!()))
        .into_boxed();
    let rows: Vec<(Row, SummaryRow)> = list::visible!(query, sight).load(connection)?;
    rows.into_iter()
        .map(|(row, summary)| {
            let request: FollowUpRequest = row.try_into()?;
            Ok((request.id, (request, summary.into())))
        })
        .collect()
}

/// Names the services that are asked about a case.
pub fn addressees(connection: &mut AnyConnection, case: CaseId) -> Result<Vec<OrganisationId>, StoreError> {
    let ids: Vec<Key> = follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(follow_up_requests::sent_at.is_not_null())
        .select(follow_up_requests::organisation_id)
        .distinct()
        .load(connection)?;
    Ok(ids.into_iter().map(|key| key.0.into()).collect())
}

/// Counts the open requests of a case.
pub fn count_open(connection: &mut AnyConnection, case: CaseId) -> Result<i64, StoreError> {
    Ok(follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(follow_up_requests::status.eq_any(open_states()))
        .count()
        .get_result(connection)?)
}

/// Loads the open requests of a case, oldest first.
pub fn load_open(connection: &mut AnyConnection, case: CaseId) -> Result<Vec<FollowUpRequest>, StoreError> {
    let rows: Vec<Row> = follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(follow_up_requests::status.eq_any(open_states()))
        .order((follow_up_requests::created_at, follow_up_requests::id))
        .select(follow_up_requests::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Finds the open request of a case to a service with a question of a kind.
pub fn find_open(
    connection: &mut AnyConnection,
    case: CaseId,
    organisation: OrganisationId,
    question_kind: QuestionKind,
) -> Result<Option<FollowUpRequestId>, StoreError> {
    let id: Option<Key> = follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(follow_up_requests::organisation_id.eq(key(organisation)))
        .filter(follow_up_requests::question_kind.eq(question_kind.code()))
        .filter(follow_up_requests::status.eq_any(open_states()))
        .select(follow_up_requests::id)
        .first(connection)
        .optional()?;
    Ok(id.map(|key| key.0.into()))
}

fn open_states() -> Vec<&'static str> {
    Status::ALL.iter().filter(|status| status.is_open()).map(|status| status.code()).collect()
}
