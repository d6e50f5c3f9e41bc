//! Signatures of messages, as in the specification of Standard Webhooks.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::webhook::{SignatureScheme, SigningSecret};
use jiff::Timestamp;

/// What a secret begins with that both sides know.
const SHARED: &str = "whsec_";

/// What a private key begins with.
const PRIVATE: &str = "whsk_";

/// What a public key begins with.
const PUBLIC: &str = "whpk_";

/// Makes a secret, or a private key, of 256 random bits; absent when the system gives no random bytes.
pub(super) fn new_secret(scheme: SignatureScheme) -> Option<SigningSecret> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    let prefix = match scheme {
        SignatureScheme::HmacSha256 => SHARED,
        SignatureScheme::Ed25519 => PRIVATE,
    };
    Some(SigningSecret::new(format!("{prefix}{}", STANDARD.encode(bytes))))
}

/// Gives the public key that messages are verified with; absent when they are signed with a secret that both sides know.
pub(super) fn public_key(secret: &SigningSecret) -> Option<String> {
    Some(format!("{PUBLIC}{}", STANDARD.encode(key_pair(secret)?.public_key())))
}

fn key_pair(secret: &SigningSecret) -> Option<Ed25519KeyPair> {
    let seed = STANDARD.decode(secret.reveal().strip_prefix(PRIVATE)?).ok()?;
    Ed25519KeyPair::from_seed_unchecked(&seed).ok()
}

/// Gives the headers of a message that is signed with each of the secrets; absent when one is none.
pub(super) fn headers<'a>(
    secrets: impl Iterator<Item = &'a SigningSecret>,
    id: &str,
    at: Timestamp,
    body: &[u8],
) -> Option<Vec<(&'static str, String)>> {
    let second = at.as_second();
    let mut text = format!("{id}.{second}.").into_bytes();
    text.extend_from_slice(body);
    let signatures: Option<Vec<String>> = secrets.map(|secret| sign(secret, &text)).collect();
    Some(vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", second.to_string()),
        ("webhook-signature", signatures?.join(" ")),
    ])
}

/// Signs a message: its id, its second and its body.
fn sign(secret: &SigningSecret, text: &[u8]) -> Option<String> {
    match secret.scheme() {
        SignatureScheme::HmacSha256 => {
            let key = STANDARD.decode(secret.reveal().strip_prefix(SHARED)?).ok()?;
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), text);
            Some(format!("v1,{}", STANDARD.encode(tag)))
        }
        SignatureScheme::Ed25519 => Some(format!("v1a,{}", STANDARD.encode(key_pair(secret)?.sign(text)))),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    /// The example of the specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = SigningSecret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let headers = headers([&secret, &secret].into_iter(), id, at, body).unwrap();
        assert_eq!(
            headers,
            [
                ("webhook-id", id.to_owned()),
                ("webhook-timestamp", "1614265330".to_owned()),
                ("webhook-signature", format!("{expected} {expected}")),
            ]
        );
    }

    /// The first test of RFC 8032 (section 7.1).
    #[test]
    fn a_public_key_is_that_of_the_standard() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let secret = SigningSecret::new(format!("whsk_{}", STANDARD.encode(seed)));
        assert_eq!(public_key(&secret), Some(format!("whpk_{}", STANDARD.encode(&public))));
        let signature = hex(concat!(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b",
            "d25bf5f0595bbe24655141438e7a100b"
        ));
        assert_eq!(sign(&secret, b""), Some(format!("v1a,{}", STANDARD.encode(signature))));
    }

    #[test]
    fn a_key_pair_signs_what_its_public_half_verifies() {
        let secret = new_secret(SignatureScheme::Ed25519).unwrap();
        let public = public_key(&secret).unwrap();
        let public = STANDARD.decode(public.strip_prefix("whpk_").unwrap()).unwrap();
        let headers = headers([&secret].into_iter(), "a", Timestamp::UNIX_EPOCH, b"{}").unwrap();
        let signature = STANDARD.decode(headers[2].1.strip_prefix("v1a,").unwrap()).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, public);
        assert!(public.verify(b"a.0.{}", &signature).is_ok());
        assert!(public.verify(b"a.0.{ }", &signature).is_err());
    }

    #[test]
    fn a_secret_is_new_each_time_and_signs() {
        let new = || new_secret(SignatureScheme::HmacSha256).unwrap();
        let (one, other) = (new(), new());
        assert_ne!(one, other);
        assert_eq!(STANDARD.decode(one.reveal().strip_prefix("whsec_").unwrap()).unwrap().len(), 32);
        assert_eq!(public_key(&one), None);
        assert_ne!(sign(&one, b"{}"), sign(&other, b"{}"));
        assert_eq!(sign(&SigningSecret::new("secret".to_owned()), b"{}"), None);
    }
}
