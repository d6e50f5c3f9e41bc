//! `cargo xtask check-import`: a whole file into a demonstration, and back by each of its services through the API.
//!
//! What is to be expected is read from the file here, by rules of this chore's own: it shares no code with the import.

mod expected;
mod served;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use self::expected::{Expected, Request};
use self::served::Served;
use crate::home::{Database, Home};
use crate::program::{self, Demo, Profile};
use crate::shell;

/// Options of `cargo xtask check-import`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The file; its first line names the columns.
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// What its columns and codes mean.
    #[arg(long, value_name = "MAP.toml")]
    mapping: PathBuf,
    /// Database under the program.
    #[arg(long = "database", value_enum, default_values_t = [Database::Sqlite, Database::Postgresql])]
    databases: Vec<Database>,
    /// Uses a quick build in place of a release build.
    #[arg(long)]
    dev: bool,
    /// Uses this program in place of a build.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// How many differences are shown.
const SHOWN: usize = 20;

/// Imports the file on each database and compares.
pub(crate) fn run(options: &Options) -> Result<()> {
    let named = |path: &PathBuf| fs::canonicalize(path).with_context(|| format!("no {}", path.display()));
    let (file, mapping) = (named(&options.file)?, named(&options.mapping)?);
    let program = match &options.program {
        Some(program) => named(program)?,
        None => program::build(if options.dev { Profile::Dev } else { Profile::Release })?,
    };
    let expected = Expected::read(&file, &mapping)?;
    println!("{}: {} requests", file.display(), expected.requests.len());
    print(&figures(expected.requests.values().map(|request| (request, request.is_late()))));

    let mut failures = Vec::new();
    for database in &options.databases {
        let home = Home::new(*database)?;
        let log = shell::work_path("check-import.log")?;
        let mut demo = Demo::start(&program, Some(&home.url()), &log)?;
        let mut import = shell::command(&program);
        import.args(["import", "requests"]).arg(&file).arg("--mapping").arg(&mapping);
        import.env("DATABASE_URL", home.url()).env("WIJKOVERLEG_DATA_DIR", home.folder());
        let told = shell::read(&mut import)?;
        print!("{database:?}: {told}");
        let again = shell::read(&mut import)?;
        print!("{database:?}, again: {again}");
        if !again.contains(": 0 imported, ") {
            failures.push(format!("{database:?}: a second run imports something"));
        }

        let started = Instant::now();
        let served = Served::poll(&program, &home, &demo, &expected)?;
        let (services, seconds) = (served.services, started.elapsed().as_secs_f64());
        println!("{database:?}: polled by {services} services in {seconds:.1} s");
        demo.check().context("the program did not survive the polls")?;
        print(&figures(served.requests.iter().filter_map(|(reference, told)| {
            expected.requests.get(reference).map(|request| (request, told.late))
        })));
        let differences = served.differences(&expected);
        for difference in differences.iter().take(SHOWN) {
            println!("{database:?}: {difference}");
        }
        if !differences.is_empty() {
            failures.push(format!("{database:?}: {} differences", differences.len()));
        }
    }
    if !failures.is_empty() {
        bail!("the API does not tell what the file says: {}", failures.join("; "));
    }
    Ok(())
}

/// How many requests there are of a kind, and how many of them with a due date and an end, and late.
#[derive(Default, Debug, PartialEq, Eq)]
struct Figures {
    all: usize,
    timed: usize,
    late: usize,
}

/// Counts requests by state, and those that ended together.
fn figures<'a>(requests: impl Iterator<Item = (&'a Request, bool)>) -> BTreeMap<&'static str, Figures> {
    let mut figures: BTreeMap<&'static str, Figures> = BTreeMap::new();
    for (request, late) in requests {
        let groups =
            if request.ended_at.is_some() { vec![request.state, "ended, all"] } else { vec![request.state] };
        for group in groups {
            let figures = figures.entry(group).or_default();
            figures.all += 1;
            figures.timed += usize::from(request.due_at.is_some() && request.ended_at.is_some());
            figures.late += usize::from(late);
        }
    }
    figures
}

fn print(figures: &BTreeMap<&'static str, Figures>) {
    for (group, Figures { all, timed, late }) in figures {
        println!("    {group:<12}{all:>8}, with a due date and an end {timed:>8}, late {late:>8}");
    }
}
