use actix_web::App;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{AUTHORIZATION, RETRY_AFTER};
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use jsonwebtoken::EncodingKey;
use persistence::clients::Client;
use serde_json::{Value, json};

use super::*;
use crate::clients::NewClient;
use crate::config::Secret;
use crate::envelope::Envelope;
use crate::issuer::fixture::{Fixture, ask, later, signed};
use crate::issuer::{Algorithm, Authenticator, TOKEN_PATH, assertion};

const GRANT: &str = "grant_type=client_credentials";

/// The application with the addresses of the issuer alone.
macro_rules! app {
    ($issuer:expr) => {
        init_service(
            App::new().configure(|config| $issuer.serve(config)).wrap(Envelope(crate::sample::state(""))),
        )
        .await
    };
}

fn basic(id: impl std::fmt::Display, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn of(client: &Client, secret: &Secret) -> String {
    basic(client.id, secret.reveal())
}

fn post(body: &str, authorization: Option<&str>) -> TestRequest {
    let mut request = TestRequest::post()
        .uri(TOKEN_PATH)
        .peer_addr("192.0.2.7:1000".parse().unwrap())
        .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8"))
        .set_payload(body.to_owned());
    if let Some(authorization) = authorization {
        request = request.insert_header((AUTHORIZATION, authorization));
    }
    request
}

/// Sends a request and returns status and `error`, which is empty when a token came.
macro_rules! error {
    ($app:expr, $request:expr) => {
        told(call_service($app, $request.to_request()).await).await
    };
}

async fn told(response: ServiceResponse<impl MessageBody>) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers().get(CACHE_CONTROL).unwrap(), "no-store");
    assert_eq!(response.headers().contains_key(WWW_AUTHENTICATE), status == 401);
    let body: Value = read_body_json(response).await;
    let code = body.get("error").or(body.get("type")).and_then(Value::as_str).unwrap_or_default();
    (status, code.to_owned())
}

#[actix_web::test]
async fn a_client_gets_a_token_for_its_secret() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let (client, secret) = fixture.client();
    let app = app!(issuer);
    let request =
        post("grant_type=client_credentials&scope=cases%3Aread&more=ignored", Some(&of(&client, &secret)));
    let response = call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers().get(CACHE_CONTROL).unwrap(), "no-store");
    assert_eq!(response.headers().get(PRAGMA).unwrap(), "no-cache");
    assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "application/json");
    let body: Value = read_body_json(response).await;
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(body["scope"], "cases:read");
    let token = body["access_token"].as_str().unwrap();
    let principal = ask(&Authenticator::new(issuer), token).await.0.unwrap();
    assert_eq!(principal.client_id, client.id);
    assert_eq!(principal.scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>(), ["cases:read"]);

    let claims: Value = jsonwebtoken::dangerous::insecure_decode(token).unwrap().claims;
    let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected =
        ["aud", "client_id", "exp", "iat", "iss", "jti", "nbf", "organisations", "roles", "scope", "sub"];
    assert_eq!(names, expected);
    assert_eq!(claims["sub"], json!(client.id));
    assert_eq!(claims["organisations"], json!([fixture.organisation]));
    assert_eq!(claims["roles"], json!(["neighbourhoodManager"]));
}

