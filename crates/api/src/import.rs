//! Requests of another system, taken over from a CSV file: each row becomes a case and the request put about it.
//!
//! A [`Mapping`] tells what the columns and codes of the file mean. Rows are read one after the other and written in
//! batches, each in one transaction with a note of what was taken over: whatever ends the program in between, the next
//! run goes on where it stopped. A row that cannot be taken over is told in the report and ends nothing.

mod addressees;
mod batch;
mod columns;
mod file;
mod mapping;
mod patterns;
mod progress;
mod report;
mod row;
mod template;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::access::Sight;
use domain::consultation::Consultation;
use persistence::{Direction, PageRequest, Place, Store, StoreError, consultations};

pub use batch::BATCH;
pub use columns::Field;
pub use mapping::{Mapping, MappingError};
pub use report::{Fault, Report};

use crate::clock::{Clock, Ids};
use addressees::Addressees;
use batch::Writer;
use file::Rows;
use progress::Progress;
use row::Parser;

/// What an import works with.
pub struct Tools<'a> {
    /// The database.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids.
    pub ids: Arc<dyn Ids>,
}

/// What is to be taken over, and how.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The file.
    pub file: &'a Path,
    /// What its columns and codes mean.
    pub mapping: &'a Mapping,
    /// Whether everything is read and checked, and nothing written.
    pub dry_run: bool,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows of the file, without the header.
    pub read: u64,
    /// Rows that were taken over, or would be.
    pub imported: u64,
    /// Rows that had been taken over before.
    pub known: u64,
    /// Rows that could not be taken over.
    pub refused: u64,
    /// How long it took.
    pub elapsed: Duration,
}

impl Tally {
    /// Gives the rows per second.
    pub fn rate(&self) -> u64 {
        let rate = u128::from(self.read) * 1_000 / self.elapsed.as_millis().max(1);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

/// Why an import ends before its file does.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: csv::Error,
    },
    /// The file lacks columns that the mapping names.
    #[error("{} has no column {}; it has: {}", path.display(), missing.join(", "), found.join(", "))]
    Columns {
        /// The file.
        path: PathBuf,
        /// The columns that the mapping names.
        missing: Vec<String>,
        /// The columns of the file.
        found: Vec<String>,
    },
    /// The consultation of the mapping does not exist.
    #[error("there is no consultation {code}; there are: {}", listed(known))]
    Consultation {
        /// The code in the mapping.
        code: String,
        /// The codes that there are.
        known: Vec<String>,
    },
    /// The report cannot be written.
    #[error("cannot write the report: {0}")]
    Report(#[from] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn listed(codes: &[String]) -> String {
    if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
}

/// Takes the rows of a file over.
pub fn run(tools: &Tools<'_>, order: Order<'_>, report: &mut Report) -> Result<Tally, ImportError> {
    let started = Instant::now();
    let Order { file, mapping, dry_run } = order;
    let consultation = consultation(tools.store, mapping)?;
    let addressees = Addressees::load(tools.store, mapping)?;
    let mut rows = Rows::open(file, mapping)?;
    let parser = Parser { mapping, header: rows.header().clone(), now: tools.clock.now() };
    let mut writer = Writer { tools, mapping, consultation: &consultation, addressees, dry_run };
    let progress = Progress::start(rows.size());
    let mut tally = Tally::default();
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let next = rows.next()?;
        let is_last = next.is_none();
        if let Some(record) = next {
            tally.read += 1;
            match record.and_then(|record| parser.parse(&record)) {
                Ok(row) => batch.push(row),
                Err(faults) => {
                    tally.refused += 1;
                    report.add(&faults)?;
                }
            }
        }
        if batch.len() == BATCH || (is_last && !batch.is_empty()) {
            let written = writer.write(std::mem::take(&mut batch))?;
            tally.imported += written.imported;
            tally.known += written.known;
            for faults in &written.faults {
                tally.refused += 1;
                report.add(faults)?;
            }
            progress.show(rows.position(), tally.read);
        }
        if is_last {
            break;
        }
    }
    report.finish()?;
    progress.end();
    tally.elapsed = started.elapsed();
    Ok(tally)
}

fn consultation(store: &Store, mapping: &Mapping) -> Result<Consultation, ImportError> {
    let everything = Sight::everything();
    let mut known = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest { direction: Direction::Ascending, after, size: 500 };
        let page = store.read(|connection| consultations::list(connection, &everything, request))?;
        after = page.items.last().map(|last| Place { at: last.created_at, id: last.consultation.id.into() });
        for stored in page.items {
            if stored.consultation.code == mapping.consultation {
                return Ok(stored.consultation);
            }
            known.push(stored.consultation.code.to_string());
        }
        if !page.has_more {
            return Err(ImportError::Consultation { code: mapping.consultation.to_string(), known });
        }
    }
}
