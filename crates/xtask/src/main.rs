//! The repository's chores: `cargo xtask <chore>`, from the root of the project.

mod bench;
mod check_import;
mod ci;
mod conformance;
mod deny;
mod home;
mod http;
mod lint;
mod openapi;
mod pages;
mod postgres;
mod program;
mod shell;
mod supervised;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of this repository; each one installs the tools that it misses.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Runs all tests, on SQLite and on a throw-away PostgreSQL.
    Test(test::Options),
    /// Runs everything that must hold before a change lands.
    Ci,
    /// Checks the licences, bans and sources of all dependencies.
    Deny(deny::Options),
    /// Writes openapi/v1.json from the program.
    Openapi(openapi::Options),
    /// Lints openapi/v1.json by the Belgian REST guide.
    LintOpenapi,
    /// Calls a running demonstration with requests made up from its OpenAPI document.
    Conformance(conformance::Options),
    /// Measures a running demonstration under load.
    Bench(bench::Options),
    /// Sweeps, positions and tells much while processes are killed; too long for every day.
    Chaos,
    /// Imports a file into a demonstration and holds what its services are told to the file.
    CheckImport(check_import::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Test(options) => test::run(&options),
        Chore::Ci => ci::run(),
        Chore::Deny(options) => deny::run(&options),
        Chore::Openapi(options) => openapi::run(&options),
        Chore::LintOpenapi => lint::run(),
        Chore::Conformance(options) => conformance::run(&options),
        Chore::Chaos => test::chaos(),
        Chore::Bench(options) => bench::run(&options),
        Chore::CheckImport(options) => check_import::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
