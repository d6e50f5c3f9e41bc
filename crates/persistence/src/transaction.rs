//! A unit of work, and the one door through which an aggregate changes.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use domain::change::{Actor, Change, Stamp, Version};
use domain::id::{CaseId, ConsultationId, OrganisationId};
pub use domain::subject::Subject;
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::schema::{audit_records, events, feed_pending};
use crate::store::{Circumstances, Scopes};
use crate::types::{Instant, Json, Key, key};
use crate::views::{self, Moved};

/// An event as the log keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What kind of thing it is about.
    pub subject: Subject,
    /// Which one.
    pub subject_id: Uuid,
    /// 1, 2, 3 … for each subject.
    pub sequence: i64,
    /// The version of the subject after it.
    pub version: Version,
    /// What was done.
    pub verb: String,
    /// The case whose timeline shows it.
    pub case_id: Option<CaseId>,
    /// The consultation that may know of it.
    pub consultation_id: Option<ConsultationId>,
    /// The addressed service, or the organisation that wrote a note, recorded a contact or had a shift.
    pub organisation_id: Option<OrganisationId>,
    /// Who may know of it.
    pub audience: &'static str,
    /// When it took effect.
    pub effective_at: Timestamp,
    /// Codes, ids and dates; no free text.
    pub data: Json,
}

/// An aggregate that the store keeps.
pub trait Aggregate: Sized {
    /// What happens to it.
    type Event;
    /// What kind of thing it is.
    const SUBJECT: Subject;

    /// Gives its name.
    fn uuid(&self) -> Uuid;
    /// Gives its version.
    fn version(&self) -> Version;
    /// Writes a new row.
    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError>;
    /// Writes what differs from the row as it was before, if it still is at that version; tells whether it was.
    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError>;
    /// Tells an event; the last one of a change has the position 0, the one before 1, and so on.
    fn record(&self, event: &Self::Event, before_last: i64) -> Result<Record, StoreError>;
    /// Writes what goes with an event, such as a message.
    fn accompany(
        &self,
        _event: &Self::Event,
        _record: &Record,
        _transaction: &mut Transaction<'_>,
    ) -> Result<(), StoreError> {
        Ok(())
    }
    /// Names the scopes whose callers see it differently now.
    fn scopes(&self) -> Vec<Uuid>;
}

/// A unit of work.
pub struct Transaction<'a> {
    pub(crate) connection: &'a mut AnyConnection,
    circumstances: &'a Circumstances,
    actor: Actor,
    touched: Scopes,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct EventRow<'a> {
    id: Key,
    subject_kind: &'static str,
    subject_id: Key,
    sequence: i64,
    version: i64,
    verb: &'a str,
    case_id: Option<Key>,
    consultation_id: Option<Key>,
    organisation_id: Option<Key>,
    audience: &'static str,
    effective_at: Instant,
    recorded_at: Instant,
    client_id: Key,
    user_name: Option<String>,
    actor_organisation_id: Key,
    data: Json,
}

