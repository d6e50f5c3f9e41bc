//! A table of forged and broken tokens, each with what is wrong with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::Authenticator;
use super::tests::outcome;
use crate::issuer::Algorithm;
use crate::issuer::fixture::{Fixture, ask, encoded, signed, signed_text, with};

#[actix_web::test]
async fn forged_and_broken_tokens_are_refused() {
    const TYPE: &str = "claim missing or of the wrong type";
    let fixture = Fixture::new();
    let authenticator = Authenticator::new(fixture.issuer());
    let (client, _) = fixture.client();
    let header = fixture.header();
    let claims = fixture.claims(client.id);
    let key = fixture.private_key();
    let sign = |header: &Value, claims: &Value| signed(header, claims, &key, Algorithm::Es256);
    let good = sign(&header, &claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let other_claims = encoded(with(&claims, "scope", json!("cases:write")).to_string());
    let mut cases: Vec<(&str, String, &str)> = vec![
        ("good", good.clone(), "valid"),
        ("long form of the type", sign(&with(&header, "typ", json!("application/AT+JWT")), &claims), "valid"),
        ("several audiences", sign(&header, &with(&claims, "aud", json!(["x", claims["aud"]]))), "valid"),
        (
            "clock ahead by a minute",
            {
                let ahead = json!(fixture.now().as_second() + 60);
                sign(&header, &with(&with(&claims, "iat", ahead.clone()), "nbf", ahead))
            },
            "valid",
        ),
        ("no nbf", sign(&header, &with(&claims, "nbf", Value::Null)), "valid"),
        (
            "unsigned",
            format!("{}.{}.", encoded(r#"{"typ":"at+jwt","alg":"none"}"#), encoded(claims.to_string())),
            "not in three parts",
        ),
        (
            "alg none",
            format!(
                "{}.{}.{signature}",
                encoded(r#"{"typ":"at+jwt","alg":"none"}"#),
                encoded(claims.to_string())
            ),
            "algorithm not allowed",
        ),
        ("alg HS256", sign(&with(&header, "alg", json!("HS256")), &claims), "algorithm not allowed"),
        ("alg PS256", sign(&with(&header, "alg", json!("PS256")), &claims), "algorithm not allowed"),
        ("alg es256", sign(&with(&header, "alg", json!("es256")), &claims), "algorithm not allowed"),
        ("alg a list", sign(&with(&header, "alg", json!(["ES256"])), &claims), "algorithm not allowed"),
        ("no alg", sign(&with(&header, "alg", Value::Null), &claims), "algorithm not allowed"),
        ("other algorithm", sign(&with(&header, "alg", json!("EdDSA")), &claims), "signature does not match"),
        ("wrong typ", sign(&with(&header, "typ", json!("JWT")), &claims), "not an access token"),
        ("no typ", sign(&with(&header, "typ", Value::Null), &claims), "not an access token"),
        ("typ a number", sign(&with(&header, "typ", json!(1)), &claims), "header of the wrong type"),
        ("no kid", sign(&with(&header, "kid", Value::Null), &claims), "no name of a key"),
        ("unknown kid", sign(&with(&header, "kid", json!("other")), &claims), "no key of that name"),
        (
            "wrong iss",
            sign(&header, &with(&claims, "iss", json!("https://wijk.example.org/"))),
            "another issuer",
        ),
        ("iss a list", sign(&header, &with(&claims, "iss", json!([claims["iss"]]))), TYPE),
        (
            "wrong aud",
            sign(&header, &with(&claims, "aud", json!("https://wijk.example.org"))),
            "another audience",
        ),
        (
            "audiences without ours",
            sign(&header, &with(&claims, "aud", json!(["x", "y"]))),
            "another audience",
        ),
        ("no audience in the list", sign(&header, &with(&claims, "aud", json!([]))), "another audience"),
        (
            "an audience that is no text",
            sign(&header, &with(&claims, "aud", json!([1, claims["aud"]]))),
            "audience missing or of the wrong type",
        ),
        (
            "no aud",
            sign(&header, &with(&claims, "aud", Value::Null)),
            "audience missing or of the wrong type",
        ),
        ("expired", sign(&header, &with(&claims, "exp", json!(fixture.now().as_second()))), "expired"),
        (
            "expired and for another",
            sign(&header, &with(&with(&claims, "exp", json!(1)), "aud", json!("x"))),
            "another audience",
        ),
        (
            "expired and forged",
            format!(
                "{}.{signature}",
                message.replace(
                    message.split_once('.').unwrap().1,
                    &encoded(with(&claims, "exp", json!(1)).to_string())
                )
            ),
            "signature does not match",
        ),
        (
            "not valid yet",
            sign(&header, &with(&claims, "nbf", json!(fixture.now().as_second() + 62))),
            "not valid yet",
        ),
        (
            "issued in the future",
            sign(&header, &with(&claims, "iat", json!(fixture.now().as_second() + 62))),
            "not valid yet",
        ),
        ("exp a text", sign(&header, &with(&claims, "exp", json!("9999999999"))), "claim of the wrong type"),
        ("exp beyond time", sign(&header, &with(&claims, "exp", json!(1e300))), "claim of the wrong type"),
        ("scope a list", sign(&header, &with(&claims, "scope", json!(["cases:read"]))), TYPE),
        ("roles a text", sign(&header, &with(&claims, "roles", json!("guard"))), "claim of the wrong type"),
        (
            "organisations of numbers",
            sign(&header, &with(&claims, "organisations", json!([1]))),
            "claim of the wrong type",
        ),
        (
            "unknown client",
            sign(&header, &with(&claims, "client_id", json!("0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a"))),
            "no client that is registered here",
        ),
        (
            "client that is no id",
            sign(&header, &with(&claims, "client_id", json!("app"))),
            "no client that is registered here",
        ),
        (
            "tampered claims",
            format!("{}.{other_claims}.{signature}", encoded(header.to_string())),
            "signature does not match",
        ),
        (
            "tampered signature",
            format!("{message}.{}", signature.chars().rev().collect::<String>()),
            "signature does not match",
        ),
        ("cut signature", format!("{message}.{}", &signature[..40]), "signature does not match"),
        ("two parts", message.to_owned(), "not in three parts"),
        ("four parts", format!("{good}.x"), "not in three parts"),
        ("two dots only", "..".to_owned(), "not in three parts"),
        ("text", "token".to_owned(), "not in three parts"),
        ("padding", format!("{good}="), "signature does not match"),
        ("no JSON", format!("{}.{}.{signature}", encoded("header"), encoded("claims")), "unreadable header"),
        (
            "claims no object",
            signed_text(&header.to_string(), "[]", &key, Algorithm::Es256),
            "unreadable claims",
        ),
        (
            "duplicate header",
            signed_text(
                &header.to_string().replacen('{', r#"{"alg":"ES256","#, 1),
                &claims.to_string(),
                &key,
                Algorithm::Es256,
            ),
            "unreadable header",
        ),
        (
            "duplicate claim",
            signed_text(
                &header.to_string(),
                &claims.to_string().replacen('{', r#"{"scope":"admin","#, 1),
                &key,
                Algorithm::Es256,
            ),
            "unreadable claims",
        ),
        (
            "duplicate in depth",
            signed_text(
                &header.to_string(),
                &claims.to_string().replacen('{', r#"{"x":{"y":1,"y":2},"#, 1),
                &key,
                Algorithm::Es256,
            ),
            "unreadable claims",
        ),
        ("huge", sign(&header, &with(&claims, "x", json!("x".repeat(7_000)))), "too long"),
    ];
    for name in ["iss", "sub", "client_id", "jti", "iat", "exp", "scope"] {
        cases.push((name, sign(&header, &with(&claims, name, Value::Null)), TYPE));
    }
    for name in ["crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"] {
        cases.push((
            name,
            sign(&with(&header, name, json!("x")), &claims),
            "header with a key or an extension",
        ));
    }
    let public = URL_SAFE_NO_PAD.decode(fixture.keys()[0].public_key["x"].as_str().unwrap()).unwrap();
    let hmac = jsonwebtoken::crypto::sign(
        format!("{}.x", encoded(header.to_string())).as_bytes(),
        &EncodingKey::from_secret(&public),
        jsonwebtoken::Algorithm::HS256,
    );
    cases.push((
        "HMAC with the public key",
        format!("{message}.{}", hmac.unwrap()),
        "signature does not match",
    ));
    let stranger = stranger();
    cases.push((
        "wrong key",
        signed(&header, &claims, &stranger, Algorithm::Es256),
        "signature does not match",
    ));
    for (name, token, expected) in cases {
        let (answer, _) = ask(&authenticator, &token).await;
        assert_eq!(outcome(answer), expected, "{name}");
    }
}

/// Makes a key that nobody believes.
fn stranger() -> EncodingKey {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let random = aws_lc_rs::rand::SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EncodingKey::from_ec_der(document.as_ref())
}
