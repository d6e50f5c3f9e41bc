//! What the JWK set of a client has to be.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use serde_json::Value;

use crate::issuer::{Algorithm, MOST_CLIENT_KEYS};

/// The fewest bits of an RSA key.
const FEWEST_RSA_BITS: usize = 2_048;

/// Members that only private and symmetric keys have (RFC 7518 §6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What is wrong with a JWK set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetFault {
    /// It is none, or has no keys or too many.
    #[error("it has to be an object with 1 to {MOST_CLIENT_KEYS} keys")]
    Shape,
    /// A key is secret: it has been shown, so it is good for nothing any more.
    #[error("key {0} holds a secret part; make a new pair, and give its public key only")]
    Private(usize),
    /// A key is of no kind that signatures are verified with.
    #[error("key {0} is no key for signatures on P-256, Ed25519 or RSA of at least {FEWEST_RSA_BITS} bits")]
    Unsupported(usize),
    /// Keys cannot be told apart.
    #[error("of several keys, each needs a `kid` of its own")]
    Names,
}

/// Checks a JWK set; keys are counted from 1.
pub(super) fn check(set: &Value) -> Result<(), KeySetFault> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or(KeySetFault::Shape)?;
    if !(1..=MOST_CLIENT_KEYS).contains(&keys.len()) {
        return Err(KeySetFault::Shape);
    }
    let mut names = BTreeSet::new();
    for (key, number) in keys.iter().zip(1..) {
        if PRIVATE.iter().any(|member| key.get(member).is_some()) {
            return Err(KeySetFault::Private(number));
        }
        let key: Jwk = serde_json::from_value(key.clone()).map_err(|_| KeySetFault::Unsupported(number))?;
        if !is_usable(&key) {
            return Err(KeySetFault::Unsupported(number));
        }
        let is_new = key.common.key_id.is_some_and(|name| names.insert(name));
        if !is_new && keys.len() > 1 {
            return Err(KeySetFault::Names);
        }
    }
    Ok(())
}

fn is_usable(key: &Jwk) -> bool {
    let is_for_signatures = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_or(0, |bytes| bytes.len());
    let is_long_enough = match &key.algorithm {
        AlgorithmParameters::RSA(key) => bytes(&key.n) * 8 >= FEWEST_RSA_BITS,
        AlgorithmParameters::EllipticCurve(key) => bytes(&key.x) == 32 && bytes(&key.y) == 32,
        AlgorithmParameters::OctetKeyPair(key) => bytes(&key.x) == 32,
        _ => false,
    };
    is_for_signatures && is_long_enough && Algorithm::ALL.iter().any(|algorithm| algorithm.fits(key))
}
