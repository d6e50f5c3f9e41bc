//! The built-in issuer of access tokens: what makes small cities and demonstrations work without an identity provider.
//!
//! [`Issuer`] keeps keys, answers `POST /oauth2/token` and publishes metadata; [`Authenticator`] believes its tokens.
//! Settings, keys and clients apart, it has no state of its own: any replica believes what another one signed.

mod algorithm;
mod assertion;
mod authenticator;
mod away;
mod claims;
mod credentials;
mod failures;
mod form;
mod grant;
mod jws;
pub mod keys;
mod metadata;
mod mint;
mod peer;
mod principal;
mod ring;
mod settings;
mod strict;
mod token;
mod validate;

#[cfg(test)]
pub(crate) mod fixture;

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig};
use domain::access::Scope;
use domain::id::ClientId;
use jiff::{SignedDuration, Timestamp};
use persistence::clients::{self, Client};
use persistence::{REFERENCE_DATA, Store, StoreError};

pub use algorithm::{Algorithm, SigningAlgorithm};
pub use authenticator::Authenticator;
pub use keys::KeyError;
pub use mint::AccessToken;
pub(crate) use principal::of_grant;
pub use settings::IssuerSettings;

pub(crate) use assertion::MOST_KEYS as MOST_CLIENT_KEYS;
pub(crate) use credentials::secret_hash;

use crate::clock::{Clock, Ids};
use away::Away;
use failures::Failures;
use metadata::Metadata;
use ring::{Keys, Ring};

/// The path of the token endpoint.
pub const TOKEN_PATH: &str = "/oauth2/token";

/// The path of the metadata (RFC 8414 §3).
pub const METADATA_PATH: &str = "/.well-known/oauth-authorization-server";

/// The path of the public keys.
pub const JWKS_PATH: &str = "/.well-known/jwks.json";

/// The built-in issuer.
pub struct Issuer {
    settings: IssuerSettings,
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    ring: Ring,
    failures: Failures,
    metadata: Metadata,
    /// Held by who reads the change counters for all.
    refreshing: tokio::sync::Mutex<()>,
    away: Away,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// There is no such client, or it is revoked.
    #[error("there is no such client, or it is revoked")]
    UnknownClient,
    /// There is no key, or no signature.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<StoreError> for IssueError {
    fn from(error: StoreError) -> Self {
        Self::Key(error.into())
    }
}

impl Issuer {
    /// Makes an issuer; it does nothing yet.
    pub fn new(
        settings: IssuerSettings,
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Arc<Self> {
        Arc::new(Self {
            failures: Failures::new(settings.failures_per_minute),
            metadata: Metadata::of(&settings),
            settings,
            store,
            clock,
            ids,
            ring: Ring::default(),
            refreshing: tokio::sync::Mutex::default(),
            away: Away::default(),
        })
    }

    /// Makes the key that is due, if one is: at start-up, and from time to time; blocks.
    ///
    /// An hour between two looks is often enough. Should nobody look for longer than the lead of a key, whoever needs a
    /// key to sign with makes it; then it was not published before.
    pub fn rotate_if_due(&self) -> Result<Option<String>, KeyError> {
        keys::rotate_if_due(&self.store, &self.settings, &self.ids, self.now())
    }

    /// Signs a token for a client with everything that it is registered for, without its credentials: for a
    /// demonstration and the command line; blocks.
    pub fn token_for(&self, id: ClientId, lifetime: SignedDuration) -> Result<AccessToken, IssueError> {
        let client = self.store.read(|connection| clients::find(connection, id))?;
        let client = client.filter(|client| client.revoked_at.is_none()).ok_or(IssueError::UnknownClient)?;
        let scopes = client.scopes.clone();
        Ok(self.sign(&client, scopes, lifetime)?)
    }

    fn sign(
        &self,
        client: &Client,
        scopes: BTreeSet<Scope>,
        lifetime: SignedDuration,
    ) -> Result<AccessToken, KeyError> {
        let now = self.now();
        let mut keys = self.keys_now(now)?;
        if keys.signing(self.settings.signing, now).is_none() {
            self.rotate_if_due()?;
            // Another replica may have made it a moment ago.
            self.store.refresh_views()?;
            keys = self.keys_now(now)?;
        }
        let key = keys.signing(self.settings.signing, now);
        let key = key.ok_or_else(|| KeyError::Unmade("no key signs now".to_owned()))?;
        let draft = mint::Draft { client, scopes, lifetime, jti: self.ids.next(), now };
        mint::mint(draft, key, &self.settings).map_err(|error| KeyError::Unmade(error.to_string()))
    }

    /// Adds the addresses of the issuer to an application, outside the path of the API.
    pub fn serve(self: &Arc<Self>, config: &mut ServiceConfig) {
        let data = Data::from(Arc::clone(self));
        config
            .service(
                web::resource(TOKEN_PATH)
                    .app_data(data.clone())
                    .route(web::post().to(token::issue_token))
                    .default_service(web::to(token::only_post)),
            )
            .service(
                crate::routes::read_only(METADATA_PATH, web::get().to(metadata::get_metadata))
                    .app_data(data.clone()),
            )
            .service(crate::routes::read_only(JWKS_PATH, web::get().to(metadata::get_keys)).app_data(data));
    }

    /// Returns the settings.
    pub const fn settings(&self) -> &IssuerSettings {
        &self.settings
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    const fn store(&self) -> &Store {
        &self.store
    }

    /// Gives the state of the change counters, unless they may be out of date.
    fn fingerprint_if_fresh(&self) -> Option<u64> {
        let views = self.store.views();
        views.are_fresh().then(|| views.fingerprint([REFERENCE_DATA]))
    }

    /// Gives the state of the change counters; one caller reads them for all who need them.
    async fn fresh_fingerprint(&self) -> Result<u64, StoreError> {
        if let Some(fingerprint) = self.fingerprint_if_fresh() {
            return Ok(fingerprint);
        }
        let _alone = self.refreshing.lock().await;
        if let Some(fingerprint) = self.fingerprint_if_fresh() {
            return Ok(fingerprint);
        }
        let store = self.store.clone();
        self.away.ask(move || store.refresh_views()).await?;
        Ok(self.store.views().fingerprint([REFERENCE_DATA]))
    }

    fn keys_at(&self, fingerprint: u64, now: Timestamp) -> Result<Arc<Keys>, StoreError> {
        self.ring.at(&self.store, fingerprint, now)
    }

    fn keys_now(&self, now: Timestamp) -> Result<Arc<Keys>, StoreError> {
        if self.fingerprint_if_fresh().is_none() {
            self.store.refresh_views()?;
        }
        self.keys_at(self.store.views().fingerprint([REFERENCE_DATA]), now)
    }
}

/// Gives an instant moved by a duration, as far as time goes.
fn after(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.saturating_add(by).unwrap_or(Timestamp::MAX)
}
