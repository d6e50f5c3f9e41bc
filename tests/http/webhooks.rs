//! Webhooks: what happens reaches the endpoints of those who may know of it, signed, in order, and whatever the endpoint does.

mod places;
pub mod receiver;
mod signatures;
mod tls;

use std::sync::OnceLock;

use domain::access::Scope;
use serde_json::{Value, json};

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, id_of, path_of};
use crate::world::{self, CITY, CITY_TEAM, CLEANING};
use receiver::{Manner, Receiver};

impl Client {
    pub fn tries_to_subscribe(&self, body: &Value) -> Answer {
        self.request("POST", "/webhookSubscriptions").json(body).goes()
    }

    /// Subscribes an endpoint for the city.
    pub fn subscribes(&self, receiver: &Receiver, types: &[&str]) -> Value {
        self.tries_to_subscribe(&json!({"organisationId": CITY, "url": receiver.url, "types": types})).is(201)
    }

    fn deliveries(&self, subscription: &Value, query: &str) -> Vec<Value> {
        let list = self.reads(&format!("{}/deliveries?sort=createdAt{query}", path_of(subscription))).is(200);
        list["items"].as_array().unwrap().clone()
    }

    /// Does a verb without a body.
    pub fn hooks(&self, verb: &str, subscription: &Value) -> Answer {
        let seen = self.sees(subscription);
        let path = format!("{}/{verb}", path_of(&seen));
        self.request("POST", &path).with("If-Match", seen["etag"].as_str().unwrap()).goes()
    }
}

/// Subscribes an endpoint and has it verified.
fn verified(app: &TestApp, client: &Client, types: &[&str]) -> (Receiver, Value) {
    let receiver = Receiver::start();
    let made = client.subscribes(&receiver, types);
    app.dispatches();
    assert_eq!(client.sees(&made)["state"], "active");
    (receiver, made)
}

fn everywhere() -> &'static Receiver {
    static RECEIVER: OnceLock<Receiver> = OnceLock::new();
    RECEIVER.get_or_init(Receiver::start)
}

/// Gives a call of an operation on webhooks that would succeed for whoever may make it.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    let made = || app.manager.subscribes(everywhere(), &[]);
    let active = || {
        let made = made();
        app.manager.hooks("verify", &made).is(200)
    };
    let delivery = || {
        let subscription = active();
        let case = app.manager.admits("Aflevering");
        app.dispatches();
        assert!(!case.is_null());
        let found = app.manager.deliveries(&subscription, "&pageSize=1").remove(0);
        app.manager.hooks("end", &subscription).is(200);
        (subscription, found)
    };
    Some(match operation {
        "listWebhookSubscriptions" => {
            made();
            Call::reading("/webhookSubscriptions?pageSize=1")
        }
        "getWebhookSubscription" => Call::reading(path_of(&made())),
        "createWebhookSubscription" => Call::creating(
            "/webhookSubscriptions",
            json!({"organisationId": CITY, "url": everywhere().url, "label": "Meldpunt", "types": ["case.notify.*"],
                "signatureScheme": "ed25519"}),
        ),
        "updateWebhookSubscription" => Call::edit(app, &made(), json!({"label": "Anders"})),
        "verifyWebhookSubscription" => Call::bare(app, &made(), "verify"),
        "pauseWebhookSubscription" => Call::bare(app, &active(), "pause"),
        "resumeWebhookSubscription" => {
            Call::bare(app, &app.manager.hooks("pause", &active()).is(200), "resume")
        }
        "replayWebhookSubscription" => {
            let after = app.manager.feed_end();
            Call::verb(app, &active(), "replay", json!({"after": after}))
        }
        "rotateWebhookSubscriptionSecret" => {
            Call::verb(app, &made(), "rotateSecret", json!({"overlapHours": 2}))
        }
        "endWebhookSubscription" => Call::bare(app, &made(), "end"),
        "listWebhookDeliveries" => Call::reading(format!("{}/deliveries?pageSize=1", path_of(&delivery().0))),
        "getWebhookDelivery" => Call::reading(path_of(&delivery().1)),
        "redeliverWebhookDelivery" => {
            let subscription = active();
            app.manager.admits("Opnieuw");
            app.dispatches();
            let found = app.manager.deliveries(&subscription, "&pageSize=1").remove(0);
            Call {
                method: "POST",
                path: format!("{}/redeliver", path_of(&found)),
                if_match: None,
                body: None,
            }
        }
        _ => return None,
    })
}

