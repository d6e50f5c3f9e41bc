//! Giving positions: a batch of events that were committed, in one transaction of whoever holds the lease.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use diesel::prelude::*;
use domain::subject::Subject;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::audiences::{self, Thing};
use super::{Row, SPAN, span};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::leases;
use crate::reference_cache::ReferenceData;
use crate::row::code;
use crate::schema::{events, feed_audiences, feed_entries, feed_notices, feed_pending, feed_span};
use crate::transaction::Transaction;
use crate::types::{Instant, Json, Key};

/// The name of the lease.
const LEASE: &str = "feed";

/// What appears to a reader of a thing without anything having happened to it.
const APPEAR: &str = "appear";

/// What disappears from a reader's view.
const DISAPPEAR: &str = "disappear";

/// The kinds of things that go with a case when another consultation leads it.
const OF_A_CASE: [Subject; 5] =
    [Subject::Case, Subject::CaseNote, Subject::CaseContact, Subject::FollowUpRequest, Subject::Action];

/// What a batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sequenced {
    /// Whether the lease was held; nothing is done without it.
    pub held: bool,
    /// How many events got their position.
    pub events: usize,
    /// When the first of them was recorded.
    pub oldest: Option<Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct Pending {
    id: Key,
    subject_kind: String,
    subject_id: Key,
    sequence: i64,
    version: i64,
    verb: String,
    case_id: Option<Key>,
    consultation_id: Option<Key>,
    organisation_id: Option<Key>,
    effective_at: Instant,
    recorded_at: Instant,
    data: Json,
}

/// What an event tells beside its columns.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    state: Option<String>,
    meeting_id: Option<Uuid>,
}

/// Gives positions to at most `size` events that have none, and then to what their readers have to know besides.
///
/// `holder` must not be used by two processes. The events of one thing keep their order.
pub fn sequence(
    transaction: &mut Transaction<'_>,
    reference: &ReferenceData,
    holder: Uuid,
    term: Duration,
    size: i64,
) -> Result<Sequenced, StoreError> {
    if !leases::hold(transaction.connection(), LEASE, holder, term)? {
        return Ok(Sequenced::default());
    }
    let pending = take(transaction.connection(), size)?;
    let sequenced = Sequenced {
        held: true,
        events: pending.len(),
        oldest: pending.iter().map(|event| event.recorded_at.0).min(),
    };
    if !pending.is_empty() {
        let mut things = pending.iter().map(thing).collect::<Result<Vec<_>, _>>()?;
        let moved = beside(transaction.connection(), &pending)?;
        things.extend(moved.iter().map(|(thing, _)| *thing));
        let now_told = audiences::of(transaction.connection(), reference, &things)?;
        let known = audiences::known(transaction.connection(), &things)?;
        let last = span(transaction.connection())?.last;
        let mut batch = Batch::new(last, transaction.now(), known);
        for event in &pending {
            let audience = now_told.get(&event.subject_id.0).map(|audience| &audience.0);
            batch.tell(event, audience.unwrap_or(&BTreeSet::new()), || transaction.new_id())?;
        }
        for (thing, event) in &moved {
            let audience = now_told.get(&thing.id).map(|audience| &audience.0);
            batch.move_to(event, audience.unwrap_or(&BTreeSet::new()), || transaction.new_id())?;
        }
        batch.write(transaction)?;
        forget_pending(transaction.connection(), &pending)?;
    }
    Ok(sequenced)
}

