//! How fast the audit trail is sealed and verified, beside reading the same rows and hashing as many bytes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use api::audit::verify;
use api::clock::{Ids, TimeOrderedIds};
use api::fingerprint::sha256_hex;
use api::work::own_circumstances;
use domain::id::OrganisationId;
use persistence::audit::{counts, seal};
use persistence::{Deed, Store, StoreError, Subject, floor};
use serde::Serialize;
use uuid::Uuid;

use crate::Failure;
use crate::floor::now;

/// How many records are written, sealed or read at once.
const BATCH: u32 = 5_000;

/// About how many bytes are hashed for a record.
const BYTES: usize = 480;

/// Options of the timing.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many records there are.
    #[arg(long, default_value_t = 1_000_000)]
    records: u32,
}

/// How long everything took, in seconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    records: i64,
    seal: f64,
    verify: f64,
    floor: f64,
}

/// Fills the trail of an empty database, seals and verifies it.
pub(crate) fn run(store: &Store, options: &Options) -> Result<(), Failure> {
    store.migrate()?;
    let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
    let circumstances = own_circumstances(now(), "getCaseNote", Arc::<dyn Ids>::clone(&ids));
    let mut left = options.records;
    while left > 0 {
        let deeds = (0..left.min(BATCH)).map(|_| Deed::of(Subject::Case, ids.next()));
        let deeds: Vec<_> = deeds.map(|deed| (deed, OrganisationId::new(Uuid::from_u128(1)))).collect();
        store.write(&circumstances, |transaction| transaction.record_all(&deeds))?;
        left = left.saturating_sub(BATCH);
    }
    let started = Instant::now();
    let holder = Uuid::from_u128(1);
    let term = Duration::from_mins(1);
    loop {
        let sealed = store.write(&circumstances, |transaction| {
            seal(transaction, holder, term, i64::from(BATCH), sha256_hex)
        })?;
        if sealed.records == 0 {
            break;
        }
    }
    let sealing = started.elapsed().as_secs_f64();
    // Each is read once before it is timed, so that neither warms the other.
    bare(store)?;
    let started = Instant::now();
    bare(store)?;
    let floor = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let verified = store.read(|connection| verify(connection, None))?;
    let verify = started.elapsed().as_secs_f64();
    if !verified.is_intact() {
        return Err(format!("the trail is not what was written: {verified:?}").into());
    }
    let records = store.read(counts)?.sealed;
    serde_json::to_writer(std::io::stdout(), &Timed { records, seal: sealing, verify, floor })?;
    Ok(())
}

/// Reads every record, and hashes as many bytes for each.
fn bare(store: &Store) -> Result<(), Failure> {
    let bytes = [b'a'; BYTES];
    let mut after = Uuid::nil();
    let mut hashes = 0_usize;
    loop {
        let ids = store.read(|connection| -> Result<_, StoreError> {
            floor::audit_records(connection, after, i64::from(BATCH))
        })?;
        let Some(last) = ids.last() else { break };
        after = *last;
        hashes += ids.iter().map(|_| sha256_hex(std::hint::black_box(&bytes)).len()).sum::<usize>();
    }
    std::hint::black_box(hashes);
    Ok(())
}
