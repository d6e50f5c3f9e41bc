//! The rules that an access token is held to (RFC 9068 §4, RFC 8725 §3).

use std::collections::BTreeSet;

use domain::access::{Role, Scope};
use domain::id::{ClientId, OrganisationId};
use jiff::Timestamp;

use super::after;
use super::claims::Claims;
use super::jws::{Jws, Rejection};
use super::settings::IssuerSettings;

/// What a genuine access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The client that it was issued to.
    pub(super) client_id: ClientId,
    /// The user behind the client.
    pub(super) user: Option<String>,
    /// When it was issued.
    pub(super) issued_at: Timestamp,
    /// When it ends.
    pub(super) expires_at: Timestamp,
    /// What it allows to ask for.
    pub(super) scopes: BTreeSet<Scope>,
    /// The organisations that it is narrowed to.
    pub(super) organisations: Option<BTreeSet<OrganisationId>>,
    /// The roles that it is narrowed to.
    pub(super) roles: Option<BTreeSet<Role>>,
}

/// Fails unless a text is of the type of access tokens.
pub(super) fn check_type(jws: &Jws) -> Result<(), Rejection> {
    if jws.typ.as_deref() == Some("at+jwt") { Ok(()) } else { Err(Rejection::Invalid("not an access token")) }
}

/// Checks the claims of a text whose signature is genuine.
///
/// `exp` is held to the clock without leeway; `nbf` and `iat` may be ahead by the leeway of the settings. That a token
/// is expired is told only when nothing else is wrong with it.
pub(super) fn check(jws: &Jws, settings: &IssuerSettings, now: Timestamp) -> Result<Said, Rejection> {
    check_type(jws)?;
    let claims = Claims(&jws.claims);
    if claims.text("iss")? != settings.issuer {
        return Err(Rejection::Invalid("another issuer"));
    }
    if !claims.audiences()?.contains(&settings.audience.as_str()) {
        return Err(Rejection::Invalid("another audience"));
    }
    claims.text("jti")?;
    let subject = claims.text("sub")?;
    let client = claims.text("client_id")?;
    let latest = after(now, settings.leeway);
    let issued_at = claims.instant("iat")?;
    let not_before = claims.instant_if_any("nbf")?;
    if issued_at > latest || not_before.is_some_and(|instant| instant > latest) {
        return Err(Rejection::Invalid("not valid yet"));
    }
    let said = Said {
        client_id: client.parse().map_err(|_| Rejection::Invalid("no client that is registered here"))?,
        user: (subject != client).then(|| subject.to_owned()),
        issued_at,
        expires_at: claims.instant("exp")?,
        scopes: claims.text("scope")?.split(' ').filter_map(Scope::from_code).collect(),
        organisations: claims.list_if_any("organisations", |text| text.parse().ok())?,
        roles: claims.list_if_any("roles", Role::from_code)?,
    };
    if said.expires_at <= now { Err(Rejection::Expired) } else { Ok(said) }
}