/// Forgets what was given its position before a moment, at most `size` of it; tells whether more is left.
pub fn prune(
    transaction: &mut Transaction<'_>,
    holder: Uuid,
    term: Duration,
    before: Timestamp,
    size: i64,
) -> Result<bool, StoreError> {
    let connection = transaction.connection();
    if !leases::hold(connection, LEASE, holder, term)? {
        return Ok(false);
    }
    let old: Vec<(i64, Instant)> = feed_notices::table
        .order(feed_notices::position)
        .limit(size)
        .select((feed_notices::position, feed_notices::positioned_at))
        .load(connection)?;
    let is_full = i64::try_from(old.len()).unwrap_or(i64::MAX) >= size;
    let old: Vec<i64> =
        old.into_iter().take_while(|(_, at)| at.0 < before).map(|(position, _)| position).collect();
    let Some(last) = old.last().copied() else { return Ok(false) };
    diesel::delete(feed_entries::table.filter(feed_entries::position.le(last))).execute(connection)?;
    diesel::delete(feed_notices::table.filter(feed_notices::position.le(last))).execute(connection)?;
    diesel::update(feed_span::table.find(SPAN))
        .set(feed_span::first_position.eq(last + 1))
        .execute(connection)?;
    Ok(is_full && i64::try_from(old.len()).unwrap_or(i64::MAX) >= size)
}

fn thing(event: &Pending) -> Result<Thing, StoreError> {
    Ok(Thing {
        kind: code("events", "subject_kind", event.id.0, &event.subject_kind, Subject::from_code)?,
        id: event.subject_id.0,
        consultation: event.consultation_id.map(|key| key.0.into()),
        organisation: event.organisation_id.map(|key| key.0.into()),
    })
}

/// Takes the first events that have no position, with all earlier ones about the same things: of what is committed, nothing
/// that came before is missing then.
fn take(connection: &mut AnyConnection, size: i64) -> Result<Vec<Pending>, StoreError> {
    let waiting = || feed_pending::table.inner_join(events::table.on(events::id.eq(feed_pending::event_id)));
    let mut taken: Vec<Pending> =
        waiting().order(feed_pending::event_id).limit(size).select(Pending::as_select()).load(connection)?;
    if i64::try_from(taken.len()).unwrap_or(i64::MAX) >= size {
        let ids: HashSet<Uuid> = taken.iter().map(|event| event.id.0).collect();
        let subjects: BTreeSet<Uuid> = taken.iter().map(|event| event.subject_id.0).collect();
        let subjects: Vec<Key> = subjects.into_iter().map(Key).collect();
        let others: Vec<Pending> = waiting()
            .filter(events::subject_id.eq_any(subjects))
            .select(Pending::as_select())
            .load(connection)?;
        taken.extend(others.into_iter().filter(|event| !ids.contains(&event.id.0)));
    }
    taken.sort_by_key(|event| (event.recorded_at, event.id));
    Ok(in_sequence(taken))
}

/// Puts the events of each thing in the order of their sequence, in the places that they hold together: ids and times come
/// from several processes, whose clocks differ.
fn in_sequence(events: Vec<Pending>) -> Vec<Pending> {
    let places: Vec<Uuid> = events.iter().map(|event| event.subject_id.0).collect();
    let mut by_subject: HashMap<Uuid, BTreeMap<i64, Pending>> = HashMap::new();
    for event in events {
        by_subject.entry(event.subject_id.0).or_default().insert(event.sequence, event);
    }
    let next = |subject: Uuid| by_subject.get_mut(&subject).and_then(BTreeMap::pop_first);
    places.into_iter().map_while(next).map(|(_, event)| event).collect()
}

/// Finds what else is seen by others once some of the events took effect, with the last event of each.
fn beside(connection: &mut AnyConnection, pending: &[Pending]) -> Result<Vec<(Thing, Pending)>, StoreError> {
    let moves =
        |event: &&Pending| Subject::from_code(&event.subject_kind).is_some_and(audiences::moves_the_lead);
    let cases: BTreeSet<Key> = pending.iter().filter(moves).filter_map(|event| event.case_id).collect();
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<Pending> = events::table
        .filter(events::case_id.eq_any(cases.into_iter().collect::<Vec<_>>()))
        .filter(events::subject_kind.eq_any(OF_A_CASE.map(Subject::code)))
        .select(Pending::as_select())
        .load(connection)?;
    let mut last: BTreeMap<Uuid, Pending> = BTreeMap::new();
    for event in all {
        match last.get(&event.subject_id.0) {
            Some(known) if known.sequence >= event.sequence => {}
            _ => {
                last.insert(event.subject_id.0, event);
            }
        }
    }
    last.into_values().map(|event| Ok((thing(&event)?, event))).collect()
}

