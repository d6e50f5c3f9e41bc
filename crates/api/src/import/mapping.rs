//! The mapping file: what the columns and codes of another system mean here.

mod section;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use domain::case::{ConsultationCode, Source};
use domain::category::{self, CategoryCode};
use domain::follow_up::{ImportedEnd, QuestionKind, Urgency};
use jiff::civil::Date;
use toml::Table;

use self::section::Section;
use super::columns::{Columns, Field};
use super::patterns::Patterns;
use super::template::Template;

/// What the columns and codes of another system mean here.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The name of the other system; under it is remembered what was taken over.
    pub source: String,
    /// The consultation that gets the cases.
    pub consultation: ConsultationCode,
    /// What stands between two values.
    pub delimiter: u8,
    /// The columns.
    pub columns: Columns,
    /// The category of a type.
    pub categories: Patterns<CategoryCode>,
    /// The organisation of an agency; one that is not listed has the agency's name.
    pub organisations: Patterns<String>,
    /// From which day on an organisation exists that is written because none has its name; none are without it.
    pub create_missing: Option<Date>,
    /// What a status means.
    pub statuses: Patterns<Meaning>,
    /// What was asked, coded.
    pub question_kind: QuestionKind,
    /// How soon it was needed.
    pub urgency: Urgency,
    /// Who noticed it.
    pub case_source: Source,
    /// The subject of the request and the title of the case.
    pub subject: Template,
    /// The question.
    pub question: Template,
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The request is still open.
    Open,
    /// It ended.
    Ended(ImportedEnd),
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("cannot read the mapping {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: std::io::Error,
    },
    /// The file is no TOML.
    #[error("the mapping {} is no TOML: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The reason, with line and column.
        reason: String,
    },
    /// Some keys have no usable value.
    #[error("the mapping has {} fault(s):\n  - {}", .0.len(), .0.join("\n  - "))]
    Faults(Vec<String>),
}

/// Since when an organisation exists that an import writes, unless the mapping says otherwise.
const LONG_AGO: Date = Date::constant(2000, 1, 1);

impl Mapping {
    /// Reads a mapping file.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let text = std::fs::read_to_string(path)
            .map_err(|reason| MappingError::Unreadable { path: path.to_path_buf(), reason })?;
        let table = text.parse().map_err(|reason: toml::de::Error| MappingError::Malformed {
            path: path.to_path_buf(),
            reason: reason.to_string(),
        })?;
        Self::read(table).map_err(MappingError::Faults)
    }

    /// Reads a mapping; fails with everything that is wrong with it.
    pub fn read(table: Table) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut root = Section::new("", table, &mut faults);
        let source = root.required("source", |text| Some(text.to_owned()), "a name for the other system");
        let consultation =
            root.required("consultation", ConsultationCode::parse, "the code of a consultation, such as KRO");
        let delimiter = root
            .parsed("delimiter", |text| <[u8; 1]>::try_from(text.as_bytes()).ok(), "one character, such as ;")
            .map_or(b',', |[delimiter]| delimiter);
        let create_missing = root.flag("create_missing").unwrap_or(false);
        let since = root.parsed("organisations_since", |text| text.parse().ok(), "a day, such as 2014-01-01");
        let [columns, defaults, texts, categories, organisations, statuses] =
            ["columns", "defaults", "texts", "categories", "organisations", "statuses"]
                .map(|name| root.section(name));
        root.finish();

        let columns = read_columns(columns, &mut faults);
        let texts = read_texts(texts, columns.as_ref(), &mut faults);
        let shipped = category::shipped().unwrap_or_default();
        let is_kind = |code: &CategoryCode| shipped.iter().any(|known| known.code == *code);
        let find =
            |text: &str| CategoryCode::parse(text).ok().filter(|code| !code.is_group() && is_kind(code));
        let defaults = read_defaults(defaults, find, &mut faults);
        let categories = Section::new("categories", categories, &mut faults).entries(find, CATEGORY);
        let organisations = Section::new("organisations", organisations, &mut faults)
            .entries(|name| Some(name.to_owned()), "the name of an organisation");
        let statuses = Section::new("statuses", statuses, &mut faults).entries(status, STATUS);

        match (source, consultation, columns, texts) {
            (Some(source), Some(consultation), Some(columns), Some((subject, question)))
                if faults.is_empty() =>
            {
                Ok(Self {
                    source,
                    consultation,
                    delimiter,
                    columns,
                    categories: Patterns::new(categories, defaults.category),
                    organisations: Patterns::new(organisations, None),
                    create_missing: create_missing.then_some(since.unwrap_or(LONG_AGO)),
                    statuses: Patterns::new(statuses, defaults.status),
                    question_kind: defaults.question_kind,
                    urgency: defaults.urgency,
                    case_source: defaults.case_source,
                    subject,
                    question,
                })
            }
            _ => Err(faults),
        }
    }
}

