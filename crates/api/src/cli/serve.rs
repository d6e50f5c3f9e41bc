//! Puts the program together and serves.

use std::net::TcpListener;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use jiff::SignedDuration;
use persistence::Store;

use super::{Failure, database};
use crate::clock::{SystemClock, TimeOrderedIds};
use crate::config::Config;
use crate::health::DatabaseProbe;
use crate::issuer::{Authenticator, Issuer, IssuerSettings};
use crate::routes::{self, BASE_PATH};
use crate::state::{Parts, State};
use crate::{server, telemetry};

/// How often the change counters are read anew: what other processes change is seen within a second.
const WATCH: Duration = Duration::from_millis(250);

/// How often it is looked whether a new key of the issuer is due.
const KEY_ROUND: Duration = Duration::from_hours(1);

/// Serves until the process is asked to stop.
pub(super) fn serve(config: Config, migrate: bool) -> Result<(), Failure> {
    let _log = telemetry::start(&config.log)?;
    let store = database::open(&config)?;
    if migrate {
        for name in store.migrate()? {
            tracing::info!(name, "migration applied");
        }
    }
    store.check().map_err(|error| format!("{error}; or start with `serve --migrate`"))?;
    let issuer = issuer(&config, &store);
    run(config, store, issuer, None)
}

/// Makes the issuer of a server.
pub(super) fn issuer(config: &Config, store: &Store) -> Arc<Issuer> {
    let settings = IssuerSettings {
        token_lifetime: SignedDuration::try_from(config.token_lifetime)
            .unwrap_or(SignedDuration::from_mins(15)),
        ..IssuerSettings::at(&config.public_url, BASE_PATH)
    };
    Issuer::new(settings, store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds))
}

/// Serves on a socket that listens already, or on the address of the settings.
pub(super) fn run(
    config: Config,
    store: Store,
    issuer: Arc<Issuer>,
    listener: Option<TcpListener>,
) -> Result<(), Failure> {
    issuer.rotate_if_due()?;
    store.watch(WATCH)?;
    look_after_keys(&issuer)?;
    let parts = Parts {
        config,
        clock: Arc::new(SystemClock),
        ids: Arc::new(TimeOrderedIds),
        authenticate: Arc::new(Authenticator::new(Arc::clone(&issuer))),
        issuer: Some(issuer),
        probe: Arc::new(DatabaseProbe(store.clone())),
        store,
    };
    let state = Arc::new(State::new(parts, routes::routes).map_err(|error| error.to_string())?);
    Ok(actix_web::rt::System::new().block_on(server::run_on(state, listener))?)
}

/// Makes new keys when they are due, from a thread of its own, until the issuer is dropped.
fn look_after_keys(issuer: &Arc<Issuer>) -> std::io::Result<()> {
    let issuer: Weak<Issuer> = Arc::downgrade(issuer);
    thread::Builder::new().name("keys".to_owned()).spawn(move || {
        loop {
            thread::sleep(KEY_ROUND);
            let Some(issuer) = issuer.upgrade() else { break };
            match issuer.rotate_if_due() {
                Ok(None) => {}
                Ok(Some(kid)) => tracing::info!(kid, "a new key of the issuer"),
                Err(error) => tracing::warn!(%error, "no new key of the issuer can be made"),
            }
        }
    })?;
    Ok(())
}
