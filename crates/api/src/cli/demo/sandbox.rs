//! `wijkoverleg sandbox`: a demo whose time is moved on, in a folder that goes with it.

use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::sync::Arc;

use clap::Args;
use domain::access::Role;

use super::credentials::Credentials;
use super::{CREDENTIALS, database, settled};
use crate::cli::place::{self, Place};
use crate::cli::{Failure, serve};
use crate::config::{Config, Secret};
use crate::reference::Reference;
use crate::routes::BASE_PATH;
use crate::sandbox::SandboxClock;
use crate::sweep::Sweep;
use crate::{clock::Clock as _, telemetry};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The port to listen on; 0 takes any that is free, which is printed. [default: 8080]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
}

/// Serves made-up data in a time of its own; nothing of it is left afterwards.
pub(in crate::cli) fn sandbox(mut config: Config, arguments: &Arguments) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("wijkoverleg-sandbox-").tempdir()?;
    // Nobody is asked for a token to move the clock: it is reached from this machine only.
    config.listen.set_ip(Ipv4Addr::LOCALHOST.into());
    config.public_url = format!("http://{}", config.listen);
    let place = Place { data: Some(folder.path().to_path_buf()), port: arguments.port };
    let mut config = settled(config, &place);
    // Whatever database was set, this one is thrown away.
    config.database_url =
        Secret::new(format!("sqlite://{}", folder.path().join("wijkoverleg.sqlite").display()));
    // Time passes when it is told to.
    config.sweep_interval = None;
    // Endpoints on this machine may be tried out.
    config.webhooks.loopback = true;
    let _log = telemetry::start(&config.log)?;
    let listener = place::listen(&mut config)?;
    let (store, registered) = database::prepare(&config, false)?;
    let issuer = serve::issuer(&config, &store);
    issuer.rotate_if_due()?;
    let file = folder.path().join(CREDENTIALS);
    let base_url = format!("{}{BASE_PATH}", config.public_url);
    let credentials = Credentials::renew(&store, &issuer, base_url, &file, registered)?;
    credentials.write(&file)?;
    let clock = Arc::new(SandboxClock::default());
    let (reference, ids) = (Reference::default(), serve::ids());
    let sweep = Sweep { store: &store, reference: &reference, ids: &ids };
    // What the story left due is over before anybody looks.
    sweep.run(clock.now(), || true).map_err(|refusal| format!("{refusal:?}"))?;
    print(&credentials)?;
    serve::run(config, store, issuer, listener, Some(clock))
}

/// Prints what the tutorial of the README needs.
fn print(credentials: &Credentials) -> Result<(), Failure> {
    let url = &credentials.base_url;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Wijkoverleg sandbox: made-up data, in a time that you move on. It is gone when you stop it.\n"
    )?;
    writeln!(out, "Swagger UI   {url}/doc/\n")?;
    writeln!(out, "Paste this into another terminal, then follow the tutorial in README.md:\n")?;
    writeln!(out, "export BASE='{url}'")?;
    for (name, role) in [
        ("MANAGER", Role::NeighbourhoodManager),
        ("SERVICE", Role::ServiceAgent),
        ("HEAD", Role::ServiceHead),
    ] {
        if let Some(client) = credentials.clients.get(role.code()) {
            writeln!(out, "export {name}='{}'", client.access_token)?;
        }
    }
    if let Some(service) = credentials.clients.get(Role::ServiceAgent.code()) {
        writeln!(out, "export SERVICE_ID='{}'", service.organisation_id)?;
    }
    Ok(out.flush()?)
}
