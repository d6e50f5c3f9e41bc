//! Who calls: from a request to a principal, and from a principal to a permit.

mod permit;

use std::fmt;
use std::sync::Arc;

use actix_web::HttpRequest;
use domain::access::Principal;
use futures_util::future::LocalBoxFuture;

pub use permit::{Admission, Admit, Anyone, Permit};

use crate::problem::Problem;

/// Finds out who calls.
pub trait Authenticate: Send + Sync {
    /// Reads the token of a request; what is known in memory is answered at once.
    fn authenticate(&self, request: &HttpRequest) -> Authentication;
}

/// An answer to who calls, now or after a look elsewhere.
pub enum Authentication {
    /// The answer was at hand.
    Known(Result<Arc<Principal>, AuthFailure>),
    /// The answer needs the store or an issuer.
    Pending(LocalBoxFuture<'static, Result<Arc<Principal>, AuthFailure>>),
}

/// Why nobody could be identified; the reasons are for the log.
#[derive(Debug)]
pub enum AuthFailure {
    /// The request carries no bearer token.
    Missing,
    /// The token cannot be trusted.
    Invalid(&'static str),
    /// The token is past its time.
    Expired,
    /// Whoever must be asked cannot be reached.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// The answer to the caller is decided already, such as a limit on failed attempts.
    Refused(Problem),
}

impl From<AuthFailure> for Problem {
    fn from(failure: AuthFailure) -> Self {
        match failure {
            AuthFailure::Missing => Self::no_access_token(),
            AuthFailure::Invalid(reason) => {
                tracing::debug!(reason, "access token refused");
                Self::invalid_access_token()
            }
            AuthFailure::Expired => Self::expired_access_token(),
            AuthFailure::Unavailable(cause) => Self::unavailable(cause, 5),
            AuthFailure::Refused(problem) => problem,
        }
    }
}

/// Trusts no issuer: every token is invalid.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoIssuer;

impl Authenticate for NoIssuer {
    fn authenticate(&self, request: &HttpRequest) -> Authentication {
        let failure = match bearer_token(request) {
            Some(_) => AuthFailure::Invalid("no issuer is trusted"),
            None => AuthFailure::Missing,
        };
        Authentication::Known(Err(failure))
    }
}

/// Returns the bearer token of a request (RFC 6750 §2.1).
pub fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(actix_web::http::header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then_some(token)
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(answer) => f.debug_tuple("Known").field(&answer.is_ok()).finish(),
            Self::Pending(_) => f.write_str("Pending"),
        }
    }
}
