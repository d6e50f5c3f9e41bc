//! Reads the rows of the file one after the other, however long it is.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::ImportError;
use super::columns::{Field, Header};
use super::mapping::Mapping;
use super::report::Fault;

/// One row with the line that it begins on; the header is on line 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The line.
    pub(super) row: u64,
    /// The values.
    pub(super) values: StringRecord,
}

/// The rows of a file.
pub(super) struct Rows {
    reader: Reader<File>,
    path: PathBuf,
    header: Header,
    size: u64,
}

impl Rows {
    /// Opens a file and finds the columns of the mapping in its header.
    pub(super) fn open(path: &Path, mapping: &Mapping) -> Result<Self, ImportError> {
        let unreadable = |reason: csv::Error| ImportError::Unreadable { path: path.to_path_buf(), reason };
        let file = File::open(path).map_err(|error| unreadable(error.into()))?;
        let size = file.metadata().map_err(|error| unreadable(error.into()))?.len();
        let mut reader = ReaderBuilder::new().delimiter(mapping.delimiter).flexible(true).from_reader(file);
        let found = reader.headers().map_err(unreadable)?.clone();
        let header = mapping.columns.locate(&found).map_err(|missing| ImportError::Columns {
            path: path.to_path_buf(),
            missing,
            found: found.iter().map(str::to_owned).collect(),
        })?;
        Ok(Self { reader, path: path.to_path_buf(), header, size })
    }

    /// Tells where the columns stand.
    pub(super) const fn header(&self) -> &Header {
        &self.header
    }

    /// Gives the bytes of the whole file.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// Gives the bytes that were read.
    pub(super) fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    /// Reads the next row; none at the end, a fault when it is no row of this file.
    pub(super) fn next(&mut self) -> Result<Option<Result<Record, Vec<Fault>>>, ImportError> {
        let mut values = StringRecord::new();
        let row = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        let fault = |row, message| Ok(Some(Err(vec![Fault { row, column: String::new(), message }])));
        match self.reader.read_record(&mut values) {
            Ok(false) => Ok(None),
            Ok(true) if values.len() != self.header.width => {
                let message = format!("{} values, while the header has {}", values.len(), self.header.width);
                fault(row(values.position()), message)
            }
            Ok(true) => Ok(Some(Ok(Record { row: row(values.position()), values }))),
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { pos, .. } => fault(row(pos.as_ref()), "the row is not UTF-8".to_owned()),
                _ => Err(ImportError::Unreadable { path: self.path.clone(), reason: error }),
            },
        }
    }
}

impl Header {
    /// Gives a value of a row.
    pub(super) fn of<'r>(&self, record: &'r Record, field: Field) -> Option<&'r str> {
        self.value(&record.values, field)
    }
}
