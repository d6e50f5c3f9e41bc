//! The command line: what it takes, and from there to what does it.

mod audit;
mod clients;
mod database;
mod demo;
mod healthcheck;
mod import;
mod place;
mod serve;
mod sweep;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::openapi;

/// Backend for neighbourhood consultations on nuisance.
#[derive(Debug, Parser)]
#[command(name = "wijkoverleg", version, after_help = AFTER_HELP)]
struct Arguments {
    /// Configuration file (TOML); without it, `WIJKOVERLEG_CONFIG` names one.
    ///
    /// Every setting can come from the environment instead, and goes before the file there: `limits.body_bytes` is
    /// `WIJKOVERLEG_LIMITS_BODY_BYTES`. The database is `DATABASE_URL`: `sqlite:PATH` or `postgres://…`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
To look around:     wijkoverleg demo
To run it for real: wijkoverleg migrate && wijkoverleg client create … && wijkoverleg serve";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API.
    ///
    /// Makes a SQLite database that is not there yet; otherwise refuses to start when the schema of the database is not
    /// the one of this program.
    Serve(serve::Arguments),
    /// Serves made-up data, and prints ready tokens and the first requests to make.
    ///
    /// Needs nothing: the first run makes a database in the folder and fills it with four months of a neighbourhood
    /// consultation; further runs keep what happened since. Ids, secrets and tokens of every role are written to
    /// `demo-credentials.json` in the folder. With DATABASE_URL, the database lies there instead.
    Demo(demo::Arguments),
    /// Serves made-up data in a time that its user moves on, to rehearse weeks in seconds.
    ///
    /// The database is thrown away at the end. `POST /sandbox/clock/advance` with `{"duration": "P1D"}` or `{"to": …}` lets
    /// time pass: whatever is due in between happens in its order. Nothing is asked of who moves the clock, so it belongs on a
    /// developer's own machine.
    Sandbox(demo::sandbox::Arguments),
    /// Brings the schema of the database up to date.
    Migrate(database::Arguments),
    /// Registers the applications that may call the API.
    #[command(subcommand)]
    Client(clients::Command),
    /// Takes records of another system over.
    #[command(subcommand)]
    Import(import::Command),
    /// Looks at everything that the rules have to look at, as the server does by itself.
    ///
    /// For a server whose own sweep is switched off (`sweep.interval_seconds = 0`), or to catch up at once after a time in
    /// which none ran. Several may run at the same time, beside servers too.
    Sweep(sweep::Arguments),
    /// Verifies that nothing in the audit trail was changed, removed or swapped since it was sealed.
    ///
    /// Prints the last place of the chain; noted elsewhere, it shows later (`--known`) that nothing before it was replaced as a
    /// whole. Exit code 1 when the trail is not what it was.
    VerifyAudit(audit::Arguments),
    /// Destroys the oldest part of the audit trail, and leaves a checkpoint from which the rest can be verified.
    ///
    /// Only what is sealed and older than two years. On PostgreSQL it needs the owner of the schema: the role under which
    /// `serve` runs adds to the trail and does no more (`migrate --application-role`).
    CutAudit(audit::cut::Arguments),
    /// Prints the OpenAPI document.
    Openapi,
    /// Asks the running server whether it is ready, for a container's health check.
    Healthcheck,
}

/// What ends the program, for a person to read.
type Failure = Box<dyn std::error::Error>;

/// Runs the program: exit code 0 when all went well, 1 when it failed, 2 when it was called wrongly, 3 when an import
/// left rows out.
pub fn main() -> ExitCode {
    let Arguments { config, command } = Arguments::parse();
    match run(config.as_deref(), command) {
        Ok(code) => code,
        // Whoever reads the output has seen enough, as in `wijkoverleg openapi | head`.
        Err(failure) if is_broken_pipe(failure.as_ref()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where even this cannot be written, the exit code has to do.
            let _ = writeln!(io::stderr(), "wijkoverleg: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(config: Option<&Path>, command: Command) -> Result<ExitCode, Failure> {
    let load = || Config::load(config);
    match command {
        Command::Serve(arguments) => serve::serve(load()?, &arguments)?,
        Command::Demo(arguments) => demo::demo(load()?, &arguments)?,
        Command::Sandbox(arguments) => demo::sandbox::sandbox(load()?, &arguments)?,
        Command::Migrate(arguments) => database::migrate(&load()?, &arguments)?,
        Command::Client(command) => clients::run(&load()?, command)?,
        Command::Import(import::Command::Requests(arguments)) => {
            return import::requests(&load()?, &arguments);
        }
        Command::Sweep(arguments) => sweep::sweep(load()?, &arguments)?,
        Command::VerifyAudit(arguments) => audit::run(&load()?, &arguments)?,
        Command::CutAudit(arguments) => audit::cut::run(&load()?, &arguments)?,
        Command::Openapi => writeln!(io::stdout(), "{}", openapi::document_text())?,
        Command::Healthcheck => healthcheck::ask(load()?.listen)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn is_broken_pipe(failure: &(dyn std::error::Error + 'static)) -> bool {
    failure.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_of_the_command_line_holds() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_command_reads_as_documented() {
        for line in [
            "wijkoverleg serve --migrate --config wijkoverleg.toml",
            "wijkoverleg serve --data here --port 0",
            "wijkoverleg demo --data here --port 0 --reset",
            "wijkoverleg client create --name n --organisation 0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a --role serviceAgent",
            "wijkoverleg client rotate 0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a --overlap 24h",
            "wijkoverleg client list --json",
            "wijkoverleg sweep --once",
            "wijkoverleg sandbox --port 0",
            "wijkoverleg import requests rows.csv --mapping map.toml --dry-run --report refused.csv",
        ] {
            let parsed = Arguments::try_parse_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
    }

    #[test]
    fn a_role_that_there_is_not_is_answered_with_those_that_there_are() {
        let id = "0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a";
        let line = format!("wijkoverleg client create --name n --organisation {id} --role serviceagent");
        let error = Arguments::try_parse_from(line.split(' ')).unwrap_err().to_string();
        assert!(error.contains("a similar value exists: 'serviceAgent'"), "{error}");
    }
}
