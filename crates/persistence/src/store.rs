//! The store: one way to read, one way to write.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use domain::audit::Purpose;
use domain::change::Actor;
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::{AnyConnection, Backend, Connector, DatabaseUrl, PoolSizes, Pools, Writers};
use crate::error::StoreError;
use crate::patience::{Advice, Patience, Setback};
use crate::pool::{Connect as _, Fate, Pool};
use crate::transaction::Transaction;
use crate::views::{Moved, Views};
use crate::{convoy, migrate};

/// A failure of a unit of work: of the store, or a refusal of the caller's own.
pub trait Failure: From<StoreError> {
    /// Gives the failure of the store behind it, if it is one.
    fn store(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Gives new ids, in the order in which they are asked for.
pub trait NewIds: Send + Sync {
    /// Gives a new id.
    fn next(&self) -> Uuid;
}

/// Under which circumstances a unit of work runs: read once per request and passed down.
#[derive(Clone)]
pub struct Circumstances {
    /// The moment at which it takes effect.
    pub at: Timestamp,
    /// The moment at which it is recorded; the same but for a catching-up job.
    pub recorded_at: Timestamp,
    /// Who acts.
    pub actor: Actor,
    /// The roles in which it acts: their codes in alphabetical order, with commas between them.
    pub roles: String,
    /// What it is done for, where that is asked.
    pub purpose: Option<Purpose>,
    /// The operation, as in the contract.
    pub operation: &'static str,
    /// The request that it belongs to.
    pub request_id: Uuid,
    /// Where new ids come from.
    pub ids: Arc<dyn NewIds>,
}

/// The database, with everything that a process keeps about it.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    views: Arc<Views>,
    uses: Arc<AtomicU64>,
    url: DatabaseUrl,
}

impl Store {
    /// Prepares the pools; the first use connects.
    pub fn open(url: &DatabaseUrl, sizes: PoolSizes) -> Self {
        Self {
            pools: Pools::new(url, sizes),
            views: Arc::new(Views::default()),
            uses: Arc::default(),
            url: url.clone(),
        }
    }

    /// Tells which database it is.
    pub const fn backend(&self) -> Backend {
        self.pools.backend
    }

    /// Brings the schema up to date; several replicas may do so at once.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        // The connection is closed afterwards: it has other limits and may hold a lock.
        migrate::up(&mut self.pools.migrator.connect()?)
    }

    /// Gives a role of PostgreSQL what the server needs; it cannot change or remove what stands in the audit trail.
    ///
    /// Needs the owner of the schema. Fails on SQLite, which has no roles.
    pub fn grant_to(&self, role: &str) -> Result<(), StoreError> {
        migrate::grant(&mut self.pools.migrator.connect()?, role)
    }

    /// Checks that the database answers and that its schema is the one of this program.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(migrate::check)
    }

    /// Reads with single statements, each seeing what is committed when it runs.
    ///
    /// `work` is called anew when the connection turns out to have died while it lay idle.
    pub fn read<T, E: Failure>(&self, work: impl FnMut(&mut AnyConnection) -> Result<T, E>) -> Result<T, E> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        read_on(&self.pools, &self.pools.readers, work)
    }

    /// Reads with several statements that see one state of the database.
    ///
    /// `work` is called anew when the connection turns out to have died while it lay idle.
    pub fn snapshot<T, E: Failure>(
        &self,
        mut work: impl FnMut(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let begin = match self.backend() {
            Backend::Sqlite => "BEGIN",
            Backend::Postgresql => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        self.uses.fetch_add(1, Ordering::Relaxed);
        read_on(&self.pools, &self.pools.readers, |connection| {
            execute(connection, begin)?;
            let outcome = work(connection);
            execute(connection, "COMMIT")?;
            outcome
        })
    }

    /// Does a unit of work in one transaction: all of it, or nothing.
    ///
    /// It is tried again when another writer was in the way, changed a row or took a unique value first, and when the
    /// connection broke before the commit, so `work` must give the same result when called anew on the same rows. When
    /// the connection breaks during the commit, nobody knows whether it took effect: that is
    /// [`StoreError::Unavailable`], and the caller's idempotency key tells.
    pub fn write<T, E: Failure>(
        &self,
        circumstances: &Circumstances,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let mut patience = Patience::default();
        loop {
            self.pools.follow_the_file();
            let Attempt { outcome, commit_sent, used } = match &self.pools.writers {
                Writers::Sqlite(pool) => convoy::travel(pool, circumstances, &mut work)?,
                Writers::Postgresql { pool, .. } => attempt(pool, circumstances, &mut work)?,
            };
            let error = match outcome {
                Ok((value, moved)) => {
                    self.views.learn(&moved);
                    return Ok(value);
                }
                Err(error) => error,
            };
            let advice = error.store().map_or(Advice::GiveUp, |error| {
                patience.advise(Setback { error, used, commit_sent, elapsed: started.elapsed() })
            });
            match advice {
                Advice::GiveUp => return Err(error),
                Advice::Again(wait) => thread::sleep(wait),
                Advice::Reconnect => self.pools.writers.renew(),
            }
        }
    }

    /// Writes with one bare statement, for measurements.
    #[cfg(feature = "floor")]
    pub fn write_plainly<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.pools.writers.alone(Fate::Keep, work)
    }

    /// Does a single statement beside a running unit of work, without waiting for the disk; it may be done twice. None
    /// where there is one writer, beside which nothing is written.
    pub(crate) fn aside<T>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match &self.pools.writers {
            Writers::Sqlite(_) => Ok(None),
            Writers::Postgresql { aside, .. } => read_on(&self.pools, aside, work).map(Some),
        }
    }

    /// Gives the change counters of what callers see.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Counts the readings and units of work so far; looking at the change counters is none.
    pub fn uses(&self) -> u64 {
        self.uses.load(Ordering::Relaxed)
    }

    /// Reads the change counters anew, when another process may have moved them.
    pub fn refresh_views(&self) -> Result<(), StoreError> {
        read_on(&self.pools, &self.pools.readers, |connection| self.views.refresh(connection))
    }

    /// Keeps the change counters fresh from a thread of its own, until the store is dropped.
    pub fn watch(&self, every: Duration) -> std::io::Result<()> {
        let views = Arc::downgrade(&self.views);
        let pools = self.pools.clone();
        thread::Builder::new().name("views".to_owned()).spawn(move || {
            while let Some(views) = views.upgrade() {
                if let Err(error) = read_on(&pools, &pools.readers, |connection| views.refresh(connection)) {
                    tracing::warn!(%error, "the change counters cannot be read");
                }
                drop(views);
                thread::sleep(every);
            }
        })?;
        Ok(())
    }

    /// Tells where the data lives.
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }
}

