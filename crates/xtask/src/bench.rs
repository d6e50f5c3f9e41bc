//! `cargo xtask bench`: the program under load on this machine, on SQLite and on PostgreSQL, beside its floor.

mod audit;
mod lists;
mod load;
mod scenarios;
mod stage;
mod sweep;
mod waiting;
mod webhooks;

use anyhow::{Context as _, Result, bail};

use self::load::{Load, Measured};
use self::scenarios::{PROPOSAL, SCENARIOS, Scenario};
use self::stage::{History, Programs, Stage};
use crate::home::{Database, Home};
use crate::program::{self, Memory, Profile};

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Database under the program.
    #[arg(long = "database", value_enum, default_values_t = [Database::Sqlite, Database::Postgresql])]
    databases: Vec<Database>,
    /// Only scenarios whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Seconds per scenario and side.
    #[arg(long, default_value_t = 8)]
    seconds: u32,
    /// Requests in the database.
    #[arg(long, default_value_t = 100_000)]
    requests: u32,
    /// The sizes of history between which the cost of lists is compared; none skips it.
    #[arg(long, num_args = 0..=2, default_values_t = [1_000, 1_000_000])]
    list_sizes: Vec<u32>,
    /// Uses the release build that is there, as it is.
    #[arg(long)]
    built: bool,
}

/// One line of the result.
struct Row {
    scenario: &'static Scenario,
    measured: Measured,
    floor: Measured,
    memory: Option<Memory>,
}

/// Measures all scenarios on each database.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = |name| {
        if options.built {
            program::built(name, Profile::Release)
        } else {
            program::build_binary(name, Profile::Release)
        }
    };
    let programs = Programs { program: program("wijkoverleg")?, bench: program("bench")? };
    let mut failures = Vec::new();
    for database in &options.databases {
        let mut rows = play(&SCENARIOS, History::of(options.requests), *database, &programs, options)?;
        let of_meeting = History { requests: 20_000, per_case: 4 };
        rows.extend(play(&PROPOSAL, of_meeting, *database, &programs, options)?);
        failures.extend(print(*database, &rows));
        if "waiting".contains(&options.only) {
            failures.extend(waiting::measure(&programs, *database)?);
        }
        if "webhooks".contains(&options.only) {
            failures.extend(webhooks::compare(&programs, *database)?);
        }
        if "audit".contains(&options.only) {
            failures.extend(audit::compare(&programs, *database)?);
        }
        if "sweep".contains(&options.only) {
            failures.extend(sweep::compare(&programs, *database)?);
        }
        if let [small, large] = options.list_sizes.as_slice() {
            let homes = [Home::new(*database)?, Home::new(*database)?];
            let urls = homes.each_ref().map(Home::url);
            failures.extend(lists::compare(&programs, &urls, [*small, *large])?);
        }
    }
    if !failures.is_empty() {
        bail!("{}", failures.join("; "));
    }
    Ok(())
}

/// Measures those scenarios that are wanted on a history.
fn play(
    scenarios: &'static [Scenario],
    history: History,
    database: Database,
    programs: &Programs,
    options: &Options,
) -> Result<Vec<Row>> {
    let mut wanted = scenarios.iter().filter(|scenario| scenario.name.contains(&options.only)).peekable();
    let mut rows = Vec::new();
    if wanted.peek().is_none() {
        return Ok(rows);
    }
    let home = Home::new(database)?;
    let mut stage = Stage::set(programs, &home.url(), home.folder(), history)?;
    for scenario in wanted {
        rows.push(measure(scenario, &stage, options.seconds)?);
        stage.check().with_context(|| format!("the program did not survive {}", scenario.name))?;
    }
    Ok(rows)
}

fn measure(scenario: &'static Scenario, stage: &Stage, seconds: u32) -> Result<Row> {
    let side = |on_floor: bool| -> Result<Measured> {
        let run = |seconds| -> Result<Measured> {
            let url = if on_floor { stage.floor_url() } else { stage.program_url() };
            let script = stage.script(scenario, on_floor)?;
            let connections = scenario.connections;
            let load = Load { url: &url, headers: &[], script: &script, connections, threads: 1, seconds };
            let measured = load::run_wrk(&load).with_context(|| format!("scenario {}", scenario.name))?;
            if !on_floor && scenario.program.1.contains("{open}") {
                // What was sent and not answered any more is used up as well.
                stage.use_up(measured.requests.saturating_add(2 * usize::try_from(connections)?));
            }
            Ok(measured)
        };
        run(1)?;
        run(seconds)
    };
    Ok(Row { scenario, floor: side(true)?, measured: side(false)?, memory: stage.memory() })
}

/// Prints the table and returns what is not as it must be.
fn print(database: Database, rows: &[Row]) -> Vec<String> {
    println!("\n{database:?}");
    println!(
        "{:<34}{:>6}{:>12}{:>12}{:>8}{:>8}{:>9}{:>9}{:>8}{:>8}{:>9}",
        "scenario",
        "conn",
        "floor r/s",
        "program r/s",
        "ratio",
        "asked",
        "p50 ms",
        "p99 ms",
        "errors",
        "non-2xx",
        "MiB peak"
    );
    let mut failures = Vec::new();
    for Row { scenario, measured, floor, memory } in rows {
        let ratio = measured.requests_per_second / floor.requests_per_second;
        println!(
            "{:<34}{:>6}{:>12.0}{:>12.0}{:>8.2}{:>8.2}{:>9.2}{:>9.2}{:>8}{:>8}{:>9}",
            scenario.name,
            scenario.connections,
            floor.requests_per_second,
            measured.requests_per_second,
            ratio,
            scenario.at_least,
            measured.p50.as_secs_f64() * 1000.0,
            measured.p99.as_secs_f64() * 1000.0,
            measured.socket_errors,
            measured.bad_statuses,
            memory.map_or_else(|| "–".to_owned(), |memory| memory.peak.to_string()),
        );
        if measured.socket_errors + measured.bad_statuses > 0 {
            failures.push(format!("{} on {database:?} had errors", scenario.name));
        }
        if ratio < scenario.at_least {
            let asked = scenario.at_least;
            failures
                .push(format!("{} on {database:?} is {ratio:.2} × its floor, not {asked}", scenario.name));
        }
        if memory.is_some_and(|memory| memory.peak >= 150) {
            failures.push(format!("the program used 150 MiB or more by the end of {}", scenario.name));
        }
    }
    failures
}