#[test]
fn nothing_is_sent_before_the_endpoint_echoed_a_challenge() {
    on_both(|app| {
        let receiver = Receiver::start();
        receiver.behaves(Manner::Misunderstands);
        let made = app.manager.subscribes(&receiver, &[]);
        let secret = made["secret"].as_str().unwrap().to_owned();
        app.manager.admits("Plein");
        app.dispatches();
        let seen = app.manager.sees(&made);
        assert_eq!(seen["state"], "pendingVerification");
        assert_eq!(seen["endpoint"]["lastError"], "the endpoint did not echo the challenge");
        assert!(seen.get("secret").is_none() && seen["endpoint"]["nextAttemptAt"].is_string(), "{seen}");
        let problem = app.manager.hooks("verify", &made);
        assert_eq!(problem.is_problem(409, "endpointNotVerified")["endpointStatus"], 200);
        assert_eq!(receiver.messages().len(), 0);

        receiver.behaves(Manner::Takes);
        app.minutes_pass(10);
        app.dispatches();

        assert_eq!(app.manager.sees(&made)["state"], "active");
        let challenges = receiver.challenges();
        assert_eq!(challenges.len(), 3);
        assert!(challenges.iter().all(|challenge| challenge.is_signed_with(&secret)));
        let told = &challenges[0].body;
        assert_eq!(told["type"], "be.example.wijkoverleg.v1.webhookSubscription.verify");
        let answers: Vec<_> =
            challenges.iter().map(|challenge| challenge.body["challenge"].clone()).collect();
        assert!(answers[0] != answers[1] && answers[1] != answers[2]);
        // What happened meanwhile is told afterwards.
        assert_eq!(receiver.messages().iter().filter(|told| told.kind() == "case.notify.created").count(), 1);
    });
}

#[test]
fn what_happens_is_told_once_signed_and_in_order() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.*", "followUpRequest.notify.sent"]);
        let case = app.manager.admits("Plein");
        let sent = app.manager.sends(&case, CLEANING);
        app.service.accepts(&sent);
        let dispatched = app.dispatches();
        let closed = json!({"closeReason": "solved", "text": "Opgelost.", "withdrawOpen": true});
        app.manager.does("close", &app.manager.sees(&case), &closed);
        app.dispatches();

        let messages = receiver.messages();
        assert_eq!(dispatched.failed, 0);
        let kinds: Vec<String> = receiver.taken_about(id_of(&case));
        assert_eq!(kinds.first().map(String::as_str), Some("case.notify.created"), "{kinds:?}");
        assert_eq!(kinds.last().map(String::as_str), Some("case.notify.closed"), "{kinds:?}");
        assert_eq!(receiver.taken_about(id_of(&sent)), ["followUpRequest.notify.sent"]);
        let secret = made["secret"].as_str().unwrap();
        for message in &messages {
            assert!(message.is_signed_with(secret), "{message:?}");
            assert_eq!(message.headers["content-type"], "application/cloudevents+json");
            assert_eq!(message.body["id"], message.id());
            assert_eq!(message.body["specversion"], "1.0");
            assert!(!String::from_utf8_lossy(&message.raw).contains("Plein"), "{message:?}");
        }
        let mut versions: Vec<i64> = messages
            .iter()
            .filter(|message| message.subject() == id_of(&case))
            .map(|message| message.body["data"]["version"].as_i64().unwrap())
            .collect();
        assert!(versions.is_sorted());
        versions.dedup();
        assert_eq!(versions.len(), kinds.len());
        let log = app.manager.deliveries(&made, "");
        assert_eq!(log.len(), messages.len());
        for delivery in &log {
            assert_eq!(
                (&delivery["state"], &delivery["attempts"], &delivery["lastStatus"]),
                (&json!("delivered"), &json!(1), &json!(200))
            );
        }
        app.dispatches();
        assert_eq!(receiver.messages().len(), messages.len(), "nothing is told twice");
    });
}

