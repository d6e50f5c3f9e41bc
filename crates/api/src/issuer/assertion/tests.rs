use aws_lc_rs::encoding::AsDer as _;
use jsonwebtoken::EncodingKey;
use serde_json::json;

use super::*;
use crate::clients::NewClient;
use crate::issuer::fixture::{Fixture, signed, with};

/// Makes a key pair of a kind with its JWK.
fn pair(algorithm: Algorithm, kid: &str) -> (EncodingKey, Value) {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
    let random = SystemRandom::new();
    let key = match algorithm {
        Algorithm::Es256 => EncodingKey::from_ec_der(
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap().as_ref(),
        ),
        Algorithm::EdDsa => {
            EncodingKey::from_ed_der(Ed25519KeyPair::generate_pkcs8v1(&random).unwrap().as_ref())
        }
        Algorithm::Rs256 | Algorithm::Ps256 => {
            let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
            let pkcs8 = pair.as_der().unwrap();
            // The key itself is the last part of PKCS #8.
            EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..])
        }
    };
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm.jose()).unwrap()).unwrap();
    jwk["kid"] = json!(kid);
    (key, jwk)
}

fn outcome(result: Result<Single, Rejection>) -> &'static str {
    match result {
        Ok(_) => "valid",
        Err(Rejection::Invalid(reason)) => reason,
        Err(Rejection::Expired) => "expired",
    }
}

#[test]
fn assertions_are_held_to_the_rules() {
    const TYPE: &str = "claim missing or of the wrong type";
    let fixture = Fixture::new();
    let settings = Fixture::settings();
    let (key, jwk) = pair(Algorithm::Es256, "a");
    let new = NewClient { public_keys: Some(json!({ "keys": [jwk] })), ..fixture.new_client() };
    let (client, secret) = fixture.register().create(new).unwrap();
    assert!(secret.is_none());
    let now = fixture.now();
    let second = now.as_second();
    let header = json!({ "alg": "ES256", "kid": "a", "typ": "JWT" });
    let claims = json!({
        "iss": client.id, "sub": client.id, "aud": settings.token_endpoint(),
        "iat": second, "exp": second + 300, "jti": "1",
    });
    let (stranger, _) = pair(Algorithm::Es256, "a");
    let mut cases = vec![
        ("good", header.clone(), claims.clone(), "valid"),
        ("no kid", with(&header, "kid", Value::Null), claims.clone(), "valid"),
        ("no typ", with(&header, "typ", Value::Null), claims.clone(), "valid"),
        ("own typ", with(&header, "typ", json!("client-authentication+jwt")), claims.clone(), "valid"),
        (
            "issuer as audience",
            header.clone(),
            with(&claims, "aud", json!(["https://wijk.example.org"])),
            "valid",
        ),
        ("times with fractions", header.clone(), with(&claims, "iat", json!(1_768_471_200.5)), "valid"),
        (
            "access token",
            with(&header, "typ", json!("at+jwt")),
            claims.clone(),
            "not an assertion of a client",
        ),
        (
            "other kid",
            with(&header, "kid", json!("b")),
            claims.clone(),
            "no key of the client fits the signature",
        ),
        (
            "other issuer",
            header.clone(),
            with(&claims, "iss", json!("x")),
            "issuer or subject is not the client",
        ),
        (
            "other subject",
            header.clone(),
            with(&claims, "sub", json!("x")),
            "issuer or subject is not the client",
        ),
        (
            "other audience",
            header.clone(),
            with(&claims, "aud", json!("https://wijk.example.org/")),
            "another audience",
        ),
        (
            "audiences besides",
            header.clone(),
            with(&claims, "aud", json!([settings.issuer, "x"])),
            "another audience",
        ),
        ("no audiences", header.clone(), with(&claims, "aud", json!([])), "another audience"),
        ("expired", header.clone(), with(&claims, "exp", json!(second)), "expired"),
        ("good for too long", header.clone(), with(&claims, "exp", json!(second + 601)), "good for too long"),
        ("issued in the future", header.clone(), with(&claims, "iat", json!(second + 62)), "not valid yet"),
        (
            "not valid yet",
            header.clone(),
            json!({"nbf": second + 62, "iss": client.id, "sub": client.id, "aud": settings.issuer, "iat": second, "exp": second + 300, "jti": "1"}),
            "not valid yet",
        ),
        ("long name", header.clone(), with(&claims, "jti", json!("x".repeat(257))), "unusable jti"),
        ("name with NUL", header.clone(), with(&claims, "jti", json!("\0")), "unusable jti"),
    ];
    for name in ["iss", "sub", "iat", "exp", "jti"] {
        cases.push((name, header.clone(), with(&claims, name, Value::Null), TYPE));
    }
    cases.push((
        "aud",
        header.clone(),
        with(&claims, "aud", Value::Null),
        "audience missing or of the wrong type",
    ));
    for (name, header, claims, expected) in cases {
        let text = signed(&header, &claims, &key, Algorithm::Es256);
        let assertion = Jws::parse(&text, &settings.assertion_algorithms).unwrap();
        assert_eq!(outcome(check(&assertion, &client, &settings, now)), expected, "{name}");
        let text = signed(&header, &claims, &stranger, Algorithm::Es256);
        let assertion = Jws::parse(&text, &settings.assertion_algorithms).unwrap();
        assert_ne!(outcome(check(&assertion, &client, &settings, now)), "valid", "{name}");
    }
}

#[test]
fn a_client_signs_with_whatever_kind_of_key_it_has() {
    let fixture = Fixture::new();
    let settings = Fixture::settings();
    for algorithm in Algorithm::ALL {
        let (key, jwk) = pair(algorithm, "a");
        let new = NewClient { public_keys: Some(json!({ "keys": [jwk] })), ..fixture.new_client() };
        let (client, _) = fixture.register().create(new).unwrap();
        let second = fixture.now().as_second();
        let claims = json!({
            "iss": client.id, "sub": client.id, "aud": settings.issuer,
            "iat": second, "exp": second + 300, "jti": "1",
        });
        let text = signed(&json!({ "alg": algorithm.name() }), &claims, &key, algorithm);
        let assertion = Jws::parse(&text, &settings.assertion_algorithms).unwrap();
        assert_eq!(outcome(check(&assertion, &client, &settings, fixture.now())), "valid", "{algorithm:?}");
    }
}
