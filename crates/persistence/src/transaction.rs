//! A unit of work, and the one door through which an aggregate changes.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use domain::audit::{Outcome, Purpose};
use domain::change::{Actor, Change, Stamp, Version};
use domain::id::{CaseId, ConsultationId, OrganisationId};
pub use domain::subject::Subject;
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::schema::{audit_pending, audit_purposes, audit_records, events, feed_pending};
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
    subject_kind: Option<String>,
    subject_id: Option<Key>,
    version: Option<i64>,
    request_id: Key,
    case_id: Option<Key>,
    roles: &'a str,
    outcome: &'static str,
    problem: Option<String>,
    purpose_hash: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_purposes)]
struct PurposeRow<'a> {
    record_id: Key,
    salt: &'a str,
    text: &'a str,
}

/// What a record of the audit trail tells beside who, when and with which operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deed {
    /// What it was about; absent when a request that was refused named nothing.
    pub subject: Option<(Subject, Uuid)>,
    /// The case that it is about or belongs to.
    pub case_id: Option<CaseId>,
    /// The version after it; absent for a reading and for what was refused.
    pub version: Option<Version>,
    /// Why it was refused: the last part of the type of the problem.
    pub refused: Option<&'static str>,
}

impl Deed {
    /// Tells of something that happened to something, or was read of it.
    pub fn of(subject: Subject, id: Uuid) -> Self {
        let case_id = (subject == Subject::Case).then(|| id.into());
        Self { subject: Some((subject, id)), case_id, ..Self::default() }
    }

    /// Says which case it belongs to.
    #[must_use]
    pub fn within(self, case: Option<CaseId>) -> Self {
        Self { case_id: case.or(self.case_id), ..self }
    }

    /// Says which version there is after it.
    #[must_use]
    pub fn at(self, version: Option<Version>) -> Self {
        Self { version, ..self }
    }
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
        self.record(&Deed::of(subject, id).at(version)).map(drop)
    }

    /// Writes a deed into the audit trail, and gives the name of its record.
    pub fn record(&mut self, deed: &Deed) -> Result<Uuid, StoreError> {
        self.record_for(deed, self.actor.organisation_id)
    }

    fn record_for(&mut self, deed: &Deed, organisation: OrganisationId) -> Result<Uuid, StoreError> {
        let row = self.audit_record(deed, organisation);
        let id = row.id;
        let unsealed = diesel::insert_into(audit_pending::table).values(audit_pending::record_id.eq(row.id));
        let audit = diesel::insert_into(audit_records::table).values(row);
        if let AnyConnection::Sqlite(_) = self.connection {
            audit.execute(self.connection)?;
            unsealed.execute(self.connection)?;
        } else {
            With { name: "audit", first: audit, then: unsealed }.execute(self.connection)?;
        }
        self.keep_purpose(id)?;
        Ok(id.0)
    }

    /// Writes several deeds into the audit trail, each in the name of an organisation.
    pub fn record_all(&mut self, deeds: &[(Deed, OrganisationId)]) -> Result<(), StoreError> {
        if let AnyConnection::Sqlite(_) = self.connection {
            let mut each = deeds.iter();
            return each.try_for_each(|(deed, organisation)| self.record_for(deed, *organisation).map(drop));
        }
        // A statement takes 65,535 values at the most.
        deeds.chunks(1_000).try_for_each(|deeds| self.record_rows(deeds))
    }

    fn record_rows(&mut self, deeds: &[(Deed, OrganisationId)]) -> Result<(), StoreError> {
        let row = |(deed, organisation): &(Deed, OrganisationId)| self.audit_record(deed, *organisation);
        let rows: Vec<_> = deeds.iter().map(row).collect();
        let unsealed: Vec<_> = rows.iter().map(|row| audit_pending::record_id.eq(row.id)).collect();
        let purposes: Vec<_> = rows.iter().filter_map(|row| self.purpose_of(row.id)).collect();
        if let AnyConnection::Postgresql(connection) = self.connection {
            diesel::insert_into(audit_records::table).values(rows).execute(connection)?;
            diesel::insert_into(audit_pending::table).values(unsealed).execute(connection)?;
            diesel::insert_into(audit_purposes::table).values(purposes).execute(connection)?;
        }
        Ok(())
    }

    /// Keeps the words of what the operation is for beside its audit record.
    fn keep_purpose(&mut self, record: Key) -> Result<(), StoreError> {
        let Some(row) = self.purpose_of(record) else { return Ok(()) };
        diesel::insert_into(audit_purposes::table).values(row).execute(self.connection)?;
        Ok(())
    }

    fn purpose_of(&self, record: Key) -> Option<PurposeRow<'a>> {
        let Purpose { text, salt, .. } = self.circumstances.purpose.as_ref()?;
        Some(PurposeRow { record_id: record, salt, text })
    }

    /// Writes an event and who did the operation; on PostgreSQL in one statement, as each costs a way there and back.
    fn log_and_audit(&mut self, record: &Record, version: Version) -> Result<(), StoreError> {
        let deed = Deed::of(record.subject, record.subject_id).within(record.case_id).at(Some(version));
        if let AnyConnection::Sqlite(_) = self.connection {
            self.log(record)?;
            return self.record(&deed).map(drop);
        }
        let event = self.event(record);
        let pending = diesel::insert_into(feed_pending::table).values(feed_pending::event_id.eq(event.id));
        let event = diesel::insert_into(events::table).values(event);
        let audit = self.audit_record(&deed, self.actor.organisation_id);
        let id = audit.id;
        let unsealed =
            diesel::insert_into(audit_pending::table).values(audit_pending::record_id.eq(audit.id));
        let audit = diesel::insert_into(audit_records::table).values(audit);
        let then = Also { name: "audit", first: audit, then: unsealed };
        let then = Also { name: "pending", first: pending, then };
        With { name: "event", first: event, then }.execute(self.connection)?;
        self.keep_purpose(id)
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

    fn audit_record(&self, deed: &Deed, organisation: OrganisationId) -> AuditRow<'a> {
        let Actor { client_id, user, .. } = &self.actor;
        let outcome = if deed.refused.is_some() { Outcome::Refused } else { Outcome::Succeeded };
        AuditRow {
            id: Key(self.new_id()),
            recorded_at: Instant(self.circumstances.recorded_at),
            client_id: key(*client_id),
            user_name: user.clone(),
            organisation_id: key(organisation),
            operation: self.circumstances.operation,
            subject_kind: deed.subject.map(|(subject, _)| subject.code().to_owned()),
            subject_id: deed.subject.map(|(_, id)| Key(id)),
            version: deed.version.map(|version| version.0),
            request_id: Key(self.circumstances.request_id),
            case_id: deed.case_id.map(key),
            roles: &self.circumstances.roles,
            outcome: outcome.code(),
            problem: deed.refused.map(str::to_owned),
            purpose_hash: self.circumstances.purpose.as_ref().map(|purpose| purpose.hash.clone()),
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
