//! Shared components: parameters, headers, responses, problems, security.

use serde_json::{Map, Value, json};

use super::walk::object;
use super::{problem_schema, security};
use crate::forms;
use crate::problem::Code;

/// A parameter that many operations share.
#[derive(Debug, Clone, Copy)]
pub(super) enum Parameter {
    IfMatch,
    IfNoneMatch,
    IdempotencyKey,
    OptionalIdempotencyKey,
}

impl Parameter {
    const ALL: [Self; 4] =
        [Self::IfMatch, Self::IfNoneMatch, Self::IdempotencyKey, Self::OptionalIdempotencyKey];

    const fn name(self) -> &'static str {
        match self {
            Self::IfMatch => "IfMatch",
            Self::IfNoneMatch => "IfNoneMatch",
            Self::IdempotencyKey => "IdempotencyKey",
            Self::OptionalIdempotencyKey => "OptionalIdempotencyKey",
        }
    }

    pub(super) fn reference(self) -> Value {
        json!({ "$ref": format!("#/components/parameters/{}", self.name()) })
    }

    fn definition(self) -> Value {
        let key = || {
            json!({
                "name": "Idempotency-Key",
                "in": "header",
                "required": false,
                "description": "A text of 1 to 255 characters in quotes that the client makes up for this request. \
                    The same request with the same key has its effect once and is given the same answer again, for 48 hours.",
                "schema": { "type": "string", "pattern": forms::IDEMPOTENCY_KEY },
                "example": "\"8e03978e-40d5-43e8-bc93-6894a57f9324\""
            })
        };
        match self {
            Self::IfMatch => json!({
                "name": "If-Match",
                "in": "header",
                "required": true,
                "description": "The ETag of what the change was decided on, as it was read last. \
                    Only its version part is compared; `*` stands for any.",
                "schema": { "type": "string", "pattern": forms::ENTITY_TAGS },
                "example": "\"7-3f9a\""
            }),
            Self::IfNoneMatch => json!({
                "name": "If-None-Match",
                "in": "header",
                "required": false,
                "description": "The ETag of what the caller has; when that still holds, the answer is 304.",
                "schema": { "type": "string" },
                "example": "\"7-3f9a\""
            }),
            Self::IdempotencyKey => {
                let mut key = key();
                super::set(&mut key, "required", Value::Bool(true));
                key
            }
            Self::OptionalIdempotencyKey => key(),
        }
    }
}

/// A header that many answers share.
#[derive(Debug, Clone, Copy)]
pub(super) enum Header {
    ETag,
    Location,
    RateLimitPolicy,
    RateLimit,
}

impl Header {
    /// What the answers to a client tell of its limit.
    pub(super) const OF_LIMIT: [Self; 2] = [Self::RateLimitPolicy, Self::RateLimit];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ETag => "ETag",
            Self::Location => "Location",
            Self::RateLimitPolicy => "RateLimit-Policy",
            Self::RateLimit => "RateLimit",
        }
    }

    pub(super) fn reference(self) -> Value {
        json!({ "$ref": format!("#/components/headers/{}", self.component()) })
    }

    const fn component(self) -> &'static str {
        match self {
            Self::ETag => "EntityTag",
            Self::Location => "Location",
            Self::RateLimitPolicy => "RateLimitPolicy",
            Self::RateLimit => "RateLimit",
        }
    }

    fn referenced(headers: &[Self]) -> Value {
        headers
            .iter()
            .map(|header| (header.name().to_owned(), header.reference()))
            .collect::<Map<_, _>>()
            .into()
    }
}

/// A response that many operations share.
#[derive(Debug, Clone, Copy)]
pub(super) enum Response {
    Done,
    NotModified,
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    NotAcceptable,
    Conflict,
    Gone,
    PreconditionFailed,
    PayloadTooLarge,
    UnsupportedMediaType,
    UnprocessableContent,
    PreconditionRequired,
    TooManyRequests,
    InternalServerError,
    ServiceUnavailable,
    Default,
}

impl Response {
    const ALL: [Self; 18] = [
        Self::Done,
        Self::NotModified,
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::NotAcceptable,
        Self::Conflict,
        Self::Gone,
        Self::PreconditionFailed,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::UnprocessableContent,
        Self::PreconditionRequired,
        Self::TooManyRequests,
        Self::InternalServerError,
        Self::ServiceUnavailable,
        Self::Default,
    ];

