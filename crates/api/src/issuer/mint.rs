//! Signing access tokens (RFC 9068 §2).

use std::collections::BTreeSet;

use domain::access::{Role, Scope};
use domain::id::{ClientId, OrganisationId};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::Header;
use persistence::clients::Client;
use serde::Serialize;
use uuid::Uuid;

use super::after;
use super::ring::RingKey;
use super::settings::IssuerSettings;
use crate::config::Secret;

/// The most organisations that a token names; a client that acts for more has none named, which means all of its own.
const MOST_ORGANISATIONS: usize = 64;

/// An access token for its client.
#[derive(Debug, Clone)]
pub struct AccessToken {
    /// The token.
    pub token: Secret,
    /// How long it is good.
    pub expires_in: SignedDuration,
    /// What it allows to ask for.
    pub scopes: BTreeSet<Scope>,
}

impl AccessToken {
    /// Returns the scopes as RFC 6749 §3.3 writes them.
    pub fn scope(&self) -> String {
        scope_text(&self.scopes)
    }
}

fn scope_text(scopes: &BTreeSet<Scope>) -> String {
    scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" ")
}

#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: ClientId,
    client_id: ClientId,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisations: Option<&'a [OrganisationId]>,
    roles: &'a BTreeSet<Role>,
}

/// What a token is to say.
pub(super) struct Draft<'a> {
    pub(super) client: &'a Client,
    pub(super) scopes: BTreeSet<Scope>,
    pub(super) lifetime: SignedDuration,
    pub(super) jti: Uuid,
    pub(super) now: Timestamp,
}

/// Signs a token.
pub(super) fn mint(
    draft: Draft<'_>,
    key: &RingKey,
    settings: &IssuerSettings,
) -> Result<AccessToken, jsonwebtoken::errors::Error> {
    let Draft { client, scopes, lifetime, jti, now } = draft;
    // Tokens count in whole seconds, and this one must not look older than what made others void in the same second.
    let issued_at = now.as_second().max(ceiling(client.tokens_valid_from));
    // Nobody believes the key for longer, whatever the lifetime was when it was made.
    let last = key.verifies_until.as_second().saturating_sub(settings.leeway.as_secs());
    let expires_at = after(now, lifetime).as_second().min(last);
    let scope = scope_text(&scopes);
    let claims = AccessClaims {
        iss: &settings.issuer,
        aud: &settings.audience,
        sub: client.id,
        client_id: client.id,
        jti,
        iat: issued_at,
        nbf: issued_at,
        exp: expires_at,
        scope: &scope,
        organisations: (client.organisations.len() <= MOST_ORGANISATIONS)
            .then_some(client.organisations.as_slice()),
        roles: &client.roles,
    };
    let mut header = Header::new(key.algorithm.algorithm().jose());
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(key.kid.clone());
    let token = jsonwebtoken::encode(&header, &claims, &key.signing)?;
    let expires_in = SignedDuration::from_secs(expires_at.saturating_sub(now.as_second()).max(0));
    Ok(AccessToken { token: Secret::new(token), expires_in, scopes })
}

/// Gives the first whole second that is not before an instant.
fn ceiling(instant: Timestamp) -> i64 {
    let second = instant.as_second();
    if instant.subsec_nanosecond() > 0 { second.saturating_add(1) } else { second }
}
