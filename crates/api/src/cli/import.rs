//! `wijkoverleg import`: takes records of another system over.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{Failure, database};
use crate::clock::{SystemClock, TimeOrderedIds};
use crate::config::Config;
use crate::import::{self, Mapping, Order, Report, Tally, Tools};

/// The exit code of an import that left rows out.
const ROWS_REFUSED: u8 = 3;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Takes requests over from a CSV file, each with a case of its own.
    ///
    /// The mapping tells what the columns and codes of the file mean; examples/import holds one with comments. A row is
    /// taken over once: the same file again goes on where the last run stopped. A row that cannot be taken over is told
    /// in the report and ends nothing; then the exit code is 3.
    Requests(Requests),
}

#[derive(Debug, Args)]
pub(super) struct Requests {
    /// The file; its first line names the columns.
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// What its columns and codes mean.
    #[arg(long, value_name = "MAP.toml")]
    mapping: PathBuf,
    /// Reads and checks every row, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where the refused rows are listed with what is wrong: CSV when the name ends in .csv, else text.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Takes requests over and tells what became of the rows.
pub(super) fn requests(config: &Config, arguments: &Requests) -> Result<ExitCode, Failure> {
    let Requests { file, mapping, dry_run, report } = arguments;
    let mapping = Mapping::load(mapping)?;
    let store = database::open_current(config)?;
    let mut report = match report {
        Some(path) => Report::create(path)?,
        None => Report::default(),
    };
    let tools = Tools { store: &store, clock: &SystemClock, ids: Arc::new(TimeOrderedIds) };
    let order = Order { file, mapping: &mapping, dry_run: *dry_run };
    let tally = import::run(&tools, order, &mut report)?;
    tell(&tally, &report, *dry_run)?;
    Ok(if tally.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(ROWS_REFUSED) })
}

fn tell(tally: &Tally, report: &Report, dry_run: bool) -> io::Result<()> {
    let (first, more) = report.first();
    let mut errors = io::stderr().lock();
    for fault in first {
        writeln!(errors, "{fault}")?;
    }
    if more > 0 {
        writeln!(errors, "… and {more} more; --report FILE lists them all")?;
    }
    let Tally { read, imported, known, refused, elapsed } = tally;
    let done = if dry_run { "would be imported" } else { "imported" };
    let seconds = elapsed.as_secs_f64();
    let rate = tally.rate();
    writeln!(
        io::stdout(),
        "{read} rows read: {imported} {done}, {known} imported before, {refused} refused ({seconds:.1} s, {rate} rows/s)"
    )
}
