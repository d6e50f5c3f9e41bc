//! Clients that prove themselves with a signature (RFC 7523 §3, `private_key_jwt` of OpenID Connect Core §9).

use domain::id::ClientId;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use persistence::clients::Client;
use serde_json::Value;

use super::after;
use super::algorithm::Algorithm;
use super::claims::Claims;
use super::jws::{Jws, PublicKey, Rejection};
use super::settings::IssuerSettings;

/// The type that the parameter `client_assertion_type` names.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead an assertion may end.
const LONGEST_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The longest name of an assertion.
const LONGEST_JTI: usize = 256;

/// The most keys of a client.
pub(crate) const MOST_KEYS: usize = 8;

/// What makes an assertion single: remembered until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Single {
    pub(super) jti: String,
    pub(super) expires_at: Timestamp,
}

/// Tells which client an assertion claims to be of; nothing is verified yet.
pub(super) fn claimed_client(assertion: &Jws) -> Option<ClientId> {
    Claims(&assertion.claims).text("sub").ok()?.parse().ok()
}

/// Checks an assertion of a client: its signature with one of the keys of the client, and then what it claims.
///
/// The audience is the issuer or its token endpoint and nobody else besides, so that no other server that gets an
/// assertion can use it here.
pub(super) fn check(
    assertion: &Jws,
    client: &Client,
    settings: &IssuerSettings,
    now: Timestamp,
) -> Result<Single, Rejection> {
    use Rejection::Invalid;
    if !matches!(assertion.typ.as_deref(), None | Some("jwt" | "client-authentication+jwt")) {
        return Err(Invalid("not an assertion of a client"));
    }
    let keys = keys(client, assertion.algorithm, assertion.kid.as_deref());
    if !keys.iter().any(|key| assertion.verify(key).is_ok()) {
        return Err(Invalid("no key of the client fits the signature"));
    }
    let claims = Claims(&assertion.claims);
    let id = client.id.to_string();
    if claims.text("iss")? != id || claims.text("sub")? != id {
        return Err(Invalid("issuer or subject is not the client"));
    }
    let audiences = claims.audiences()?;
    if audiences.len() != 1 || !audiences.iter().all(|audience| is_ours(audience, settings)) {
        return Err(Invalid("another audience"));
    }
    let latest = after(now, settings.leeway);
    let not_before = claims.instant_if_any("nbf")?;
    if claims.instant("iat")? > latest || not_before.is_some_and(|instant| instant > latest) {
        return Err(Invalid("not valid yet"));
    }
    let expires_at = claims.instant("exp")?;
    if expires_at <= now {
        return Err(Rejection::Expired);
    }
    if expires_at > after(now, LONGEST_LIFE) {
        return Err(Invalid("good for too long"));
    }
    let jti = claims.text("jti")?;
    if jti.len() > LONGEST_JTI || jti.chars().any(char::is_control) {
        return Err(Invalid("unusable jti"));
    }
    Ok(Single { jti: jti.to_owned(), expires_at })
}

fn is_ours(audience: &str, settings: &IssuerSettings) -> bool {
    audience == settings.issuer || audience == settings.token_endpoint()
}

/// Gives the keys of a client that may have signed: the one that is named, or else every one of the right kind.
fn keys(client: &Client, algorithm: Algorithm, kid: Option<&str>) -> Vec<PublicKey> {
    let keys = client.public_keys.as_ref().and_then(|set| set.get("keys")).and_then(Value::as_array);
    let keys = keys.into_iter().flatten().take(MOST_KEYS);
    let keys = keys.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
    keys.filter(|key| kid.is_none() || key.common.key_id.as_deref() == kid)
        .filter_map(|key| PublicKey::of(algorithm, &key))
        .collect()
}

#[cfg(test)]
mod tests;
