//! The sweep: looks at whatever the rules have to look at, and enters in the ledger what takes effect.
//!
//! Work goes in batches, each one unit of work: rows, events, ledger and counters commit together. Several replicas may
//! sweep one database: each takes what no other one is at. What cannot be judged is reported, put off and does not keep
//! the rest.

mod batch;
mod job;

use std::sync::Arc;

use domain::escalation_policy::SubjectKind;
use jiff::{SignedDuration, Timestamp};
use persistence::{Circumstances, Store, StoreError, escalation_policies, sweep as stored};
use uuid::Uuid;

use crate::clock::Ids;
use crate::reference::Reference;
use crate::work::{Refusal, own_circumstances};

pub use job::{SweepMetrics, start};

/// How many subjects share a unit of work.
const BATCH: i64 = 250;

/// After how long something that could not be judged is looked at again.
const PUT_OFF: SignedDuration = SignedDuration::from_hours(1);

/// What a sweep works with.
#[derive(Clone, Copy)]
pub struct Sweep<'a> {
    /// The database.
    pub store: &'a Store,
    /// The reference data in memory.
    pub reference: &'a Reference,
    /// New ids.
    pub ids: &'a Arc<dyn Ids>,
}

/// What a sweep came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many subjects it looked at.
    pub looked_at: u64,
    /// How many steps took effect.
    pub fired: u64,
    /// How many of them came too late to help.
    pub obsolete: u64,
    /// How many subjects could not be judged.
    pub failed: u64,
    /// For how long the first of them had been due.
    pub lag: SignedDuration,
}

impl Swept {
    fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.fired += other.fired;
        self.obsolete += other.obsolete;
        self.failed += other.failed;
    }
}

impl Sweep<'_> {
    /// Looks at everything that is due at a moment; `goes_on` is asked between two batches.
    pub fn run(&self, now: Timestamp, goes_on: impl Fn() -> bool) -> Result<Swept, Refusal> {
        let mut swept = Swept::default();
        let mut first = None;
        while goes_on() {
            let looks = self.store.read(stored::next_looks)?.into_iter();
            let looks = looks.filter_map(|(kind, at)| Some((kind, at?)));
            let due: Vec<_> = looks.filter(|(_, at)| *at <= now).collect();
            first = first.or(due.iter().map(|(_, at)| *at).min());
            let before = swept.looked_at;
            for (kind, _) in due {
                self.sweep_kind(kind, now, &goes_on, &mut swept)?;
            }
            // Nothing is due, or another sweep is at all that is.
            if swept.looked_at == before {
                break;
            }
        }
        swept.lag = first.map_or(SignedDuration::ZERO, |first| first.duration_until(now));
        Ok(swept)
    }

    /// Gives the earliest instant at which something is due.
    pub fn next(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.store.read(stored::next_looks)?.into_iter().filter_map(|(_, at)| at).min())
    }

    fn sweep_kind(
        &self,
        kind: SubjectKind,
        now: Timestamp,
        goes_on: impl Fn() -> bool,
        swept: &mut Swept,
    ) -> Result<(), Refusal> {
        while goes_on() {
            let done = match self.sweep_batch(kind, now, BATCH) {
                Ok((_, done)) => done,
                Err((_, error)) if fails_for_all(&error) => return Err(error),
                // Something in the batch cannot be saved: one by one, it is found.
                Err(_) => self.one_by_one(kind, now, &goes_on)?,
            };
            swept.add(done);
            if done.looked_at < BATCH.unsigned_abs() {
                break;
            }
        }
        Ok(())
    }

    fn one_by_one(
        &self,
        kind: SubjectKind,
        now: Timestamp,
        goes_on: impl Fn() -> bool,
    ) -> Result<Swept, Refusal> {
        let mut swept = Swept::default();
        for _ in 0..BATCH {
            if !goes_on() {
                break;
            }
            match self.sweep_batch(kind, now, 1) {
                Ok((claimed, _)) if claimed.is_empty() => break,
                Ok((_, done)) => swept.add(done),
                Err((_, error)) if fails_for_all(&error) => return Err(error),
                Err((claimed, error)) => {
                    let Some(id) = claimed.first().copied() else { return Err(error) };
                    batch::report(kind, id, &error);
                    let circumstances = self.circumstances(now);
                    self.store
                        .write(&circumstances, |transaction| batch::put_off(transaction, kind, &[id]))?;
                    swept.add(Swept { looked_at: 1, failed: 1, ..Swept::default() });
                }
            }
        }
        Ok(swept)
    }

    /// Does one batch in a unit of work; gives what was taken also when it fails.
    fn sweep_batch(
        &self,
        kind: SubjectKind,
        now: Timestamp,
        size: i64,
    ) -> Result<(Vec<Uuid>, Swept), (Vec<Uuid>, Refusal)> {
        let mut claimed = Vec::new();
        let outcome = self.reference.get(self.store, now).and_then(|reference| {
            self.store.write(&self.circumstances(now), |transaction| {
                claimed = stored::claim(transaction.connection(), kind, now, size)?;
                batch::judge(transaction, &reference, kind, &claimed)
            })
        });
        match outcome {
            Ok(swept) => Ok((claimed, swept)),
            Err(error) => Err((claimed, error)),
        }
    }

    fn circumstances(&self, now: Timestamp) -> Circumstances {
        own_circumstances(now, "sweep", Arc::<dyn Ids>::clone(self.ids))
    }
}

/// Tells whether it fails for all, so that looking at things one by one is of no use: the database, or the policies.
fn fails_for_all(error: &Refusal) -> bool {
    use persistence::Failure as _;
    match error.store() {
        Some(StoreError::Busy | StoreError::Unavailable(_) | StoreError::Stale) => true,
        Some(StoreError::Corrupt { table, .. }) => *table == escalation_policies::TABLE,
        _ => false,
    }
}
