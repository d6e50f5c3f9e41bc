//! The keys of the issuer: made ahead of time, signing for a period, believed until their last token has ended.
//!
//! ```text
//! first  |signs for a period|believed a little longer|
//! next             |published|signs for a period     |believed a little longer|
//! ```
//!
//! Every replica looks whether a key is due. Two that look at the same moment may make one key each for the same period:
//! both are published and believed, and every replica signs with the same one of the two, so nothing is lost.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use persistence::clients::{self, SigningKey};
use persistence::{NewIds, Store, StoreError};

use super::after;
use super::algorithm::SigningAlgorithm;
use super::settings::IssuerSettings;
use crate::work::own_circumstances;

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cryptography failed.
    #[error("no key can be made: {0}")]
    Unmade(String),
}

impl persistence::Failure for KeyError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Unmade(_) => None,
        }
    }
}

/// Makes a key that is due: the first one, or the successor of one that soon signs no more.
///
/// Returns the name of the key that was made, if one was.
pub fn rotate_if_due(
    store: &Store,
    settings: &IssuerSettings,
    ids: &Arc<dyn NewIds>,
    now: Timestamp,
) -> Result<Option<String>, KeyError> {
    let keys = store.read(|connection| clients::keys(connection, now))?;
    if due(&keys, settings, now).is_none() {
        return Ok(None);
    }
    let circumstances = own_circumstances(now, "rotateSigningKey", Arc::clone(ids));
    let made = store.write(&circumstances, |transaction| {
        // Another replica may have been first.
        let keys = clients::keys(transaction.connection(), now)?;
        let Some(signs_from) = due(&keys, settings, now) else { return Ok(None) };
        let key = make(settings, signs_from, now)?;
        clients::add_key(transaction, &key)?;
        Ok::<_, KeyError>(Some(key.kid))
    })?;
    if let Some(kid) = &made {
        tracing::info!(kid, "made a signing key");
    }
    Ok(made)
}

/// Tells from when the key signs that has to be made now.
fn due(keys: &[SigningKey], settings: &IssuerSettings, now: Timestamp) -> Option<Timestamp> {
    let algorithm = settings.signing.algorithm().name();
    let ends = keys.iter().filter(|key| key.algorithm == algorithm).map(|key| key.signs_until).max();
    let Some(ends) = ends.filter(|ends| *ends > now) else { return Some(now) };
    let lead = settings.key_lead.min(settings.key_period / 2);
    (ends <= after(now, lead)).then_some(ends)
}

fn make(settings: &IssuerSettings, signs_from: Timestamp, now: Timestamp) -> Result<SigningKey, KeyError> {
    let algorithm = settings.signing;
    let private_key = private_key(algorithm).map_err(|error| KeyError::Unmade(error.to_string()))?;
    let (kid, public_key) =
        public_key(algorithm, &private_key).map_err(|error| KeyError::Unmade(error.to_string()))?;
    let signs_until = after(signs_from, settings.key_period);
    Ok(SigningKey {
        kid,
        algorithm: algorithm.algorithm().name().to_owned(),
        private_key: STANDARD.encode(&private_key),
        public_key,
        created_at: now,
        signs_from,
        signs_until,
        verifies_until: after(signs_until, settings.token_lifetime + settings.leeway),
    })
}

fn private_key(algorithm: SigningAlgorithm) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
    let random = SystemRandom::new();
    let document = match algorithm {
        SigningAlgorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)?,
        SigningAlgorithm::EdDsa => Ed25519KeyPair::generate_pkcs8v1(&random)?,
    };
    Ok(document.as_ref().to_vec())
}

/// Gives the public half of a key with its thumbprint (RFC 7638), which is its name.
fn public_key(
    algorithm: SigningAlgorithm,
    private_key: &[u8],
) -> Result<(String, serde_json::Value), jsonwebtoken::errors::Error> {
    let key = encoding_key(algorithm, private_key);
    let mut jwk = Jwk::from_encoding_key(&key, algorithm.algorithm().jose())?;
    let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
    jwk.common.key_id = Some(kid.clone());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((kid, serde_json::to_value(&jwk)?))
}

/// Makes the key to sign with of PKCS #8.
pub(super) fn encoding_key(algorithm: SigningAlgorithm, private_key: &[u8]) -> EncodingKey {
    match algorithm {
        SigningAlgorithm::Es256 => EncodingKey::from_ec_der(private_key),
        SigningAlgorithm::EdDsa => EncodingKey::from_ed_der(private_key),
    }
}

#[cfg(test)]
mod tests;
