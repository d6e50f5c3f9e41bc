//! Tokens that must not be trusted, made of one that is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::world::{MANAGER, SECRET};

/// Reads a part of a token.
fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Writes a token with the issuer's own key.
fn signed(app: &TestApp, media_type: &str, kid: &str, claims: &Value) -> String {
    let keys = format!("SELECT private_key AS value FROM signing_keys WHERE kid = '{kid}'");
    let key = STANDARD.decode(&app.database.texts(&keys)[0]).unwrap();
    let header = Header {
        typ: Some(media_type.to_owned()),
        kid: Some(kid.to_owned()),
        ..Header::new(Algorithm::ES256)
    };
    encode(&header, claims, &EncodingKey::from_ec_der(&key)).unwrap()
}

/// Gives tokens that say that they are the manager's, by what is wrong with them.
pub fn untrusted(app: &TestApp) -> Vec<(&'static str, String)> {
    let good = app.manager.token().unwrap();
    let claims = part(&good, 1);
    let kid = part(&good, 0)["kid"].as_str().unwrap().to_owned();
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let now = app.now().as_second();
    let mut past = with("exp", json!(now - 1));
    past["iat"] = json!(now - 900);
    past["nbf"] = json!(now - 900);
    let symmetric =
        Header { typ: Some("at+jwt".to_owned()), kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
    let unsigned = json!({"alg": "none", "typ": "at+jwt", "kid": kid}).to_string();
    let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
    vec![
        ("a malformed token", "not.a-token".to_owned()),
        ("an expired token", signed(app, "at+jwt", &kid, &past)),
        ("a token for others", signed(app, "at+jwt", &kid, &with("aud", json!("https://elsewhere.example")))),
        (
            "a token of another issuer",
            signed(app, "at+jwt", &kid, &with("iss", json!("https://elsewhere.example"))),
        ),
        ("a token from the future", signed(app, "at+jwt", &kid, &with("nbf", json!(now + 3_600)))),
        ("another kind of token", signed(app, "JWT", &kid, &claims)),
        (
            "a token with a symmetric key",
            encode(&symmetric, &claims, &EncodingKey::from_secret(b"x")).unwrap(),
        ),
        ("an unsigned token", format!("{}.{}.", encoded(&unsigned), encoded(&claims.to_string()))),
    ]
}

#[test]
fn a_token_that_was_copied_faithfully_is_trusted() {
    on_both(|app| {
        let good = app.manager.token().unwrap();
        let copy = signed(app, "at+jwt", part(&good, 0)["kid"].as_str().unwrap(), &part(&good, 1));

        let answer =
            app.nobody.request("GET", "/cases").with("Authorization", &format!("Bearer {copy}")).goes();

        answer.is(200);
    });
}

#[test]
fn every_untrusted_token_is_told_what_it_is() {
    on_both(|app| {
        app.nobody.reads("/cases").is_problem(401, "noAccessToken");
        for (name, token) in untrusted(app) {
            let authorization = format!("Bearer {token}");
            let answer = app.nobody.request("GET", "/cases").with("Authorization", &authorization).goes();
            let code = if name == "an expired token" { "expiredAccessToken" } else { "invalidAccessToken" };
            answer.is_problem(401, code);
            assert!(answer.header("WWW-Authenticate").unwrap().starts_with("Bearer "), "{name}");
        }
    });
}

#[test]
fn a_token_ends_with_its_time_and_a_new_one_is_given() {
    on_both(|app| {
        let old = app.manager.token().unwrap();
        let reads = |token: &str| {
            app.nobody.request("GET", "/cases").with("Authorization", &format!("Bearer {token}")).goes()
        };
        reads(&old).is(200);

        app.minutes_pass(16);

        reads(&old).is_problem(401, "expiredAccessToken");
        reads(&app.manager.token().unwrap()).is(200);
    });
}

#[test]
fn a_wrong_secret_is_given_no_token() {
    on_both(|app| {
        app.nobody.asks_token(MANAGER.id, SECRET).is(200);
        let wrong = app.nobody.asks_token(MANAGER.id, "guessed");
        assert_eq!(wrong.is(401)["error"], "invalid_client");
        let unknown = app.nobody.asks_token(uuid::Uuid::nil(), SECRET);
        assert_eq!(unknown.is(401)["error"], "invalid_client");
    });
}
