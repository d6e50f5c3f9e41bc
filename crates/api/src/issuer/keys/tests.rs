use std::collections::BTreeSet;

use jiff::SignedDuration;
use jsonwebtoken::jwk::Jwk;
use serde_json::Value;

use super::*;
use crate::auth::AuthFailure;
use crate::issuer::fixture::{Fixture, ask, later};
use crate::issuer::{Authenticator, Issuer};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[test]
fn a_key_is_named_by_the_thumbprint_of_its_public_half() {
    for signing in [SigningAlgorithm::Es256, SigningAlgorithm::EdDsa] {
        let settings = IssuerSettings { signing, ..Fixture::settings() };
        let now = "2026-01-15T10:00:00Z".parse().unwrap();
        let key = make(&settings, now, now).unwrap();
        let jwk: Jwk = serde_json::from_value(key.public_key.clone()).unwrap();
        assert_eq!(jwk.thumbprint(ThumbprintHash::SHA256).unwrap(), key.kid);
        let names: BTreeSet<_> = key.public_key.as_object().unwrap().keys().map(String::as_str).collect();
        let expected = match signing {
            SigningAlgorithm::Es256 => vec!["alg", "crv", "kid", "kty", "use", "x", "y"],
            SigningAlgorithm::EdDsa => vec!["alg", "crv", "kid", "kty", "use", "x"],
        };
        assert_eq!(names.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(key.public_key["use"], "sig");
    }
}

/// Goes through four months hour by hour: there is always one key that signs, it was published for a day before, and a
/// token is believed for all of its life.
#[actix_web::test]
async fn keys_follow_each_other_without_a_gap() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let authenticator = Authenticator::new(Arc::clone(&issuer));
    let (client, _) = fixture.client();
    let lifetime = issuer.settings().token_lifetime;
    let mut published_at: Vec<(String, Timestamp)> = vec![(fixture.keys()[0].kid.clone(), Timestamp::MIN)];
    let mut used: Vec<String> = Vec::new();
    for hour in 0..24 * 120 {
        if let Some(kid) = issuer.rotate_if_due().unwrap() {
            published_at.push((kid, fixture.now()));
        }
        if hour % 6 == 0 {
            fixture.refresh();
            let token = issuer.token_for(client.id, lifetime).unwrap();
            let kid = kid_of(token.token.reveal());
            let (_, since) = published_at.iter().find(|(known, _)| *known == kid).unwrap();
            if used.last() != Some(&kid) {
                assert!(after(*since, HOUR * 23) <= fixture.now(), "published a day before it signs");
                used.push(kid);
            }
            later(&fixture, lifetime - SignedDuration::from_secs(1));
            assert!(ask(&authenticator, token.token.reveal()).await.0.is_ok());
            later(&fixture, SignedDuration::from_secs(1) - lifetime);
        }
        later(&fixture, HOUR);
    }
    assert_eq!(used.len(), 4, "one key a month");
    assert_eq!(used.iter().collect::<BTreeSet<_>>().len(), 4);
    assert!(fixture.keys().len() <= 2, "keys of long ago are believed no more");
}

#[test]
fn nothing_is_made_when_nothing_is_due() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    assert_eq!(issuer.rotate_if_due().unwrap(), None);
    later(&fixture, HOUR * 24 * 28);
    assert_eq!(issuer.rotate_if_due().unwrap(), None);
    later(&fixture, HOUR * 24);
    assert!(issuer.rotate_if_due().unwrap().is_some());
    assert_eq!(issuer.rotate_if_due().unwrap(), None);
    let keys = fixture.keys();
    assert_eq!(keys[0].signs_from, keys[1].signs_until);
    let settings = issuer.settings();
    assert_eq!(keys[0].verifies_until, after(keys[0].signs_until, settings.token_lifetime + settings.leeway));
}

#[test]
fn replicas_that_start_together_sign_with_the_same_key() {
    let fixture = Fixture::new();
    let stores: Vec<_> = (0..4).map(|_| fixture.another_store()).collect();
    let now = fixture.now();
    std::thread::scope(|scope| {
        for store in &stores {
            scope.spawn(|| rotate_if_due(store, &Fixture::settings(), &fixture.ids, now).unwrap());
        }
    });
    let (client, _) = fixture.client();
    let kids: BTreeSet<_> = stores
        .into_iter()
        .map(|store| {
            let clock: Arc<dyn crate::clock::Clock> = Arc::<crate::clock::ManualClock>::clone(&fixture.clock);
            let issuer = Issuer::new(Fixture::settings(), store, clock, Arc::clone(&fixture.ids));
            kid_of(issuer.token_for(client.id, HOUR).unwrap().token.reveal())
        })
        .collect();
    assert_eq!(kids.len(), 1);
    assert_eq!(fixture.keys().len(), 1);
}

#[actix_web::test]
async fn another_algorithm_takes_over_and_tokens_of_before_are_believed() {
    let fixture = Fixture::new();
    let (client, _) = fixture.client();
    let before = fixture.issuer().token_for(client.id, HOUR).unwrap().token;
    let settings = IssuerSettings { signing: SigningAlgorithm::EdDsa, ..Fixture::settings() };
    let issuer = fixture.issuer_with(settings);
    let token = issuer.token_for(client.id, HOUR).unwrap().token;
    let header = jsonwebtoken::decode_header(token.reveal()).unwrap();
    assert_eq!((header.alg, header.typ.as_deref()), (jsonwebtoken::Algorithm::EdDSA, Some("at+jwt")));
    let authenticator = Authenticator::new(issuer);
    assert!(ask(&authenticator, before.reveal()).await.0.is_ok());
    assert!(ask(&authenticator, token.reveal()).await.0.is_ok());
}

#[actix_web::test]
async fn a_token_never_outlives_its_key() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let (client, _) = fixture.client();
    let key = fixture.keys().remove(0);
    later(&fixture, HOUR * 24 * 29);
    let token = issuer.token_for(client.id, HOUR * 24 * 365).unwrap();
    let claims: Value = jsonwebtoken::dangerous::insecure_decode(token.token.reveal()).unwrap().claims;
    let last = key.verifies_until.as_second() - 60;
    assert_eq!(claims["exp"], last);
    assert_eq!(token.expires_in.as_secs(), last - fixture.now().as_second());
    later(&fixture, HOUR * 24 * 40);
    fixture.refresh();
    let answer = ask(&Authenticator::new(issuer), token.token.reveal()).await.0;
    assert!(matches!(answer, Err(AuthFailure::Invalid("no key of that name"))));
}
