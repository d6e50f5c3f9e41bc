//! Who calls, by an access token of the built-in issuer.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use actix_web::HttpRequest;
use aws_lc_rs::digest::{SHA256, digest};
use domain::access::Principal;
use jiff::Timestamp;
use persistence::StoreError;
use quick_cache::sync::Cache;

use super::failures::{Failures, Origin};
use super::jws::{Jws, LONGEST, Rejection};
use super::peer::peer;
use super::ring::Keys;
use super::settings::IssuerSettings;
use super::validate::Said;
use super::{Issuer, principal, validate};
use crate::auth::{AuthFailure, Authenticate, Authentication, bearer_token};
use crate::problem::Problem;

/// Believes the access tokens of the built-in issuer.
///
/// A token that was verified is known by its SHA-256 as long as the change counter of the reference data, with which
/// clients, organisations, seats and keys move, stays what it was; when the counters in memory may be out of date they
/// are read first. So a revocation counts within a second on every replica, and no database means no answer.
#[derive(Clone)]
pub struct Authenticator(Arc<Inner>);

struct Inner {
    issuer: Arc<Issuer>,
    known: Cache<Key, Known>,
    /// The tokens that could be trusted once: whatever else comes from their address, they are looked at.
    proven: Cache<[u8; 32], ()>,
    /// The tokens that could not be trusted, where they are counted.
    failures: Option<Failures>,
}

/// A token in the light of one state of the change counters; of another state, it has to be looked at anew.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    token: [u8; 32],
    fingerprint: u64,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The digest is as good as random: any part of it tells tokens apart.
        let part = self.token.first_chunk::<8>().copied().unwrap_or_default();
        state.write_u64(u64::from_ne_bytes(part) ^ self.fingerprint);
    }
}

#[derive(Clone)]
struct Known {
    principal: Arc<Principal>,
    expires_at: Timestamp,
}

impl Authenticator {
    /// Makes an authenticator for the tokens of an issuer.
    pub fn new(issuer: Arc<Issuer>) -> Self {
        let known = Cache::new(issuer.settings().cached_tokens);
        let proven = Cache::new(issuer.settings().cached_tokens);
        let most = issuer.settings().failed_tokens_per_minute;
        let failures = (most > 0).then(|| Failures::new(most));
        Self(Arc::new(Inner { issuer, known, proven, failures }))
    }
}

impl Authenticate for Authenticator {
    fn authenticate(&self, request: &HttpRequest) -> Authentication {
        let inner = &self.0;
        let Some(token) = bearer_token(request) else {
            return Authentication::Known(Err(AuthFailure::Missing));
        };
        if token.len() > LONGEST {
            return Authentication::Known(Err(AuthFailure::Invalid("too long")));
        }
        let hash = hash(token);
        if let Some(fingerprint) = inner.issuer.fingerprint_if_fresh()
            && let Some(known) = inner.known.get(&Key { token: hash, fingerprint })
        {
            return Authentication::Known(inner.unless_expired(known));
        }
        let settings = inner.issuer.settings();
        let origin = Origin { peer: peer(request, &settings.trusted_proxies), client: None };
        if let Some(wait) = inner.must_wait(origin, &hash) {
            return Authentication::Known(Err(AuthFailure::Refused(wait)));
        }
        let parsed = Jws::parse(token, &settings.algorithms);
        match parsed.and_then(|jws| validate::check_type(&jws).map(|()| jws)) {
            Ok(jws) => Authentication::Pending(Box::pin(Arc::clone(inner).look_from(origin, hash, jws))),
            Err(rejection) => {
                let failure = rejection.into();
                inner.count(origin, &failure);
                Authentication::Known(Err(failure))
            }
        }
    }
}

impl Inner {
    /// Looks at a token that is not known, and counts one that cannot be trusted.
    async fn look_from(
        self: Arc<Self>,
        origin: Origin,
        token: [u8; 32],
        jws: Jws,
    ) -> Result<Arc<Principal>, AuthFailure> {
        let found = Arc::clone(&self).look(token, jws).await;
        match &found {
            Ok(_) => self.proven.insert(token, ()),
            Err(failure) => self.count(origin, failure),
        }
        found
    }

    /// Gives the problem of a token from an address that sent too many that cannot be trusted.
    fn must_wait(&self, origin: Origin, token: &[u8; 32]) -> Option<Problem> {
        let now = self.issuer.now();
        let wait = self.failures.as_ref()?.check(origin, now).err()?;
        self.proven.get(token).is_none().then(|| wait.problem(now))
    }

    /// Counts a token that cannot be trusted.
    fn count(&self, origin: Origin, failure: &AuthFailure) {
        if let (Some(failures), AuthFailure::Invalid(_)) = (&self.failures, failure) {
            failures.count(origin, self.issuer.now());
        }
    }

    /// Looks at a token that is not known; the first of several callers with the same token does it for all.
    async fn look(self: Arc<Self>, token: [u8; 32], jws: Jws) -> Result<Arc<Principal>, AuthFailure> {
        let fingerprint = self.issuer.fresh_fingerprint().await.map_err(failed)?;
        match self.known.get_value_or_guard_async(&Key { token, fingerprint }).await {
            Ok(known) => self.unless_expired(known),
            Err(guard) => {
                let inner = Arc::clone(&self);
                let found = self.issuer.away.ask(move || inner.identify(&jws, fingerprint)).await;
                let known = found.map_err(failed)??;
                // It fails when the guard was taken away, which only costs another look.
                let _ = guard.insert(known.clone());
                Ok(known.principal)
            }
        }
    }

    /// Verifies a token and assembles its principal; blocks.
    fn identify(&self, jws: &Jws, fingerprint: u64) -> Result<Result<Known, Rejection>, StoreError> {
        let issuer = &self.issuer;
        let now = issuer.now();
        let keys = issuer.keys_at(fingerprint, now)?;
        let said = match genuine(jws, &keys, issuer.settings(), now) {
            Ok(said) => said,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let assembled = issuer.store().snapshot(|connection| principal::assemble(connection, &said))?;
        Ok(assembled.map(|principal| Known { principal: Arc::new(principal), expires_at: said.expires_at }))
    }

    fn unless_expired(&self, known: Known) -> Result<Arc<Principal>, AuthFailure> {
        if known.expires_at <= self.issuer.now() {
            return Err(Rejection::Expired.into());
        }
        Ok(known.principal)
    }
}

fn genuine(jws: &Jws, keys: &Keys, settings: &IssuerSettings, now: Timestamp) -> Result<Said, Rejection> {
    let kid = jws.kid.as_deref().ok_or(Rejection::Invalid("no name of a key"))?;
    jws.verify(keys.public(kid, now).ok_or(Rejection::Invalid("no key of that name"))?)?;
    validate::check(jws, settings, now)
}

fn failed(error: StoreError) -> AuthFailure {
    match error {
        StoreError::Busy | StoreError::Unavailable(_) => AuthFailure::Unavailable(Box::new(error)),
        other => AuthFailure::Refused(Problem::from(other)),
    }
}

fn hash(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest(&SHA256, token.as_bytes()).as_ref()) {
        *to = *from;
    }
    hash
}

#[cfg(test)]
mod forged;
#[cfg(test)]
mod tests;
