//! Reading JSON strictly: no member twice, whole numbers as integers, every duplicate reported.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::problem::{Detail, Issue, Kind, Place};

/// Beyond this a floating-point number no longer tells one integer from the next.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a body, adding its faults to the list; none when it is no JSON at all.
pub(crate) fn parse(bytes: &[u8], issues: &mut Vec<Issue>) -> Option<Value> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        issues.push(malformed(Detail::new(
            "De inhoud is geen UTF-8.",
            "Le contenu n'est pas de l'UTF-8.",
            "The content is not UTF-8.",
        )));
        return None;
    };
    let duplicates = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed { track: Track::Root, duplicates: &duplicates };
    let read = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match read {
        Ok(value) => {
            let duplicates = duplicates.into_inner().into_iter();
            issues.extend(duplicates.map(|name| {
                Issue::new(Kind::SchemaViolation, Place::Body, name).detail(Detail::new(
                    "Dit lid komt meer dan een keer voor.",
                    "Ce membre figure plus d'une fois.",
                    "This member occurs more than once.",
                ))
            }));
            Some(value)
        }
        Err(error) => {
            issues.push(malformed(
                Detail::new(
                    "De inhoud is geen leesbare JSON: fout op regel {line}, kolom {column} (of dieper genest dan 128 niveaus).",
                    "Le contenu n'est pas du JSON lisible : erreur à la ligne {line}, colonne {column} (ou imbriqué à plus de 128 niveaux).",
                    "The content is no readable JSON: error at line {line}, column {column} (or nested deeper than 128 levels).",
                )
                .with("line", error.line())
                .with("column", error.column()),
            ));
            None
        }
    }
}

fn malformed(detail: Detail) -> Issue {
    Issue::new(Kind::SchemaViolation, Place::Body, "").detail(detail)
}

/// Where in the document the reader is, written out only when a fault needs it.
#[derive(Clone, Copy)]
enum Track<'a> {
    Root,
    Member(&'a Track<'a>, &'a str),
    Item(&'a Track<'a>, usize),
}

impl fmt::Display for Track<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

struct Seed<'a> {
    track: Track<'a>,
    duplicates: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // JSON Schema takes 1.0 for an integer, so the types behind it must too.
        if value.fract() == 0.0
            && value.abs() < LARGEST_EXACT
            && let Ok(integer) = format!("{value:.0}").parse::<i64>()
        {
            return Ok(integer.into());
        }
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            let seed = Seed { track: Track::Item(&self.track, values.len()), duplicates: self.duplicates };
            match items.next_element_seed(seed)? {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let track = Track::Member(&self.track, &name);
            if values.contains_key(&name) {
                let mut duplicates = self.duplicates.try_borrow_mut().map_err(A::Error::custom)?;
                duplicates.push(track.to_string());
            }
            let value = members.next_value_seed(Seed { track, duplicates: self.duplicates })?;
            values.insert(name, value);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,2.5,1.0,1e3,true,null,"é"],"b":{"c":{}},"d":18446744073709551615}"#;
        let mut issues = Vec::new();
        let value = parse(text.as_bytes(), &mut issues).unwrap();
        assert_eq!(
            value,
            json!({"a": [1, -2, 2.5, 1, 1000, true, null, "é"], "b": {"c": {}}, "d": u64::MAX})
        );
        assert_eq!(issues, []);
    }

    #[test]
    fn names_every_member_that_occurs_twice() {
        let mut issues = Vec::new();
        parse(br#"{"a":1,"a":2,"b":[{"c":1},{"c":1,"c":2}]}"#, &mut issues).unwrap();
        assert_eq!(issues.iter().map(Issue::name).collect::<Vec<_>>(), ["a", "b[1].c"]);
    }

    #[test]
    fn refuses_what_is_no_json() {
        for bytes in [&b""[..], b"{", b"{}{}", b"\xff", b"{\"a\":1e999}", "[".repeat(100_000).as_bytes()] {
            let mut issues = Vec::new();
            assert_eq!(parse(bytes, &mut issues), None);
            assert_eq!(issues.len(), 1);
        }
    }
}
