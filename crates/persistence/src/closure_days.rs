//! Closure days of organisations: kept with the time at which they became known, as terms depend on it.

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::Version;
use domain::id::{ClosureDayId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::schema::closure_days::{self, dsl};
use crate::transaction::{Subject, Transaction};
use crate::types::{Day, Instant, Key, key};
use crate::views::REFERENCE_DATA;

/// A day on which an organisation is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureDay {
    /// Its name in the system.
    pub id: ClosureDayId,
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The day.
    pub closed_on: Date,
    /// What the day is called.
    pub name: Option<String>,
    /// When it became known.
    pub recorded_at: Timestamp,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = closure_days)]
struct Row {
    id: Key,
    organisation_id: Key,
    closed_on: Day,
    name: Option<String>,
    recorded_at: Instant,
    removed_at: Option<Instant>,
}

impl From<Row> for ClosureDay {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0.into(),
            organisation_id: row.organisation_id.0.into(),
            closed_on: row.closed_on.0,
            name: row.name,
            recorded_at: row.recorded_at.0,
        }
    }
}

/// Adds a closure day; a second one of the same organisation and day is [`StoreError::Taken`].
pub fn add(transaction: &mut Transaction<'_>, day: &ClosureDay) -> Result<(), StoreError> {
    let row = Row {
        id: key(day.id),
        organisation_id: key(day.organisation_id),
        closed_on: Day(day.closed_on),
        name: day.name.clone(),
        recorded_at: Instant(day.recorded_at),
        removed_at: None,
    };
    diesel::insert_into(closure_days::table).values(row).execute(transaction.connection())?;
    tell(transaction, day.id, Version::FIRST, "create")
}

/// Takes a closure day away; terms that counted it keep it until they are recalculated.
pub fn remove(transaction: &mut Transaction<'_>, id: ClosureDayId) -> Result<bool, StoreError> {
    let now = Instant(transaction.now());
    let removed = diesel::update(closure_days::table)
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
    id: ClosureDayId,
    version: Version,
    verb: &'static str,
) -> Result<(), StoreError> {
    let at = transaction.now();
    transaction.log(&reference_record(Subject::ClosureDay, id.into(), version, Edit { verb, at }))?;
    transaction.audit(Subject::ClosureDay, id.into(), Some(version))?;
    transaction.touch([REFERENCE_DATA]);
    Ok(())
}

/// Finds a closure day that was not taken away.
pub fn find(connection: &mut AnyConnection, id: ClosureDayId) -> Result<Option<ClosureDay>, StoreError> {
    let row: Option<Row> =
        dsl::closure_days.find(key(id)).filter(dsl::removed_at.is_null()).first(connection).optional()?;
    Ok(row.map(Into::into))
}

/// What a list of closure days is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one organisation.
    pub organisation_id: Option<OrganisationId>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day.
    pub to: Option<Date>,
}

/// Lists closure days by day; who may not see everything sees those of its own organisations.
///
/// The place of a row is its day at midnight UTC.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<ClosureDay>, StoreError> {
    let mut query = dsl::closure_days.filter(dsl::removed_at.is_null()).into_boxed();
    if !sight.everything {
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        query = query.filter(dsl::organisation_id.eq_any(own));
    }
    if let Some(organisation) = filter.organisation_id {
        query = query.filter(dsl::organisation_id.eq(key(organisation)));
    }
    if let Some(from) = filter.from {
        query = query.filter(dsl::closed_on.ge(Day(from)));
    }
    if let Some(to) = filter.to {
        query = query.filter(dsl::closed_on.le(Day(to)));
    }
    let day = |at: Timestamp| Day(at.to_zoned(TimeZone::UTC).date());
    let rows: Vec<Row> = keyset!(query, dsl::closed_on, dsl::id, page, day).load(connection)?;
    Ok(Page::of(rows.into_iter().map(Into::into).collect(), page.size))
}
