//! Problems (RFC 9457): what went wrong, without language and address until the answer is written.

pub mod catalogue;
mod code;
mod detail;
mod issue;
pub(crate) mod render;

use std::error::Error as StdError;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use domain::access::Scope;
use serde_json::{Map, Value};

pub use code::{Code, Entry, Owner};
pub use detail::Detail;
pub use issue::{Issue, Kind, Place};

/// The name that challenges give to what the token protects.
const REALM: &str = "wijkoverleg";

/// Something that went wrong, as the caller gets to know it.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    detail: Option<Detail>,
    issues: Vec<Issue>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// Makes a problem of a type, with the general text of that type.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Inner {
            code,
            detail: None,
            issues: Vec::new(),
            members: Map::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// Says what is the matter this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Detail>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds faults of the input.
    #[must_use]
    pub fn issues(mut self, issues: impl IntoIterator<Item = Issue>) -> Self {
        self.0.issues.extend(issues);
        self
    }

    /// Adds an extension member.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.0.headers.push((name, value));
        }
        self
    }

    /// Adds what lies behind the problem: it goes to the log and never to the caller.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Makes the problem of an input with faults.
    pub fn bad_request(issues: impl IntoIterator<Item = Issue>) -> Self {
        Self::new(Code::BadRequest).issues(issues)
    }

    /// Puts two readings of one input together: when both have faults, the caller is told those of both at once.
    pub fn both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(one), Err(other)) if one.0.code == Code::BadRequest && other.0.code == Code::BadRequest => {
                Err(one.issues(other.0.issues))
            }
            (Err(problem), _) | (_, Err(problem)) => Err(problem),
        }
    }

    /// Makes the problem of a path whose parameter names nothing that the caller sees.
    pub fn not_found(parameter: &str) -> Self {
        let issue = Issue::new(Kind::ReferencedResourceNotFound, Place::Path, parameter);
        Self::new(Code::ResourceNotFound).issues([issue])
    }

    /// Makes the problem of a verb that the state does not allow.
    pub fn illegal_transition(
        from: &str,
        verb: &str,
        reason: &str,
        allowed: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        Self::new(Code::IllegalTransition)
            .member("from", from)
            .member("verb", verb)
            .member("reason", reason)
            .member("allowedVerbs", allowed.into_iter().map(Into::into).collect::<Vec<Value>>())
    }

    /// Makes the problem of a token without any of the scopes that are needed.
    pub fn missing_scope(needed: &[Scope]) -> Self {
        let scopes: Vec<&str> = needed.iter().map(|scope| scope.code()).collect();
        let challenge = format!(
            r#"Bearer realm="{REALM}", error="insufficient_scope", error_description="Missing scope to perform request", scope="{}""#,
            scopes.join(" ")
        );
        Self::new(Code::MissingScope).member("requiredScopes", scopes).header(WWW_AUTHENTICATE, challenge)
    }

    /// Makes the problem of a request without token.
    pub fn no_access_token() -> Self {
        let challenge = format!(r#"Bearer realm="{REALM}""#);
        Self::new(Code::NoAccessToken).header(WWW_AUTHENTICATE, challenge)
    }

    /// Makes the problem of a token that cannot be trusted.
    pub fn invalid_access_token() -> Self {
        let challenge = format!(
            r#"Bearer realm="{REALM}", error="invalid_token", error_description="The access token is invalid""#
        );
        Self::new(Code::InvalidAccessToken).header(WWW_AUTHENTICATE, challenge)
    }

    /// Makes the problem of a token that is past its time.
    pub fn expired_access_token() -> Self {
        let challenge = format!(
            r#"Bearer realm="{REALM}", error="invalid_token", error_description="The access token expired""#
        );
        Self::new(Code::ExpiredAccessToken).header(WWW_AUTHENTICATE, challenge)
    }

    /// Makes the problem of a method that the address does not have.
    pub fn method_not_allowed(allowed: &str) -> Self {
        Self::new(Code::MethodNotAllowed).header(ALLOW, allowed)
    }

    /// Makes the problem of a body above a number of bytes.
    pub fn payload_too_large(limit: usize) -> Self {
        Self::new(Code::PayloadTooLarge).member("limit", limit)
    }

    /// Makes the problem of a client that must wait.
    pub fn too_many_requests(
        code: Code,
        limit: u64,
        retry_after: jiff::SignedDuration,
        retry_at: jiff::Timestamp,
    ) -> Self {
        let seconds = retry_after.as_secs().max(1);
        Self::new(code)
            .member("limit", limit)
            .member("retryAfter", retry_at.to_string())
            .member("retryAfterSec", seconds)
            .header(RETRY_AFTER, seconds)
    }

    /// Makes the problem of a failure that the caller can do nothing about.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Code::InternalServerError).caused_by(cause)
    }

    /// Makes the problem of a part that is away for a moment.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>, retry_after_seconds: u32) -> Self {
        Self::new(Code::ServiceUnavailable).header(RETRY_AFTER, retry_after_seconds).caused_by(cause)
    }

    /// Returns the type of the problem.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Returns the faults of the input.
    pub fn faults(&self) -> &[Issue] {
        &self.0.issues
    }

    /// Returns what lies behind the problem, innermost last.
    pub(crate) fn cause(&self) -> Option<String> {
        let mut cause: &dyn StdError = self.0.cause.as_deref()?;
        let mut text = cause.to_string();
        while let Some(source) = cause.source() {
            text.push_str(": ");
            text.push_str(&source.to_string());
            cause = source;
        }
        Some(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.urn())
    }
}

impl StdError for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// Gives status and headers; the envelope, which knows language and request id, writes the body.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
