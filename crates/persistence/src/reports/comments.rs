//! What members say about a report that circulates.

use diesel::prelude::*;
use domain::change::Version;
use domain::id::ReportId;
use domain::report::{Comment, Report};
use domain::text::Remark;

use super::number;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::parsed;
use crate::schema::report_comments as comments;
use crate::transaction::{Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};

const TABLE: &str = "report_comments";

#[derive(Queryable, Insertable)]
#[diesel(table_name = comments, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    report_id: Key,
    circulation: i32,
    agenda_item_id: Option<Key>,
    text: String,
    created_at: Instant,
    created_by: Json,
}

impl TryFrom<Row> for Comment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        Ok(Self {
            id: id.into(),
            report_id: row.report_id.0.into(),
            circulation: parsed(TABLE, "circulation", id, row.circulation.try_into())?,
            agenda_item_id: row.agenda_item_id.map(|item| item.0.into()),
            text: Remark::from_stored(row.text),
            created_at: row.created_at.0,
            created_by: row.created_by.read(TABLE, "created_by", id)?,
        })
    }
}

/// Writes a comment.
pub fn add_comment(
    transaction: &mut Transaction<'_>,
    report: &Report,
    comment: &Comment,
) -> Result<(), StoreError> {
    let row = Row {
        id: key(comment.id),
        report_id: key(comment.report_id),
        circulation: number(comment.circulation),
        agenda_item_id: comment.agenda_item_id.map(key),
        text: comment.text.as_str().to_owned(),
        created_at: Instant(comment.created_at),
        created_by: Json::of(&comment.created_by)?,
    };
    diesel::insert_into(comments::table).values(row).execute(transaction.connection())?;
    let record = Record {
        subject: Subject::ReportComment,
        subject_id: comment.id.into(),
        sequence: 1,
        version: Version::FIRST,
        verb: "create".to_owned(),
        case_id: None,
        consultation_id: Some(report.consultation_id),
        organisation_id: Some(comment.created_by.organisation_id),
        audience: "team",
        effective_at: comment.created_at,
        data: (&serde_json::json!({ "meetingId": report.meeting_id })).into(),
    };
    transaction.log(&record)?;
    transaction.audit(Subject::ReportComment, comment.id.into(), None)?;
    transaction.touch([report.consultation_id.into()]);
    Ok(())
}

/// Lists the comments on a report.
pub fn list_comments(
    connection: &mut AnyConnection,
    report: ReportId,
    page: PageRequest,
) -> Result<Page<Comment>, StoreError> {
    let query = comments::table.filter(comments::report_id.eq(key(report))).into_boxed();
    let rows: Vec<Row> = keyset!(query, comments::created_at, comments::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}
