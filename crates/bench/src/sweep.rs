//! How fast the rules look at requests that are all due, beside the same durable writes in a loop.

use std::sync::Arc;
use std::time::Instant;

use api::clock::{Ids, TimeOrderedIds};
use api::reference::Reference;
use api::sweep::Sweep;
use api::work::own_circumstances;
use domain::calendar::Calendar;
use domain::escalation_ledger::{Concerned, Delivery, Entry};
use domain::escalation_policy::{PolicyBook, SubjectKind};
use domain::escalation_rules::{Evaluation, Fired, Firing, evaluate, stretches_of_request};
use domain::follow_up::{Change, FollowUpRequest};
use jiff::{SignedDuration, Timestamp};
use persistence::{Store, StoreError, Transaction, escalation_ledger, escalation_policies, sweep as stored};
use serde::Serialize;
use uuid::Uuid;

use crate::Failure;
use crate::floor::now;

/// How many requests share a unit of work, as in the program.
const BATCH: usize = 250;

/// How many times nothing is due.
const IDLE: u32 = 200;

/// Options of the timing.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Writes what a sweep writes, and neither reads nor judges.
    #[arg(long)]
    floor: bool,
}

/// What was done in which time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    subjects: usize,
    steps: u64,
    seconds: f64,
    idle_microseconds: f64,
}

/// Looks at everything as if it were two months later.
pub(crate) fn run(store: &Store, options: &Options) -> Result<(), Failure> {
    let later = now().checked_add(SignedDuration::from_hours(24 * 60))?;
    let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
    let timed = if options.floor { write_only(store, &ids, later)? } else { sweep(store, &ids, later)? };
    serde_json::to_writer(std::io::stdout(), &timed)?;
    Ok(())
}

fn sweep(store: &Store, ids: &Arc<dyn Ids>, later: Timestamp) -> Result<Timed, Failure> {
    let reference = Reference::default();
    let sweep = Sweep { store, reference: &reference, ids };
    let failed = |refusal| format!("the sweep failed: {refusal:?}");
    let started = Instant::now();
    let swept = sweep.run(later, || true).map_err(failed)?;
    let seconds = started.elapsed().as_secs_f64();
    let idle = Instant::now();
    for _ in 0..IDLE {
        sweep.run(now(), || true).map_err(failed)?;
    }
    let idle_microseconds = idle.elapsed().as_secs_f64() * 1e6 / f64::from(IDLE);
    let subjects = usize::try_from(swept.looked_at)?;
    Ok(Timed { subjects, steps: swept.fired, seconds, idle_microseconds })
}

/// What is written of a request.
struct Written {
    change: Option<Change>,
    entries: Vec<Entry>,
    look: (Uuid, Option<Timestamp>),
}

/// Judges everything beforehand, then writes it in the same batches.
fn write_only(store: &Store, ids: &Arc<dyn Ids>, later: Timestamp) -> Result<Timed, Failure> {
    let circumstances = own_circumstances(later, "bench", Arc::<dyn Ids>::clone(ids));
    let book = store.read(escalation_policies::book)?;
    let all = store.read(|connection| {
        stored::claim(connection, SubjectKind::FollowUpRequest, later, i64::from(u32::MAX))
    })?;
    let mut batches = Vec::new();
    for ids in all.chunks(BATCH) {
        let requests = store.read(|connection| stored::requests(connection, ids))?;
        let written = requests.into_iter().map(|(id, request)| Ok(written(id, request?, &book, later)));
        batches.push(written.collect::<Result<Vec<_>, StoreError>>()?);
    }
    let mut steps = 0;
    let started = Instant::now();
    for batch in &batches {
        steps += u64::try_from(batch.iter().map(|written| written.entries.len()).sum::<usize>())?;
        store.write(&circumstances, |transaction| write(transaction, batch))?;
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok(Timed { subjects: all.len(), steps, seconds, idle_microseconds: 0.0 })
}

fn write(transaction: &mut Transaction<'_>, batch: &[Written]) -> Result<(), StoreError> {
    let mut entries = Vec::new();
    let mut looks = Vec::new();
    for written in batch {
        match &written.change {
            Some(change) => transaction.save(change)?,
            None => looks.push(written.look),
        }
        entries.extend(written.entries.iter().cloned());
    }
    escalation_ledger::enter(transaction, &entries)?;
    stored::look_again(transaction, SubjectKind::FollowUpRequest, &looks)
}

fn written(id: Uuid, request: FollowUpRequest, book: &PolicyBook, later: Timestamp) -> Written {
    let calendar = Arc::new(Calendar::default());
    let stretches = stretches_of_request(&request, |_| Arc::clone(&calendar));
    let evaluation: Evaluation = evaluate(&stretches, book, &Fired::new(), later);
    drop(stretches);
    let concerned = Concerned::from(&*request);
    let entry = |firing: &Firing| {
        let effects = firing.step.effects.iter();
        let effects = effects.map(|effect| concerned.delivered(*effect, Delivery::Delivered)).collect();
        Entry::of(TimeOrderedIds.next().into(), concerned, firing, effects, later)
    };
    let entries = evaluation.firings.iter().map(entry).collect();
    Written { change: request.escalate(&evaluation), entries, look: (id, evaluation.next_at()) }
}
