//! Hourly rates: what an hour of a function costs, from a day on.

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::Version;
use domain::consultation::FunctionCode;
use domain::hourly_rate::{Cents, HourlyRate};
use domain::id::{ConsultationId, HourlyRateId};
use jiff::Timestamp;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, among, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::row::code;
use crate::schema::hourly_rates::{self, dsl};
use crate::transaction::{Subject, Transaction};
use crate::types::{Day, Instant, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "hourly_rates";

/// A rate as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRate {
    /// Its name.
    pub id: HourlyRateId,
    /// The consultation that it is for.
    pub consultation_id: ConsultationId,
    /// What it says.
    pub rate: HourlyRate,
    /// When it was added.
    pub recorded_at: Timestamp,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = hourly_rates)]
struct Row {
    id: Key,
    consultation_id: Key,
    function: String,
    cents_per_hour: i32,
    valid_from: Day,
    recorded_at: Instant,
    removed_at: Option<Instant>,
}

impl TryFrom<Row> for StoredRate {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let cents = u32::try_from(row.cents_per_hour).ok().and_then(Cents::new);
        Ok(Self {
            id: id.into(),
            consultation_id: row.consultation_id.0.into(),
            rate: HourlyRate {
                function: code(TABLE, "function", id, &row.function, FunctionCode::parse)?,
                cents_per_hour: cents
                    .ok_or_else(|| StoreError::corrupt(TABLE, "cents_per_hour", id, "no hourly rate"))?,
                valid_from: row.valid_from.0,
            },
            recorded_at: row.recorded_at.0,
        })
    }
}

/// Adds a rate; a second one of the same consultation, function and day is [`StoreError::Taken`].
pub fn add(transaction: &mut Transaction<'_>, stored: &StoredRate) -> Result<(), StoreError> {
    let HourlyRate { function, cents_per_hour, valid_from } = &stored.rate;
    let row = Row {
        id: key(stored.id),
        consultation_id: key(stored.consultation_id),
        function: function.as_str().to_owned(),
        cents_per_hour: i32::try_from(cents_per_hour.get()).unwrap_or(i32::MAX),
        valid_from: Day(*valid_from),
        recorded_at: Instant(stored.recorded_at),
        removed_at: None,
    };
    diesel::insert_into(hourly_rates::table).values(row).execute(transaction.connection())?;
    tell(transaction, stored, Version::FIRST, "create")
}

/// Takes a rate away; tells whether it still was there.
pub fn remove(transaction: &mut Transaction<'_>, stored: &StoredRate) -> Result<bool, StoreError> {
    let now = Instant(transaction.now());
    let removed = diesel::update(hourly_rates::table)
        .filter(dsl::id.eq(key(stored.id)))
        .filter(dsl::removed_at.is_null())
        .set(dsl::removed_at.eq(Some(now)))
        .execute(transaction.connection())?;
    if removed == 1 {
        tell(transaction, stored, Version::FIRST.next(), "delete")?;
    }
    Ok(removed == 1)
}

fn tell(
    transaction: &mut Transaction<'_>,
    stored: &StoredRate,
    version: Version,
    verb: &'static str,
) -> Result<(), StoreError> {
    let at = transaction.now();
    let id = stored.id.into();
    let mut record = reference_record(Subject::HourlyRate, id, version, Edit { verb, at });
    record.consultation_id = Some(stored.consultation_id);
    transaction.log(&record)?;
    transaction.audit(Subject::HourlyRate, id, Some(version))?;
    transaction.touch([stored.consultation_id.into(), REFERENCE_DATA]);
    Ok(())
}

/// Finds a rate that was not taken away and that a principal may see.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: HourlyRateId,
) -> Result<Option<StoredRate>, StoreError> {
    let mut query =
        dsl::hourly_rates.filter(dsl::id.eq(key(id))).filter(dsl::removed_at.is_null()).into_boxed();
    if !sight.everything {
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        query = query.filter(dsl::consultation_id.eq_any(consultations));
    }
    let row: Option<Row> = query.first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// What a list of rates is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of one consultation.
    pub consultation_id: Option<ConsultationId>,
    /// Those of one function.
    pub function: Option<FunctionCode>,
}

/// Lists the rates that a principal may see, by the time at which they were added.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<StoredRate>, StoreError> {
    let mut query = dsl::hourly_rates.filter(dsl::removed_at.is_null()).into_boxed();
    if !sight.everything {
        query = among!(query, dsl::consultation_id, sight.consultations.iter().copied().map(key).collect());
    }
    if let Some(consultation) = filter.consultation_id {
        query = query.filter(dsl::consultation_id.eq(key(consultation)));
    }
    if let Some(function) = &filter.function {
        query = query.filter(dsl::function.eq(function.as_str()));
    }
    let rows: Vec<Row> = keyset!(query, dsl::recorded_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads every rate of a consultation that was not taken away, the earliest day first.
pub fn of_consultation(
    connection: &mut AnyConnection,
    consultation: ConsultationId,
) -> Result<Vec<HourlyRate>, StoreError> {
    let rows: Vec<Row> = dsl::hourly_rates
        .filter(dsl::consultation_id.eq(key(consultation)))
        .filter(dsl::removed_at.is_null())
        .order((dsl::valid_from, dsl::id))
        .load(connection)?;
    rows.into_iter().map(|row| StoredRate::try_from(row).map(|stored| stored.rate)).collect()
}
