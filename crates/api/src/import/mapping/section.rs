//! Takes values by key out of one table of the mapping file, and remembers what was wrong.

use toml::{Table, Value};

/// One table; what nobody took at the end is unknown.
pub(super) struct Section<'f> {
    name: &'static str,
    values: Table,
    faults: &'f mut Vec<String>,
}

impl<'f> Section<'f> {
    /// Takes values out of a table; the root has no name.
    pub(super) const fn new(name: &'static str, values: Table, faults: &'f mut Vec<String>) -> Self {
        Self { name, values, faults }
    }

    /// Takes what a function makes of a text, or of a number or day as it is written.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let value = self.values.remove(key)?;
        let parsed = text_of(&value).and_then(|text| parse(&text));
        if parsed.is_none() {
            self.tell(key, expected);
        }
        parsed
    }

    /// Takes the same, and tells when it is absent.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        if !self.values.contains_key(key) {
            self.tell(key, expected);
            return None;
        }
        self.parsed(key, parse, expected)
    }

    /// Takes true or false.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.values.remove(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.tell(key, "true or false");
        }
        flag
    }

    /// Takes a table within this one; empty when it is absent.
    pub(super) fn section(&mut self, key: &str) -> Table {
        match self.values.remove(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(_) => {
                self.tell(key, "a table");
                Table::new()
            }
        }
    }

    /// Takes every key with what a function makes of its text.
    pub(super) fn entries<T>(
        mut self,
        parse: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Vec<(String, T)> {
        let values = std::mem::take(&mut self.values);
        let mut entries = Vec::new();
        for (key, value) in values {
            match text_of(&value).and_then(|text| parse(&text)) {
                Some(parsed) => entries.push((key, parsed)),
                None => self.tell(&format!("\"{key}\""), expected),
            }
        }
        entries
    }

    /// Tells every key that nobody took.
    pub(super) fn finish(mut self) {
        for key in std::mem::take(&mut self.values).keys() {
            let path = self.path(key);
            self.faults.push(format!("{path}: there is no such key"));
        }
    }

    fn tell(&mut self, key: &str, expected: &str) {
        let path = self.path(key);
        self.faults.push(format!("{path}: expected {expected}"));
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Datetime(day) => day.to_string(),
        Value::Float(_) | Value::Boolean(_) | Value::Array(_) | Value::Table(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}
