//! From the values of a row to what the domain takes, or to everything that is wrong with it.

use domain::category::CategoryCode;
use domain::follow_up::ImportedEnd;
use domain::text::{Paragraph, Reference, Text, Title};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::columns::{Field, Header};
use super::file::Record;
use super::mapping::{Mapping, Meaning};
use super::report::Fault;

/// The years that a moment can lie in; beyond them something is wrong with the file.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// A row that can be taken over.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// The line of the file.
    pub(super) line: u64,
    /// The key of the record in the other system.
    pub(super) reference: Reference,
    /// The category of the case.
    pub(super) category: CategoryCode,
    /// The name of the organisation that was asked.
    pub(super) organisation: String,
    /// The subject of the request and the title of the case.
    pub(super) subject: Title,
    /// The question.
    pub(super) question: Paragraph,
    /// Where it is, in words.
    pub(super) place: Option<Title>,
    /// When it was made.
    pub(super) created_at: Timestamp,
    /// When it was due.
    pub(super) due_at: Option<Timestamp>,
    /// How and when it ended; absent while it is open.
    pub(super) ended: Option<(ImportedEnd, Timestamp)>,
}

/// Makes rows.
pub(super) struct Parser<'a> {
    /// What the values mean.
    pub(super) mapping: &'a Mapping,
    /// Where they stand.
    pub(super) header: Header,
    /// The moment of the import; nothing can have happened after it.
    pub(super) now: Timestamp,
}

impl Parser<'_> {
    /// Makes a row; fails with everything that is wrong with it.
    pub(super) fn parse(&self, record: &Record) -> Result<Row, Vec<Fault>> {
        let mut reading = Reading { parser: self, record, faults: Vec::new() };
        let row = reading.row();
        match row {
            Some(row) if reading.faults.is_empty() => Ok(row),
            _ => Err(reading.faults),
        }
    }
}

/// One row while it is read.
struct Reading<'a> {
    parser: &'a Parser<'a>,
    record: &'a Record,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    fn row(&mut self) -> Option<Row> {
        let mapping = self.parser.mapping;
        let reference = self.text(Field::Reference);
        let category = self.code(Field::Type, "category", |name| mapping.categories.find(name).cloned());
        let meaning = self.code(Field::Status, "meaning", |name| mapping.statuses.find(name).copied());
        let organisation = self
            .required(Field::Agency)
            .map(|agency| mapping.organisations.find(agency).cloned().unwrap_or_else(|| agency.to_owned()));
        let place = self.value(Field::Place).and_then(|_| self.text(Field::Place));
        let created_at =
            self.required(Field::CreatedAt).and_then(|text| self.instant(Field::CreatedAt, text));
        let due_at = self.value(Field::DueAt).and_then(|text| self.instant(Field::DueAt, text));
        let closed_at = self.value(Field::ClosedAt).and_then(|text| self.instant(Field::ClosedAt, text));
        if created_at.is_some_and(|at| at > self.parser.now) {
            self.tell(Field::CreatedAt, "lies in the future");
        }
        let ended = meaning.and_then(|meaning| self.ended(meaning, created_at, closed_at));
        let fill = |field| self.value(field);
        let (subject, question) = (mapping.subject.fill(fill), mapping.question.fill(fill));
        let subject = self.parsed(Field::Type, &subject);
        let question = self.parsed(Field::Type, &question);
        Some(Row {
            line: self.record.row,
            reference: reference?,
            category: category?,
            organisation: organisation?,
            subject: subject?,
            question: question?,
            place,
            created_at: created_at?,
            due_at,
            ended,
        })
    }

    /// Tells how it ended: by its status, at the moment in its column.
    fn ended(
        &mut self,
        meaning: Meaning,
        created_at: Option<Timestamp>,
        closed_at: Option<Timestamp>,
    ) -> Option<(ImportedEnd, Timestamp)> {
        let Meaning::Ended(end) = meaning else { return None };
        let Some(closed_at) = closed_at else {
            if self.value(Field::ClosedAt).is_none() {
                self.tell(Field::ClosedAt, "is empty, while the status says that it ended");
            }
            return None;
        };
        if created_at.is_some_and(|created_at| closed_at < created_at) {
            self.tell(Field::ClosedAt, "lies before its creation");
        }
        if closed_at > self.parser.now {
            self.tell(Field::ClosedAt, "lies in the future");
        }
        Some((end, closed_at))
    }

    fn value(&self, field: Field) -> Option<&'a str> {
        self.parser.header.of(self.record, field)
    }

    fn required(&mut self, field: Field) -> Option<&'a str> {
        let value = self.value(field);
        if value.is_none() {
            self.tell(field, "is empty");
        }
        value
    }

    fn code<T>(&mut self, field: Field, what: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let name = self.required(field)?;
        let found = find(name);
        if found.is_none() {
            self.tell(field, &format!("the mapping gives no {what} for {name:?}"));
        }
        found
    }

    fn text<const MAX: usize>(&mut self, field: Field) -> Option<Text<MAX>> {
        let value = self.required(field)?;
        self.parsed(field, value)
    }

    fn parsed<const MAX: usize>(&mut self, field: Field, text: &str) -> Option<Text<MAX>> {
        Text::parse(text).map_err(|fault| self.tell(field, &fault.to_string())).ok()
    }

    fn instant(&mut self, field: Field, text: &str) -> Option<Timestamp> {
        let Ok(at) = text.parse::<Timestamp>() else {
            self.tell(field, "is no moment as in 2014-01-01T08:53:10Z");
            return None;
        };
        if !YEARS.contains(&at.to_zoned(TimeZone::UTC).year()) {
            let (first, last) = (YEARS.start(), YEARS.end());
            self.tell(field, &format!("its year does not lie between {first} and {last}"));
            return None;
        }
        // Both databases keep whole microseconds.
        Timestamp::from_microsecond(at.as_microsecond()).ok()
    }

    fn tell(&mut self, field: Field, message: &str) {
        let column = self.parser.mapping.columns.name(field).to_owned();
        self.faults.push(Fault { row: self.record.row, column, message: message.to_owned() });
    }
}
