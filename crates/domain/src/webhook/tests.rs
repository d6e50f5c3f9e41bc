//! The life of a subscription.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::*;
use crate::access::{Role, Scope};
use crate::change::Actor;
use crate::id::ClientId;

fn stamp(at: &str) -> Stamp {
    let organisation_id = OrganisationId::new(Uuid::from_u128(1));
    let by = Actor { client_id: ClientId::new(Uuid::from_u128(2)), user: None, organisation_id };
    Stamp { at: at.parse().unwrap(), by }
}

fn secret(text: &str) -> SigningSecret {
    SigningSecret::new(text.to_owned())
}

fn created() -> WebhookSubscription {
    let organisation_id = OrganisationId::new(Uuid::from_u128(1));
    let command = Create {
        id: WebhookSubscriptionId::new(Uuid::from_u128(3)),
        organisation_id,
        url: "https://hooks.example/wijk".to_owned(),
        label: None,
        patterns: BTreeSet::new(),
        grant: Grant {
            client_id: ClientId::new(Uuid::from_u128(2)),
            organisations: [organisation_id].into(),
            roles: [Role::ServiceAgent].into(),
            scopes: [Scope::EventsRead].into(),
        },
        secret: secret("whsec_one"),
    };
    WebhookSubscription::create(command, &stamp("2026-03-02T09:00:00Z")).state
}

fn changed(outcome: Result<Outcome, WebhookError>) -> WebhookSubscription {
    match outcome.unwrap() {
        Outcome::Changed(change) => change.state,
        Outcome::Unchanged(state) => panic!("{state:?}"),
    }
}

fn active() -> WebhookSubscription {
    changed(created().verify(&stamp("2026-03-02T09:01:00Z")))
}

#[test]
fn nothing_is_sent_before_the_endpoint_is_verified() {
    let subscription = created();
    assert_eq!(subscription.status, Status::PendingVerification);
    let refused =
        subscription.clone().pause(PauseReason::ByOwner, &stamp("2026-03-02T09:01:00Z")).unwrap_err();
    assert_eq!((refused.from, refused.verb), (Status::PendingVerification, Verb::Pause));
    let active = active();
    assert_eq!(active.status, Status::Active);
    assert_eq!(active.verified_at, Some("2026-03-02T09:01:00Z".parse().unwrap()));
}

#[test]
fn a_pause_tells_why_until_it_is_resumed() {
    let at = stamp("2026-03-05T09:01:00Z");
    let paused = changed(active().pause(PauseReason::Exhausted, &at));
    assert_eq!((paused.pause_reason, paused.paused_at), (Some(PauseReason::Exhausted), Some(at.at)));
    assert!(matches!(paused.clone().pause(PauseReason::Exhausted, &at), Ok(Outcome::Unchanged(_))));
    let resumed = changed(paused.resume(&stamp("2026-03-06T09:00:00Z")));
    assert_eq!((resumed.status, resumed.pause_reason, resumed.paused_at), (Status::Active, None, None));
}

#[test]
fn another_endpoint_has_to_be_verified_and_another_label_has_not() {
    let at = stamp("2026-03-05T09:01:00Z");
    let label = Some(Some(Title::parse("Meldpunt").unwrap()));
    let edited = changed(active().edit(Edit { label, ..Edit::default() }, &at));
    assert_eq!((edited.status, edited.version), (Status::Active, Version(3)));
    let url = Some("https://elsewhere.example/".to_owned());
    let moved = changed(edited.edit(Edit { url, ..Edit::default() }, &at));
    assert_eq!((moved.status, moved.verified_at), (Status::PendingVerification, None));
}

#[test]
fn both_secrets_sign_while_they_overlap() {
    let until: Timestamp = "2026-03-06T09:00:00Z".parse().unwrap();
    let at = stamp("2026-03-05T09:00:00Z");
    let rotated = active().rotate_secret(secret("whsec_two"), Some(until), &at).unwrap().state;
    let signing = |now: Timestamp| rotated.secrets(now).map(SigningSecret::reveal).collect::<Vec<_>>();
    assert_eq!(signing(at.at), ["whsec_two", "whsec_one"]);
    assert_eq!(signing(until), ["whsec_two"]);
    let again = rotated.clone().rotate_secret(secret("whsec_three"), None, &at).unwrap();
    assert_eq!(again.events.len(), 1, "a rotation is never a repetition");
    assert_eq!(again.state.secrets(at.at).count(), 1);
    assert!(!format!("{rotated:?}").contains("whsec"), "a secret is never shown");
    assert!(!serde_json::to_string(&rotated.done).unwrap().contains("whsec"));
}

#[test]
fn what_ended_stays_ended() {
    let at = stamp("2026-03-05T09:00:00Z");
    let ended = changed(active().end(EndReason::Gone, &at));
    assert_eq!((ended.status, ended.end_reason), (Status::Ended, Some(EndReason::Gone)));
    assert_eq!(ended.resume(&at).unwrap_err().allowed, []);
}
