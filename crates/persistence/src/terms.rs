//! The term table: rows and queries.

use diesel::prelude::*;
use domain::access::Sight;
use domain::calendar::WorkingDays;
use domain::category::CategoryCode;
use domain::change::Version;
use domain::follow_up::Urgency;
use domain::id::TermId;
use domain::term::{TermDays, TermRule};
use jiff::Timestamp;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::row::{optional_code, parsed};
use crate::schema::term_rules::{self, dsl};
use crate::transaction::{Subject, Transaction};
use crate::types::{Instant, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "term_rules";

/// A row of the term table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTerm {
    /// Its name.
    pub id: TermId,
    /// What it says.
    pub rule: TermRule,
    /// When it was added.
    pub recorded_at: Timestamp,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = term_rules)]
struct Row {
    id: Key,
    organisation_id: Option<Key>,
    consultation_id: Option<Key>,
    category_group: Option<String>,
    urgency: Option<String>,
    receipt_days: i32,
    answer_days: i32,
    recorded_at: Instant,
    removed_at: Option<Instant>,
    applies_to: String,
}

/// Writes what a rule applies to in a row, so that an index can hold it apart from that of another one.
fn applies_to(rule: &TermRule) -> String {
    let TermRule { organisation_id, consultation_id, category_group, urgency, days: _ } = rule;
    format!(
        "{}/{}/{}/{}",
        organisation_id.map(|id| id.to_string()).unwrap_or_default(),
        consultation_id.map(|id| id.to_string()).unwrap_or_default(),
        category_group.as_ref().map(CategoryCode::as_str).unwrap_or_default(),
        urgency.map(Urgency::code).unwrap_or_default(),
    )
}

impl TryFrom<Row> for StoredTerm {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let days = |column, days: i32| {
            u32::try_from(days)
                .ok()
                .and_then(WorkingDays::new)
                .ok_or_else(|| StoreError::corrupt(TABLE, column, id, "no number of working days"))
        };
        Ok(Self {
            id: id.into(),
            rule: TermRule {
                organisation_id: row.organisation_id.map(|key| key.0.into()),
                consultation_id: row.consultation_id.map(|key| key.0.into()),
                category_group: row
                    .category_group
                    .map(|group| parsed(TABLE, "category_group", id, CategoryCode::parse(&group)))
                    .transpose()?,
                urgency: optional_code(TABLE, "urgency", id, row.urgency.as_deref(), Urgency::from_code)?,
                days: TermDays {
                    receipt: days("receipt_days", row.receipt_days)?,
                    answer: days("answer_days", row.answer_days)?,
                },
            },
            recorded_at: row.recorded_at.0,
        })
    }
}

/// Adds a row; a second one for the same service, consultation, group and urgency is [`StoreError::Taken`].
pub fn add(transaction: &mut Transaction<'_>, term: &StoredTerm) -> Result<(), StoreError> {
    let TermRule { organisation_id, consultation_id, category_group, urgency, days } = &term.rule;
    let whole = |days: WorkingDays| i32::try_from(days.get()).unwrap_or(i32::MAX);
    let row = Row {
        id: key(term.id),
        organisation_id: organisation_id.map(key),
        consultation_id: consultation_id.map(key),
        category_group: category_group.as_ref().map(|group| group.as_str().to_owned()),
        urgency: urgency.map(|urgency| urgency.code().to_owned()),
        receipt_days: whole(days.receipt),
        answer_days: whole(days.answer),
        recorded_at: Instant(term.recorded_at),
        removed_at: None,
        applies_to: applies_to(&term.rule),
    };
    diesel::insert_into(term_rules::table).values(row).execute(transaction.connection())?;
    tell(transaction, term.id, Version::FIRST, "create")
}

/// Takes a row away; requests that were sent keep their terms.
pub fn remove(transaction: &mut Transaction<'_>, id: TermId) -> Result<bool, StoreError> {
    let now = Instant(transaction.now());
    let removed = diesel::update(term_rules::table)
        .filter(dsl::id.eq(key(id)))
        .filter(dsl::removed_at.is_null())
        .set(dsl::removed_at.eq(Some(now)))
        .execute(transaction.connection())?;
    if removed == 1 {
        tell(transaction, id, Version::FIRST.next(), "delete")?;
    }
    Ok(removed == 1)
}

fn tell(
    transaction: &mut Transaction<'_>,
    id: TermId,
    version: Version,
    verb: &'static str,
) -> Result<(), StoreError> {
    let at = transaction.now();
    transaction.log(&reference_record(Subject::Term, id.into(), version, Edit { verb, at }))?;
    transaction.audit(Subject::Term, id.into(), Some(version))?;
    transaction.touch([REFERENCE_DATA]);
    Ok(())
}

/// Finds a row that was not taken away.
pub fn find(connection: &mut AnyConnection, id: TermId) -> Result<Option<StoredTerm>, StoreError> {
    let row: Option<Row> =
        dsl::term_rules.find(key(id)).filter(dsl::removed_at.is_null()).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists the rows by the time at which they were added; who may not see everything sees those of its own organisations
/// and those that hold for all.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    page: PageRequest,
) -> Result<Page<StoredTerm>, StoreError> {
    let mut query = dsl::term_rules.filter(dsl::removed_at.is_null()).into_boxed();
    if !sight.everything {
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        query = query
            .filter(dsl::organisation_id.is_null().or(dsl::organisation_id.eq_any(own).assume_not_null()));
    }
    let rows: Vec<Row> = keyset!(query, dsl::recorded_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads every row that was not taken away, oldest first.
pub(crate) fn all(connection: &mut AnyConnection) -> Result<Vec<TermRule>, StoreError> {
    let rows: Vec<Row> = dsl::term_rules
        .filter(dsl::removed_at.is_null())
        .order((dsl::recorded_at, dsl::id))
        .load(connection)?;
    rows.into_iter().map(|row| StoredTerm::try_from(row).map(|term| term.rule)).collect()
}
