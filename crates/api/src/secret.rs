//! Secrets that are made here: shown once, kept as a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::Secret;

/// How many characters a secret has.
pub(crate) const LENGTH: usize = 43;

/// Makes a secret of 256 random bits, in characters fit for addresses; absent when the system gives no random bytes.
pub(crate) fn random() -> Option<Secret> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_256_bits_and_is_new_each_time() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_ne!(one.reveal(), other.reveal());
        for secret in [one, other] {
            assert_eq!(secret.reveal().len(), LENGTH);
            assert_eq!(URL_SAFE_NO_PAD.decode(secret.reveal()).unwrap().len(), 32);
        }
    }
}
