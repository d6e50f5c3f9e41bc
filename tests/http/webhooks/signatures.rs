//! What messages are signed with.

use serde_json::json;

use super::receiver::Receiver;
use super::verified;
use crate::app::on_both;
use crate::world::CITY;

fn is_secret(text: &str) -> bool {
    text.contains("whsec_") || text.contains("whsk_")
}

#[test]
fn both_secrets_sign_during_the_overlap_and_only_the_new_one_afterwards() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        let first = made["secret"].as_str().unwrap().to_owned();
        let rotated = app.manager.does("rotateSecret", &app.manager.sees(&made), &json!({"overlapHours": 1}));
        let second = rotated["secret"].as_str().unwrap().to_owned();
        assert_ne!(first, second);
        app.manager.admits("Plein");
        app.dispatches();
        app.minutes_pass(61);
        app.manager.admits("Park");
        app.dispatches();
        let messages = receiver.messages();
        assert!(messages[0].is_signed_with(&first) && messages[0].is_signed_with(&second));
        assert!(!messages[1].is_signed_with(&first) && messages[1].is_signed_with(&second));
        let kept = app.database.texts("SELECT CAST(details AS TEXT) AS value FROM webhook_subscriptions");
        assert!(kept.iter().all(|text| !is_secret(text)));
        for table in ["events", "audit_records", "idempotency_keys"] {
            let column = if table == "idempotency_keys" { "body" } else { "subject_kind" };
            let texts = app.database.texts(&format!("SELECT CAST({column} AS TEXT) AS value FROM {table}"));
            assert!(texts.iter().all(|text| !is_secret(text)), "{table}");
        }
    });
}

#[test]
fn messages_may_be_signed_with_a_key_of_which_only_the_public_half_is_told() {
    on_both(|app| {
        let receiver = Receiver::start();
        let body = json!({"organisationId": CITY, "url": receiver.url, "types": ["case.notify.created"],
            "signatureScheme": "ed25519"});
        let made = app.manager.tries_to_subscribe(&body).is(201);
        assert!(made.get("secret").is_none(), "{made}");
        let public = made["publicKey"].as_str().unwrap().to_owned();
        app.dispatches();
        let seen = app.manager.sees(&made);
        assert_eq!((&seen["state"], &seen["publicKey"]), (&json!("active"), &json!(public)));
        assert!(receiver.challenges().iter().all(|challenge| challenge.is_signed_with(&public)));
        app.manager.admits("Plein");
        app.dispatches();

        let shared = json!({"overlapHours": 1, "signatureScheme": "hmacSha256"});
        let rotated = app.manager.does("rotateSecret", &seen, &shared);
        let secret = rotated["secret"].as_str().unwrap();
        assert_eq!((&rotated["signatureScheme"], rotated.get("publicKey")), (&json!("hmacSha256"), None));
        app.manager.admits("Park");
        app.dispatches();
        app.minutes_pass(61);
        app.manager.admits("Pad");
        app.dispatches();

        let messages = receiver.messages();
        let signed = messages.iter().map(|it| (it.is_signed_with(&public), it.is_signed_with(secret)));
        assert_eq!(signed.collect::<Vec<_>>(), [(true, false), (true, true), (false, true)]);
        let kept = app.database.texts("SELECT CAST(secrets AS TEXT) AS value FROM webhook_subscriptions");
        assert!(kept.iter().any(|text| is_secret(text)));
        let told = app.database.texts("SELECT CAST(details AS TEXT) AS value FROM webhook_subscriptions");
        assert!(told.iter().all(|text| !is_secret(text)));
    });
}
