//! Follow-up requests: the door's side of them, and single ones; the row is in `row`, lists are in `list`.

mod list;
mod messages;
mod row;

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use domain::access::Sight;
use domain::case::{self, Case};
use domain::change::Version;
use domain::escalation_ledger::{Concerned, Delivery, Entry};
use domain::escalation_policy::{Effect, StepId};
use domain::escalation_rules::Figures;
use domain::follow_up::{Event, FollowUpRequest, QuestionKind, Status, Verb};
use domain::id::{CaseId, DecisionId, FollowUpRequestId, OrganisationId};
use domain::place::Wgs84;
use uuid::Uuid;

pub(crate) use self::row::OWN;
pub(crate) use self::row::Row;
use self::row::row_of;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::escalation_ledger;
use crate::schema::{cases, follow_up_requests};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Json, Key, key};
use crate::update::{Led, Update};

pub use list::{Filter, Listed, Order, Unread, list, list_unread, next_moment, see};
pub use messages::{StoredMessage, list as list_messages};

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
        let row = row_of(self, transaction.now())?;
        diesel::insert_into(follow_up_requests::table).values(row).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let now = transaction.now();
        let (old, new) = (row_of(before, now)?, row_of(self, now)?);
        let update = Update {
            table: row::TABLE,
            id: &new.id,
            version: before.version.0,
            sequence_below: Some(self.sequence),
            led: Led::StillBy(before.led_by.map(key)),
            before: old.columns(),
            after: new.columns(),
            // It was written at another moment.
            always: &["next_due_at"],
            // A sighting may come between reading and writing; the first one stays, and none is ever taken back.
            first_stays: &["first_seen_at"],
        };
        update.run(transaction.connection())
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
            data: Json::of(&event.detail)?,
        })
    }

    fn accompany(
        &self,
        event: &Event,
        record: &Record,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        if let Some(message) = &event.message {
            messages::add(transaction, self.id, event, record.sequence, message)?;
        }
        let by_hand = event.verb == Verb::Remind && event.detail.step.is_none();
        if by_hand { enter_reminder(self, event, transaction) } else { Ok(()) }
    }

    fn scopes(&self) -> Vec<Uuid> {
        let leader = self.led_by.map(Into::into);
        [self.consultation_id.into(), self.organisation_id.into()].into_iter().chain(leader).collect()
    }
}

/// Enters a reminder by hand in the ledger; those of the rules are entered with the step that they follow from.
fn enter_reminder(
    request: &FollowUpRequest,
    event: &Event,
    transaction: &mut Transaction<'_>,
) -> Result<(), StoreError> {
    let concerned = Concerned::from(&**request);
    let Concerned { subject, case_id, consultation_id, led_by, organisation_id } = concerned;
    let entry = Entry {
        id: transaction.new_id().into(),
        subject,
        case_id,
        consultation_id,
        led_by,
        organisation_id,
        step: StepId::manual_reminder(),
        round: request.round().map_or(1, |round| round.number),
        effective_at: event.at,
        fired_at: transaction.now(),
        obsolete: false,
        ground: None,
        effects: vec![concerned.delivered(Effect::RemindService, Delivery::Delivered)],
        figures: Figures::default(),
    };
    escalation_ledger::enter(transaction, &[entry])
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
    /// Whether the case goes on: one that has ended takes no questions.
    pub goes_on: bool,
    /// The number of the case's changes.
    pub version: i64,
}

pub(crate) type SummaryRow =
    (String, String, Option<String>, Option<String>, Option<f64>, Option<f64>, Option<String>, String, i64);

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
            goes_on: goes_on(case.status),
            version: case.version.0,
        }
    }
}

fn goes_on(state: case::Status) -> bool {
    case::edge(state, case::Verb::Edit).is_some()
}

impl From<SummaryRow> for CaseSummary {
    fn from(row: SummaryRow) -> Self {
        let (category, location_kind, address, address_uri, longitude, latitude, sector, state, version) =
            row;
        let goes_on = case::Status::from_code(&state).is_some_and(goes_on);
        Self { category, location_kind, address, address_uri, longitude, latitude, sector, goes_on, version }
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
            cases::status,
            cases::version,
        )
    };
}
pub(crate) use summary;

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

/// Loads the requests that came of some decisions, with those that followed one of them, and some others by their ids,
/// oldest first.
pub fn load_of_decisions(
    connection: &mut AnyConnection,
    decisions: &[DecisionId],
    ids: impl IntoIterator<Item = FollowUpRequestId>,
) -> Result<Vec<FollowUpRequest>, StoreError> {
    let decisions: Vec<Key> = decisions.iter().copied().map(key).collect();
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    let rows: Vec<Row> = follow_up_requests::table
        .filter(follow_up_requests::decision_id.eq_any(decisions).or(follow_up_requests::id.eq_any(ids)))
        .order((follow_up_requests::created_at, follow_up_requests::id))
        .select(follow_up_requests::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
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

/// Loads all requests of a case, oldest first.
pub fn load_of_case(
    connection: &mut AnyConnection,
    case: CaseId,
) -> Result<Vec<FollowUpRequest>, StoreError> {
    let rows: Vec<Row> = follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .order((follow_up_requests::created_at, follow_up_requests::id))
        .select(follow_up_requests::all_columns)
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Counts the open requests of a case.
pub fn count_open(connection: &mut AnyConnection, case: CaseId) -> Result<i64, StoreError> {
    Ok(follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(is_open())
        .count()
        .get_result(connection)?)
}

/// Loads the open requests of a case, oldest first.
pub fn load_open(connection: &mut AnyConnection, case: CaseId) -> Result<Vec<FollowUpRequest>, StoreError> {
    let rows: Vec<Row> = follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(is_open())
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
        .filter(is_open())
        .select(follow_up_requests::id)
        .first(connection)
        .optional()?;
    Ok(id.map(|key| key.0.into()))
}

/// Loads the open request of a case to a service with a question of a kind.
pub fn load_same(
    connection: &mut AnyConnection,
    case: CaseId,
    organisation: OrganisationId,
    question_kind: QuestionKind,
) -> Result<Option<FollowUpRequest>, StoreError> {
    let row: Option<Row> = follow_up_requests::table
        .filter(follow_up_requests::case_id.eq(key(case)))
        .filter(follow_up_requests::organisation_id.eq(key(organisation)))
        .filter(follow_up_requests::question_kind.eq(question_kind.code()))
        .filter(is_open())
        .select(follow_up_requests::all_columns)
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// The condition that a request is open.
///
/// Written out as in the index of open requests, which both databases use only when they know the values beforehand.
fn is_open() -> SqlLiteral<Bool> {
    let open = Status::ALL.iter().filter(|status| status.is_open());
    let codes: Vec<String> = open.map(|status| format!("'{status}'")).collect();
    sql(&format!("follow_up_requests.status IN ({})", codes.join(", ")))
}
