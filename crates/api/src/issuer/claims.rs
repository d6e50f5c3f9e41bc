//! Reading claims: present, and of the right type (RFC 7519 §4.1, RFC 8725 §3).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::jws::Rejection;

/// The claims of one token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claims<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Claims<'a> {
    /// Returns a text that has to be there and is not empty.
    pub(super) fn text(self, name: &str) -> Result<&'a str, Rejection> {
        let text = self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.ok_or(Rejection::Invalid("claim missing or of the wrong type"))
    }

    /// Returns an instant that has to be there.
    pub(super) fn instant(self, name: &str) -> Result<Timestamp, Rejection> {
        self.instant_if_any(name)?.ok_or(Rejection::Invalid("claim missing or of the wrong type"))
    }

    /// Returns an instant, in seconds since 1970 with or without a fraction.
    pub(super) fn instant_if_any(self, name: &str) -> Result<Option<Timestamp>, Rejection> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let instant = match (value.as_i64(), value.as_f64()) {
            (Some(seconds), _) => Timestamp::from_second(seconds).ok(),
            (None, Some(seconds)) => SignedDuration::try_from_secs_f64(seconds)
                .ok()
                .and_then(|since| Timestamp::UNIX_EPOCH.checked_add(since).ok()),
            (None, None) => None,
        };
        instant.map(Some).ok_or(Rejection::Invalid("claim of the wrong type"))
    }

    /// Returns the audiences: one text, or a list of texts.
    pub(super) fn audiences(self) -> Result<Vec<&'a str>, Rejection> {
        let audiences = match self.0.get("aud") {
            Some(Value::String(audience)) => Some(vec![audience.as_str()]),
            Some(Value::Array(audiences)) => audiences.iter().map(Value::as_str).collect(),
            _ => None,
        };
        audiences.ok_or(Rejection::Invalid("audience missing or of the wrong type"))
    }

    /// Returns a list of texts if there is one, each parsed; what cannot be parsed stands for nothing that we know.
    pub(super) fn list_if_any<T: Ord>(
        self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<BTreeSet<T>>, Rejection> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let texts: Option<Vec<&str>> =
            value.as_array().and_then(|values| values.iter().map(Value::as_str).collect());
        let texts = texts.ok_or(Rejection::Invalid("claim of the wrong type"))?;
        Ok(Some(texts.into_iter().filter_map(parse).collect()))
    }
}
