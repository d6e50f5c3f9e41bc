//! Tables from the codes of another system to those of this one.

use std::collections::HashMap;

/// Finds a value by a name: listed as it is, else by the longest beginning listed (`SW-*`), else the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns<T> {
    exact: HashMap<String, T>,
    /// Longest first.
    beginnings: Vec<(String, T)>,
    default: Option<T>,
}

impl<T> Patterns<T> {
    /// Makes a table of names and, with a star at their end, beginnings of names.
    pub fn new(entries: impl IntoIterator<Item = (String, T)>, default: Option<T>) -> Self {
        let mut table = Self { exact: HashMap::new(), beginnings: Vec::new(), default };
        for (name, value) in entries {
            match name.strip_suffix('*') {
                Some(beginning) => table.beginnings.push((beginning.to_owned(), value)),
                None => {
                    table.exact.insert(name, value);
                }
            }
        }
        table.beginnings.sort_by_key(|(beginning, _)| std::cmp::Reverse(beginning.len()));
        table
    }

    /// Finds the value of a name.
    pub fn find(&self, name: &str) -> Option<&T> {
        self.exact
            .get(name)
            .or_else(|| {
                let listed = self.beginnings.iter().find(|(beginning, _)| name.starts_with(beginning));
                listed.map(|(_, value)| value)
            })
            .or(self.default.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: &[(&str, u8)], default: Option<u8>) -> Patterns<u8> {
        Patterns::new(entries.iter().map(|(name, value)| ((*name).to_owned(), *value)), default)
    }

    #[test]
    fn the_closest_entry_wins_whatever_the_order() {
        let entries = [("SW-*", 1), ("SW-Rat*", 2), ("SW-Rat Rubout", 3)];
        let mut reversed = entries;
        reversed.reverse();
        for entries in [entries, reversed] {
            let table = table(&entries, None);
            for (name, expected) in [
                ("SW-Rat Rubout", Some(&3)),
                ("SW-Rat Rubout Proactive", Some(&2)),
                ("SW-", Some(&1)),
                ("SW", None),
                ("sw-Cleaning", None),
            ] {
                assert_eq!(table.find(name), expected, "{name}");
            }
        }
    }

    #[test]
    fn what_is_not_listed_takes_the_default() {
        assert_eq!(table(&[("a", 1)], Some(9)).find("b"), Some(&9));
        assert_eq!(table(&[("*", 1)], Some(9)).find("b"), Some(&1), "a star alone is every name");
    }
}
