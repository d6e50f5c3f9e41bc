//! Headers that steer an operation: `If-Match`, `Idempotency-Key`, `Prefer`.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::web::Bytes;
use domain::id::ClientId;

use crate::contract::{Need, OperationContract};
use crate::etag::Precondition;
use crate::fingerprint;
use crate::problem::{Detail, Issue, Kind, Place};

/// The name of the header that makes an effect happen once.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The name of the header for wishes (RFC 7240).
const PREFER: HeaderName = HeaderName::from_static("prefer");
/// The longest time that a caller can wait for news.
const LONGEST_WAIT: u64 = 60;

/// Reads `If-Match` where the operation knows it.
pub(super) fn precondition(
    request: &HttpRequest,
    contract: &OperationContract,
    issues: &mut Vec<Issue>,
) -> Precondition {
    if contract.if_match == Need::Absent {
        return Precondition::Absent;
    }
    Precondition::of(request).unwrap_or_else(|issue| {
        issues.push(issue);
        Precondition::Absent
    })
}

/// Reads `Idempotency-Key` where the operation knows it.
pub(super) fn idempotency_key(
    request: &HttpRequest,
    contract: &OperationContract,
    issues: &mut Vec<Issue>,
) -> Option<String> {
    if contract.idempotency_key == Need::Absent {
        return None;
    }
    let name = "Idempotency-Key";
    let mut values = request.headers().get_all(&IDEMPOTENCY_KEY);
    let Some(value) = values.next() else {
        if contract.idempotency_key == Need::Required {
            issues.push(Issue::required(Place::Header, name));
        }
        return None;
    };
    let key = value.to_str().ok().and_then(structured_string).filter(|_| values.next().is_none());
    if key.is_none() {
        issues.push(Issue::new(Kind::SchemaViolation, Place::Header, name).detail(Detail::new(
            "Verwacht wordt: een keer een tekst van 1 tot 255 tekens tussen aanhalingstekens, zoals \"8e03978e-40d5\".",
            "On attend : une seule fois un texte de 1 à 255 caractères entre guillemets, comme \"8e03978e-40d5\".",
            "Expected: once a text of 1 to 255 characters in quotes, such as \"8e03978e-40d5\".",
        )));
    }
    key
}

/// Reads a string of RFC 8941 of 1 to 255 characters; parameters after it are not expected.
fn structured_string(value: &str) -> Option<String> {
    let inner = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut read = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => read.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            ' '..='~' if character != '"' => read.push(character),
            _ => return None,
        }
    }
    (1..=255).contains(&read.len()).then_some(read)
}

/// The key of a request whose effect is to happen once, and what tells it from other requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key, which the client chose.
    pub key: String,
    /// SHA-256 over client, method, path with query, and body.
    pub digest: [u8; 32],
}

impl Idempotency {
    /// Computes the digest of a request.
    pub(super) fn new(
        key: String,
        request: &HttpRequest,
        body: Option<&Bytes>,
        client_id: Option<ClientId>,
    ) -> Self {
        let client = client_id.map(ClientId::uuid).unwrap_or_default();
        let digest = fingerprint::sha256([
            client.as_bytes().as_slice(),
            request.method().as_str().as_bytes(),
            request.path().as_bytes(),
            request.query_string().as_bytes(),
            body.map(Bytes::as_ref).unwrap_or_default(),
        ]);
        Self { key, digest }
    }
}

/// What the caller would like, and may not get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prefer {
    /// To wait this long for news before an answer that there is none.
    pub wait: Option<Duration>,
    /// An answer without the document that was written.
    pub return_minimal: bool,
}

impl Prefer {
    /// Reads the wishes of a request; unknown ones do not matter.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        let values = headers.get_all(&PREFER).filter_map(|value| value.to_str().ok());
        for wish in values.flat_map(|value| value.split(',')) {
            let (name, value) = wish.split_once('=').unwrap_or((wish, ""));
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("wait") {
                let seconds = value.parse::<u64>().ok();
                prefer.wait = seconds.map(|seconds| Duration::from_secs(seconds.min(LONGEST_WAIT)));
            } else if name.eq_ignore_ascii_case("return") {
                prefer.return_minimal = value.eq_ignore_ascii_case("minimal");
            }
        }
        prefer
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn an_idempotency_key_is_a_string_in_quotes() {
        for (value, key) in [
            ("\"8e03978e\"", Some("8e03978e")),
            (" \"a b\" ", Some("a b")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            ("8e03978e", None),
            ("\"\"", None),
            ("\"", None),
            ("\"a\"b\"", None),
            (r#""a\n""#, None),
            ("\"a\\\"", None),
            ("\"é\"", None),
            ("\"a\";q=1", None),
        ] {
            assert_eq!(structured_string(value).as_deref(), key, "{value}");
            assert_eq!(is_in_contract(value.trim()), key.is_some(), "{value}");
        }
        for (length, is_read) in [(255, true), (256, false)] {
            for value in ["a", r#"\""#].map(|unit| format!("\"{}\"", unit.repeat(length))) {
                assert_eq!(structured_string(&value).is_some(), is_read);
                assert_eq!(is_in_contract(&value), is_read);
            }
        }
    }

    fn is_in_contract(value: &str) -> bool {
        jsonschema::is_valid(&serde_json::json!({ "pattern": crate::forms::IDEMPOTENCY_KEY }), &value.into())
    }

    #[test]
    fn wishes_are_read_and_bounded() {
        let wishes = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(PREFER, HeaderValue::from_static(value));
            Prefer::of(&headers)
        };
        assert_eq!(Prefer::of(&HeaderMap::new()), Prefer::default());
        let both = Prefer { wait: Some(Duration::from_secs(10)), return_minimal: true };
        assert_eq!(wishes("wait=10, return=minimal"), both);
        assert_eq!(wishes("respond-async, Wait=600").wait, Some(Duration::from_mins(1)));
        assert_eq!(wishes("wait=-1, return=representation"), Prefer::default());
    }
}