const CATEGORY: &str = "the code of a category within a group, such as AFV.SLUIK";
const STATUS: &str = "open, closed, withdrawn or redirected";

fn status(text: &str) -> Option<Meaning> {
    match text {
        "open" => Some(Meaning::Open),
        "closed" => Some(Meaning::Ended(ImportedEnd::Closed)),
        "withdrawn" => Some(Meaning::Ended(ImportedEnd::Withdrawn)),
        "redirected" => Some(Meaning::Ended(ImportedEnd::Redirected)),
        _ => None,
    }
}

fn read_columns(table: Table, faults: &mut Vec<String>) -> Option<Columns> {
    let before = faults.len();
    let mut section = Section::new("columns", table, faults);
    let mut columns = Vec::new();
    for field in Field::ALL {
        let name = |text: &str| Some(text.to_owned());
        let expected = "the name of a column";
        let column = if field.is_required() {
            section.required(field.name(), name, expected)
        } else {
            section.parsed(field.name(), name, expected)
        };
        columns.extend(column.map(|column| (field, column)));
    }
    section.finish();
    (faults.len() == before).then_some(Columns(columns))
}

struct Defaults {
    category: Option<CategoryCode>,
    status: Option<Meaning>,
    question_kind: QuestionKind,
    urgency: Urgency,
    case_source: Source,
}

fn read_defaults(
    table: Table,
    category: impl Fn(&str) -> Option<CategoryCode>,
    faults: &mut Vec<String>,
) -> Defaults {
    fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> String {
        all.iter().map(|value| code(*value)).collect::<Vec<_>>().join(", ")
    }
    let mut section = Section::new("defaults", table, faults);
    let kinds = codes(QuestionKind::ALL, QuestionKind::code);
    let urgencies = codes(Urgency::ALL, Urgency::code);
    let sources = codes(Source::ALL, Source::code);
    let defaults = Defaults {
        category: section.parsed("category", category, CATEGORY),
        status: section.parsed("status", status, STATUS),
        question_kind: section
            .parsed("question_kind", QuestionKind::from_code, &kinds)
            .unwrap_or(QuestionKind::Other),
        urgency: section.parsed("urgency", Urgency::from_code, &urgencies).unwrap_or(Urgency::Normal),
        case_source: section
            .parsed("case_source", Source::from_code, &sources)
            .unwrap_or(Source::CityService),
    };
    section.finish();
    defaults
}

/// Reads the two templates; the values in them need a column.
fn read_texts(
    table: Table,
    columns: Option<&Columns>,
    faults: &mut Vec<String>,
) -> Option<(Template, Template)> {
    let mut section = Section::new("texts", table, faults);
    let [subject, question] =
        [("subject", "{type}"), ("question", "{type} ({reference})")].map(|(key, default)| {
            (key, section.parsed(key, |text| Some(text.to_owned()), "a text").unwrap_or(default.to_owned()))
        });
    section.finish();
    let mut read = |(key, text): (&str, String)| match Template::parse(&text) {
        Ok(template) => {
            let is_named =
                |field| columns.is_none_or(|columns| columns.0.iter().any(|(known, _)| *known == field));
            for field in template.fields().filter(|field| !is_named(*field)) {
                faults.push(format!("texts.{key}: {{{0}}} needs a columns.{0}", field.name()));
            }
            Some(template)
        }
        Err(fault) => {
            faults.push(format!("texts.{key}: {fault}"));
            None
        }
    };
    let (subject, question) = (read(subject), read(question));
    subject.zip(question)
}