#[test]
fn what_is_not_taken_is_told_again_and_holds_up_its_own_subject_only() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.*"]);
        let (one, other) = (app.manager.admits("Een"), app.manager.admits("Twee"));
        receiver.behaves(Manner::RefusesAbout(id_of(&one).to_owned()));
        app.manager.edits(&one, &json!({"title": "Eerst"})).is(200);
        app.manager.edits(&one, &json!({"title": "Daarna"})).is(200);
        app.manager.edits(&other, &json!({"title": "Anders"})).is(200);
        app.dispatches();

        assert_eq!(receiver.taken_about(id_of(&one)), Vec::<String>::new());
        assert_eq!(receiver.taken_about(id_of(&other)).last().unwrap(), "case.notify.edited");
        let about_one = receiver.messages().iter().filter(|told| told.subject() == id_of(&one)).count();
        assert_eq!(about_one, 1, "the next waits for the first");
        let waiting = app.manager.deliveries(&made, "&state=pending");
        assert!(waiting.len() >= 3, "{waiting:?}");
        assert_eq!(
            (&waiting[0]["lastStatus"], &waiting[0]["error"]),
            (&json!(503), &json!("the endpoint answered 503"))
        );
        app.dispatches();
        assert_eq!(
            receiver.messages().iter().filter(|told| told.subject() == id_of(&one)).count(),
            1,
            "not yet"
        );

        receiver.behaves(Manner::Takes);
        app.minutes_pass(1);
        app.dispatches();

        let told = receiver.taken_about(id_of(&one));
        assert_eq!(told.first().map(String::as_str), Some("case.notify.created"), "{told:?}");
        assert_eq!(told.last().map(String::as_str), Some("case.notify.edited"), "{told:?}");
        assert_eq!(app.manager.deliveries(&made, "&state=pending"), Vec::<Value>::new());
        let ids: Vec<String> = receiver
            .messages()
            .iter()
            .filter(|told| told.subject() == id_of(&one))
            .map(|told| told.id().to_owned())
            .collect();
        assert_eq!(ids[0], ids[1], "what is told again has the same id");
    });
}

#[test]
fn an_endpoint_that_takes_two_of_three_gets_everything_in_order() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.*"]);
        receiver.behaves(Manner::TakesSome);
        let cases: Vec<Value> = (0..4).map(|number| app.manager.admits(&format!("Plein {number}"))).collect();
        for round in 0..5 {
            for case in &cases {
                app.manager.edits(case, &json!({"title": format!("Ronde {round}")})).is(200);
            }
            app.dispatches();
        }
        for _ in 0..60 {
            if app.manager.deliveries(&made, "&state=pending").is_empty() {
                break;
            }
            app.minutes_pass(60);
            app.dispatches();
        }
        for case in &cases {
            let mut versions: Vec<i64> = receiver
                .messages()
                .iter()
                .filter(|told| told.taken && told.subject() == id_of(case))
                .map(|told| told.body["data"]["version"].as_i64().unwrap())
                .collect();
            let all = versions.len();
            assert!(versions.is_sorted(), "{versions:?}");
            versions.dedup();
            assert_eq!(versions.len(), all);
            assert_eq!(versions.last(), app.manager.sees(case)["version"].as_i64().as_ref());
        }
    });
}

#[test]
fn a_subscription_is_paused_after_three_days_of_waiting_and_goes_on_where_it_was() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.*"]);
        receiver.behaves(Manner::HangsUp);
        let case = app.manager.admits("Plein");
        let mut rounds = 0;
        while app.manager.sees(&made)["state"] == "active" {
            app.dispatches();
            // Once in between we are away for three weeks, which counts as one wait.
            app.minutes_pass(if rounds == 6 { 21 * 24 * 60 } else { 8 * 60 });
            rounds += 1;
            assert!(rounds < 60);
        }
        assert!(rounds > 15, "{rounds}");
        let paused = app.manager.sees(&made);
        assert_eq!((&paused["state"], &paused["pauseReason"]), (&json!("paused"), &json!("exhausted")));
        assert_eq!(paused["endpoint"]["lastError"], "the connection broke, or no HTTP answer came");
        assert_eq!(
            paused["allowedVerbs"],
            json!(["edit", "moveEndpoint", "resume", "rotateSecret", "replay", "end"])
        );
        assert_eq!(app.manager.deliveries(&made, "&state=failed").len(), 1);
        app.manager.edits(&case, &json!({"title": "Later"})).is(200);
        receiver.behaves(Manner::Takes);
        receiver.forgets();
        app.dispatches();
        assert_eq!(receiver.messages().len(), 0);

        app.manager.hooks("resume", &made).is(200);
        app.dispatches();

        let told = receiver.taken_about(id_of(&case));
        assert_eq!(told.first().map(String::as_str), Some("case.notify.created"), "{told:?}");
        assert_eq!(told.last().map(String::as_str), Some("case.notify.edited"), "{told:?}");
        let seen = app.manager.sees(&made);
        assert_eq!((&seen["state"], &seen["endpoint"]["failedAttempts"]), (&json!("active"), &json!(0)));
    });
}