    /// Returns status, component name, description, and the problem that serves as the example.
    const fn facts(self) -> (&'static str, &'static str, &'static str, Option<Code>) {
        match self {
            Self::Done => ("204", "Done", "Done; the caller preferred a minimal answer", None),
            Self::NotModified => ("304", "NotModified", "The caller has this already", None),
            Self::BadRequest => (
                "400",
                "BadRequest",
                "The input has faults: `issues` lists all of them",
                Some(Code::BadRequest),
            ),
            Self::Unauthorized => {
                ("401", "Unauthorized", "No access token, or none that is good", Some(Code::NoAccessToken))
            }
            Self::Forbidden => (
                "403",
                "Forbidden",
                "The token lacks a scope, or the role does not allow this",
                Some(Code::MissingScope),
            ),
            Self::NotFound => (
                "404",
                "NotFound",
                "There is nothing here that the caller may see",
                Some(Code::ResourceNotFound),
            ),
            Self::NotAcceptable => {
                ("406", "NotAcceptable", "No media type that the caller accepts", Some(Code::NotAcceptable))
            }
            Self::Conflict => {
                ("409", "Conflict", "The present state does not allow this", Some(Code::IllegalTransition))
            }
            Self::Gone => ("410", "Gone", "Nobody can go on from this cursor", Some(Code::GoneCursor)),
            Self::PreconditionFailed => (
                "412",
                "PreconditionFailed",
                "It has changed since the caller read it",
                Some(Code::PreconditionFailed),
            ),
            Self::PayloadTooLarge => {
                ("413", "PayloadTooLarge", "The body is too large", Some(Code::PayloadTooLarge))
            }
            Self::UnsupportedMediaType => (
                "415",
                "UnsupportedMediaType",
                "The body is in a media type that is not read here",
                Some(Code::UnsupportedMediaType),
            ),
            Self::UnprocessableContent => (
                "422",
                "UnprocessableContent",
                "The idempotency key was used for another request",
                Some(Code::IdempotencyKeyReused),
            ),
            Self::PreconditionRequired => {
                ("428", "PreconditionRequired", "`If-Match` is missing", Some(Code::PreconditionRequired))
            }
            Self::TooManyRequests => {
                let description = "The client made too many calls in a minute, has too many at work at once, or too \
                    many that wait for news: it must wait";
                ("429", "TooManyRequests", description, Some(Code::TooManyRequests))
            }
            Self::InternalServerError => {
                ("500", "InternalServerError", "The server failed", Some(Code::InternalServerError))
            }
            Self::ServiceUnavailable => (
                "503",
                "ServiceUnavailable",
                "The server cannot work for the moment",
                Some(Code::ServiceUnavailable),
            ),
            Self::Default => ("default", "Problem", "Any other problem", Some(Code::InternalServerError)),
        }
    }

    pub(super) const fn status(self) -> &'static str {
        self.facts().0
    }

    pub(super) fn reference(self) -> Value {
        json!({ "$ref": format!("#/components/responses/{}", self.facts().1) })
    }

    fn definition(self) -> Value {
        let (_, _, description, code) = self.facts();
        let mut definition = json!({ "description": description });
        if let Some(code) = code {
            let schema = match self {
                Self::BadRequest => "InputValidationProblem",
                _ => "Problem",
            };
            let content = json!({ "application/problem+json": {
                "schema": { "$ref": format!("#/components/schemas/{schema}") },
                "example": example(code)
            } });
            super::set(&mut definition, "content", content);
        }
        let headers = match self {
            Self::Unauthorized | Self::Forbidden => Some(json!({ "WWW-Authenticate": {
                "description": "What is lacking (RFC 6750)", "schema": { "type": "string" } } })),
            Self::ServiceUnavailable => Some(json!({ "Retry-After": retry_after() })),
            Self::TooManyRequests => {
                let mut headers = Header::referenced(&Header::OF_LIMIT);
                super::set(&mut headers, "Retry-After", retry_after());
                Some(headers)
            }
            Self::NotModified | Self::Done => {
                let [policy, limit] = Header::OF_LIMIT;
                Some(Header::referenced(&[Header::ETag, policy, limit]))
            }
            _ => None,
        };
        if let Some(headers) = headers {
            super::set(&mut definition, "headers", headers);
        }
        definition
    }
}

fn retry_after() -> Value {
    json!({ "description": "Seconds to wait", "schema": { "type": "integer", "minimum": 0 } })
}

fn example(code: Code) -> Value {
    let mut example = json!({
        "type": code.urn(),
        "title": code.entry().title.en,
        "status": code.status().as_u16(),
        "instance": "urn:uuid:0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a"
    });
    if code == Code::BadRequest {
        let issue = json!({
            "type": "urn:problem-type:belgif-ext:input-validation:requiredInput",
            "title": "Required Input",
            "detail": "This is required.",
            "in": "body",
            "name": "persons[0].name"
        });
        super::set(&mut example, "issues", json!([issue]));
    }
    example
}

/// Adds the components that the document uses.
pub(super) fn add(document: &mut Value) {
    let text = document.to_string();
    let used = |kind: &str, name: &str| text.contains(&format!("\"#/components/{kind}/{name}\""));
    let Some(components) = document.as_object_mut().and_then(|document| object(document, "components"))
    else {
        return;
    };
    let parameters = Parameter::ALL.iter().map(|parameter| (parameter.name(), parameter.definition()));
    extend(components, "parameters", parameters.filter(|(name, _)| used("parameters", name)));
    let responses = Response::ALL.iter().map(|response| (response.facts().1, response.definition()));
    extend(components, "responses", responses.filter(|(name, _)| used("responses", name)));
    extend(
        components,
        "headers",
        [
            ("EntityTag", json!({ "description": "Names this representation; `If-Match` and `If-None-Match` take it",
                "schema": { "type": "string", "pattern": "^\"[^\"]+\"$" } })),
            ("Location", json!({ "description": "The address of what was made", "schema": { "type": "string", "format": "uri" } })),
            ("RateLimitPolicy", json!({ "description": "How many calls (`q`) the client may make in so many seconds (`w`), on \
                each replica; absent where there is no limit", "schema": { "type": "string",
                "pattern": "^\"default\";q=[0-9]+;w=[0-9]+$" }, "example": "\"default\";q=6000;w=60" })),
            ("RateLimit", json!({ "description": "How many calls the client may still make at once (`r`), and in how many \
                seconds it may make more: all of them, or on a 429 at least one (`t`)", "schema": { "type": "string",
                "pattern": "^\"default\";r=[0-9]+;t=[0-9]+$" }, "example": "\"default\";r=5990;t=1" })),
        ]
        .into_iter(),
    );
    extend(components, "schemas", problem_schema::schemas().into_iter());
    extend(components, "securitySchemes", security::schemes().into_iter());
}

fn extend<'a>(
    components: &mut Map<String, Value>,
    kind: &str,
    definitions: impl Iterator<Item = (&'a str, Value)>,
) {
    if let Some(kind) = object(components, kind) {
        kind.extend(definitions.map(|(name, definition)| (name.to_owned(), definition)));
    }
}
