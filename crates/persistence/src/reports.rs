//! Reports of meetings: rows, the door's side of them, and queries; what a draft is made of is in `material`, what members
//! say in `comments`.

mod comments;
mod material;

use std::collections::HashMap;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::{Actor, DoneVerbs, Version};
use domain::id::{ConsultationId, MeetingId, ReportId};
use domain::report::{Approval, Event, Facts, Reader, Rendition, Report, Status};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cases::Hold;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset, of_consultations};
use crate::row::{code, parsed};
use crate::schema::{meetings, report_renditions as renditions, reports};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

pub use comments::{add_comment, list_comments};
pub use material::material;

const TABLE: &str = "reports";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = reports, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    sequence: i64,
    meeting_id: Key,
    consultation_id: Key,
    met_at: Instant,
    status: String,
    circulation: i32,
    first_circulated_at: Option<Instant>,
    circulated_at: Option<Instant>,
    approved_at: Option<Instant>,
    approved_in_id: Option<Key>,
    addenda: i32,
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
            circulation,
            first_circulated_at,
            circulated_at,
            approved_at,
            approved_in_id,
            addenda,
            updated_at,
            details,
        )
    }
}

impl TryFrom<Row> for Report {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let approval = match (row.approved_at, row.approved_in_id) {
            (Some(at), Some(meeting)) => Some(Approval { at: at.0, meeting_id: meeting.0.into() }),
            (None, None) => None,
            _ => return Err(StoreError::corrupt(TABLE, "approved_at", id, "half an approval")),
        };
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            meeting_id: row.meeting_id.0.into(),
            consultation_id: row.consultation_id.0.into(),
            met_at: row.met_at.0,
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            circulation: parsed(TABLE, "circulation", id, row.circulation.try_into())?,
            first_circulated_at: row.first_circulated_at.map(|at| at.0),
            circulated_at: row.circulated_at.map(|at| at.0),
            approval,
            addenda: parsed(TABLE, "addenda", id, row.addenda.try_into())?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

fn row(report: &Report) -> Result<Row, StoreError> {
    let details = Details { created_by: report.created_by.clone(), done: report.done.clone() };
    Ok(Row {
        id: key(report.id),
        version: report.version.0,
        sequence: report.sequence,
        meeting_id: key(report.meeting_id),
        consultation_id: key(report.consultation_id),
        met_at: Instant(report.met_at),
        status: report.status.code().to_owned(),
        circulation: number(report.circulation),
        first_circulated_at: report.first_circulated_at.map(Instant),
        circulated_at: report.circulated_at.map(Instant),
        approved_at: report.approval.map(|approval| Instant(approval.at)),
        approved_in_id: report.approval.map(|approval| key(approval.meeting_id)),
        addenda: number(report.addenda),
        created_at: Instant(report.created_at),
        updated_at: Instant(report.updated_at),
        details: Json::of(&details)?,
    })
}

/// What an event tells.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: Status,
    meeting_id: MeetingId,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_in_id: Option<MeetingId>,
}

impl Aggregate for Report {
    type Event = Event;
    const SUBJECT: Subject = Subject::Report;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(reports::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let data = EventData {
            state: event.state,
            meeting_id: self.meeting_id,
            approved_in_id: event.approved_in_id,
        };
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

    /// Keeps what was written down with an event; what was recalled is not kept.
    fn accompany(
        &self,
        event: &Event,
        _record: &Record,
        transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        // What a housing organisation finds moves with it.
        let partners: Vec<Option<Key>> = renditions::table
            .filter(renditions::report_id.eq(key(self.id)))
            .filter(renditions::organisation_id.is_not_null())
            .select(renditions::organisation_id)
            .distinct()
            .load(transaction.connection())?;
        transaction.touch(partners.into_iter().flatten().map(|partner| partner.0));
        transaction.touch(event.renditions.iter().filter_map(|it| it.reader.partner()).map(Uuid::from));
        if event.state == Status::Draft && self.circulation > 0 {
            let recalled = renditions::table.filter(renditions::report_id.eq(key(self.id)));
            diesel::delete(recalled).execute(transaction.connection())?;
        }
        let rows = event.renditions.iter().map(|rendition| RenditionRow {
            report_id: key(self.id),
            addendum: number(rendition.addendum),
            reader: rendition.reader.to_string(),
            organisation_id: rendition.reader.partner().map(key),
            hash: rendition.hash.clone(),
            content: rendition.content.clone(),
            created_at: Instant(event.at),
        });
        // SQLite takes one row at a time; a report has a handful of them.
        for row in rows {
            diesel::insert_into(renditions::table).values(row).execute(transaction.connection())?;
        }
        Ok(())
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into()]
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = renditions, treat_none_as_default_value = false)]
struct RenditionRow {
    report_id: Key,
    addendum: i32,
    reader: String,
    organisation_id: Option<Key>,
    hash: String,
    content: String,
    created_at: Instant,
}

