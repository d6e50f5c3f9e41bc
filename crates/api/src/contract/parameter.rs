//! Parameters in path and query: from text to typed values, as their schemas say.

use std::borrow::Cow;

use jsonschema::Validator;
use serde_json::{Map, Value};

use super::decode::percent_decoded;
use super::faults;
use crate::problem::{Detail, Issue, Kind, Place};

/// What the text of a parameter stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Integer,
    Number,
    Boolean,
}

impl Shape {
    /// Returns the shape of a JSON Schema type.
    pub(super) fn of(type_name: &str) -> Self {
        match type_name {
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            _ => Self::Text,
        }
    }

    /// Reads a text; one that is not of this shape stays text, which the schema then refuses.
    fn read(self, text: Cow<'_, str>) -> Value {
        let read = match self {
            Self::Text => None,
            Self::Integer => {
                let is_plain = !text.starts_with('+');
                text.parse::<i64>().ok().filter(|_| is_plain).map(Value::from)
            }
            Self::Number => serde_json::from_str::<serde_json::Number>(&text).ok().map(Value::Number),
            Self::Boolean => match text.as_ref() {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
        };
        read.unwrap_or_else(|| Value::String(text.into_owned()))
    }
}

/// One parameter of an operation.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) required: bool,
    /// Whether it may be repeated.
    pub(super) many: bool,
    pub(super) shape: Shape,
    pub(super) default: Option<Value>,
    pub(super) validator: Validator,
}

/// The parameters of an operation in one place.
#[derive(Debug)]
pub(crate) struct Parameters {
    place: Place,
    table: Vec<Parameter>,
    /// What an absent query stands for, when no parameter is required.
    defaults: Option<Map<String, Value>>,
}

impl Parameters {
    pub(super) fn new(place: Place, table: Vec<Parameter>) -> Self {
        let defaults = table.iter().filter_map(|parameter| {
            parameter.default.as_ref().map(|default| (parameter.name.clone(), default.clone()))
        });
        let defaults =
            if table.iter().any(|parameter| parameter.required) { None } else { Some(defaults.collect()) };
        Self { place, table, defaults }
    }

    /// Reads a raw query, adding its faults to the list.
    pub(crate) fn parse_query(&self, raw: &str, issues: &mut Vec<Issue>) -> Value {
        if raw.is_empty()
            && let Some(defaults) = &self.defaults
        {
            return Value::Object(defaults.clone());
        }
        let pairs = raw
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        self.parse(pairs, true, issues)
    }

    /// Reads the parameters that the router found in the path, adding their faults to the list.
    pub(crate) fn parse_path<'a>(
        &self,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        issues: &mut Vec<Issue>,
    ) -> Value {
        if self.table.is_empty() {
            return Value::Object(Map::new());
        }
        self.parse(pairs, false, issues)
    }

    fn parse<'a>(
        &self,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        plus_is_space: bool,
        issues: &mut Vec<Issue>,
    ) -> Value {
        let mut values = Map::new();
        let mut repeated = Vec::new();
        let mut unreadable = Vec::new();
        for (name, raw) in pairs {
            let Some(name) = percent_decoded(name, plus_is_space) else {
                issues.push(self.unreadable(""));
                continue;
            };
            let Some(parameter) = self.find(&name) else {
                issues.push(Issue::new(Kind::UnknownInput, self.place, name));
                continue;
            };
            let Some(text) = percent_decoded(raw, plus_is_space) else {
                unreadable.push(parameter.name.as_str());
                continue;
            };
            let value = parameter.shape.read(text);
            if parameter.many {
                if let Value::Array(items) =
                    values.entry(parameter.name.as_str()).or_insert_with(|| Value::Array(Vec::new()))
                {
                    items.push(value);
                }
            } else if values.insert(parameter.name.clone(), value).is_some() {
                repeated.push(parameter.name.as_str());
            }
        }
        for parameter in &self.table {
            let name = parameter.name.as_str();
            if unreadable.contains(&name) {
                issues.push(self.unreadable(name));
            } else if repeated.contains(&name) {
                issues.push(Issue::new(Kind::SchemaViolation, self.place, name).detail(Detail::new(
                    "Deze parameter mag maar een keer voorkomen.",
                    "Ce paramètre ne peut figurer qu'une seule fois.",
                    "This parameter may occur only once.",
                )));
            } else if let Some(value) = values.get(name) {
                self.check(parameter, value, issues);
            } else if parameter.required {
                issues.push(Issue::required(self.place, name));
            } else if let Some(default) = &parameter.default {
                values.insert(name.to_owned(), default.clone());
            }
        }
        Value::Object(values)
    }

    fn check(&self, parameter: &Parameter, value: &Value, issues: &mut Vec<Issue>) {
        faults::collect(&parameter.validator, value, self.place, &parameter.name, issues);
        let texts = match value {
            Value::Array(items) => items.as_slice(),
            single => std::slice::from_ref(single),
        };
        issues.extend(
            texts
                .iter()
                .filter_map(Value::as_str)
                .find_map(|text| faults::forbidden(text, self.place, &parameter.name)),
        );
    }

    fn find(&self, name: &str) -> Option<&Parameter> {
        self.table.iter().find(|parameter| parameter.name == name)
    }

    fn unreadable(&self, name: &str) -> Issue {
        Issue::new(Kind::SchemaViolation, self.place, name).detail(Detail::new(
            "De procentcodering is stuk of levert geen UTF-8 op.",
            "L'encodage en pourcentage est défectueux ou ne donne pas de l'UTF-8.",
            "The percent-encoding is broken or does not give UTF-8.",
        ))
    }
}
