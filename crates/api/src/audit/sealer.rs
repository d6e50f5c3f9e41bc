//! Sealing the audit trail: every record gets its place in the chain soon after it was written.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use persistence::audit::{self, Sealed};
use persistence::{Store, StoreError};
use uuid::Uuid;

use crate::clock::Ids;
use crate::fingerprint::sha256_hex;
use crate::work::own_circumstances;

/// How many records are sealed in one unit of work.
const BATCH: i64 = 1_000;

/// How many units of work follow each other: the thread has other things to do, too.
const MOST: usize = 5;

/// For how long a process seals and nobody else.
const TERM: Duration = Duration::from_secs(10);

/// What seals records.
#[derive(Clone, Copy)]
pub struct Sealer<'a> {
    /// The database.
    pub store: &'a Store,
    /// New ids.
    pub ids: &'a Arc<dyn Ids>,
    /// The name under which this process holds the lease.
    pub holder: Uuid,
}

impl Sealer<'_> {
    /// Seals what is not sealed, up to a number of batches; tells whether it holds the lease, and how much that was.
    pub fn run(&self, now: Timestamp, goes_on: impl Fn() -> bool) -> Result<Sealed, StoreError> {
        let mut all = Sealed::default();
        for _ in 0..MOST {
            if !goes_on() || !self.store.read(audit::is_behind)? {
                break;
            }
            let circumstances = own_circumstances(now, "sealAudit", Arc::<dyn Ids>::clone(self.ids));
            let sealed = self.store.write(&circumstances, |transaction| {
                audit::seal(transaction, self.holder, TERM, BATCH, sha256_hex)
            })?;
            all.held = sealed.held;
            all.records += sealed.records;
            // What is written meanwhile has its turn in the next round.
            if !sealed.held || i64::try_from(sealed.records).unwrap_or(i64::MAX) < BATCH {
                break;
            }
        }
        Ok(all)
    }
}
