//! Units of work on SQLite that travel together: one transaction, and one wait for the disk, for all that queue up while
//! the one before is written.
//!
//! SQLite has one writer, and waiting until a commit is on the disk takes it longer than the work itself. So whoever is
//! done hands the open transaction on to the next in the queue; the last one, or the one with which it is enough,
//! commits for all. Each unit of work has a savepoint of its own, and nobody is answered before the commit: a unit that
//! decided on what another one had written is undone with it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::connection::{AnyConnection, Connector};
use crate::error::StoreError;
use crate::pool::{Connect, Fate, Leave, Pool};
use crate::store::{Attempt, Circumstances, Failure, execute};
use crate::transaction::Transaction;
use crate::views::Moved;

/// How many units of work travel together at the most.
const MOST: u32 = 64;

/// How long the first one waits for the others at the most.
const LONGEST: Duration = Duration::from_millis(20);

/// The connection that writes, with the transaction that is open on it.
pub(crate) struct Writer {
    // Closed, which undoes the transaction, before its members are told.
    connection: AnyConnection,
    open: Option<Convoy>,
}

/// Opens the connection that writes.
pub(crate) struct WriterConnector(pub(crate) Connector);

impl Connect for WriterConnector {
    type Connection = Writer;

    fn connect(&self) -> Result<Writer, StoreError> {
        Ok(Writer { connection: self.0.connect()?, open: None })
    }
}

/// An open transaction with its members.
struct Convoy {
    arrival: Arc<Arrival>,
    members: u32,
    since: Instant,
}

impl Drop for Convoy {
    fn drop(&mut self) {
        self.arrival.tell(Outcome::Undone);
    }
}

/// What became of a transaction, for its members to wait for.
#[derive(Default)]
struct Arrival {
    outcome: Mutex<Option<Outcome>>,
    told: Condvar,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Committed,
    /// It was rolled back through the fault of another.
    Undone,
    /// Nobody knows.
    Unknown(String),
}

impl Arrival {
    /// Tells the outcome; the first one counts.
    fn tell(&self, outcome: Outcome) {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(outcome);
        self.told.notify_all();
    }

    /// Waits until the transaction has ended.
    fn wait(&self) -> Result<(), StoreError> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*outcome {
                Some(Outcome::Committed) => return Ok(()),
                Some(Outcome::Undone) => return Err(StoreError::Busy),
                Some(Outcome::Unknown(reason)) => return Err(StoreError::Unavailable(reason.clone())),
                None => outcome = self.told.wait(outcome).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// A unit of work that is done and waits for its commit.
struct Aboard<T, E> {
    outcome: Result<(T, Vec<Moved>), E>,
    arrival: Arc<Arrival>,
}

/// Does a unit of work together with those that queue up with it.
pub(crate) fn travel<T, E: Failure>(
    pool: &Pool<WriterConnector>,
    circumstances: &Circumstances,
    work: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
) -> Result<Attempt<T, E>, StoreError> {
    let (aboard, used) = pool.lend_in_turn(
        |writer, used| {
            let (aboard, leave) = writer.take_aboard(circumstances, work);
            ((aboard, used), leave)
        },
        Writer::commit,
    )?;
    Ok(match aboard {
        // A refusal waits too, as it may rest on what others wrote in the same transaction.
        Ok(Aboard { outcome, arrival }) => {
            let outcome = arrival.wait().map_err(E::from).and(outcome);
            Attempt { outcome, commit_sent: true, used }
        }
        Err(error) => Attempt { outcome: Err(error), commit_sent: false, used },
    })
}

impl Writer {
    /// Does a unit of work in the open transaction, or in a new one.
    fn take_aboard<T, E: Failure>(
        &mut self,
        circumstances: &Circumstances,
        work: &mut impl FnMut(&mut Transaction<'_>) -> Result<T, E>,
    ) -> (Result<Aboard<T, E>, E>, Leave) {
        let mut convoy = match self.open.take() {
            Some(convoy) => convoy,
            None => match execute(&mut self.connection, "BEGIN IMMEDIATE") {
                Ok(()) => Convoy { arrival: Arc::default(), members: 0, since: Instant::now() },
                // Nothing began; a writer that is waited for in vain leaves the connection as it was.
                Err(error @ StoreError::Busy) => return (Err(error.into()), Leave::Enough),
                Err(error) => return (Err(error.into()), Leave::Broken),
            },
        };
        let outcome = execute(&mut self.connection, "SAVEPOINT unit").map_err(E::from).and_then(|()| {
            let mut transaction = Transaction::new(&mut self.connection, circumstances);
            let value = work(&mut transaction)?;
            Ok((value, transaction.finish()?))
        });
        let end = if outcome.is_ok() { "RELEASE unit" } else { "ROLLBACK TO unit; RELEASE unit" };
        let ended = execute(&mut self.connection, end);
        let arrival = Arc::clone(&convoy.arrival);
        convoy.members += 1;
        let is_enough = convoy.members >= MOST || convoy.since.elapsed() >= LONGEST;
        self.open = Some(convoy);
        match ended {
            Ok(()) => (Ok(Aboard { outcome, arrival }), if is_enough { Leave::Enough } else { Leave::Open }),
            // The transaction is gone, with all that was in it.
            Err(error) => (outcome.and(Err(error.into())), Leave::Broken),
        }
    }

    /// Commits what is open.
    fn commit(&mut self) -> Fate {
        let Some(convoy) = self.open.take() else { return Fate::Keep };
        match execute(&mut self.connection, "COMMIT") {
            Ok(()) => {
                convoy.arrival.tell(Outcome::Committed);
                Fate::Keep
            }
            // Closed, as the transaction may still be open.
            Err(StoreError::Busy) => Fate::Close,
            Err(error) => {
                convoy.arrival.tell(Outcome::Unknown(error.to_string()));
                Fate::Close
            }
        }
    }

    /// Gives the connection alone, after what is open on it is committed.
    #[cfg(feature = "floor")]
    pub(crate) fn alone(&mut self) -> Option<&mut AnyConnection> {
        (self.commit() == Fate::Keep).then_some(&mut self.connection)
    }
}