/// Finds the report of a meeting of a consultation that a principal is a member of, or one of which a rendition is for one of
/// its organisations.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    meeting: MeetingId,
) -> Result<Option<Report>, StoreError> {
    let mut query = reports::table.filter(reports::meeting_id.eq(key(meeting))).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        if sight.addressed.is_empty() {
            query = query.filter(reports::consultation_id.eq_any(consultations));
        } else {
            let partners: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
            let concerned = renditions::table
                .filter(renditions::organisation_id.eq_any(partners))
                .filter(renditions::report_id.eq(reports::id))
                .select(renditions::report_id);
            query = query
                .filter(reports::consultation_id.eq_any(consultations).or(reports::id.eq_any(concerned)));
        }
    }
    let row: Option<Row> = query.select(reports::all_columns).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// What a list of reports is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one consultation.
    pub consultation_id: Option<ConsultationId>,
    /// In these states.
    pub states: Vec<Status>,
}

/// Lists the reports of the consultations that a principal is a member of, and those of which a rendition is for one of its
/// organisations, by the time at which the meetings started.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Report>, StoreError> {
    let query = reports::table.select(reports::all_columns).into_boxed();
    let mut query = if sight.addressed.is_empty() {
        of_consultations!(query, reports::consultation_id, sight, filter.consultation_id)
    } else {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let partners: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let concerned = renditions::table
            .filter(renditions::organisation_id.eq_any(partners))
            .select(renditions::report_id);
        let query =
            query.filter(reports::consultation_id.eq_any(consultations).or(reports::id.eq_any(concerned)));
        match filter.consultation_id {
            None => query,
            Some(wanted) => query.filter(reports::consultation_id.eq(key(wanted))),
        }
    };
    if !filter.states.is_empty() {
        query = query.filter(reports::status.eq_any(filter.states.iter().map(|state| state.code())));
    }
    let rows: Vec<Row> = keyset!(query, reports::met_at, reports::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Finds a report as `find` does and holds it until the end of the unit of work: still, for who adds something to it, or
/// alone. On SQLite, who writes is alone in any case.
pub fn hold(
    transaction: &mut Transaction<'_>,
    sight: &Sight,
    meeting: MeetingId,
    hold: Hold,
) -> Result<Option<Report>, StoreError> {
    if let AnyConnection::Postgresql(connection) = transaction.connection() {
        let row = reports::table.filter(reports::meeting_id.eq(key(meeting))).select(reports::id);
        let _: Option<Key> = match hold {
            Hold::Still => row.for_share().get_result(connection).optional()?,
            Hold::Alone => row.for_no_key_update().get_result(connection).optional()?,
        };
    }
    find(transaction.connection(), sight, meeting)
}

/// Loads what a reader finds written down of a report: itself, then its corrections in their order.
pub fn renditions(
    connection: &mut AnyConnection,
    report: ReportId,
    reader: Reader,
) -> Result<Vec<Rendition>, StoreError> {
    let rows: Vec<RenditionRow> = renditions::table
        .filter(renditions::report_id.eq(key(report)))
        .filter(renditions::reader.eq(reader.to_string()))
        .order(renditions::addendum)
        .load(connection)?;
    let rendition = |row: RenditionRow| {
        Ok(Rendition {
            reader,
            addendum: parsed("report_renditions", "addendum", row.report_id.0, row.addendum.try_into())?,
            content: row.content,
            hash: row.hash,
        })
    };
    rows.into_iter().map(rendition).collect()
}

/// Loads what was written down of a report for everybody, without its corrections.
pub fn all_renditions(
    connection: &mut AnyConnection,
    report: ReportId,
) -> Result<Vec<Rendition>, StoreError> {
    let rows: Vec<RenditionRow> = renditions::table
        .filter(renditions::report_id.eq(key(report)))
        .filter(renditions::addendum.eq(0))
        .order(renditions::reader)
        .load(connection)?;
    rows.into_iter()
        .map(|row| {
            let reader = match row.organisation_id {
                Some(organisation) => Reader::Partner(organisation.0.into()),
                None => [Reader::Team, Reader::Police, Reader::Housing]
                    .into_iter()
                    .find(|reader| reader.to_string() == row.reader)
                    .ok_or_else(|| {
                        StoreError::corrupt("report_renditions", "reader", report.uuid(), "unknown code")
                    })?,
            };
            Ok(Rendition { reader, addendum: 0, content: row.content, hash: row.hash })
        })
        .collect()
}

/// Counts the corrections that each reader of a report finds, by the name of the reader.
pub fn count_addenda(
    connection: &mut AnyConnection,
    report: ReportId,
) -> Result<HashMap<String, i64>, StoreError> {
    let rows: Vec<(String, i64)> = renditions::table
        .filter(renditions::report_id.eq(key(report)))
        .filter(renditions::addendum.gt(0))
        .group_by(renditions::reader)
        .select((renditions::reader, diesel::dsl::count_star()))
        .load(connection)?;
    Ok(rows.into_iter().collect())
}

/// Names the held meetings of a consultation whose report waits for approval, the oldest first, with when they started.
pub fn to_approve(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<(MeetingId, jiff::Timestamp)>, StoreError> {
    let rows: Vec<(Key, Instant)> = reports::table
        .inner_join(meetings::table)
        .filter(reports::consultation_id.eq(key(consultation)))
        // Written out as in the index, which both databases use only when they know the values beforehand.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("reports.status IN ('draft', 'circulated')"))
        .filter(meetings::status.eq(domain::meeting::Status::Held.code()))
        .order((reports::met_at, reports::id))
        .select((reports::meeting_id, reports::met_at))
        .load(connection)?;
    Ok(rows.into_iter().map(|(meeting, met_at)| (meeting.0.into(), met_at.0)).collect())
}