/// What a batch writes.
struct Batch {
    last: i64,
    now: Timestamp,
    known: HashMap<Uuid, BTreeSet<Uuid>>,
    notices: Vec<Row>,
    entries: Vec<(Key, i64, Key)>,
    gained: Vec<(Key, Key)>,
    lost: Vec<(Key, Key)>,
    channels: BTreeSet<Uuid>,
}

impl Batch {
    fn new(last: i64, now: Timestamp, known: HashMap<Uuid, BTreeSet<Uuid>>) -> Self {
        Self {
            last,
            now,
            known,
            notices: Vec::new(),
            entries: Vec::new(),
            gained: Vec::new(),
            lost: Vec::new(),
            channels: BTreeSet::new(),
        }
    }

    /// Tells an event to whoever sees the thing now, and whoever saw it and does not any more that it is gone.
    fn tell(
        &mut self,
        event: &Pending,
        audience: &BTreeSet<Uuid>,
        id: impl Fn() -> Uuid,
    ) -> Result<(), StoreError> {
        let (_, lost) = self.change(event.subject_id, audience);
        self.say_gone(event, &lost, &id);
        if !audience.is_empty() {
            let notice = self.notice(event, &event.verb, event.id.0)?;
            self.say(notice, audience);
        }
        Ok(())
    }

    /// Tells whoever sees a thing from now on, or does not any more, though nothing happened to it.
    fn move_to(
        &mut self,
        event: &Pending,
        audience: &BTreeSet<Uuid>,
        id: impl Fn() -> Uuid,
    ) -> Result<(), StoreError> {
        let (gained, lost) = self.change(event.subject_id, audience);
        self.say_gone(event, &lost, &id);
        if !gained.is_empty() {
            let notice = self.notice(event, APPEAR, id())?;
            self.say(notice, &gained);
        }
        Ok(())
    }

    /// Notes who sees a thing from now on; gives who came and who went.
    fn change(&mut self, subject: Key, audience: &BTreeSet<Uuid>) -> (BTreeSet<Uuid>, BTreeSet<Uuid>) {
        let known = self.known.entry(subject.0).or_default();
        let gained: BTreeSet<Uuid> = audience.difference(known).copied().collect();
        let lost: BTreeSet<Uuid> = known.difference(audience).copied().collect();
        known.clone_from(audience);
        self.gained.extend(gained.iter().map(|channel| (subject, Key(*channel))));
        self.lost.extend(lost.iter().map(|channel| (subject, Key(*channel))));
        (gained, lost)
    }

    fn say_gone(&mut self, event: &Pending, lost: &BTreeSet<Uuid>, id: impl Fn() -> Uuid) {
        if lost.is_empty() {
            return;
        }
        let notice = Row {
            position: 0,
            id: Key(id()),
            subject_kind: event.subject_kind.clone(),
            subject_id: event.subject_id,
            verb: DISAPPEAR.to_owned(),
            version: None,
            sequence: None,
            state: None,
            parent_id: None,
            effective_at: Instant(self.now),
            recorded_at: Instant(self.now),
            positioned_at: Instant(self.now),
        };
        self.say(notice, lost);
    }

    fn notice(&self, event: &Pending, verb: &str, id: Uuid) -> Result<Row, StoreError> {
        let told: Told = event.data.read("events", "data", event.id.0)?;
        let parent_id = match Subject::from_code(&event.subject_kind) {
            Some(Subject::CaseNote | Subject::CaseContact) => event.case_id,
            Some(Subject::AgendaItem | Subject::Report | Subject::ReportComment) => told.meeting_id.map(Key),
            _ => None,
        };
        let happened = verb == event.verb;
        Ok(Row {
            position: 0,
            id: Key(id),
            subject_kind: event.subject_kind.clone(),
            subject_id: event.subject_id,
            verb: verb.to_owned(),
            version: Some(event.version),
            sequence: Some(event.sequence),
            state: told.state,
            parent_id,
            effective_at: if happened { event.effective_at } else { Instant(self.now) },
            recorded_at: if happened { event.recorded_at } else { Instant(self.now) },
            positioned_at: Instant(self.now),
        })
    }

