use std::collections::BTreeSet;

use domain::access::{Regime, Role, Scope};
use jiff::SignedDuration;
use persistence::{DatabaseUrl, PoolSizes, Store};
use serde_json::json;

use super::*;
use crate::clients::{NewClient, Register};
use crate::clock::{Clock, ManualClock};
use crate::issuer::fixture::{Fixture, ask, later, signed};
use crate::issuer::{Algorithm, IssuerSettings};

const LIFE: SignedDuration = SignedDuration::from_mins(15);

/// Tells what became of a token in one word.
pub(super) fn outcome(answer: Result<Arc<Principal>, AuthFailure>) -> &'static str {
    match answer {
        Ok(_) => "valid",
        Err(AuthFailure::Missing) => "missing",
        Err(AuthFailure::Invalid(reason)) => reason,
        Err(AuthFailure::Expired) => "expired",
        Err(AuthFailure::Unavailable(_)) => "unavailable",
        Err(AuthFailure::Refused(_)) => "refused",
    }
}

#[actix_web::test]
async fn a_token_gives_what_both_it_and_its_client_have() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let authenticator = Authenticator::new(Arc::clone(&issuer));
    let second = fixture.ids.next().into();
    fixture.add_organisation(second, Regime::Police);
    let new = NewClient {
        organisations: vec![fixture.organisation, second],
        roles: BTreeSet::from([Role::PoliceOfficer, Role::Guard]),
        ..fixture.new_client()
    };
    let (client, _) = fixture.register().create(new).unwrap();

    let whole = issuer.token_for(client.id, LIFE).unwrap();
    let principal = ask(&authenticator, whole.token.reveal()).await.0.unwrap();
    assert_eq!((principal.client_id, principal.user.as_deref()), (client.id, None));
    assert_eq!((&principal.roles, &principal.scopes), (&client.roles, &client.scopes));
    let mut regimes: Vec<_> = principal.organisations.iter().map(|own| own.regime).collect();
    regimes.sort_unstable();
    assert_eq!(regimes, [Regime::City, Regime::Police]);

    let mut claims = fixture.claims(client.id);
    claims["sub"] = json!("jan");
    claims["roles"] = json!(["guard", "administrator"]);
    claims["organisations"] = json!([second, fixture.ids.next()]);
    let narrow = signed(&fixture.header(), &claims, &fixture.private_key(), Algorithm::Es256);
    let principal = ask(&authenticator, &narrow).await.0.unwrap();
    assert_eq!(principal.user.as_deref(), Some("jan"));
    assert_eq!(principal.roles, BTreeSet::from([Role::Guard]));
    assert_eq!(principal.scopes, BTreeSet::from([Scope::CasesRead]));
    assert_eq!(principal.organisations.iter().map(|own| own.id).collect::<Vec<_>>(), [second]);
}

#[actix_web::test]
async fn a_known_token_is_answered_at_once_until_it_expires() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let authenticator = Authenticator::new(Arc::clone(&issuer));
    let token = issuer.token_for(fixture.client().0.id, LIFE).unwrap().token;
    let (first, at_once) = ask(&authenticator, token.reveal()).await;
    assert!(!at_once);
    let (second, at_once) = ask(&authenticator, token.reveal()).await;
    assert!(at_once);
    assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
    later(&fixture, LIFE);
    assert_eq!(outcome(ask(&authenticator, token.reveal()).await.0), "expired");
}

#[actix_web::test]
async fn many_callers_with_one_new_token_verify_it_once() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let authenticator = Authenticator::new(Arc::clone(&issuer));
    let token = issuer.token_for(fixture.client().0.id, LIFE).unwrap().token;
    fixture.refresh();
    let callers = (0..1_000).map(|_| ask(&authenticator, token.reveal()));
    let answers = futures_util::future::join_all(callers).await;
    let first = answers[0].0.as_ref().unwrap();
    assert!(answers.iter().all(|(answer, _)| Arc::ptr_eq(answer.as_ref().unwrap(), first)));
}

#[actix_web::test]
async fn a_revocation_on_another_replica_counts_as_soon_as_the_counters_move() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let authenticator = Authenticator::new(Arc::clone(&issuer));
    let (client, _) = fixture.client();
    let token = issuer.token_for(client.id, LIFE).unwrap().token;
    assert_eq!(outcome(ask(&authenticator, token.reveal()).await.0), "valid");
    let elsewhere = fixture.another_store();
    let register = Register { store: &elsewhere, ..fixture.register() };
    register.revoke(client.id).unwrap();
    fixture.refresh();
    assert_eq!(outcome(ask(&authenticator, token.reveal()).await.0), "the client is revoked");
}

#[actix_web::test]
async fn tokens_from_before_a_rotation_without_overlap_are_void() {
    let fixture = Fixture::new();
    let issuer = fixture.issuer();
    let authenticator = Authenticator::new(Arc::clone(&issuer));
    let (client, _) = fixture.client();
    let before = issuer.token_for(client.id, LIFE).unwrap().token;
    fixture.register().rotate(client.id, SignedDuration::from_hours(1)).unwrap();
    assert_eq!(outcome(ask(&authenticator, before.reveal()).await.0), "valid");
    fixture.register().rotate(client.id, SignedDuration::ZERO).unwrap();
    let void = "issued before the tokens of the client were made void";
    assert_eq!(outcome(ask(&authenticator, before.reveal()).await.0), void);
    let after = issuer.token_for(client.id, LIFE).unwrap().token;
    assert_eq!(outcome(ask(&authenticator, after.reveal()).await.0), "valid");
}

#[actix_web::test]
async fn a_key_that_another_replica_made_is_found() {
    let fixture = Fixture::new();
    let here = Authenticator::new(fixture.issuer());
    let (client, _) = fixture.client();
    assert_eq!(outcome(ask(&here, "x.y.z").await.0), "unreadable header");
    later(&fixture, SignedDuration::from_hours(60 * 24));
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&fixture.clock);
    let elsewhere =
        Issuer::new(Fixture::settings(), fixture.another_store(), clock, Arc::clone(&fixture.ids));
    let token = elsewhere.token_for(client.id, LIFE).unwrap().token;
    fixture.refresh();
    assert_eq!(outcome(ask(&here, token.reveal()).await.0), "valid");
}

#[actix_web::test]
async fn without_a_database_nobody_is_believed_or_refused() {
    let fixture = Fixture::new();
    let token = fixture.issuer().token_for(fixture.client().0.id, LIFE).unwrap().token;
    let nowhere = DatabaseUrl::parse("/nonexistent/folder/wijk.db");
    let sizes = PoolSizes { wait: std::time::Duration::from_millis(50), ..PoolSizes::default() };
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&fixture.clock);
    let settings = IssuerSettings { cached_tokens: 10, ..Fixture::settings() };
    let issuer = Issuer::new(settings, Store::open(&nowhere, sizes), clock, Arc::clone(&fixture.ids));
    let authenticator = Authenticator::new(issuer);
    let callers = (0..100).map(|_| ask(&authenticator, token.reveal()));
    for (answer, _) in futures_util::future::join_all(callers).await {
        assert_eq!(outcome(answer), "unavailable");
    }
}

#[actix_web::test]
async fn a_request_without_a_token_is_told_so() {
    let authenticator = Authenticator::new(Fixture::new().issuer());
    let request = actix_web::test::TestRequest::default().to_http_request();
    let Authentication::Known(answer) = authenticator.authenticate(&request) else { panic!() };
    assert_eq!(outcome(answer), "missing");
}
