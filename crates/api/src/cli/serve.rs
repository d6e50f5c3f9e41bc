//! Puts the program together and serves.

use std::io::{self, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use clap::Args;
use persistence::{Store, StoreError, idempotency};

use super::place::{self, Place};
use super::{Failure, database};
use crate::clock::{Clock, Ids, SystemClock, TimeOrderedIds};
use crate::config::Config;
use crate::issuer::Issuer;
use crate::routes::{self, Routes};
use crate::sandbox::{self, SandboxClock};
use crate::state::{Parts, State, issuer_of};
use crate::work::{kept_since, own_circumstances};
use crate::{data_sharing_protocols, events, server, sweep, telemetry, webhooks};

/// How often the change counters are read anew: what other processes change is seen within a second.
const WATCH: Duration = Duration::from_millis(250);

/// How often it is looked whether a new key of the issuer is due and what may be forgotten.
const ROUND: Duration = Duration::from_hours(1);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Brings the schema up to date first; several replicas may do so at once. A new SQLite file needs no asking.
    #[arg(long)]
    migrate: bool,
    #[command(flatten)]
    place: Place,
}

/// Serves until the process is asked to stop.
pub(super) fn serve(mut config: Config, arguments: &Arguments) -> Result<(), Failure> {
    arguments.place.settle(&mut config);
    let _log = telemetry::start(&config.log)?;
    // Listening comes first: the address is the real one, and nothing is touched when the port is taken.
    let listener = place::listen(&mut config)?;
    let store = database::open(&config)?;
    if arguments.migrate || database::is_new(&store) {
        for name in store.migrate()? {
            tracing::info!(name, "migration applied");
        }
    }
    store.check().map_err(|error| format!("{error}; or start with `serve --migrate`"))?;
    let issuer = issuer(&config, &store);
    writeln!(io::stdout(), "serving {}{} on {}", config.public_url, routes::BASE_PATH, config.listen)?;
    run(config, store, issuer, listener, None)
}

/// Makes the issuer of a server.
pub(super) fn issuer(config: &Config, store: &Store) -> Arc<Issuer> {
    issuer_of(config, store, &clock(), &ids())
}

pub(super) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

pub(super) fn ids() -> Arc<dyn Ids> {
    Arc::new(TimeOrderedIds)
}

/// Serves on a socket that listens already; with a sandbox, in its time and with its operations.
pub(super) fn run(
    config: Config,
    store: Store,
    issuer: Arc<Issuer>,
    listener: TcpListener,
    sandbox: Option<Arc<SandboxClock>>,
) -> Result<(), Failure> {
    issuer.rotate_if_due()?;
    store.watch(WATCH)?;
    keep_house(&issuer, &store)?;
    let (clock, routes): (Arc<dyn Clock>, Routes) = match &sandbox {
        Some(sandbox) => (Arc::<SandboxClock>::clone(sandbox), sandbox::routes),
        None => (clock(), routes::routes),
    };
    let parts = Parts { sandbox, ..Parts::with_issuer(config, store, issuer, clock, ids()) };
    let state = Arc::new(State::new(parts, routes).map_err(|error| error.to_string())?);
    events::start(&state)?;
    data_sharing_protocols::watch(&state)?;
    if let Some(every) = state.config.sweep_interval {
        sweep::start(&state, every)?;
    }
    let every = state.config.webhooks.interval;
    let deliveries = every.map(|every| webhooks::start(&state, every)).transpose()?;
    let served = actix_web::rt::System::new().block_on(server::run_on(state, Some(listener)));
    if let Some(deliveries) = deliveries
        && deliveries.join().is_err()
    {
        tracing::error!("delivering webhooks panicked");
    }
    Ok(served?)
}

/// Makes new keys when they are due and forgets old answers, from a thread of its own, until the issuer is dropped.
fn keep_house(issuer: &Arc<Issuer>, store: &Store) -> std::io::Result<()> {
    let issuer: Weak<Issuer> = Arc::downgrade(issuer);
    let store = store.clone();
    thread::Builder::new().name("housekeeping".to_owned()).spawn(move || {
        loop {
            thread::sleep(ROUND);
            let Some(issuer) = issuer.upgrade() else { break };
            match issuer.rotate_if_due() {
                Ok(None) => {}
                Ok(Some(kid)) => tracing::info!(kid, "a new key of the issuer"),
                Err(error) => tracing::warn!(%error, "no new key of the issuer can be made"),
            }
            match forget_answers(&store) {
                Ok(count) => tracing::debug!(count, "old answers forgotten"),
                Err(error) => tracing::warn!(%error, "old answers cannot be forgotten"),
            }
        }
    })?;
    Ok(())
}

/// Forgets the answers that no repeated request gets any more.
fn forget_answers(store: &Store) -> Result<usize, StoreError> {
    let now = clock().now();
    let circumstances = own_circumstances(now, "housekeeping", ids());
    store.write(&circumstances, |transaction| idempotency::forget(transaction, kept_since(now)))
}
