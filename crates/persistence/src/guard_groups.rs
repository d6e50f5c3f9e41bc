//! Groups of community guards: rows and queries.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::Version;
use domain::guard_group::GuardGroup;
use domain::id::{GuardGroupId, OrganisationId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, among, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::schema::guard_groups::{self, dsl};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "guard_groups";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = guard_groups, treat_none_as_null = true)]
struct Row {
    id: Key,
    version: i64,
    organisation_id: Key,
    name: Json,
    valid_from: Day,
    valid_to: Option<Day>,
    created_at: Instant,
    updated_at: Instant,
}

/// A group with the time of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGuardGroup {
    /// The group.
    pub group: GuardGroup,
    /// When it was written.
    pub created_at: Timestamp,
}

impl TryFrom<Row> for StoredGuardGroup {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let group = GuardGroup {
            id: id.into(),
            version: Version(row.version),
            organisation_id: row.organisation_id.0.into(),
            name: row.name.read(TABLE, "name", id)?,
            valid_from: row.valid_from.0,
            valid_to: row.valid_to.map(|day| day.0),
        };
        Ok(Self { group, created_at: row.created_at.0 })
    }
}

fn row(stored: &StoredGuardGroup, updated_at: Timestamp) -> Result<Row, StoreError> {
    let GuardGroup { id, version, organisation_id, name, valid_from, valid_to } = &stored.group;
    Ok(Row {
        id: key(*id),
        version: version.0,
        organisation_id: key(*organisation_id),
        name: Json::of(name)?,
        valid_from: Day(*valid_from),
        valid_to: valid_to.map(Day),
        created_at: Instant(stored.created_at),
        updated_at: Instant(updated_at),
    })
}

impl Aggregate for StoredGuardGroup {
    type Event = Edit;
    const SUBJECT: Subject = Subject::GuardGroup;

    fn uuid(&self) -> Uuid {
        self.group.id.into()
    }

    fn version(&self) -> Version {
        self.group.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let row = row(self, transaction.now())?;
        diesel::insert_into(guard_groups::table).values(row).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let row = row(self, transaction.now())?;
        let updated = diesel::update(guard_groups::table)
            .filter(dsl::id.eq(row.id))
            .filter(dsl::version.eq(before.version().0))
            .set(row)
            .execute(transaction.connection())?;
        Ok(updated == 1)
    }

    fn record(&self, event: &Edit, _before_last: i64) -> Result<Record, StoreError> {
        let record = reference_record(Self::SUBJECT, self.uuid(), self.version(), *event);
        Ok(Record { organisation_id: Some(self.group.organisation_id), ..record })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![REFERENCE_DATA]
    }
}

/// Finds a group.
pub fn find(
    connection: &mut AnyConnection,
    id: GuardGroupId,
) -> Result<Option<StoredGuardGroup>, StoreError> {
    let row: Option<Row> = dsl::guard_groups.find(key(id)).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Holds groups until the end of the unit of work, so that nobody else records shifts of theirs, and gives those that
/// there are.
///
/// Always in the same order, so that two who hold the same groups do not wait for each other. On SQLite, who writes is
/// alone in any case.
pub fn hold(
    transaction: &mut Transaction<'_>,
    ids: impl IntoIterator<Item = GuardGroupId>,
) -> Result<BTreeMap<GuardGroupId, GuardGroup>, StoreError> {
    let ids: Vec<Key> = ids.into_iter().map(key).collect();
    let groups = dsl::guard_groups.filter(dsl::id.eq_any(ids)).order(dsl::id);
    let rows: Vec<Row> = match transaction.connection() {
        AnyConnection::Sqlite(connection) => groups.load(connection)?,
        AnyConnection::Postgresql(connection) => groups.for_no_key_update().load(connection)?,
    };
    rows.into_iter()
        .map(|row| StoredGuardGroup::try_from(row).map(|stored| (stored.group.id, stored.group)))
        .collect()
}

/// Lists groups by the time at which they were written; who may not see everything sees those of its own organisations.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    organisation: Option<OrganisationId>,
    page: PageRequest,
) -> Result<Page<StoredGuardGroup>, StoreError> {
    let mut query = dsl::guard_groups.into_boxed();
    if !sight.everything {
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        query = among!(query, dsl::organisation_id, own);
    }
    if let Some(organisation) = organisation {
        query = query.filter(dsl::organisation_id.eq(key(organisation)));
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}