/// How one attempt at a unit of work went.
pub(crate) struct Attempt<T, E> {
    /// What it came to, with the counters that it moved.
    pub(crate) outcome: Result<(T, Vec<Moved>), E>,
    /// Whether the commit was sent.
    pub(crate) commit_sent: bool,
    /// Whether the connection had been used before.
    pub(crate) used: bool,
}

/// Does a unit of work in a transaction of its own.
fn attempt<T, E: Failure>(
    pool: &Pool<Connector>,
    circumstances: &Circumstances,
    work: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
) -> Result<Attempt<T, E>, StoreError> {
    pool.lend(|connection, used| {
        let failed = |error: E, commit_sent| Attempt { outcome: Err(error), commit_sent, used };
        if let Err(error) = execute(connection, "BEGIN") {
            return (failed(error.into(), false), Fate::Close);
        }
        let mut transaction = Transaction::new(connection, circumstances);
        let outcome = work(&mut transaction).and_then(|value| Ok((value, transaction.finish()?)));
        match outcome {
            Ok(done) => match execute(connection, "COMMIT") {
                Ok(()) => (Attempt { outcome: Ok(done), commit_sent: true, used }, Fate::Keep),
                // Closed, as the transaction may still be open.
                Err(error) => (failed(error.into(), true), Fate::Close),
            },
            Err(error) => {
                let fate = if execute(connection, "ROLLBACK").is_ok() { Fate::Keep } else { Fate::Close };
                (failed(error, false), fate)
            }
        }
    })
}

/// Runs work that may be done twice on a connection of a pool.
fn read_on<T, E: Failure>(
    pools: &Pools,
    pool: &Pool<Connector>,
    mut work: impl FnMut(&mut AnyConnection) -> Result<T, E>,
) -> Result<T, E> {
    let started = Instant::now();
    let mut patience = Patience::default();
    loop {
        pools.follow_the_file();
        let (outcome, used) = pool.lend(|connection, used| {
            let outcome = work(connection);
            let fate = match outcome.as_ref().err().and_then(Failure::store) {
                Some(StoreError::Unavailable(_) | StoreError::Failed(_)) => Fate::Close,
                _ => Fate::Keep,
            };
            ((outcome, used), fate)
        })?;
        let advice = outcome.as_ref().err().and_then(Failure::store).map(|error| {
            patience.advise(Setback { error, used, commit_sent: false, elapsed: started.elapsed() })
        });
        match advice {
            None | Some(Advice::GiveUp) => return outcome,
            Some(Advice::Again(wait)) => thread::sleep(wait),
            Some(Advice::Reconnect) => pool.renew(),
        }
    }
}

pub(crate) fn execute(connection: &mut AnyConnection, sql: &str) -> Result<(), StoreError> {
    Ok(connection.batch_execute(sql)?)
}

/// The scopes whose counters a unit of work moves.
pub(crate) type Scopes = BTreeSet<Uuid>;
