//! The body of a request: read within its limits, parsed and held to its schema.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde_json::Value;

use crate::contract::{OperationContract, parse_json};
use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};

/// Reads a body up to a number of bytes, in a time.
pub(super) async fn read(payload: Payload, limit: usize, time: Duration) -> Result<Bytes, Problem> {
    let timed = tokio::time::timeout(time, collect(payload, limit)).await;
    timed.unwrap_or_else(|_| Err(Problem::new(Code::RequestTimeout)))
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let Some(first) = payload.next().await else { return Ok(Bytes::new()) };
    let first = first.map_err(|error| broken(&error, limit))?;
    let mut whole = None;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken(&error, limit))?;
        let whole = whole.get_or_insert_with(|| BytesMut::from(first.as_ref()));
        if whole.len().saturating_add(chunk.len()) > limit {
            return Err(Problem::payload_too_large(limit));
        }
        whole.extend_from_slice(&chunk);
    }
    let whole = whole.map_or(first, BytesMut::freeze);
    if whole.len() > limit { Err(Problem::payload_too_large(limit)) } else { Ok(whole) }
}

fn broken(error: &PayloadError, limit: usize) -> Problem {
    match error {
        PayloadError::Overflow => Problem::payload_too_large(limit),
        _ => Problem::bad_request([Issue::new(Kind::SchemaViolation, Place::Body, "").detail(Detail::new(
            "De inhoud kwam niet volledig aan.",
            "Le contenu n'est pas arrivé entièrement.",
            "The content did not arrive completely.",
        ))]),
    }
}

/// Parses a body and adds its faults to the list.
pub(super) fn value(contract: &OperationContract, body: Option<&Bytes>, issues: &mut Vec<Issue>) -> Value {
    let (Some(contract), Some(bytes)) = (contract.body.as_ref(), body) else { return super::nothing() };
    if bytes.is_empty() {
        if contract.required {
            issues.push(Issue::required(Place::Body, ""));
        }
        return Value::Null;
    }
    let Some(value) = parse_json(bytes, issues) else { return Value::Null };
    contract.check(&value, issues);
    value
}
