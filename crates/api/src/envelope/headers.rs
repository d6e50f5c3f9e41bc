//! Headers of every answer.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use uuid::Uuid;

const TRACE_ID: HeaderName = HeaderName::from_static("belgov-trace-id");
const RELATED_TRACE_ID: HeaderName = HeaderName::from_static("belgov-related-trace-id");
const TRACE_PARENT: HeaderName = HeaderName::from_static("traceparent");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The longest trace id that the guide allows.
const LONGEST_TRACE_ID: usize = 36;

/// Headers that are the same whatever the answer.
const FIXED: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
    (OPENER_POLICY, "same-origin"),
    (RESOURCE_POLICY, "same-origin"),
];

/// Headers that an answer can decide otherwise.
const DEFAULTS: [(HeaderName, &str); 2] =
    [(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"), (CACHE_CONTROL, "no-store")];

/// Adds what every answer carries.
pub(super) fn complete(
    headers: &mut HeaderMap,
    request_id: Uuid,
    related: Option<HeaderValue>,
    is_https: bool,
) {
    headers.reserve(FIXED.len().saturating_add(5));
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in DEFAULTS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if is_https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    let mut buffer = Uuid::encode_buffer();
    let id = request_id.hyphenated().encode_lower(&mut buffer);
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(TRACE_ID, id);
    }
    if let Some(related) = related {
        headers.insert(RELATED_TRACE_ID, related);
    }
}

/// Returns the trace id of the caller as a header for the answer.
pub(super) fn related(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = headers.get(&TRACE_ID)?;
    is_trace_id(value.as_bytes()).then(|| value.clone())
}

/// Returns the trace id of the caller, unless it is unfit to be repeated.
pub(crate) fn related_trace_id(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(&TRACE_ID)?;
    if is_trace_id(value.as_bytes()) { value.to_str().ok() } else { None }
}

fn is_trace_id(bytes: &[u8]) -> bool {
    (1..=LONGEST_TRACE_ID).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\'))
}

/// Returns `traceparent` of W3C Trace Context, when it is one.
pub(super) fn trace_parent(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(&TRACE_PARENT)?.to_str().ok()?;
    let is_hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let shaped = value.len() == 55
        && value.bytes().enumerate().all(|(index, byte)| match index {
            2 | 35 | 52 => byte == b'-',
            _ => is_hexadecimal(byte),
        });
    shaped.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn only_a_modest_trace_id_is_repeated() {
        for (value, repeated) in [
            ("4f8d2e2a-0000-0000-0000-000000000000", true),
            ("abc", true),
            ("4f8d2e2a-0000-0000-0000-0000000000000", false),
            ("a b", false),
            ("<script>", false),
            ("", false),
        ] {
            assert_eq!(related_trace_id(&with(TRACE_ID, value)).is_some(), repeated, "{value}");
        }
    }

    #[test]
    fn a_trace_parent_has_its_form() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(trace_parent(&with(TRACE_PARENT, good)), Some(good));
        assert_eq!(trace_parent(&with(TRACE_PARENT, "00-XYZ")), None);
    }

    #[test]
    fn an_answer_keeps_what_it_decided() {
        let mut headers = with(CACHE_CONTROL, "public, max-age=3600");
        complete(&mut headers, Uuid::nil(), None, false);
        assert_eq!(headers.get(CACHE_CONTROL).unwrap(), "public, max-age=3600");
        assert_eq!(headers.get(X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
        assert!(!headers.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