#[derive(Insertable)]
#[diesel(table_name = audit_records, treat_none_as_default_value = false)]
struct AuditRow<'a> {
    id: Key,
    recorded_at: Instant,
    client_id: Key,
    user_name: Option<String>,
    organisation_id: Key,
    operation: &'a str,
    subject_kind: &'static str,
    subject_id: Key,
    version: Option<i64>,
    request_id: Key,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(connection: &'a mut AnyConnection, circumstances: &'a Circumstances) -> Self {
        Self { connection, circumstances, actor: circumstances.actor.clone(), touched: Scopes::new() }
    }

    /// Names the organisation in whose name the actor acts, once it is known which record is acted on.
    pub const fn act_for(&mut self, organisation: OrganisationId) {
        self.actor.organisation_id = organisation;
    }

    /// Gives the connection, for reading within the unit of work.
    pub const fn connection(&mut self) -> &mut AnyConnection {
        self.connection
    }

    /// Gives a new id.
    pub fn new_id(&self) -> Uuid {
        self.circumstances.ids.next()
    }

    /// Gives the moment and the actor of the unit of work.
    pub fn stamp(&self) -> Stamp {
        Stamp { at: self.circumstances.at, by: self.actor.clone() }
    }

    /// Gives the moment at which the unit of work takes effect.
    pub const fn now(&self) -> Timestamp {
        self.circumstances.at
    }

    /// Gives who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Saves a change: the state, its events with what goes with them, and the audit record.
    ///
    /// Fails with [`StoreError::Stale`] when the row no longer has the version that the change was decided on.
    pub fn save<A: Aggregate>(&mut self, change: &Change<A, A::Event>) -> Result<(), StoreError> {
        let Change { before, state, events } = change;
        match before {
            None => state.insert(self)?,
            Some(before) => {
                if !state.update(before, self)? {
                    return Err(StoreError::Stale);
                }
            }
        }
        let version = state.version();
        for (position, event) in events.iter().rev().enumerate().rev() {
            let record = state.record(event, i64::try_from(position).unwrap_or(i64::MAX))?;
            if position == 0 {
                self.log_and_audit(&record, version)?;
            } else {
                self.log(&record)?;
            }
            state.accompany(event, &record, self)?;
        }
        if events.is_empty() {
            self.audit(A::SUBJECT, state.uuid(), Some(version))?;
        }
        self.touch(state.scopes());
        Ok(())
    }

    /// Writes an event; on PostgreSQL in one statement with what makes the feed tell it.
    pub(crate) fn log(&mut self, record: &Record) -> Result<(), StoreError> {
        let event = self.event(record);
        let pending = diesel::insert_into(feed_pending::table).values(feed_pending::event_id.eq(event.id));
        let event = diesel::insert_into(events::table).values(event);
        if let AnyConnection::Sqlite(_) = self.connection {
            event.execute(self.connection)?;
            pending.execute(self.connection)?;
        } else {
            With { name: "event", first: event, then: pending }.execute(self.connection)?;
        }
        Ok(())
    }

    /// Writes down who did the operation to what.
    pub fn audit(&mut self, subject: Subject, id: Uuid, version: Option<Version>) -> Result<(), StoreError> {
        let row = self.audit_record(subject, id, version);
        diesel::insert_into(audit_records::table).values(row).execute(self.connection)?;
        Ok(())
    }

    /// Writes an event and who did the operation; on PostgreSQL in one statement, as each costs a way there and back.
    fn log_and_audit(&mut self, record: &Record, version: Version) -> Result<(), StoreError> {
        if let AnyConnection::Sqlite(_) = self.connection {
            self.log(record)?;
            return self.audit(record.subject, record.subject_id, Some(version));
        }
        let event = self.event(record);
        let pending = diesel::insert_into(feed_pending::table).values(feed_pending::event_id.eq(event.id));
        let event = diesel::insert_into(events::table).values(event);
        let audit = self.audit_record(record.subject, record.subject_id, Some(version));
        let audit = diesel::insert_into(audit_records::table).values(audit);
        let then = Also { name: "pending", first: pending, then: audit };
        With { name: "event", first: event, then }.execute(self.connection)?;
        Ok(())
    }

    fn event<'r>(&self, record: &'r Record) -> EventRow<'r> {
        let Actor { client_id, user, organisation_id } = &self.actor;
        EventRow {
            id: Key(self.new_id()),
            subject_kind: record.subject.code(),
            subject_id: Key(record.subject_id),
            sequence: record.sequence,
            version: record.version.0,
            verb: &record.verb,
            case_id: record.case_id.map(key),
            consultation_id: record.consultation_id.map(key),
            organisation_id: record.organisation_id.map(key),
            audience: record.audience,
            effective_at: Instant(record.effective_at),
            recorded_at: Instant(self.circumstances.recorded_at),
            client_id: key(*client_id),
            user_name: user.clone(),
            actor_organisation_id: key(*organisation_id),
            data: record.data.clone(),
        }
    }

    fn audit_record(&self, subject: Subject, id: Uuid, version: Option<Version>) -> AuditRow<'a> {
        let Actor { client_id, user, organisation_id } = &self.actor;
        AuditRow {
            id: Key(self.new_id()),
            recorded_at: Instant(self.circumstances.recorded_at),
            client_id: key(*client_id),
            user_name: user.clone(),
            organisation_id: key(*organisation_id),
            operation: self.circumstances.operation,
            subject_kind: subject.code(),
            subject_id: Key(id),
            version: version.map(|version| version.0),
            request_id: Key(self.circumstances.request_id),
        }
    }

    /// Notes that callers of these scopes see something else now.
    pub(crate) fn touch(&mut self, scopes: impl IntoIterator<Item = Uuid>) {
        self.touched.extend(scopes);
    }

    /// Moves the counters of what was touched: the last statements before the commit, as other writers wait for them.
    ///
    /// PostgreSQL answers a commit after a failed statement with success and rolls back; a statement before it tells, if
    /// `work` did not pass the failure on.
    pub(crate) fn finish(&mut self) -> Result<Vec<Moved>, StoreError> {
        if self.touched.is_empty() {
            self.connection.batch_execute("SELECT 1")?;
        }
        views::bump(self.connection, &self.touched)
    }
}

/// Several insertions in one statement of PostgreSQL.
#[derive(QueryId)]
struct With<A, B> {
    name: &'static str,
    first: A,
    then: B,
}

/// One more insertion of such a statement, before the last.
#[derive(QueryId)]
struct Also<A, B> {
    name: &'static str,
    first: A,
    then: B,
}

impl<A, B, C> RunQueryDsl<C> for With<A, B> {}

impl<A, B> QueryFragment<MultiBackend> for With<A, B>
where
    A: QueryFragment<MultiBackend>,
    B: QueryFragment<MultiBackend>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("WITH ");
        out.push_sql(self.name);
        out.push_sql(" AS (");
        self.first.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.then.walk_ast(out)
    }
}

impl<A, B> QueryFragment<MultiBackend> for Also<A, B>
where
    A: QueryFragment<MultiBackend>,
    B: QueryFragment<MultiBackend>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(", ");
        out.push_sql(self.name);
        out.push_sql(" AS (");
        self.first.walk_ast(out.reborrow())?;
        out.push_sql(") ");
        self.then.walk_ast(out)
    }
}
