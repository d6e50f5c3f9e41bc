//! The program `wijkoverleg`: subcommands and wiring, nothing else.

#![allow(clippy::doc_markdown, reason = "names of products and formats, such as OpenAPI, are no code")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use api::clock::{SystemClock, TimeOrderedIds};
use api::config::Config;
use api::state::{Parts, State};
use api::{openapi, routes, server, telemetry};
use clap::{Parser, Subcommand};

/// Backend for neighbourhood consultations on nuisance.
#[derive(Parser)]
#[command(name = "wijkoverleg", version, about)]
struct Arguments {
    /// Configuration file (TOML); without it, `WIJKOVERLEG_CONFIG` names one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API.
    Serve,
    /// Prints the OpenAPI document.
    Openapi,
    /// Asks the running server whether it is ready, for a container's health check.
    Healthcheck,
}

/// What ends the program, for a person to read.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where even this cannot be written, the exit code has to do.
            let _ = writeln!(std::io::stderr(), "wijkoverleg: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Serve => serve(Config::load(arguments.config.as_deref())?),
        Command::Openapi => Ok(writeln!(std::io::stdout(), "{}", openapi::document_text())?),
        Command::Healthcheck => healthcheck(Config::load(arguments.config.as_deref())?.listen),
    }
}

fn serve(config: Config) -> Result<(), Failure> {
    let _log = telemetry::start(&config.log)?;
    let store = config.open_store();
    store.check().map_err(|error| error.to_string())?;
    let parts = Parts::of_program(config, store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds));
    if let Some(issuer) = &parts.issuer {
        issuer.rotate_if_due()?;
    }
    store.refresh_views()?;
    store.watch(Duration::from_millis(300))?;
    let state = Arc::new(State::new(parts, routes::routes).map_err(|error| error.to_string())?);
    Ok(actix_web::rt::System::new().block_on(server::run(state))?)
}

fn healthcheck(listen: SocketAddr) -> Result<(), Failure> {
    let patience = Duration::from_secs(5);
    let mut address = listen;
    if address.ip().is_unspecified() {
        let loopback =
            if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    let path = routes::BASE_PATH;
    write!(stream, "GET {path}/health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer)?;
    if answer.ends_with(b" 200") { Ok(()) } else { Err("the server is not ready".into()) }
}
