//! Escalations: rows, the door's side of them, and queries; lists are in `list`.

mod list;

use std::ops::Not;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::{Actor, DoneVerbs, Version};
use domain::escalation::{
    AUDIENCES, Criteria, Criterion, Escalation, Event, Facts, Leadership, LegalGateKind, Origin, Rendition,
    Said, Status, Submission,
};
use domain::id::{CaseId, ConsultationId, EscalationId};
use domain::report::Reader;
use domain::text::Remark;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cases;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::row::code;
use crate::schema::{escalation_renditions as renditions, escalations};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

pub use list::{Filter, Order, list, next_moment};

const TABLE: &str = "escalations";
const RENDITIONS: &str = "escalation_renditions";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Remark>,
    criteria: Criteria,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    submissions: Vec<Submission>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    said: Vec<Said>,
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = escalations, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    case_id: Key,
    from_consultation_id: Key,
    to_consultation_id: Key,
    status: String,
    submitted_at: Option<Instant>,
    accepted_at: Option<Instant>,
    acceptance_due_at: Option<Instant>,
    outcome_due_at: Option<Instant>,
    late_from: Option<Instant>,
    ended_at: Option<Instant>,
    on_agenda_of: Option<Key>,
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
            sequence,
            status,
            submitted_at,
            accepted_at,
            acceptance_due_at,
            outcome_due_at,
            late_from,
            ended_at,
            on_agenda_of,
            updated_at,
            details,
        )
    }
}

impl TryFrom<Row> for Escalation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let status = code(TABLE, "status", id, &row.status, Status::from_code)?;
        if row.ended_at.is_some() == status.is_running() {
            return Err(StoreError::corrupt(TABLE, "ended_at", id, "another ending than its state has"));
        }
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            case_id: row.case_id.0.into(),
            from_consultation_id: row.from_consultation_id.0.into(),
            to_consultation_id: row.to_consultation_id.0.into(),
            origin: details.origin,
            reason: details.reason,
            criteria: details.criteria,
            status,
            submissions: details.submissions,
            said: details.said,
            ended_at: row.ended_at.map(|at| at.0),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(escalation: &Escalation) -> Result<Row, StoreError> {
    let details = Details {
        origin: escalation.origin.clone(),
        reason: escalation.reason.clone(),
        criteria: escalation.criteria.clone(),
        submissions: escalation.submissions.clone(),
        said: escalation.said.clone(),
        created_by: escalation.created_by.clone(),
        done: escalation.done.clone(),
    };
    Ok(Row {
        id: key(escalation.id),
        version: escalation.version.0,
        sequence: escalation.sequence,
        case_id: key(escalation.case_id),
        from_consultation_id: key(escalation.from_consultation_id),
        to_consultation_id: key(escalation.to_consultation_id),
        status: escalation.status.code().to_owned(),
        submitted_at: escalation.submitted_at().map(Instant),
        accepted_at: escalation.accepted_at().map(Instant),
        acceptance_due_at: escalation.acceptance_due_at().map(Instant),
        outcome_due_at: escalation.outcome_due_at().map(Instant),
        late_from: escalation.late_from().map(Instant),
        ended_at: escalation.ended_at.map(Instant),
        on_agenda_of: escalation.on_agenda_of().map(key),
        created_at: Instant(escalation.created_at),
        updated_at: Instant(escalation.updated_at),
        details: Json::of(&details)?,
    })
}

/// What the timeline tells of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData<'a> {
    state: Status,
    from_consultation_id: ConsultationId,
    to_consultation_id: ConsultationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    submission: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_gate: Option<LegalGateKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    criteria_met: &'a Option<Vec<Criterion>>,
    #[serde(skip_serializing_if = "Not::not")]
    by_rule: bool,
}

