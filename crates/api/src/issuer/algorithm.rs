//! Signature algorithms: an allow-list of our own, so that no token chooses one that nobody decided on.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};

/// An algorithm that signatures may be verified with (RFC 7518 §3.1, RFC 8037 §3.1); HMAC and `none` have no name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Es256, Self::Rs256, Self::Ps256, Self::EdDsa];

    /// The algorithms that an operator may allow for access tokens.
    pub const ACCEPTED: [Self; 3] = [Self::Es256, Self::Rs256, Self::EdDsa];

    /// Returns the name in headers and metadata.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Finds the algorithm of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Tells whether a public key is of the kind that the algorithm verifies with, and not bound to another one.
    pub fn fits(self, key: &Jwk) -> bool {
        let kind = match &key.algorithm {
            AlgorithmParameters::EllipticCurve(key) => {
                self == Self::Es256 && key.curve == EllipticCurve::P256
            }
            AlgorithmParameters::RSA(_) => matches!(self, Self::Rs256 | Self::Ps256),
            AlgorithmParameters::OctetKeyPair(key) => {
                self == Self::EdDsa && key.curve == EllipticCurve::Ed25519
            }
            _ => false,
        };
        kind && key.common.key_algorithm.is_none_or(|bound| bound.to_string() == self.name())
    }

    pub(super) const fn jose(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Ps256 => jsonwebtoken::Algorithm::PS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}

/// An algorithm that the issuer signs with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256: what every library verifies.
    #[default]
    Es256,
    /// Ed25519.
    EdDsa,
}

impl SigningAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 2] = [Self::Es256, Self::EdDsa];

    /// Returns the algorithm that its signatures are verified with.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::Es256,
            Self::EdDsa => Algorithm::EdDsa,
        }
    }
}
