//! What follows from the shape of an operation: security, conditional headers, problems.
//!
//! | shape | headers | problems |
//! |---|---|---|
//! | needs a permit | `ETag` on documents and lists, `If-None-Match` on GET, `RateLimit-Policy` and `RateLimit` | 401, 403, 429 |
//! | POST that answers 201 | `Idempotency-Key` required, `Location` | 409, 422 |
//! | other POST | `Idempotency-Key` optional | 409, 422 |
//! | PATCH, PUT, DELETE, and a POST on one resource that does not answer 201 | `If-Match` required | 409, 412, 428 |
//! | parameter in the path | | 404 |
//! | body | | 413, 415 |
//! | follows the change feed (`x-cursor`) | | 410 |
//! | every operation | | 400, 406, 500, 503, default |
//!
//! A handler that differs says so with `extensions(("x-if-match" = json!(false)))`, `x-idempotency-key`, `x-cursor` or `x-etag`, which
//! may also be true, for an answer to everybody; these marks do not reach the document.

use domain::access::Operation;
use serde_json::{Map, Value};

use super::components::{Header, Parameter, Response};
use super::security;
use super::walk::{array, object, operations_mut};

/// Completes every operation.
pub(super) fn complete(document: &mut Value) {
    operations_mut(document, |path, method, operation| {
        let shape = Shape::of(path, method, operation);
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let ways = security::ways_in(Operation::from_code(id));
        operation.insert("security".to_owned(), ways);
        shape.add_parameters(operation);
        shape.add_headers(operation);
        shape.add_responses(operation);
        add_merge_patch(method, operation);
    });
}

/// What matters of an operation.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent property of an operation")]
struct Shape {
    is_guarded: bool,
    is_read: bool,
    is_removal: bool,
    has_path_parameter: bool,
    has_body: bool,
    has_etag: bool,
    has_if_match: bool,
    has_cursor: bool,
    /// Whether it must be there, when the operation knows it.
    idempotency_key: Option<bool>,
}

impl Shape {
    fn of(path: &str, method: &str, operation: &mut Map<String, Value>) -> Self {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let is_guarded = Operation::from_code(id).is_some();
        let answers = |status: &str| operation.get("responses").is_some_and(|all| all.get(status).is_some());
        let (creates, answers_document) = (answers("201"), answers("200"));
        let has_path_parameter = path.contains('{');
        let has_body = operation.contains_key("requestBody");
        let is_reference = path.starts_with("/refData");
        let mut marked = |mark: &str| operation.remove(mark).and_then(|mark| mark.as_bool());
        let may_match = marked("x-if-match") != Some(false);
        let may_repeat = marked("x-idempotency-key") != Some(false);
        let tagged = marked("x-etag");
        let has_cursor = marked("x-cursor") == Some(true);
        let changes_one = matches!(method, "patch" | "put" | "delete")
            || (method == "post" && has_path_parameter && !creates);
        let is_single = creates || changes_one;
        Self {
            is_guarded,
            is_read: method == "get",
            is_removal: method == "delete",
            has_path_parameter,
            has_body,
            has_etag: tagged.unwrap_or_else(|| {
                (answers_document || creates)
                    && (is_reference || (is_guarded && (method == "get" || is_single)))
            }),
            has_cursor,
            has_if_match: may_match && is_guarded && changes_one,
            idempotency_key: (may_repeat && is_guarded && method == "post").then_some(creates),
        }
    }

    fn add_parameters(self, operation: &mut Map<String, Value>) {
        let mut add = |parameter: Parameter| {
            if let Some(parameters) = array(operation, "parameters") {
                parameters.push(parameter.reference());
            }
        };
        if self.is_read && self.has_etag {
            add(Parameter::IfNoneMatch);
        }
        if self.has_if_match {
            add(Parameter::IfMatch);
        }
        match self.idempotency_key {
            Some(true) => add(Parameter::IdempotencyKey),
            Some(false) => add(Parameter::OptionalIdempotencyKey),
            None => {}
        }
    }

    fn add_headers(self, operation: &mut Map<String, Value>) {
        let Some(responses) = object(operation, "responses") else { return };
        for (status, header) in [("200", Header::ETag), ("201", Header::ETag), ("201", Header::Location)] {
            if matches!(header, Header::ETag) && !self.has_etag {
                continue;
            }
            let response = responses.get_mut(status).and_then(Value::as_object_mut);
            if let Some(headers) = response.and_then(|response| object(response, "headers")) {
                headers.entry(header.name()).or_insert_with(|| header.reference());
            }
        }
        if !self.is_guarded {
            return;
        }
        for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
            if let Some(headers) = response.as_object_mut().and_then(|response| object(response, "headers")) {
                for header in Header::OF_LIMIT {
                    headers.entry(header.name()).or_insert_with(|| header.reference());
                }
            }
        }
    }

    fn add_responses(self, operation: &mut Map<String, Value>) {
        let Some(responses) = object(operation, "responses") else { return };
        let mut add = |response: Response| {
            responses.entry(response.status()).or_insert_with(|| response.reference());
        };
        if self.is_read && self.has_etag {
            add(Response::NotModified);
        }
        if self.is_guarded && !self.is_read && !self.is_removal && self.has_if_match {
            add(Response::Done);
        }
        add(Response::BadRequest);
        if self.is_guarded {
            add(Response::Unauthorized);
            add(Response::Forbidden);
            add(Response::TooManyRequests);
        }
        if self.has_path_parameter {
            add(Response::NotFound);
        }
        add(Response::NotAcceptable);
        if self.has_if_match || self.idempotency_key.is_some() {
            add(Response::Conflict);
        }
        if self.has_cursor {
            add(Response::Gone);
        }
        if self.has_if_match {
            add(Response::PreconditionFailed);
            add(Response::PreconditionRequired);
        }
        if self.has_body {
            add(Response::PayloadTooLarge);
            add(Response::UnsupportedMediaType);
        }
        if self.idempotency_key.is_some() {
            add(Response::UnprocessableContent);
        }
        add(Response::InternalServerError);
        add(Response::ServiceUnavailable);
        add(Response::Default);
    }
}

/// Lets a merge patch be sent under its own media type too.
fn add_merge_patch(method: &str, operation: &mut Map<String, Value>) {
    if method != "patch" {
        return;
    }
    let body = operation.get_mut("requestBody").and_then(Value::as_object_mut);
    let Some(content) = body.and_then(|body| object(body, "content")) else { return };
    if let Some(json) = content.get("application/json").cloned() {
        content.entry("application/merge-patch+json").or_insert(json);
    }
}
