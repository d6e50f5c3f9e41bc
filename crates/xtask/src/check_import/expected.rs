//! What the services are to be told, read from the file and its mapping.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use toml::{Table, Value};

/// A request as the file has it.
pub(super) struct Request {
    /// The name of the organisation that was asked.
    pub(super) organisation: String,
    /// The state that the API is to tell.
    pub(super) state: &'static str,
    pub(super) created_at: Timestamp,
    pub(super) due_at: Option<Timestamp>,
    /// Absent while it is open.
    pub(super) ended_at: Option<Timestamp>,
}

impl Request {
    /// Tells whether it ended after it was due, or is due and open.
    pub(super) fn is_late(&self) -> bool {
        let until = self.ended_at.unwrap_or_else(Timestamp::now);
        self.due_at.is_some_and(|due_at| until > due_at)
    }
}

/// The requests of a file, by reference.
pub(super) struct Expected {
    pub(super) requests: BTreeMap<String, Request>,
}

impl Expected {
    /// Reads a file; of two rows with one reference the first one counts.
    pub(super) fn read(file: &Path, mapping: &Path) -> Result<Self> {
        let named = |path: &Path| format!("cannot read {}", path.display());
        let mapping: Table = fs::read_to_string(mapping)
            .with_context(|| named(mapping))?
            .parse()
            .with_context(|| named(mapping))?;
        let meanings = Meanings::of(&mapping);
        let delimiter = mapping.get("delimiter").and_then(Value::as_str).and_then(|text| text.bytes().next());
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(delimiter.unwrap_or(b','))
            .from_path(file)
            .with_context(|| named(file))?;
        let mut requests = BTreeMap::new();
        for row in rows.deserialize::<BTreeMap<String, String>>() {
            let row = row.with_context(|| named(file))?;
            let (reference, request) = meanings.request(&row).with_context(|| format!("{row:?}"))?;
            requests.entry(reference).or_insert(request);
        }
        Ok(Self { requests })
    }
}

/// The sections of a mapping that matter here.
struct Meanings<'a> {
    columns: Option<&'a Table>,
    statuses: Option<&'a Table>,
    organisations: Option<&'a Table>,
    default_status: Option<&'a str>,
}

impl<'a> Meanings<'a> {
    fn of(mapping: &'a Table) -> Self {
        let section = |name: &str| mapping.get(name).and_then(Value::as_table);
        Self {
            columns: section("columns"),
            statuses: section("statuses"),
            organisations: section("organisations"),
            default_status: section("defaults").and_then(|it| it.get("status")).and_then(Value::as_str),
        }
    }

    fn request(&self, row: &BTreeMap<String, String>) -> Result<(String, Request)> {
        let value = |field: &str| {
            let column = self.columns?.get(field)?.as_str()?;
            row.get(column).map(|value| value.trim()).filter(|value| !value.is_empty())
        };
        let required = |field: &str| value(field).with_context(|| format!("no {field}"));
        let moment = |field: &str| {
            value(field).map(str::parse::<Timestamp>).transpose().with_context(|| field.to_owned())
        };
        let agency = required("agency")?;
        let status = look_up(self.statuses, required("status")?).or(self.default_status);
        let state = match status.context("no meaning for the status")? {
            "closed" => "closed",
            "withdrawn" => "withdrawn",
            "redirected" => "redirected",
            _ => "sent",
        };
        let request = Request {
            organisation: look_up(self.organisations, agency).unwrap_or(agency).to_owned(),
            state,
            created_at: moment("created_at")?.context("no created_at")?,
            due_at: moment("due_at")?,
            ended_at: if state == "sent" {
                None
            } else {
                Some(moment("closed_at")?.context("no closed_at")?)
            },
        };
        Ok((required("reference")?.to_owned(), request))
    }
}

/// Finds what a name means: by itself, or by the longest beginning of it that ends in a star.
fn look_up<'a>(section: Option<&'a Table>, name: &str) -> Option<&'a str> {
    let section = section?;
    let beginnings =
        section.iter().filter(|(key, _)| key.strip_suffix('*').is_some_and(|it| name.starts_with(it)));
    let closest = || beginnings.max_by_key(|(key, _)| key.len()).map(|(_, value)| value);
    section.get(name).or_else(closest)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::look_up;

    #[test]
    fn the_closest_name_counts() {
        let section = "\"Afval*\" = 'a'\n\"Afvalbak*\" = 'b'\n\"Afvalbak vol\" = 'c'".parse().ok();
        let found = |name| look_up(section.as_ref(), name);
        assert_eq!(found("Afval op straat"), Some("a"));
        assert_eq!(found("Afvalbak stuk"), Some("b"));
        assert_eq!(found("Afvalbak vol"), Some("c"));
        assert_eq!(found("Graffiti"), None);
    }
}