#[test]
fn a_pause_keeps_everything_and_an_endpoint_that_is_gone_ends_it() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        app.manager.hooks("pause", &made).is(200);
        app.manager.admits("Plein");
        app.dispatches();
        assert_eq!(receiver.messages().len(), 0);
        app.manager.hooks("resume", &made).is(200);
        app.dispatches();
        assert_eq!(receiver.messages().len(), 1);

        receiver.behaves(Manner::Answers(410));
        app.manager.admits("Park");
        app.manager.admits("Pad");
        app.dispatches();
        let seen = app.manager.sees(&made);
        assert_eq!(
            (&seen["state"], &seen["endReason"], &seen["allowedVerbs"]),
            (&json!("ended"), &json!("gone"), &json!([]))
        );
        assert_eq!(app.manager.deliveries(&made, "&state=superseded").len(), 2);
        app.manager.hooks("resume", &made).is_problem(409, "illegalTransition");
        receiver.forgets();
        app.minutes_pass(600);
        app.dispatches();
        assert_eq!(receiver.messages().len(), 0);
    });
}

#[test]
fn a_subscription_is_seen_by_its_organisation_and_steered_by_its_client() {
    on_both(|app| {
        let (_receiver, made) = verified(app, &app.manager, &[]);
        let path = path_of(&made);
        app.stranger.reads(&path).is_problem(404, "resourceNotFound");
        app.police.reads(&path).is_problem(404, "resourceNotFound");
        app.guard.reads(&path).is_problem(403, "missingPermission");
        app.administrator.reads(&path).is(200);
        let colleague = app.client(&CITY_TEAM);
        assert_eq!(colleague.sees(&made)["id"], made["id"]);
        colleague.reads(&format!("{path}/deliveries")).is_problem(403, "missingPermission");
        colleague.edits(&made, &json!({"url": everywhere().url})).is_problem(403, "missingPermission");
        colleague.hooks("verify", &made).is_problem(403, "missingPermission");
        colleague.hooks("pause", &made).is(200);
        app.administrator.hooks("resume", &made).is_problem(403, "missingPermission");
        let elsewhere = json!({"organisationId": CLEANING, "url": everywhere().url});
        let refused = app.manager.tries_to_subscribe(&elsewhere);
        assert_eq!(refused.issues(), ["body organisationId referencedResourceNotFound"]);
    });
}

#[test]
fn addresses_that_may_not_be_reached_are_named_as_issues() {
    on_both(|app| {
        for url in [
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://[::ffff:10.0.0.1]/",
            "https://0xa000001/",
            "https://hooks.example.org:22/",
            "https://user:pw@hooks.example.org/",
            "https://hooks.example.org/#a",
            "http://hooks.example.org/",
            "ftp://hooks.example.org/",
            "https://100.64.0.1/",
        ] {
            let body = json!({"organisationId": CITY, "url": url});
            assert_eq!(app.manager.tries_to_subscribe(&body).issues(), ["body url invalidInput"], "{url}");
        }
        let body = json!({
            "organisationId": CITY, "url": "https://hooks.example.org/", "types": ["castle.notify.stormed", "client.notify.*"]
        });
        assert_eq!(
            app.manager.tries_to_subscribe(&body).issues(),
            ["body types[0] invalidInput", "body types[1] invalidInput"]
        );
        // A name is judged by where it leads when it is connected to.
        let body = json!({"organisationId": CITY, "url": "https://wijkoverleg.invalid/"});
        let made = app.manager.tries_to_subscribe(&body).is(201);
        let problem = app.manager.hooks("verify", &made).is_problem(409, "endpointNotVerified");
        assert_eq!(problem["reason"], "the name of the host cannot be resolved");
    });
}

