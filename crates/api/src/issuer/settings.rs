//! What the operator decides about the built-in issuer.

use std::net::IpAddr;

use jiff::SignedDuration;

use super::algorithm::{Algorithm, SigningAlgorithm};

/// The settings of the built-in issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// The identifier of the issuer: the address by which callers reach the server, without path or slash at the end.
    pub issuer: String,
    /// The audience of access tokens: the address of the API.
    pub audience: String,
    /// How long an access token is good.
    pub token_lifetime: SignedDuration,
    /// The algorithm of new keys.
    pub signing: SigningAlgorithm,
    /// The algorithms that an access token may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// The algorithms that a client may sign its assertions with.
    pub assertion_algorithms: Vec<Algorithm>,
    /// How long a key signs.
    pub key_period: SignedDuration,
    /// How long before it signs a key is published; at most half a period counts.
    pub key_lead: SignedDuration,
    /// How far the clocks of two machines may be apart: a token may be that much ahead of its `nbf` and `iat`. For `exp`
    /// nothing is added, as issuer and API read the same clock or nearly so.
    pub leeway: SignedDuration,
    /// How many failed attempts a minute one address may make as one client; ten times as many as any client.
    pub failures_per_minute: u32,
    /// How many tokens that cannot be trusted one address may send in a minute; 0 for any number.
    pub failed_tokens_per_minute: u32,
    /// How many principals of valid tokens are kept in memory.
    pub cached_tokens: usize,
    /// The proxies whose `X-Forwarded-For` is believed; without any, the address of the connection counts.
    pub trusted_proxies: Vec<IpAddr>,
}

impl IssuerSettings {
    /// Gives the defaults for a server that callers reach at `public_url`, with its API below `base_path`.
    pub fn at(public_url: &str, base_path: &str) -> Self {
        let issuer = public_url.trim_end_matches('/').to_owned();
        Self {
            audience: format!("{issuer}{base_path}"),
            issuer,
            token_lifetime: SignedDuration::from_mins(15),
            signing: SigningAlgorithm::Es256,
            algorithms: Algorithm::ACCEPTED.to_vec(),
            assertion_algorithms: Algorithm::ALL.to_vec(),
            key_period: SignedDuration::from_hours(30 * 24),
            key_lead: SignedDuration::from_hours(24),
            leeway: SignedDuration::from_secs(60),
            failures_per_minute: 10,
            failed_tokens_per_minute: 600,
            cached_tokens: 10_000,
            trusted_proxies: Vec::new(),
        }
    }

    /// Returns the address of the token endpoint.
    pub fn token_endpoint(&self) -> String {
        format!("{}{}", self.issuer, super::TOKEN_PATH)
    }

    /// Returns the address of the public keys.
    pub fn jwks_uri(&self) -> String {
        format!("{}{}", self.issuer, super::JWKS_PATH)
    }
}

impl Default for IssuerSettings {
    fn default() -> Self {
        Self::at("http://127.0.0.1:8080", crate::routes::BASE_PATH)
    }
}
