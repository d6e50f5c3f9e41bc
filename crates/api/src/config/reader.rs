//! Takes values by key out of file and environment, and remembers what was wrong.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

use toml::{Table, Value};

const PREFIX: &str = "WIJKOVERLEG_";

/// What is wrong with one key; never its value, which can be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key in the file, or the name in the environment.
    pub key: String,
    /// What is expected there.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.expected)
    }
}

/// A value as it was given, under the name that a fault calls it by.
struct Given {
    name: String,
    value: Value,
}

/// Takes values by key; what is left at the end is unknown.
pub(super) struct Reader {
    given: BTreeMap<String, Given>,
    faults: Vec<Fault>,
}

impl Reader {
    /// Lays the environment over a file: `limits.body_bytes` is `WIJKOVERLEG_LIMITS_BODY_BYTES`.
    pub(super) fn new(file: Table, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut given = BTreeMap::new();
        flatten("", file, &mut given);
        for (name, value) in environment {
            let key = match name.strip_prefix(PREFIX) {
                Some("CONFIG") => continue,
                Some(rest) => rest,
                None if name == "DATABASE_URL" => &name,
                None => continue,
            };
            given.insert(canonical(key), Given { name, value: Value::String(value) });
        }
        Self { given, faults: Vec::new() }
    }

    /// Takes a text.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.parsed(key, "a text", |text| (!text.is_empty()).then(|| text.to_owned()))
    }

    /// Takes an address with a port.
    pub(super) fn address(&mut self, key: &str) -> Option<SocketAddr> {
        self.parsed(key, "an address with a port, such as 127.0.0.1:8080", |text| text.parse().ok())
    }

    /// Takes one of several words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let find = |text: &str| choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        self.parsed(key, &names.join(" or "), find)
    }

    /// Takes a whole number within bounds.
    pub(super) fn number(&mut self, key: &str, least: u64, most: u64) -> Option<u64> {
        let within = |text: &str| text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        self.parsed(key, &format!("a whole number from {least} to {most}"), within)
    }

    /// Takes what a function makes of a text or number.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let Given { name, value } = self.given.remove(&canonical(key))?;
        let parsed = match value {
            Value::String(text) => parse(text.trim()),
            Value::Integer(number) => parse(&number.to_string()),
            Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
                None
            }
        };
        if parsed.is_none() {
            self.faults.push(Fault { key: name, expected: format!("expected {expected}") });
        }
        parsed
    }

    /// Takes a list: an array in the file, separated by commas in the environment.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Given { name, value } = self.given.remove(&canonical(key))?;
        let parts: Option<Vec<String>> = match value {
            Value::String(text) => Some(text.split(',').map(|part| part.trim().to_owned()).collect()),
            Value::Array(parts) => parts.iter().map(part).collect(),
            Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Table(_) => None,
        };
        let parsed: Option<Vec<T>> = parts.and_then(|parts| parts.iter().map(|part| parse(part)).collect());
        if parsed.is_none() {
            self.faults.push(Fault { key: name, expected: format!("expected {expected}") });
        }
        parsed
    }

    /// Notes what is wrong with a key beside others.
    pub(super) fn fault(&mut self, key: &str, expected: String) {
        self.faults.push(Fault { key: key.to_owned(), expected });
    }

    /// Returns every fault; a key that nobody took is one.
    pub(super) fn finish(mut self) -> Vec<Fault> {
        let unknown = self.given.into_values();
        self.faults.extend(
            unknown.map(|given| Fault { key: given.name, expected: "there is no such key".to_owned() }),
        );
        self.faults
    }
}

fn flatten(prefix: &str, table: Table, given: &mut BTreeMap<String, Given>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(table) => flatten(&name, table, given),
            value => {
                given.insert(canonical(&name), Given { name, value });
            }
        }
    }
}

/// Makes one name of `limits.body_bytes` and `LIMITS_BODY_BYTES`.
fn canonical(key: &str) -> String {
    key.replace('.', "_").to_lowercase()
}

/// Gives an item of an array as text.
fn part(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}
