//! The store: one way to read, one way to write.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use domain::change::Actor;
use jiff::Timestamp;
use uuid::Uuid;

use crate::connection::{AnyConnection, Backend, Connector, DatabaseUrl, PoolSizes, Pools};
use crate::error::StoreError;
use crate::migrate;
use crate::patience::{Advice, Patience, Setback};
use crate::pool::{Connect as _, Fate, Pool};
use crate::transaction::Transaction;
use crate::views::Views;

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
    url: DatabaseUrl,
}

impl Store {
    /// Prepares the pools; the first use connects.
    pub fn open(url: &DatabaseUrl, sizes: PoolSizes) -> Self {
        Self { pools: Pools::new(url, sizes), views: Arc::new(Views::default()), url: url.clone() }
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

    /// Checks that the database answers and that its schema is the one of this program.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(migrate::check)
    }

    /// Reads with single statements, each seeing what is committed when it runs.
    ///
    /// `work` is called anew when the connection turns out to have died while it lay idle.
    pub fn read<T, E: Failure>(&self, work: impl FnMut(&mut AnyConnection) -> Result<T, E>) -> Result<T, E> {
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
        let started = Instant::now();
        let mut patience = Patience::default();
        loop {
            self.pools.follow_the_file();
            let (attempt, used) = self.pools.writers.lend(|connection, used| {
                let attempt = self.attempt(connection, circumstances, &mut work);
                let fate = attempt.fate;
                ((attempt, used), fate)
            })?;
            let Attempt { outcome, commit_sent, .. } = attempt;
            let error = match outcome {
                Ok(value) => return Ok(value),
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

    fn attempt<T, E: Failure>(
        &self,
        connection: &mut AnyConnection,
        circumstances: &Circumstances,
        work: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Attempt<T, E> {
        let begin = match self.backend() {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgresql => "BEGIN",
        };
        if let Err(error) = execute(connection, begin) {
            // Nothing began; a writer that is waited for in vain leaves the connection as it was.
            let fate = if matches!(error, StoreError::Busy) { Fate::Keep } else { Fate::Close };
            return Attempt { outcome: Err(error.into()), commit_sent: false, fate };
        }
        let mut transaction = Transaction::new(connection, circumstances);
        let outcome = work(&mut transaction).and_then(|value| {
            let bumped = transaction.finish()?;
            Ok((value, bumped))
        });
        match outcome {
            Ok((value, bumped)) => match execute(connection, "COMMIT") {
                Ok(()) => {
                    self.views.learn(&bumped);
                    Attempt { outcome: Ok(value), commit_sent: true, fate: Fate::Keep }
                }
                // Closed, as the transaction may still be open.
                Err(error) => Attempt { outcome: Err(error.into()), commit_sent: true, fate: Fate::Close },
            },
            Err(error) => {
                let fate = match execute(connection, "ROLLBACK") {
                    Ok(()) => Fate::Keep,
                    Err(_) => Fate::Close,
                };
                Attempt { outcome: Err(error), commit_sent: false, fate }
            }
        }
    }

    /// Writes with one bare statement, for measurements.
    #[cfg(feature = "floor")]
    pub fn write_plainly<T>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.pools.writers.lend(|connection, _| (work(connection), Fate::Keep))?
    }

    /// Does a single statement beside a running unit of work; it may be done twice, and on PostgreSQL it does not wait
    /// for the disk.
    pub(crate) fn aside<T>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read_on(&self.pools, &self.pools.aside, work)
    }

    /// Gives the change counters of what callers see.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Reads the change counters anew, when another process may have moved them.
    pub fn refresh_views(&self) -> Result<(), StoreError> {
        self.read(|connection| self.views.refresh(connection))
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
struct Attempt<T, E> {
    outcome: Result<T, E>,
    commit_sent: bool,
    fate: Fate,
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

fn execute(connection: &mut AnyConnection, sql: &str) -> Result<(), StoreError> {
    Ok(connection.batch_execute(sql)?)
}

/// The scopes whose counters a unit of work moves.
pub(crate) type Scopes = BTreeSet<Uuid>;
