//! Decisions: rows, the door's side of them, and queries.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::{Actor, DoneVerbs, Version};
use domain::decision::{Decision, DecisionKind, Event, Facts, Ratification, Taken};
use domain::id::{ActionId, CaseId, ConsultationId, DecisionId, FollowUpRequestId, MeetingId};
use domain::text::Paragraph;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset, of_consultations};
use crate::row::code;
use crate::schema::{actions, decisions, follow_up_requests};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

const TABLE: &str = "decisions";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    consultation_id: Key,
    meeting_id: Option<Key>,
    agenda_item_id: Option<Key>,
    case_id: Option<Key>,
    kind: String,
    text: String,
    decided_at: Instant,
    ratified_at: Option<Instant>,
    ratified_in_id: Option<Key>,
    created_at: Instant,
    updated_at: Instant,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, sequence, ratified_at, ratified_in_id, updated_at, details,)
    }
}

impl TryFrom<Row> for Decision {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let taken = match (row.meeting_id, row.agenda_item_id) {
            (Some(meeting), Some(item)) => {
                Taken::InMeeting { meeting_id: meeting.0.into(), agenda_item_id: item.0.into() }
            }
            (None, None) => Taken::BetweenMeetings,
            _ => return Err(StoreError::corrupt(TABLE, "agenda_item_id", id, "half a meeting")),
        };
        let ratification = match (row.ratified_in_id, row.ratified_at) {
            (Some(meeting), Some(at)) => Some(Ratification { meeting_id: meeting.0.into(), at: at.0 }),
            (None, None) => None,
            _ => return Err(StoreError::corrupt(TABLE, "ratified_at", id, "half a ratification")),
        };
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            consultation_id: row.consultation_id.0.into(),
            taken,
            case_id: row.case_id.map(|case| case.0.into()),
            kind: code(TABLE, "kind", id, &row.kind, DecisionKind::from_code)?,
            text: Paragraph::from_stored(row.text),
            decided_at: row.decided_at.0,
            ratification,
            updated_at: row.updated_at.0,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(decision: &Decision) -> Result<Row, StoreError> {
    let details = Details { created_by: decision.created_by.clone(), done: decision.done.clone() };
    Ok(Row {
        id: key(decision.id),
        version: decision.version.0,
        sequence: decision.sequence,
        consultation_id: key(decision.consultation_id),
        meeting_id: decision.meeting_id().map(key),
        agenda_item_id: decision.agenda_item_id().map(key),
        case_id: decision.case_id.map(key),
        kind: decision.kind.code().to_owned(),
        text: decision.text.as_str().to_owned(),
        decided_at: Instant(decision.decided_at),
        ratified_at: decision.ratification.map(|ratification| Instant(ratification.at)),
        ratified_in_id: decision.ratification.map(|ratification| key(ratification.meeting_id)),
        created_at: Instant(decision.decided_at),
        updated_at: Instant(decision.updated_at),
        details: Json::of(&details)?,
    })
}

/// What an event tells.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    kind: DecisionKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    meeting_id: Option<MeetingId>,
}

impl Aggregate for Decision {
    type Event = Event;
    const SUBJECT: Subject = Subject::Decision;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(decisions::table).values(row(self)?).execute(transaction.connection())?;
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
            case_id: self.case_id,
            consultation_id: Some(self.consultation_id),
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&EventData { kind: event.kind, meeting_id: event.meeting_id })?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into()]
    }
}

/// Finds a decision of a consultation that a principal is a member of.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: DecisionId,
) -> Result<Option<Decision>, StoreError> {
    let mut query = decisions::table.filter(decisions::id.eq(key(id))).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        query = query.filter(decisions::consultation_id.eq_any(consultations));
    }
    let row: Option<Row> = query.first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// What a list of decisions is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one consultation.
    pub consultation_id: Option<ConsultationId>,
    /// Those taken in one meeting.
    pub meeting_id: Option<MeetingId>,
    /// Those about one case.
    pub case_id: Option<CaseId>,
    /// Those that wait for a meeting to approve them, or those that do not.
    pub to_ratify: Option<bool>,
}

/// Lists the decisions of the consultations that a principal is a member of, by the time at which they were taken.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Decision>, StoreError> {
    let query = decisions::table.into_boxed();
    let mut query = of_consultations!(query, decisions::consultation_id, sight, filter.consultation_id);
    if let Some(meeting) = filter.meeting_id {
        query = query.filter(decisions::meeting_id.eq(key(meeting)));
    }
    if let Some(case) = filter.case_id {
        query = query.filter(decisions::case_id.eq(key(case)));
    }
    match filter.to_ratify {
        None => {}
        Some(true) => {
            query = query.filter(decisions::meeting_id.is_null()).filter(decisions::ratified_at.is_null());
        }
        Some(false) => {
            query =
                query.filter(decisions::meeting_id.is_not_null().or(decisions::ratified_at.is_not_null()));
        }
    }
    let rows: Vec<Row> = keyset!(query, decisions::decided_at, decisions::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads the decisions that were taken or ratified in a meeting, oldest first.
pub fn load_of_meeting(
    connection: &mut AnyConnection,
    meeting: MeetingId,
) -> Result<Vec<Decision>, StoreError> {
    let rows: Vec<Row> = decisions::table
        .filter(decisions::meeting_id.eq(key(meeting)).or(decisions::ratified_in_id.eq(key(meeting))))
        .order((decisions::decided_at, decisions::id))
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What came of a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Yield {
    /// The actions.
    pub actions: Vec<ActionId>,
    /// The follow-up requests, with those that followed one that was passed on.
    pub follow_up_requests: Vec<FollowUpRequestId>,
}

/// Tells what came of some decisions, in two statements.
pub fn yields(
    connection: &mut AnyConnection,
    ids: impl IntoIterator<Item = DecisionId>,
) -> Result<HashMap<DecisionId, Yield>, StoreError> {
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    let mut yields: HashMap<DecisionId, Yield> = HashMap::new();
    if ids.is_empty() {
        return Ok(yields);
    }
    let made: Vec<(Option<Key>, Key)> = actions::table
        .filter(actions::decision_id.eq_any(&ids))
        .order((actions::created_at, actions::id))
        .select((actions::decision_id, actions::id))
        .load(connection)?;
    for (decision, action) in made {
        if let Some(decision) = decision {
            yields.entry(decision.0.into()).or_default().actions.push(action.0.into());
        }
    }
    let asked: Vec<(Option<Key>, Key)> = follow_up_requests::table
        .filter(follow_up_requests::decision_id.eq_any(&ids))
        .order((follow_up_requests::created_at, follow_up_requests::id))
        .select((follow_up_requests::decision_id, follow_up_requests::id))
        .load(connection)?;
    for (decision, request) in asked {
        if let Some(decision) = decision {
            yields.entry(decision.0.into()).or_default().follow_up_requests.push(request.0.into());
        }
    }
    Ok(yields)
}
