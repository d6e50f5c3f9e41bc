//! The keys in memory, as they stood at one state of the change counters.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jsonwebtoken::EncodingKey;
use persistence::clients::{self, SigningKey};
use persistence::{Store, StoreError};
use serde_json::{Value, json};

use super::algorithm::{Algorithm, SigningAlgorithm};
use super::jws::PublicKey;
use super::keys::encoding_key;

/// A key in memory.
pub(super) struct RingKey {
    /// Its name in tokens.
    pub(super) kid: String,
    /// What it signs with.
    pub(super) signing: EncodingKey,
    /// The algorithm of its signatures.
    pub(super) algorithm: SigningAlgorithm,
    /// Until when its tokens are believed.
    pub(super) verifies_until: Timestamp,
    public: PublicKey,
    jwk: Value,
    signs_from: Timestamp,
    signs_until: Timestamp,
}

impl RingKey {
    fn of(key: SigningKey) -> Option<Self> {
        let algorithm = match Algorithm::from_name(&key.algorithm)? {
            Algorithm::Es256 => SigningAlgorithm::Es256,
            Algorithm::EdDsa => SigningAlgorithm::EdDsa,
            Algorithm::Rs256 | Algorithm::Ps256 => return None,
        };
        let jwk = serde_json::from_value(key.public_key.clone()).ok()?;
        Some(Self {
            signing: encoding_key(algorithm, &STANDARD.decode(&key.private_key).ok()?),
            public: PublicKey::of(algorithm.algorithm(), &jwk)?,
            algorithm,
            kid: key.kid,
            jwk: key.public_key,
            signs_from: key.signs_from,
            signs_until: key.signs_until,
            verifies_until: key.verifies_until,
        })
    }
}

/// The keys that were believed when they were loaded, newest first.
#[derive(Default)]
pub(super) struct Keys {
    fingerprint: Option<u64>,
    keys: Vec<RingKey>,
}

impl Keys {
    /// Finds the key that signs at a moment; every replica finds the same.
    pub(super) fn signing(&self, algorithm: SigningAlgorithm, now: Timestamp) -> Option<&RingKey> {
        self.keys
            .iter()
            .find(|key| key.algorithm == algorithm && key.signs_from <= now && now < key.signs_until)
    }

    /// Finds the public key of a name, if its tokens are still believed.
    pub(super) fn public(&self, kid: &str, now: Timestamp) -> Option<&PublicKey> {
        let key = self.keys.iter().find(|key| key.kid == kid && now < key.verifies_until)?;
        Some(&key.public)
    }

    /// Writes the JWK set (RFC 7517 §5): keys that will sign, that sign, and that signed.
    pub(super) fn jwks(&self, now: Timestamp) -> String {
        let keys = self.keys.iter().filter(|key| now < key.verifies_until).map(|key| key.jwk.clone());
        json!({ "keys": keys.collect::<Vec<_>>() }).to_string()
    }
}

/// Where the keys are kept in memory.
#[derive(Default)]
pub(super) struct Ring {
    current: RwLock<Arc<Keys>>,
    loading: Mutex<()>,
}

impl Ring {
    /// Gives the keys if they are those of a state of the change counters.
    pub(super) fn known(&self, fingerprint: u64) -> Option<Arc<Keys>> {
        let keys = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner));
        (keys.fingerprint == Some(fingerprint)).then_some(keys)
    }

    /// Gives the keys of a state of the change counters, from the database if need be; one thread asks for all.
    ///
    /// A new key moves the counters, so an unknown name is not worth a look of its own.
    pub(super) fn at(
        &self,
        store: &Store,
        fingerprint: u64,
        now: Timestamp,
    ) -> Result<Arc<Keys>, StoreError> {
        if let Some(keys) = self.known(fingerprint) {
            return Ok(keys);
        }
        let _alone = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = self.known(fingerprint) {
            return Ok(keys);
        }
        let stored = store.read(|connection| clients::keys(connection, now))?;
        let keys = stored.into_iter().filter_map(|key| {
            let kid = key.kid.clone();
            let usable = RingKey::of(key);
            if usable.is_none() {
                tracing::error!(kid, "a signing key in the database is unusable");
            }
            usable
        });
        let keys = Arc::new(Keys { fingerprint: Some(fingerprint), keys: keys.collect() });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        Ok(keys)
    }
}
