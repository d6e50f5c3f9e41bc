use actix_web::App;
use actix_web::http::header::IF_NONE_MATCH;
use actix_web::test::{TestRequest, call_service, init_service, read_body_json};
use serde_json::Value;

use super::*;
use crate::issuer::fixture::Fixture;
use crate::issuer::{JWKS_PATH, METADATA_PATH};

#[actix_web::test]
async fn the_issuer_tells_about_itself() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let app = init_service(App::new().configure(|config| issuer.serve(config))).await;
    for (path, cache) in [(METADATA_PATH, "public, max-age=3600"), (JWKS_PATH, "public, max-age=300")] {
        let response = call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers().get(CACHE_CONTROL).unwrap(), cache);
        let tag = response.headers().get(ETAG).unwrap().clone();
        let again = TestRequest::get().uri(path).insert_header((IF_NONE_MATCH, tag)).to_request();
        assert_eq!(call_service(&app, again).await.status(), 304);
    }
    let request = TestRequest::get().uri(METADATA_PATH).to_request();
    let metadata: Value = read_body_json(call_service(&app, request).await).await;
    assert_eq!(metadata["issuer"], "https://wijk.example.org");
    assert_eq!(metadata["token_endpoint"], "https://wijk.example.org/oauth2/token");
    assert_eq!(metadata["jwks_uri"], "https://wijk.example.org/.well-known/jwks.json");
    assert_eq!(metadata["response_types_supported"], json!([]));
    assert_eq!(metadata["scopes_supported"].as_array().unwrap().len(), Scope::ALL.len());
}

#[actix_web::test]
async fn public_keys_are_published_and_no_more_than_those() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let app = init_service(App::new().configure(|config| issuer.serve(config))).await;
    let request = || TestRequest::get().uri(JWKS_PATH).to_request();
    let set: Value = read_body_json(call_service(&app, request()).await).await;
    assert_eq!(set["keys"].as_array().unwrap().len(), 1);
    assert_eq!(set["keys"][0]["kid"], fixture.keys()[0].kid);
    assert_eq!(set["keys"][0].get("d"), None);
    fixture.clock.advance(jiff::SignedDuration::from_hours(29 * 24 + 1));
    issuer.rotate_if_due().unwrap();
    let set: Value = read_body_json(call_service(&app, request()).await).await;
    assert_eq!(set["keys"].as_array().unwrap().len(), 2, "the next key is published before it signs");
}