#[actix_web::test]
async fn every_way_to_ask_has_its_answer() {
    let fixture = Fixture::new();
    let issuer = fixture
        .issuer_with(crate::issuer::IssuerSettings { failures_per_minute: 1_000, ..Fixture::settings() });
    let (client, secret) = fixture.client();
    let (revoked, revoked_secret) = fixture.client();
    fixture.register().revoke(revoked.id).unwrap();
    let app = app!(issuer);
    let good = of(&client, &secret);
    let encoded = basic(client.id.to_string().replace('-', "%2D"), secret.reveal());
    let with = |body: &str, authorization: &str| post(body, Some(authorization));
    let assertion_type = assertion::TYPE;
    let cases = vec![
        ("good", with(GRANT, &good), (200, "")),
        ("form-encoded id", with(GRANT, &encoded), (200, "")),
        ("scheme in lower case", with(GRANT, &good.replacen("Basic", "basic", 1)), (200, "")),
        ("same client named twice", with(&format!("{GRANT}&client_id={}", client.id), &good), (200, "")),
        ("empty scope", with(&format!("{GRANT}&scope="), &good), (200, "")),
        ("no grant", with("scope=admin", &good), (400, "invalid_request")),
        ("no body", with("", &good), (400, "invalid_request")),
        (
            "other grant",
            with("grant_type=password&username=a&password=b", &good),
            (400, "unsupported_grant_type"),
        ),
        ("grant twice", with(&format!("{GRANT}&{GRANT}"), &good), (400, "invalid_request")),
        ("no form", with("%", &good), (400, "invalid_request")),
        (
            "JSON",
            with(GRANT, &good).insert_header((CONTENT_TYPE, "application/json")),
            (400, "invalid_request"),
        ),
        (
            "parameters in the address",
            with(GRANT, &good).uri("/oauth2/token?scope=admin"),
            (400, "invalid_request"),
        ),
        (
            "two Authorization headers",
            with(GRANT, &good).append_header((AUTHORIZATION, good.as_str())),
            (400, "invalid_request"),
        ),
        ("secret in the body", with(&format!("{GRANT}&client_secret=x"), &good), (400, "invalid_request")),
        (
            "two proofs",
            with(&format!("{GRANT}&client_assertion=x&client_assertion_type={assertion_type}"), &good),
            (400, "invalid_request"),
        ),
        (
            "assertion without type",
            post(&format!("{GRANT}&client_assertion=x"), None),
            (400, "invalid_request"),
        ),
        (
            "other type of assertion",
            post(&format!("{GRANT}&client_assertion=x&client_assertion_type=saml"), None),
            (400, "invalid_request"),
        ),
        (
            "unreadable assertion",
            post(&format!("{GRANT}&client_assertion=x&client_assertion_type={assertion_type}"), None),
            (401, "invalid_client"),
        ),
        (
            "unknown scope",
            with(&format!("{GRANT}&scope=cases%3Aread+everything"), &good),
            (400, "invalid_scope"),
        ),
        ("scope that it has not", with(&format!("{GRANT}&scope=admin"), &good), (400, "invalid_scope")),
        ("nothing", post(GRANT, None), (401, "invalid_client")),
        ("bearer", with(GRANT, "Bearer x"), (401, "invalid_client")),
        ("no base64", with(GRANT, "Basic ~"), (401, "invalid_client")),
        ("no colon", with(GRANT, "Basic eA=="), (401, "invalid_client")),
        ("wrong secret", with(GRANT, &basic(client.id, "x")), (401, "invalid_client")),
        ("no secret", with(GRANT, &basic(client.id, "")), (401, "invalid_client")),
        (
            "hash as secret",
            with(GRANT, &basic(client.id, client.secret_hash.as_deref().unwrap())),
            (401, "invalid_client"),
        ),
        ("unknown client", with(GRANT, &basic(fixture.ids.next(), secret.reveal())), (401, "invalid_client")),
        ("no id", with(GRANT, &basic("x", secret.reveal())), (401, "invalid_client")),
        ("revoked client", with(GRANT, &of(&revoked, &revoked_secret)), (401, "invalid_client")),
        (
            "another client in the body",
            with(&format!("{GRANT}&client_id={}", revoked.id), &good),
            (401, "invalid_client"),
        ),
        (
            "large body",
            with(&format!("{GRANT}&x={}", "x".repeat(LARGEST_BODY)), &good),
            (413, "urn:problem-type:belgif:payloadTooLarge"),
        ),
        ("GET", TestRequest::get().uri(TOKEN_PATH), (405, "urn:problem-type:wijkoverleg:methodNotAllowed")),
    ];
    for (name, request, expected) in cases {
        let (status, code) = error!(&app, request);
        assert_eq!((status, code.as_str()), expected, "{name}");
    }
}

#[actix_web::test]
async fn two_secrets_count_while_they_overlap() {
    let fixture = Fixture::new();
    let app = app!(fixture.issuer());
    let (client, first) = fixture.client();
    let (_, second) = fixture.register().rotate(client.id, SignedDuration::from_hours(24)).unwrap();
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &first)))).0, 200);
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &second)))).0, 200);
    later(&fixture, SignedDuration::from_hours(24));
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &first)))).0, 401);
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &second)))).0, 200);
    let (_, third) = fixture.register().rotate(client.id, SignedDuration::ZERO).unwrap();
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &second)))).0, 401);
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &third)))).0, 200);
}

#[actix_web::test]
async fn an_assertion_counts_once() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let app = app!(issuer);
    let key = fixture.private_key();
    let jwk = fixture.keys()[0].public_key.clone();
    let new = NewClient { public_keys: Some(json!({ "keys": [jwk] })), ..fixture.new_client() };
    let (client, _) = fixture.register().create(new).unwrap();
    let ask = |jti: &str, key: &EncodingKey| {
        let now = fixture.now().as_second();
        let claims = json!({
            "iss": client.id, "sub": client.id, "aud": issuer.settings().token_endpoint(),
            "iat": now, "exp": now + 60, "jti": jti,
        });
        let assertion = signed(&json!({ "alg": "ES256" }), &claims, key, Algorithm::Es256);
        let kind = assertion::TYPE.replace(':', "%3A");
        post(&format!("{GRANT}&client_assertion_type={kind}&client_assertion={assertion}"), None)
    };
    assert_eq!(error!(&app, ask("1", &key)).0, 200);
    assert_eq!(error!(&app, ask("1", &key)), (401, "invalid_client".to_owned()));
    assert_eq!(error!(&app, ask("2", &key)).0, 200);
    assert_eq!(error!(&app, post(GRANT, Some(&basic(client.id, "")))).0, 401, "it has no secret");
    later(&fixture, SignedDuration::from_mins(2));
    assert_eq!(error!(&app, ask("1", &key)).0, 200, "forgotten with its end");
}

#[actix_web::test]
async fn who_fails_too_often_waits_and_locks_nobody_out_elsewhere() {
    let fixture = Fixture::new();
    let app = app!(fixture.issuer());
    let (client, secret) = fixture.client();
    for _ in 0..10 {
        assert_eq!(error!(&app, post(GRANT, Some(&basic(client.id, "guess")))).0, 401);
    }
    let response = call_service(&app, post(GRANT, Some(&of(&client, &secret))).to_request()).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "application/problem+json");
    assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "7");
    let body: Value = read_body_json(response).await;
    assert_eq!(body["type"], "urn:problem-type:belgif:tooManyFailedRequests");
    assert_eq!(body["limit"], 10);
    let elsewhere = || post(GRANT, Some(&of(&client, &secret))).peer_addr("198.51.100.1:1".parse().unwrap());
    assert_eq!(error!(&app, elsewhere()).0, 200);
    later(&fixture, SignedDuration::from_secs(7));
    assert_eq!(error!(&app, post(GRANT, Some(&of(&client, &secret)))).0, 200);
}
