//! Data for measurements, and the floor that the program is compared with.
//!
//! `bench prepare` fills an empty database and says what is in it; `bench floor` serves each scenario's one main statement
//! with nothing around it; `bench lists` times the lists of a small and a large history, `bench sweep` the rules, `bench audit` the
//! verification of the audit trail; `bench receive` is
//! an endpoint of webhooks and `bench post` sends as much to it as a bare client does. `cargo xtask bench` drives them.

mod audit;
mod endpoint;
mod floor;
mod lists;
mod prepare;
mod sweep;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use persistence::{DatabaseUrl, PoolSizes, Store};

/// Data and floor for measurements.
#[derive(Parser)]
struct Arguments {
    /// The database: a connection URL of PostgreSQL or the path of an SQLite file.
    #[arg(long, global = true, default_value = "bench.sqlite")]
    database: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fills an empty database and prints what is in it as JSON.
    Prepare(prepare::Options),
    /// Serves the floor; prints its address.
    Floor(floor::Options),
    /// Times the first and deep pages of the documented pairs of filter and order, as JSON.
    Lists(lists::Options),
    /// Times a sweep over all that is due two months from now, or only its writes, as JSON.
    Sweep(sweep::Options),
    /// Times the sealing and the verification of the audit trail, as JSON.
    Audit(audit::Options),
    /// Serves an endpoint of webhooks that counts what it takes.
    Receive(endpoint::ReceiveOptions),
    /// Sends messages to an endpoint with nothing but an HTTP client; prints how long that took, as JSON.
    Post(endpoint::PostOptions),
}

/// What ends the program, for a person to read.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let store = Store::open(&DatabaseUrl::parse(&arguments.database), PoolSizes::default());
    let outcome = match arguments.command {
        Command::Prepare(options) => prepare::run(&store, &options),
        Command::Floor(options) => floor::run(store, &options),
        Command::Lists(options) => lists::run(&store, &options),
        Command::Sweep(options) => sweep::run(&store, &options),
        Command::Audit(options) => audit::run(&store, &options),
        Command::Receive(options) => endpoint::receive(&options),
        Command::Post(options) => endpoint::post(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("bench: {failure}\n"));
            ExitCode::FAILURE
        }
    }
}
