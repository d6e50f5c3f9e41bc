//! `cargo xtask bench`: the program under load on this machine, on SQLite and on PostgreSQL.

mod load;
mod scenarios;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use self::load::{Load, Measured};
use self::scenarios::{SCENARIOS, Scenario};
use crate::postgres::{Cluster, Durability};
use crate::program::{self, Demo, Memory, Profile};
use crate::shell;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Database under the program.
    #[arg(long = "database", value_enum, default_values_t = [Database::Sqlite, Database::Postgresql])]
    databases: Vec<Database>,
    /// Only scenarios whose name contains this; the floor is always measured.
    #[arg(long, default_value = "")]
    only: String,
    /// Seconds per scenario.
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Threads of the load generator.
    #[arg(long, default_value_t = 1)]
    threads: u32,
    /// Uses this program in place of a release build.
    #[arg(long)]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    /// The file of the demonstration.
    Sqlite,
    /// A throw-away cluster that waits for the disk.
    Postgresql,
}

/// One line of the result.
struct Row {
    scenario: &'static Scenario,
    measured: Measured,
    memory: Option<Memory>,
}

/// Measures all scenarios on each database.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = match &options.program {
        Some(program) => program.clone(),
        None => program::build(Profile::Release)?,
    };
    let mut failures = Vec::new();
    for database in &options.databases {
        let cluster = match database {
            Database::Sqlite => None,
            Database::Postgresql => Some(Cluster::start(Durability::Full)?),
        };
        let url = cluster.as_ref().map(Cluster::url);
        let mut demo = Demo::start(&program, url.as_deref(), &shell::work_path("bench.log")?)?;
        let mut rows = Vec::new();
        for scenario in SCENARIOS.iter().filter(|it| it.is_floor || it.name.contains(&options.only)) {
            rows.push(measure(scenario, &demo, options)?);
            demo.check().with_context(|| format!("the program did not survive {}", scenario.name))?;
        }
        failures.extend(print(*database, &rows)?);
    }
    if !failures.is_empty() {
        bail!("{}", failures.join("; "));
    }
    Ok(())
}

fn measure(scenario: &'static Scenario, demo: &Demo, options: &Options) -> Result<Row> {
    let mut headers = Vec::new();
    if let Some(role) = scenario.role {
        headers.push(format!("Authorization: Bearer {}", demo.client(role)?.access_token));
    }
    let url = format!("{}{}", demo.base_url(), scenario.path);
    let load = Load {
        url: &url,
        headers: &headers,
        script: scenario.script,
        connections: scenario.connections,
        threads: options.threads,
        seconds: options.seconds,
    };
    load::run_wrk(&Load { seconds: 1, ..load })?;
    let measured = load::run_wrk(&load).with_context(|| format!("scenario {}", scenario.name))?;
    Ok(Row { scenario, measured, memory: demo.memory() })
}

/// Prints the table and returns what is not as it must be.
fn print(database: Database, rows: &[Row]) -> Result<Vec<String>> {
    let floor = rows.iter().find(|row| row.scenario.is_floor).context("no scenario is the floor")?;
    let floor = floor.measured.requests_per_second;
    println!("\n{database:?}");
    println!(
        "{:<32}{:>6}{:>12}{:>9}{:>10}{:>10}{:>8}{:>8}{:>9}{:>9}",
        "scenario",
        "conn",
        "requests/s",
        "× floor",
        "p50 ms",
        "p99 ms",
        "errors",
        "non-2xx",
        "MiB now",
        "MiB peak"
    );
    let mut failures = Vec::new();
    for Row { scenario, measured, memory } in rows {
        let ratio = measured.requests_per_second / floor;
        let mebibytes = |value: Option<u64>| value.map_or_else(|| "–".into(), |value| value.to_string());
        println!(
            "{:<32}{:>6}{:>12.0}{:>9.3}{:>10.2}{:>10.2}{:>8}{:>8}{:>9}{:>9}",
            scenario.name,
            scenario.connections,
            measured.requests_per_second,
            ratio,
            measured.p50.as_secs_f64() * 1000.0,
            measured.p99.as_secs_f64() * 1000.0,
            measured.socket_errors,
            measured.bad_statuses,
            mebibytes(memory.map(|it| it.now)),
            mebibytes(memory.map(|it| it.peak)),
        );
        if measured.socket_errors + measured.bad_statuses > 0 {
            failures.push(format!("{} on {database:?} had errors", scenario.name));
        }
        if ratio < scenario.at_least {
            let wanted = scenario.at_least;
            failures.push(format!("{} on {database:?} is {ratio:.3} × floor, not {wanted}", scenario.name));
        }
    }
    Ok(failures)
}
