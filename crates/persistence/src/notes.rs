//! Notes on cases: rows and queries, filtered by who may read them.

use std::ops::RangeInclusive;

use diesel::prelude::*;
use domain::access::NoteSight;
use domain::case::Case;
use domain::change::Version;
use domain::id::{CaseId, NoteId};
use domain::note::{Note, Release, Visibility};
use domain::text::Paragraph;
use jiff::Timestamp;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::code;
use crate::schema::{case_notes, cases};
use crate::transaction::{Deed, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};

const TABLE: &str = "case_notes";

#[derive(Queryable, Insertable)]
#[diesel(table_name = case_notes)]
struct Row {
    id: Key,
    version: i64,
    case_id: Key,
    visibility: String,
    text: String,
    organisation_id: Key,
    created_at: Instant,
    created_by: Json,
    released_at: Option<Instant>,
    released_by: Option<Json>,
}

impl TryFrom<Row> for Note {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let release = match (row.released_at, row.released_by) {
            (Some(at), Some(by)) => Some(Release { at: at.0, by: by.read(TABLE, "released_by", id)? }),
            _ => None,
        };
        Ok(Self {
            id: id.into(),
            version: Version(row.version),
            case_id: row.case_id.0.into(),
            visibility: code(TABLE, "visibility", id, &row.visibility, Visibility::from_code)?,
            text: Paragraph::from_stored(row.text),
            created_at: row.created_at.0,
            created_by: row.created_by.read(TABLE, "created_by", id)?,
            release,
        })
    }
}

/// Writes a note.
pub fn add(transaction: &mut Transaction<'_>, note: &Note, case: &Case) -> Result<(), StoreError> {
    let row = Row {
        id: key(note.id),
        version: note.version.0,
        case_id: key(note.case_id),
        visibility: note.visibility.code().to_owned(),
        text: note.text.as_str().to_owned(),
        organisation_id: key(note.created_by.organisation_id),
        created_at: Instant(note.created_at),
        created_by: Json::of(&note.created_by)?,
        released_at: None,
        released_by: None,
    };
    diesel::insert_into(case_notes::table).values(row).execute(transaction.connection())?;
    tell(transaction, note, case, "create", note.visibility)
}

/// Writes the release of a note that still has the version before; the timeline tells the team that there is a note.
pub fn release(transaction: &mut Transaction<'_>, note: &Note, case: &Case) -> Result<(), StoreError> {
    let Some(release) = &note.release else { return Ok(()) };
    let updated = diesel::update(case_notes::table)
        .filter(case_notes::id.eq(key(note.id)))
        .filter(case_notes::version.eq(note.version.0 - 1))
        .set((
            case_notes::version.eq(note.version.0),
            case_notes::visibility.eq(note.visibility.code()),
            case_notes::released_at.eq(Some(Instant(release.at))),
            case_notes::released_by.eq(Some(Json::of(&release.by)?)),
        ))
        .execute(transaction.connection())?;
    if updated != 1 {
        return Err(StoreError::Stale);
    }
    tell(transaction, note, case, "release", note.visibility)
}

fn tell(
    transaction: &mut Transaction<'_>,
    note: &Note,
    case: &Case,
    verb: &str,
    audience: Visibility,
) -> Result<(), StoreError> {
    let record = Record {
        subject: Subject::CaseNote,
        subject_id: note.id.into(),
        sequence: note.version.0,
        version: note.version,
        verb: verb.to_owned(),
        case_id: Some(note.case_id),
        consultation_id: Some(case.consultation_id),
        organisation_id: Some(note.created_by.organisation_id),
        audience: audience.code(),
        effective_at: transaction.now(),
        data: (&serde_json::json!({ "visibility": note.visibility })).into(),
    };
    transaction.log(&record)?;
    let deed = Deed::of(Subject::CaseNote, note.id.into()).within(Some(note.case_id)).at(Some(note.version));
    transaction.record(&deed)?;
    // A housing company reads its own notes; what it sees counts by organisation.
    transaction.touch([case.consultation_id.into(), note.created_by.organisation_id.into()]);
    transaction.touch(case.led_by.map(Into::into));
    Ok(())
}

/// Narrows a boxed query over notes joined with their cases to what a principal may read.
macro_rules! readable {
    ($query:expr, $sight:expr) => {{
        let sight: &NoteSight = $sight;
        let keys = |ids: &std::collections::BTreeSet<domain::id::ConsultationId>| {
            ids.iter().copied().map(key).collect::<Vec<Key>>()
        };
        let own: Vec<Key> = sight.own_housing.iter().copied().map(key).collect();
        let of = |visibility: Visibility, consultations: Vec<Key>| {
            let leads = cases::led_by.eq_any(consultations.clone()).assume_not_null();
            case_notes::visibility
                .eq(visibility.code())
                .and(cases::consultation_id.eq_any(consultations).or(leads))
        };
        $query.filter(
            of(Visibility::Team, keys(&sight.team))
                .or(of(Visibility::PoliceOnly, keys(&sight.police)))
                .or(of(Visibility::HousingOnly, keys(&sight.housing)))
                .or(case_notes::visibility
                    .eq(Visibility::HousingOnly.code())
                    .and(case_notes::organisation_id.eq_any(own))),
        )
    }};
}

/// Loads the notes of these visibilities that were written on some cases within a time, oldest first.
pub fn load_written(
    connection: &mut AnyConnection,
    on: impl IntoIterator<Item = CaseId>,
    visibilities: &[Visibility],
    within: RangeInclusive<Timestamp>,
) -> Result<Vec<Note>, StoreError> {
    let on: Vec<Key> = on.into_iter().map(key).collect();
    let rows: Vec<Row> = case_notes::table
        .filter(case_notes::case_id.eq_any(on))
        .filter(case_notes::created_at.ge(Instant(*within.start())))
        .filter(case_notes::created_at.le(Instant(*within.end())))
        .filter(case_notes::visibility.eq_any(visibilities.iter().map(|visibility| visibility.code())))
        .order((case_notes::created_at, case_notes::id))
        .load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Lists the notes of a case that a principal may read.
pub fn list(
    connection: &mut AnyConnection,
    sight: &NoteSight,
    case: CaseId,
    page: PageRequest,
) -> Result<Page<Note>, StoreError> {
    let query = case_notes::table
        .inner_join(cases::table)
        .filter(case_notes::case_id.eq(key(case)))
        .select(case_notes::all_columns)
        .into_boxed();
    let query = readable!(query, sight);
    let rows: Vec<Row> = keyset!(query, case_notes::created_at, case_notes::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Finds a note of a case that a principal may read.
pub fn find(
    connection: &mut AnyConnection,
    sight: &NoteSight,
    case: CaseId,
    id: NoteId,
) -> Result<Option<Note>, StoreError> {
    let query = case_notes::table
        .inner_join(cases::table)
        .filter(case_notes::id.eq(key(id)))
        .filter(case_notes::case_id.eq(key(case)))
        .select(case_notes::all_columns)
        .into_boxed();
    let row: Option<Row> = readable!(query, sight).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}
