//! How a client proves itself at the token endpoint (RFC 6749 §2.3, RFC 7523 §2.2).

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::id::ClientId;
use jiff::Timestamp;
use persistence::clients::Client;
use subtle::{Choice, ConstantTimeEq as _};

use super::assertion;
use super::form::{Form, decode};
use super::jws::Jws;
use super::settings::IssuerSettings;
use super::token::TokenError;
use crate::config::Secret;
use crate::fingerprint;

/// What a client brings to prove itself.
#[derive(Debug)]
pub(super) enum Credentials {
    /// A secret.
    Secret {
        /// The client that it claims to be of; none when there can be no such client.
        client: Option<ClientId>,
        /// The secret.
        secret: Secret,
    },
    /// A signed assertion.
    Assertion {
        /// The client that it claims to be of.
        client: Option<ClientId>,
        /// The assertion; none when it cannot be read.
        assertion: Option<Box<Jws>>,
    },
}

impl Credentials {
    /// Reads the one proof that a request brings.
    pub(super) fn read(
        headers: &HeaderMap,
        form: &Form,
        settings: &IssuerSettings,
    ) -> Result<Self, TokenError> {
        let mut authorizations = headers.get_all(AUTHORIZATION);
        let header = authorizations.next();
        if authorizations.next().is_some() {
            return Err(TokenError::InvalidRequest("There is more than one Authorization header."));
        }
        if form.get("client_secret").is_some() {
            return Err(TokenError::InvalidRequest("A secret in the body is not accepted; use HTTP Basic."));
        }
        let assertion = form.get("client_assertion").or(form.get("client_assertion_type"));
        let credentials = match (header, assertion) {
            (Some(_), Some(_)) => {
                return Err(TokenError::InvalidRequest("The client proves itself in more than one way."));
            }
            (Some(header), None) => basic(header.as_bytes()).ok_or(TokenError::InvalidClient)?,
            (None, Some(_)) => Self::of_assertion(form, settings)?,
            (None, None) => return Err(TokenError::NoCredentials),
        };
        match form.get("client_id") {
            Some(named) if named.parse().ok() != credentials.client() => Err(TokenError::InvalidClient),
            _ => Ok(credentials),
        }
    }

    fn of_assertion(form: &Form, settings: &IssuerSettings) -> Result<Self, TokenError> {
        let (Some(text), Some(assertion::TYPE)) =
            (form.get("client_assertion"), form.get("client_assertion_type"))
        else {
            return Err(TokenError::InvalidRequest(
                "client_assertion needs the client_assertion_type of RFC 7523, and the other way round.",
            ));
        };
        let parsed = Jws::parse(text, &settings.assertion_algorithms);
        let assertion =
            parsed.inspect_err(|rejection| tracing::debug!(?rejection, "assertion of a client refused")).ok();
        let client = assertion.as_ref().and_then(assertion::claimed_client);
        Ok(Self::Assertion { client, assertion: assertion.map(Box::new) })
    }

    /// Returns the client that it claims to be of.
    pub(super) const fn client(&self) -> Option<ClientId> {
        match self {
            Self::Secret { client, .. } | Self::Assertion { client, .. } => *client,
        }
    }
}

/// Reads `Basic`: id and secret are form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(header: &[u8]) -> Option<Credentials> {
    let (scheme, value) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let pair = STANDARD.decode(value.trim()).ok()?;
    let mut halves = pair.splitn(2, |byte| *byte == b':');
    let (id, secret) = (decode(halves.next()?)?, decode(halves.next()?)?);
    Some(Credentials::Secret { client: id.parse().ok(), secret: Secret::new(secret) })
}

/// Gives what is kept of a secret: its SHA-256 in hexadecimal.
///
/// No slow hash is needed: a secret is 256 random bits, which nobody finds by trying, however quick a try is. A slow one
/// would let strangers keep the processors busy.
pub(crate) fn secret_hash(secret: &str) -> String {
    fingerprint::sha256_hex(secret.as_bytes())
}

/// Tells whether a secret is that of a client, or the one before while that still counts.
///
/// The time it takes does not depend on the client, on whether there is one, or on the place of the first difference.
pub(super) fn is_secret_of(client: Option<&Client>, secret: &Secret, now: Timestamp) -> bool {
    let given = secret_hash(secret.reveal());
    // As long as a hash, and the hash of nothing: it holds no hexadecimal digit.
    let nothing = "-".repeat(given.len());
    let present = client.and_then(|client| client.secret_hash.as_deref());
    let previous = client.and_then(|client| client.previous_secret.as_ref());
    let previous = previous.filter(|(_, until)| now < *until).map(|(hash, _)| hash.as_str());
    let equals =
        |hash: Option<&str>| -> Choice { hash.unwrap_or(&nothing).as_bytes().ct_eq(given.as_bytes()) };
    (equals(present) | equals(previous)).into()
}
