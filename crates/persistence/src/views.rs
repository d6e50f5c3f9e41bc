//! Change counters of what callers see: what makes an unchanged poll cheap.
//!
//! Every transaction moves the counter of each scope that it touches: a consultation, an organisation, or the reference
//! data. A scope's counter has shards, so that two writers on PostgreSQL seldom wait for each other. A process keeps all
//! counters in memory: its own transactions teach it at once, those of others are read several times a second.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer};
use uuid::Uuid;

use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::schema::view_versions;
use crate::store::Scopes;
use crate::types::{Key, SqlKey};

/// The scope of organisations, consultations, areas, terms, closure days and clients.
pub const REFERENCE_DATA: Uuid = Uuid::nil();

/// The scope of all presence records: who sees them follows from their area, and they are few.
pub const PRESENCE: Uuid = Uuid::from_u128(1);

/// The scope of all webhook subscriptions with their deliveries: what is delivered changes nothing that others poll.
pub const WEBHOOKS: Uuid = Uuid::from_u128(2);

/// How many shards a counter has.
const SHARDS: i32 = 16;

/// How old the counters may be before a caller has to look for itself.
pub const FRESH: Duration = Duration::from_secs(1);

/// One counter that a transaction moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = view_versions)]
pub(crate) struct Moved {
    scope_id: Key,
    shard: i32,
    version: i64,
}

/// The counters as this process knows them.
#[derive(Debug)]
pub struct Views {
    counters: RwLock<HashMap<Uuid, HashMap<i32, i64>>>,
    started: Instant,
    /// How often one of them was found moved.
    moved: AtomicU64,
    /// When the counters were last read, in milliseconds since `started`, plus one; 0 for never.
    read_at: AtomicU64,
}

impl Default for Views {
    fn default() -> Self {
        Self {
            counters: RwLock::default(),
            started: Instant::now(),
            moved: AtomicU64::new(0),
            read_at: AtomicU64::new(0),
        }
    }
}

impl Views {
    /// Tells whether the counters were read less than a second ago.
    pub fn are_fresh(&self) -> bool {
        let read_at = self.read_at.load(Ordering::Acquire);
        let age = self.now().saturating_sub(read_at);
        read_at > 0 && u128::from(age) < FRESH.as_millis()
    }

    /// Gives a fingerprint of the counters of some scopes: equal as long as nothing changed in any of them, and equal
    /// on every replica.
    ///
    /// It is taken before what it stands for is read: then it may be older than that, and the next poll reads once too
    /// often, but it is never newer, which would hide a change for ever.
    pub fn fingerprint(&self, scopes: impl IntoIterator<Item = Uuid>) -> u64 {
        let mut hasher = DefaultHasher::new();
        let counters = self.counters.read().unwrap_or_else(PoisonError::into_inner);
        for scope in scopes {
            scope.hash(&mut hasher);
            // Counters only grow, so their sum tells every change.
            let sum: i64 = counters.get(&scope).map_or(0, |shards| shards.values().sum());
            sum.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Gives a number that grows whenever a counter is found moved, in this process.
    pub fn moved(&self) -> u64 {
        self.moved.load(Ordering::Acquire)
    }

    pub(crate) fn learn(&self, moved: &[Moved]) {
        let mut counters = self.counters.write().unwrap_or_else(PoisonError::into_inner);
        let mut is_news = false;
        for Moved { scope_id, shard, version } in moved {
            let known = counters.entry(scope_id.0).or_default().entry(*shard).or_default();
            is_news |= *known < *version;
            *known = (*known).max(*version);
        }
        if is_news {
            self.moved.fetch_add(1, Ordering::AcqRel);
        }
    }

    pub(crate) fn refresh(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        let asked_at = self.now();
        let all: Vec<Moved> = view_versions::table
            .select((view_versions::scope_id, view_versions::shard, view_versions::version))
            .load(connection)?;
        self.learn(&all);
        self.read_at.fetch_max(asked_at, Ordering::AcqRel);
        Ok(())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

/// Moves the counters of the scopes, in their order so that two writers never wait for each other in a circle.
pub(crate) fn bump(connection: &mut AnyConnection, scopes: &Scopes) -> Result<Vec<Moved>, StoreError> {
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let shard = shard_of_this_thread();
    let bump = Bump { scopes: scopes.iter().map(|scope| Key(*scope)).collect(), shard };
    Ok(bump.load::<Moved>(connection)?)
}

fn shard_of_this_thread() -> i32 {
    let mut hasher = DefaultHasher::new();
    std::thread::current().id().hash(&mut hasher);
    std::process::id().hash(&mut hasher);
    i32::try_from(hasher.finish() % u64::from(SHARDS.unsigned_abs())).unwrap_or(0)
}

/// `INSERT … ON CONFLICT DO UPDATE … RETURNING`, which Diesel does not offer for two backends but both understand.
struct Bump {
    scopes: Vec<Key>,
    shard: i32,
}

impl QueryId for Bump {
    type QueryId = ();
    // The text depends on the number of scopes.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Bump {
    type SqlType = (SqlKey, Integer, BigInt);
}

impl<C> RunQueryDsl<C> for Bump {}

impl QueryFragment<MultiBackend> for Bump {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("INSERT INTO view_versions (scope_id, shard, version) VALUES ");
        for (position, scope) in self.scopes.iter().enumerate() {
            out.push_sql(if position == 0 { "(" } else { ", (" });
            out.push_bind_param::<SqlKey, _>(scope)?;
            out.push_sql(", ");
            out.push_bind_param::<Integer, _>(&self.shard)?;
            out.push_sql(", 1)");
        }
        out.push_sql(
            " ON CONFLICT (scope_id, shard) DO UPDATE SET version = view_versions.version + 1 \
             RETURNING scope_id, shard, version",
        );
        Ok(())
    }
}