#[test]
fn an_endpoint_that_redirects_babbles_or_hangs_is_told_what_was_wrong() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        let (elsewhere, _) = verified(app, &app.manager, &["calendarFeed.notify.*"]);
        for (manner, error) in [
            (Manner::Redirects(elsewhere.url.clone()), "redirects are not followed"),
            (Manner::Babbles, "the answer is too large"),
            (Manner::Hangs, "no complete answer in time"),
            (Manner::HangsUp, "the connection broke, or no HTTP answer came"),
            (Manner::Answers(500), "the endpoint answered 500"),
        ] {
            receiver.behaves(manner);
            app.manager.admits(error);
            app.dispatches();
            let last = app.manager.deliveries(&made, "&state=pending").pop().unwrap();
            assert_eq!(last["error"], error);
        }
        assert_eq!(elsewhere.messages().len(), 0);
        receiver.behaves(Manner::Takes);
        app.minutes_pass(10);
        app.dispatches();
        assert_eq!(app.manager.deliveries(&made, "&state=pending"), Vec::<Value>::new());
    });
}

#[test]
fn a_subscription_gives_what_its_client_may_see_now() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created", "meeting.notify.*"]);
        app.registers(&world::MANAGER, |client| {
            client.scopes.remove(&Scope::CasesRead);
        });
        app.police.admits("Plein");
        app.dispatches();
        assert_eq!(receiver.messages().len(), 0);
        app.registers(&world::MANAGER, |client| {
            client.scopes.insert(Scope::CasesRead);
        });
        app.police.admits("Park");
        app.dispatches();
        assert_eq!(receiver.messages().len(), 1);

        app.register().revoke(domain::id::ClientId::new(world::MANAGER.id)).unwrap();
        app.police.admits("Pad");
        app.dispatches();
        assert_eq!(receiver.messages().len(), 1);
        let colleague = app.client(&CITY_TEAM);
        let seen = colleague.sees(&made);
        assert_eq!((&seen["state"], &seen["pauseReason"]), (&json!("paused"), &json!("clientRevoked")));
    });
}

#[test]
fn replicas_that_deliver_at_once_tell_everything_once_and_in_order() {
    on_both(|app| {
        let (receiver, _) = verified(app, &app.manager, &["case.notify.*"]);
        let (others, _) = verified(app, &app.manager, &["case.notify.*"]);
        let replica = app.another();
        let cases: Vec<Value> = (0..5).map(|number| app.manager.admits(&format!("Plein {number}"))).collect();
        for round in 0..4 {
            for case in &cases {
                app.manager.edits(case, &json!({"title": format!("Ronde {round}")})).is(200);
            }
        }
        app.sequences();
        std::thread::scope(|scope| {
            scope.spawn(|| replica.dispatches());
            scope.spawn(|| app.dispatches());
        });
        app.dispatches();
        for receiver in [&receiver, &others] {
            for case in &cases {
                let versions: Vec<i64> = receiver
                    .messages()
                    .iter()
                    .filter(|told| told.subject() == id_of(case))
                    .map(|told| told.body["data"]["version"].as_i64().unwrap())
                    .collect();
                assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
                assert_eq!(versions.last(), app.manager.sees(case)["version"].as_i64().as_ref());
            }
        }
    });
}

#[test]
fn another_endpoint_is_verified_anew() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        let next = Receiver::start();
        let moved =
            app.manager.edits(&app.manager.sees(&made), &json!({"url": next.url, "label": null})).is(200);
        assert_eq!(moved["state"], "pendingVerification");
        app.manager.admits("Plein");
        app.dispatches();
        assert_eq!((receiver.messages().len(), next.challenges().len(), next.messages().len()), (0, 1, 1));
        assert_eq!(app.manager.sees(&made)["state"], "active");
        let same = app.manager.edits(&app.manager.sees(&made), &json!({"url": next.url})).is(200);
        assert_eq!(same["version"], app.manager.sees(&made)["version"]);
    });
}
