//! `POST /oauth2/token` (RFC 6749 §3.2): answers of RFC 6749 §5, and problems for what that leaves open.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, PRAGMA, WWW_AUTHENTICATE,
};
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::Issuer;
use super::credentials::Credentials;
use super::failures::Origin;
use super::form::Form;
use super::grant::Asked;
use super::mint::AccessToken;
use super::peer::peer;
use crate::envelope::Context;
use crate::problem::{Code, Problem};

/// The most bytes of a body: an assertion, and room for the rest.
const LARGEST_BODY: usize = 16 * 1024;

/// The longest time for a body to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Why there is no token.
#[derive(Debug)]
pub(super) enum TokenError {
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// The client brings no proof.
    NoCredentials,
    /// The client is unknown, or its proof is wrong: it never learns which.
    InvalidClient,
    /// The scope is unknown, or the client does not have it.
    InvalidScope,
    /// The client has nothing to ask for.
    UnauthorizedClient,
    /// The grant is not the one that there is.
    UnsupportedGrantType,
    /// Something that RFC 6749 does not tell.
    Problem(Problem),
}

/// Gives a token to a client.
pub(super) async fn issue_token(
    request: HttpRequest,
    body: Payload,
    issuer: Data<Issuer>,
) -> Result<HttpResponse, Problem> {
    match answer(&request, body, &issuer.into_inner()).await {
        Ok(token) => Ok(granted(&token)),
        Err(error) => refused(error),
    }
}

/// Answers for every other method.
pub(super) async fn only_post() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed("POST"))
}

async fn answer(
    request: &HttpRequest,
    body: Payload,
    issuer: &Arc<Issuer>,
) -> Result<AccessToken, TokenError> {
    if !request.query_string().is_empty() {
        return Err(TokenError::InvalidRequest("Parameters belong in the body, not in the address."));
    }
    if !is_form(request.headers()) {
        return Err(TokenError::InvalidRequest("Content-Type has to be application/x-www-form-urlencoded."));
    }
    let form = Form::parse(&read(body).await?).map_err(TokenError::InvalidRequest)?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(TokenError::UnsupportedGrantType),
        None => return Err(TokenError::InvalidRequest("grant_type is missing.")),
    }
    let peer = peer(request, &issuer.settings.trusted_proxies);
    let credentials = Credentials::read(request.headers(), &form, &issuer.settings);
    let client = credentials.as_ref().ok().and_then(Credentials::client);
    let origin = Origin { peer, client };
    let now = issuer.now();
    issuer.failures.check(origin, now).map_err(|wait| TokenError::Problem(wait.problem(now)))?;
    let outcome = match credentials {
        Ok(credentials) => {
            let scope = form.get("scope").map(str::to_owned);
            let request_id =
                Context::of(request).map_or_else(|| issuer.ids.next(), |context| context.request_id);
            let asked = Asked { credentials, scope, request_id };
            let issuer = Arc::clone(issuer);
            let granted = web::block(move || issuer.grant(&asked)).await;
            granted.map_err(|error| TokenError::Problem(Problem::unavailable(error, 5)))?
        }
        Err(error) => Err(error),
    };
    if matches!(outcome, Err(TokenError::InvalidClient)) {
        issuer.failures.count(origin, issuer.now());
        tracing::warn!(peer = ?origin.peer, client = ?origin.client, "a client could not prove itself");
    }
    outcome
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn read(body: Payload) -> Result<web::Bytes, TokenError> {
    let read = tokio::time::timeout(BODY_TIME, body.to_bytes_limited(LARGEST_BODY)).await;
    match read {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_))) => Err(TokenError::InvalidRequest("The body did not arrive.")),
        Ok(Err(_)) => Err(TokenError::Problem(Problem::payload_too_large(LARGEST_BODY))),
        Err(_) => Err(TokenError::Problem(Problem::new(Code::RequestTimeout))),
    }
}

fn granted(token: &AccessToken) -> HttpResponse {
    let body = json!({
        "access_token": token.token.reveal(),
        "token_type": "Bearer",
        "expires_in": token.expires_in.as_secs(),
        "scope": token.scope(),
    });
    response(StatusCode::OK, &body)
}

fn refused(error: TokenError) -> Result<HttpResponse, Problem> {
    let (status, code, description) = match error {
        TokenError::Problem(problem) => return Err(problem),
        TokenError::InvalidRequest(description) => (StatusCode::BAD_REQUEST, "invalid_request", description),
        TokenError::NoCredentials => {
            (StatusCode::UNAUTHORIZED, "invalid_client", "The client has to prove itself.")
        }
        TokenError::InvalidClient => {
            (StatusCode::UNAUTHORIZED, "invalid_client", "The client could not prove itself.")
        }
        TokenError::InvalidScope => {
            (StatusCode::BAD_REQUEST, "invalid_scope", "A scope is unknown, or the client does not have it.")
        }
        TokenError::UnauthorizedClient => {
            (StatusCode::BAD_REQUEST, "unauthorized_client", "The client has no scope.")
        }
        TokenError::UnsupportedGrantType => {
            (StatusCode::BAD_REQUEST, "unsupported_grant_type", "The only grant is client_credentials.")
        }
    };
    let mut response = response(status, &json!({ "error": code, "error_description": description }));
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(r#"Basic realm="wijkoverleg", charset="UTF-8""#);
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    Ok(response)
}

fn response(status: StatusCode, body: &serde_json::Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"))
        .body(body.to_string())
}

#[cfg(test)]
mod tests;
