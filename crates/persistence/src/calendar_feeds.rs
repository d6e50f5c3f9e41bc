//! Calendar feeds: rows, the door's side of them, and queries. One that was revoked is found no more.

use diesel::prelude::*;
use domain::access::Sight;
use domain::calendar_feed::{CalendarFeed, Event};
use domain::change::Version;
use domain::id::{CalendarFeedId, ConsultationId};
use domain::text::Title;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset, of_consultations};
use crate::schema::calendar_feeds;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

const TABLE: &str = "calendar_feeds";

#[derive(Queryable, Insertable)]
#[diesel(table_name = calendar_feeds, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    consultation_id: Key,
    secret_hash: String,
    label: Option<String>,
    created_at: Instant,
    created_by: Json,
    revoked_at: Option<Instant>,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, revoked_at)
    }
}

impl TryFrom<Row> for CalendarFeed {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        Ok(Self {
            id: id.into(),
            version: Version(row.version),
            consultation_id: row.consultation_id.0.into(),
            secret_hash: row.secret_hash,
            label: row.label.map(Title::from_stored),
            created_at: row.created_at.0,
            created_by: row.created_by.read(TABLE, "created_by", id)?,
            revoked_at: row.revoked_at.map(|at| at.0),
        })
    }
}

fn row(feed: &CalendarFeed) -> Result<Row, StoreError> {
    Ok(Row {
        id: key(feed.id),
        version: feed.version.0,
        consultation_id: key(feed.consultation_id),
        secret_hash: feed.secret_hash.clone(),
        label: feed.label.as_ref().map(|label| label.as_str().to_owned()),
        created_at: Instant(feed.created_at),
        created_by: Json::of(&feed.created_by)?,
        revoked_at: feed.revoked_at.map(Instant),
    })
}

impl Aggregate for CalendarFeed {
    type Event = Event;
    const SUBJECT: Subject = Subject::CalendarFeed;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let values = row(self)?;
        diesel::insert_into(calendar_feeds::table).values(values).execute(transaction.connection())?;
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
            sequence: self.version.0 - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: None,
            consultation_id: Some(self.consultation_id),
            organisation_id: None,
            audience: "team",
            effective_at: event.at,
            data: Json::empty(),
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![self.consultation_id.into()]
    }
}

/// Finds a feed of a consultation that a principal is a member of.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: CalendarFeedId,
) -> Result<Option<CalendarFeed>, StoreError> {
    let query = calendar_feeds::table
        .filter(calendar_feeds::id.eq(key(id)))
        .filter(calendar_feeds::revoked_at.is_null())
        .into_boxed();
    let query = of_consultations!(query, calendar_feeds::consultation_id, sight, None::<ConsultationId>);
    let row: Option<Row> = query.first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds the feed whose address has a secret with this hash.
pub fn with_secret(
    connection: &mut AnyConnection,
    secret_hash: &str,
) -> Result<Option<CalendarFeed>, StoreError> {
    let row: Option<Row> = calendar_feeds::table
        .filter(calendar_feeds::secret_hash.eq(secret_hash))
        .filter(calendar_feeds::revoked_at.is_null())
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists the feeds of a consultation that a principal is a member of, by the time at which they were made.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    consultation: ConsultationId,
    page: PageRequest,
) -> Result<Page<CalendarFeed>, StoreError> {
    let query = calendar_feeds::table.filter(calendar_feeds::revoked_at.is_null()).into_boxed();
    let query = of_consultations!(query, calendar_feeds::consultation_id, sight, Some(consultation));
    let rows: Vec<Row> =
        keyset!(query, calendar_feeds::created_at, calendar_feeds::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}