    fn say(&mut self, notice: Row, channels: &BTreeSet<Uuid>) {
        self.last += 1;
        let entries = channels.iter().map(|channel| (Key(*channel), self.last, notice.subject_id));
        self.entries.extend(entries);
        self.notices.push(Row { position: self.last, ..notice });
        self.channels.extend(channels);
    }

    fn write(self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let connection = transaction.connection();
        // What was told in a channel of a thing that is not seen there any more is forgotten; that it is gone comes after.
        let mut gone: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
        for (subject, channel) in self.lost {
            gone.entry(channel).or_default().push(subject);
        }
        for (channel, subjects) in gone {
            let told = feed_entries::table
                .filter(feed_entries::channel_id.eq(channel))
                .filter(feed_entries::subject_id.eq_any(subjects.clone()));
            diesel::delete(told).execute(connection)?;
            let known = feed_audiences::table
                .filter(feed_audiences::channel_id.eq(channel))
                .filter(feed_audiences::subject_id.eq_any(subjects));
            diesel::delete(known).execute(connection)?;
        }
        insert(connection, self.notices, &self.entries, &self.gained)?;
        diesel::update(feed_span::table.find(SPAN))
            .set(feed_span::last_position.eq(self.last))
            .execute(connection)?;
        transaction.touch(self.channels);
        Ok(())
    }
}

/// Inserts what a batch tells: on PostgreSQL in few statements, as each costs a way there and back.
fn insert(
    connection: &mut AnyConnection,
    notices: Vec<Row>,
    entries: &[(Key, i64, Key)],
    gained: &[(Key, Key)],
) -> Result<(), StoreError> {
    use feed_audiences as a;
    use feed_entries as e;
    let entry = |(channel, position, subject): &(Key, i64, Key)| {
        (e::channel_id.eq(*channel), e::position.eq(*position), e::subject_id.eq(*subject))
    };
    let audience = |(subject, channel): &(Key, Key)| (a::subject_id.eq(*subject), a::channel_id.eq(*channel));
    match connection {
        AnyConnection::Postgresql(connection) => {
            let mut notices = notices.into_iter().peekable();
            while notices.peek().is_some() {
                let some: Vec<Row> = notices.by_ref().take(1000).collect();
                diesel::insert_into(feed_notices::table).values(some).execute(connection)?;
            }
            for some in entries.chunks(5000) {
                let some: Vec<_> = some.iter().map(entry).collect();
                diesel::insert_into(e::table).values(some).execute(connection)?;
            }
            for some in gained.chunks(5000) {
                let some: Vec<_> = some.iter().map(audience).collect();
                diesel::insert_into(a::table).values(some).execute(connection)?;
            }
        }
        AnyConnection::Sqlite(connection) => {
            for notice in notices {
                diesel::insert_into(feed_notices::table).values(notice).execute(connection)?;
            }
            for row in entries {
                diesel::insert_into(e::table).values(entry(row)).execute(connection)?;
            }
            for row in gained {
                diesel::insert_into(a::table).values(audience(row)).execute(connection)?;
            }
        }
    }
    Ok(())
}

fn forget_pending(connection: &mut AnyConnection, pending: &[Pending]) -> Result<(), StoreError> {
    let ids: Vec<Key> = pending.iter().map(|event| event.id).collect();
    for ids in ids.chunks(10_000) {
        diesel::delete(feed_pending::table.filter(feed_pending::event_id.eq_any(ids.to_vec())))
            .execute(connection)?;
    }
    Ok(())
}
