//! The rows that could not be taken over: row, column, what is wrong.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// What is wrong with one value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, the header being line 1.
    pub row: u64,
    /// The column; empty when it is the whole row.
    pub column: String,
    /// What is wrong; no free text of the row.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column.as_str() {
            "" => write!(f, "row {}: {}", self.row, self.message),
            column => write!(f, "row {}, {column}: {}", self.row, self.message),
        }
    }
}

/// How many faults a report remembers for the end.
const REMEMBERED: usize = 20;

/// Takes faults down as they come, in a file when there is one.
#[derive(Default)]
pub struct Report {
    sink: Option<Sink>,
    first: Vec<Fault>,
    count: u64,
}

enum Sink {
    Csv(Box<csv::Writer<File>>),
    Text(BufWriter<File>),
}

impl Report {
    /// Makes a report in a file: CSV when its name ends in `.csv`, else text.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::create(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let sink = if is_csv {
            let mut writer = csv::Writer::from_writer(file);
            writer.write_record(["row", "column", "message"])?;
            Sink::Csv(Box::new(writer))
        } else {
            Sink::Text(BufWriter::new(file))
        };
        Ok(Self { sink: Some(sink), ..Self::default() })
    }

    /// Takes the faults of one row down.
    pub(super) fn add(&mut self, faults: &[Fault]) -> io::Result<()> {
        for fault in faults {
            self.count += 1;
            match &mut self.sink {
                None => {}
                Some(Sink::Csv(writer)) => {
                    writer.write_record([&fault.row.to_string(), &fault.column, &fault.message])?;
                }
                Some(Sink::Text(writer)) => writeln!(writer, "{fault}")?,
            }
            if self.first.len() < REMEMBERED {
                self.first.push(fault.clone());
            }
        }
        Ok(())
    }

    /// Writes what is still in memory.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match &mut self.sink {
            None => Ok(()),
            Some(Sink::Csv(writer)) => writer.flush(),
            Some(Sink::Text(writer)) => writer.flush(),
        }
    }

    /// Gives the first faults, and how many follow them.
    pub fn first(&self) -> (&[Fault], u64) {
        let shown = u64::try_from(self.first.len()).unwrap_or(u64::MAX);
        (&self.first, self.count.saturating_sub(shown))
    }
}