impl Aggregate for Escalation {
    type Event = Event;
    const SUBJECT: Subject = Subject::Escalation;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(escalations::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let data = EventData {
            state: event.state,
            from_consultation_id: self.from_consultation_id,
            to_consultation_id: self.to_consultation_id,
            submission: event.submission,
            legal_gate: event.legal_gate,
            criteria_met: &event.criteria_met,
            by_rule: self.origin != Origin::Team,
        };
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.sequence - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: Some(self.case_id),
            consultation_id: Some(self.from_consultation_id),
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&data)?,
        })
    }

    /// Keeps what was frozen with an event, and gives the lead of the case to whom the event says.
    fn accompany(
        &self,
        event: &Event,
        _record: &Record,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        match event.leadership {
            Leadership::Stays => {}
            Leadership::Taken => cases::lead(transaction, self.case_id, Some(self.to_consultation_id))?,
            Leadership::GivenBack => cases::lead(transaction, self.case_id, None)?,
        }
        let rows = event.renditions.iter().map(|rendition| RenditionRow {
            escalation_id: key(self.id),
            submission: i32::try_from(rendition.submission).unwrap_or(i32::MAX),
            reader: rendition.reader.to_string(),
            hash: rendition.hash.clone(),
            content: rendition.content.clone(),
            created_at: Instant(event.at),
        });
        // SQLite takes one row at a time; there is one for each audience.
        for row in rows {
            diesel::insert_into(renditions::table).values(row).execute(transaction.connection())?;
        }
        Ok(())
    }

    fn scopes(&self) -> Vec<Uuid> {
        let above = self.is_known_above().then(|| self.to_consultation_id.into());
        std::iter::once(self.from_consultation_id.into()).chain(above).collect()
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = renditions, treat_none_as_default_value = false)]
struct RenditionRow {
    escalation_id: Key,
    submission: i32,
    reader: String,
    hash: String,
    content: String,
    created_at: Instant,
}

/// Finds an escalation that a principal may see: one of its consultation, or one that was submitted to it.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: EscalationId,
) -> Result<Option<Escalation>, StoreError> {
    let mut query =
        escalations::table.filter(escalations::id.eq(key(id))).select(escalations::all_columns).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let submitted = escalations::to_consultation_id
            .eq_any(consultations.clone())
            .and(escalations::submitted_at.is_not_null());
        query = query.filter(escalations::from_consultation_id.eq_any(consultations).or(submitted));
    }
    let row: Option<Row> = query.first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds the escalation of a case that runs.
pub fn find_running(connection: &mut AnyConnection, case: CaseId) -> Result<Option<Escalation>, StoreError> {
    let row: Option<Row> = escalations::table
        .filter(escalations::case_id.eq(key(case)))
        .filter(list::is_running())
        .select(escalations::all_columns)
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Loads the dossier of a submission as an audience reads it.
pub fn rendition(
    connection: &mut AnyConnection,
    id: EscalationId,
    submission: u32,
    reader: Reader,
) -> Result<Option<Rendition>, StoreError> {
    let number = i32::try_from(submission).unwrap_or(i32::MAX);
    let row: Option<RenditionRow> =
        renditions::table.find((key(id), number, reader.to_string())).first(connection).optional()?;
    Ok(row.map(|row| Rendition { reader, submission, content: row.content, hash: row.hash }))
}

/// Loads what was frozen of an escalation, for every submission and audience in their order.
pub fn all_renditions(
    connection: &mut AnyConnection,
    id: EscalationId,
) -> Result<Vec<Rendition>, StoreError> {
    let rows: Vec<RenditionRow> = renditions::table
        .filter(renditions::escalation_id.eq(key(id)))
        .order((renditions::submission, renditions::reader))
        .load(connection)?;
    let rendition = |row: RenditionRow| {
        let corrupt = |column, why| StoreError::corrupt(RENDITIONS, column, id.uuid(), why);
        let reader = AUDIENCES
            .into_iter()
            .find(|reader| reader.to_string() == row.reader)
            .ok_or_else(|| corrupt("reader", "unknown code"))?;
        let submission = row.submission.try_into().map_err(|_| corrupt("submission", "negative"))?;
        Ok(Rendition { reader, submission, content: row.content, hash: row.hash })
    };
    rows.into_iter().map(rendition).collect()
}
