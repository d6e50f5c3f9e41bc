//! Signed texts in compact form (RFC 7515 §3.1): taken apart, held to the rules for headers, verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::Jwk;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::strict;
use crate::auth::AuthFailure;

/// The most bytes of a token; nothing is done for a longer one.
pub(super) const LONGEST: usize = 8 * 1024;

/// Headers that bring a key or demand an extension: who signs them could choose how they are verified.
const REFUSED_HEADERS: [&str; 7] = ["crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"];

/// Why a token is not believed; the reasons are for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejection {
    /// It cannot be trusted.
    Invalid(&'static str),
    /// It was good once.
    Expired,
}

impl From<Rejection> for AuthFailure {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Invalid(reason) => Self::Invalid(reason),
            Rejection::Expired => Self::Expired,
        }
    }
}

/// A key that signatures of one algorithm are verified with.
#[derive(Clone)]
pub(super) struct PublicKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKey {
    /// Makes a key of its JWK, if it is one for the algorithm.
    pub(super) fn of(algorithm: Algorithm, key: &Jwk) -> Option<Self> {
        let is_for_it = algorithm.fits(key);
        let key = is_for_it.then(|| DecodingKey::from_jwk(key).ok())??;
        Some(Self { algorithm, key })
    }
}

/// A signed text whose signature was not verified yet.
#[derive(Debug)]
pub(super) struct Jws {
    /// The algorithm that the header names: one that is allowed, and still to be held against that of the key.
    pub(super) algorithm: Algorithm,
    /// The type of the text, in lower case and without `application/`.
    pub(super) typ: Option<String>,
    /// The name of the key.
    pub(super) kid: Option<String>,
    /// What the text claims.
    pub(super) claims: Map<String, Value>,
    message: String,
    signature: String,
}

impl Jws {
    /// Takes a text apart.
    pub(super) fn parse(text: &str, allowed: &[Algorithm]) -> Result<Self, Rejection> {
        use Rejection::Invalid;
        if text.len() > LONGEST {
            return Err(Invalid("too long"));
        }
        let (message, signature) = text.rsplit_once('.').ok_or(Invalid("not in three parts"))?;
        let (header, claims) = message.split_once('.').ok_or(Invalid("not in three parts"))?;
        if claims.contains('.') || signature.is_empty() {
            return Err(Invalid("not in three parts"));
        }
        let header = decoded(header).ok_or(Invalid("unreadable header"))?;
        if REFUSED_HEADERS.iter().any(|name| header.contains_key(*name)) {
            return Err(Invalid("header with a key or an extension"));
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::from_name);
        let algorithm = algorithm.filter(|algorithm| allowed.contains(algorithm));
        Ok(Self {
            algorithm: algorithm.ok_or(Invalid("algorithm not allowed"))?,
            typ: text_of(&header, "typ")?.map(|typ| media_type(&typ)),
            kid: text_of(&header, "kid")?,
            claims: decoded(claims).ok_or(Invalid("unreadable claims"))?,
            message: message.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// Verifies the signature with a key, by the algorithm of the key and of no other.
    pub(super) fn verify(&self, key: &PublicKey) -> Result<(), Rejection> {
        let message = self.message.as_bytes();
        let is_genuine = self.algorithm == key.algorithm
            && jsonwebtoken::crypto::verify(&self.signature, message, &key.key, key.algorithm.jose())
                .unwrap_or(false);
        if is_genuine { Ok(()) } else { Err(Rejection::Invalid("signature does not match")) }
    }
}

fn decoded(part: &str) -> Option<Map<String, Value>> {
    strict::object(&URL_SAFE_NO_PAD.decode(part).ok()?)
}

fn text_of(header: &Map<String, Value>, name: &str) -> Result<Option<String>, Rejection> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Rejection::Invalid("header of the wrong type")),
    }
}

/// Gives a media type as RFC 7515 §4.1.9 compares it.
fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").map_or(typ.clone(), str::to_owned)
}
