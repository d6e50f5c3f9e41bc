//! Organisations: rows and queries.

use diesel::prelude::*;
use domain::access::{Regime, Sight};
use domain::change::Version;
use domain::enterprise_number::EnterpriseNumber;
use domain::id::OrganisationId;
use domain::organisation::{Kind, Organisation};
use domain::ovo_code::OvoCode;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::row::{code, parsed};
use crate::schema::organisations::{self, dsl};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "organisations";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_null = true)]
struct Row {
    id: Key,
    version: i64,
    kind: String,
    regime: String,
    name: Json,
    enterprise_number: Option<String>,
    ovo_code: Option<String>,
    takes_requests: bool,
    contact_function: Option<String>,
    valid_from: Day,
    valid_to: Option<Day>,
    successor_id: Option<Key>,
    created_at: Instant,
    updated_at: Instant,
}

/// An organisation with the times of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOrganisation {
    /// The organisation.
    pub organisation: Organisation,
    /// When it was written.
    pub created_at: jiff::Timestamp,
}

impl TryFrom<Row> for StoredOrganisation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let organisation = Organisation {
            id: id.into(),
            version: Version(row.version),
            kind: code(TABLE, "kind", id, &row.kind, Kind::from_code)?,
            regime: code(TABLE, "regime", id, &row.regime, Regime::from_code)?,
            name: row.name.read(TABLE, "name", id)?,
            enterprise_number: row
                .enterprise_number
                .map(|number| parsed(TABLE, "enterprise_number", id, EnterpriseNumber::parse(&number)))
                .transpose()?,
            ovo_code: row
                .ovo_code
                .map(|code| parsed(TABLE, "ovo_code", id, OvoCode::parse(&code)))
                .transpose()?,
            takes_requests: row.takes_requests,
            contact_function: row.contact_function,
            valid_from: row.valid_from.0,
            valid_to: row.valid_to.map(|day| day.0),
            successor_id: row.successor_id.map(|key| key.0.into()),
        };
        Ok(Self { organisation, created_at: row.created_at.0 })
    }
}

fn row(organisation: &Organisation, created_at: Instant, updated_at: Instant) -> Result<Row, StoreError> {
    Ok(Row {
        id: key(organisation.id),
        version: organisation.version.0,
        kind: organisation.kind.code().to_owned(),
        regime: organisation.regime.code().to_owned(),
        name: Json::of(&organisation.name)?,
        enterprise_number: organisation.enterprise_number.map(EnterpriseNumber::digits),
        ovo_code: organisation.ovo_code.as_ref().map(|code| code.as_str().to_owned()),
        takes_requests: organisation.takes_requests,
        contact_function: organisation.contact_function.clone(),
        valid_from: Day(organisation.valid_from),
        valid_to: organisation.valid_to.map(Day),
        successor_id: organisation.successor_id.map(key),
        created_at,
        updated_at,
    })
}

impl Aggregate for StoredOrganisation {
    type Event = Edit;
    const SUBJECT: Subject = Subject::Organisation;

    fn uuid(&self) -> Uuid {
        self.organisation.id.into()
    }

    fn version(&self) -> Version {
        self.organisation.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let row = row(&self.organisation, Instant(self.created_at), Instant(transaction.now()))?;
        diesel::insert_into(organisations::table).values(row).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let row = row(&self.organisation, Instant(self.created_at), Instant(transaction.now()))?;
        let updated = diesel::update(organisations::table)
            .filter(dsl::id.eq(row.id))
            .filter(dsl::version.eq(before.version().0))
            .set(row)
            .execute(transaction.connection())?;
        Ok(updated == 1)
    }

    fn record(&self, event: &Edit, _before_last: i64) -> Result<Record, StoreError> {
        Ok(reference_record(Self::SUBJECT, self.uuid(), self.version(), *event))
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![REFERENCE_DATA]
    }
}

/// Finds an organisation.
pub fn find(
    connection: &mut AnyConnection,
    id: OrganisationId,
) -> Result<Option<StoredOrganisation>, StoreError> {
    let row: Option<Row> =
        dsl::organisations.find(key(id)).select(organisations::all_columns).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds the organisations of some ids, in no particular order.
pub fn find_all(
    connection: &mut AnyConnection,
    ids: impl IntoIterator<Item = OrganisationId>,
) -> Result<Vec<StoredOrganisation>, StoreError> {
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> =
        dsl::organisations.filter(dsl::id.eq_any(ids)).select(organisations::all_columns).load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What a list of organisations is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These kinds.
    pub kinds: Vec<Kind>,
    /// Those that take requests, or those that do not.
    pub takes_requests: Option<bool>,
}

/// Lists organisations by the time at which they were written.
///
/// Who may not see everything sees its own and those that take requests.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<StoredOrganisation>, StoreError> {
    let mut query = dsl::organisations.select(organisations::all_columns).into_boxed();
    if !sight.everything {
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        query = query.filter(dsl::id.eq_any(own).or(dsl::takes_requests.eq(true)));
    }
    if !filter.kinds.is_empty() {
        let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.code()).collect();
        query = query.filter(dsl::kind.eq_any(kinds));
    }
    if let Some(takes_requests) = filter.takes_requests {
        query = query.filter(dsl::takes_requests.eq(takes_requests));
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads every organisation.
pub(crate) fn all(connection: &mut AnyConnection) -> Result<Vec<Organisation>, StoreError> {
    let rows: Vec<Row> = dsl::organisations.select(organisations::all_columns).load(connection)?;
    rows.into_iter().map(|row| StoredOrganisation::try_from(row).map(|stored| stored.organisation)).collect()
}
