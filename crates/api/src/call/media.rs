//! Media types: what the operation reads, and what the caller accepts.

use actix_web::HttpRequest;
use actix_web::http::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING,
};

use crate::contract::OperationContract;
use crate::language::weight;
use crate::problem::{Code, Problem};

/// Fails when the body cannot be read (415, 413) or no answer would be accepted (406).
pub(super) fn check(
    request: &HttpRequest,
    contract: &OperationContract,
    most_bytes: usize,
) -> Result<(), Problem> {
    if let Some(body) = &contract.body
        && announces_body(request)
    {
        if !is_readable(request, &body.media_types) {
            return Err(
                Problem::new(Code::UnsupportedMediaType).header(ACCEPT, body.media_types.join(", ").as_str())
            );
        }
        let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let length = length.and_then(|length| length.parse::<usize>().ok()).unwrap_or_default();
        if body.is_json() && length > most_bytes {
            return Err(Problem::payload_too_large(most_bytes));
        }
    }
    let produced = &contract.produces;
    if produced.is_empty() || produced.iter().any(|media_type| weight_of(request, media_type) > 0) {
        Ok(())
    } else {
        Err(Problem::new(Code::NotAcceptable))
    }
}

fn announces_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
        || headers.contains_key(CONTENT_TYPE)
}

fn is_readable(request: &HttpRequest, media_types: &[String]) -> bool {
    let headers = request.headers();
    let coding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
    if coding.is_some_and(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
        return false;
    }
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';');
    let essence = parts.next().unwrap_or_default().trim();
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    media_types.iter().any(|known| known.eq_ignore_ascii_case(essence))
        && charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
}

/// Tells whether `Accept` weighs a media type above JSON.
pub(super) fn prefers(request: &HttpRequest, media_type: &str) -> bool {
    request.headers().contains_key(ACCEPT)
        && weight_of(request, media_type) > weight_of(request, "application/json")
}

/// Returns how much the caller wants a media type, in thousandths: by the closest range of `Accept` that covers it.
fn weight_of(request: &HttpRequest, media_type: &str) -> u32 {
    let mut values = request.headers().get_all(ACCEPT).peekable();
    if values.peek().is_none() {
        return 1_000;
    }
    let mut best = (0, 0);
    for range in values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let mut parts = range.split(';');
        let closeness = closeness(parts.next().unwrap_or_default().trim(), media_type);
        if closeness > best.0 {
            best = (closeness, parts.find_map(weight).unwrap_or(1_000));
        }
    }
    best.1
}

fn closeness(range: &str, media_type: &str) -> u8 {
    if range.eq_ignore_ascii_case(media_type) {
        3
    } else if let Some(main) = range.strip_suffix("/*") {
        let same = media_type.split('/').next().is_some_and(|kind| kind.eq_ignore_ascii_case(main));
        if main == "*" {
            1
        } else if same {
            2
        } else {
            0
        }
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_closest_range_decides() {
        let weight = |accept: &str| {
            let request = TestRequest::default().insert_header((ACCEPT, accept)).to_http_request();
            weight_of(&request, "application/json")
        };
        for (accept, expected) in [
            ("*/*", 1_000),
            ("application/json", 1_000),
            ("Application/*;q=0.5", 500),
            ("text/html, */*;q=0.1", 100),
            ("application/json;q=0, */*", 0),
            ("text/html", 0),
            ("application/problem+json", 0),
            ("", 0),
        ] {
            assert_eq!(weight(accept), expected, "{accept}");
        }
        assert_eq!(weight_of(&TestRequest::default().to_http_request(), "text/csv"), 1_000);
    }

    #[test]
    fn another_media_type_than_json_is_chosen_only_when_preferred() {
        let prefers = |accept: &str| {
            let request = TestRequest::default().insert_header((ACCEPT, accept)).to_http_request();
            prefers(&request, "text/html")
        };
        assert!(prefers("text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(!prefers("*/*"));
        assert!(!prefers("application/json, text/html;q=0.9"));
    }
}
