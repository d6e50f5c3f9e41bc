//! Signatures of messages, as in the specification of Standard Webhooks.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::webhook::SigningSecret;
use jiff::Timestamp;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// Makes a secret of 256 random bits; absent when the system gives no random bytes.
pub(super) fn new_secret() -> Option<SigningSecret> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    Some(SigningSecret::new(format!("{PREFIX}{}", STANDARD.encode(bytes))))
}

/// Gives the headers of a message that is signed with each of the secrets; absent when one is none.
pub(super) fn headers<'a>(
    secrets: impl Iterator<Item = &'a SigningSecret>,
    id: &str,
    at: Timestamp,
    body: &[u8],
) -> Option<Vec<(&'static str, String)>> {
    let second = at.as_second();
    let signatures: Option<Vec<String>> = secrets.map(|secret| sign(secret, id, second, body)).collect();
    Some(vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", second.to_string()),
        ("webhook-signature", signatures?.join(" ")),
    ])
}

/// Signs a message: HMAC-SHA256 over its id, its second and its body.
fn sign(secret: &SigningSecret, id: &str, second: i64, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.reveal().strip_prefix(PREFIX)?).ok()?;
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
    context.update(format!("{id}.{second}.").as_bytes());
    context.update(body);
    Some(format!("v1,{}", STANDARD.encode(context.sign())))
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_secret_is_new_each_time_and_signs() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_ne!(one, other);
        assert_eq!(STANDARD.decode(one.reveal().strip_prefix(PREFIX).unwrap()).unwrap().len(), 32);
        assert_ne!(sign(&one, "a", 1, b"{}"), sign(&other, "a", 1, b"{}"));
        assert_eq!(sign(&SigningSecret::new("secret".to_owned()), "a", 1, b"{}"), None);
    }
}
