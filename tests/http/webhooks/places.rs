//! Where in the change feed a subscription is, and from where it is told again.

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};

use super::receiver::{Manner, Receiver};
use super::verified;
use crate::app::on_both;
use crate::client::{Client, id_of, path_of};
use crate::program::wait_for;
use crate::world::{CITY, CITY_TEAM};

impl Client {
    /// Gives the place where the change feed ends now.
    pub(super) fn feed_end(&self) -> String {
        place_of(&self.reads("/events?start=now").is(200))
    }
}

/// Gives the place that an answer of the feed names.
fn place_of(page: &Value) -> String {
    let next = page["next"].as_str().unwrap();
    let (_, rest) = next.split_once("after=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

#[test]
fn something_is_delivered_again_under_the_same_id() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        app.manager.admits("Plein");
        app.dispatches();
        let delivery = app.manager.deliveries(&made, "").remove(0);
        let again = app
            .manager
            .request("POST", &format!("{}/redeliver", path_of(&delivery)))
            .with("Idempotency-Key", &app.shared.new_key())
            .goes()
            .is(201);
        app.dispatches();
        let messages = receiver.messages();
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].id(), messages[1].id());
        assert_eq!(app.manager.sees(&again)["state"], "delivered");
        assert_ne!(again["id"], delivery["id"]);
    });
}

#[test]
fn what_the_feed_forgot_pauses_a_subscription_until_its_owner_read_the_lists() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        app.manager.hooks("pause", &made).is(200);
        app.manager.admits("Plein");
        app.sequences();
        app.minutes_pass(1);
        app.forgets_events(app.now());
        app.manager.hooks("resume", &made).is(200);
        app.manager.admits("Park");
        app.dispatches();
        // It began anew when it was resumed.
        assert_eq!(receiver.messages().len(), 1);

        app.manager.admits("Pad");
        app.sequences();
        app.minutes_pass(1);
        app.forgets_events(app.now());
        app.dispatches();
        let seen = app.manager.sees(&made);
        assert_eq!((&seen["state"], &seen["pauseReason"]), (&json!("paused"), &json!("resynchronise")));
        assert_eq!(receiver.messages().len(), 1);
    });
}

#[test]
fn a_subscription_begins_where_its_client_says() {
    on_both(|app| {
        app.manager.admits("Vroeger");
        app.sequences();
        let after = app.manager.feed_end();
        let case = app.manager.admits("Gemist");
        let receiver = Receiver::start();
        let body = |after: &str| json!({"organisationId": CITY, "url": receiver.url, "types": ["case.notify.created"], "after": after});
        let problem = app.manager.tries_to_subscribe(&body("nergens"));
        assert_eq!(problem.issues(), ["body after invalidInput"]);
        let foreign = app.police.feed_end();
        app.manager.tries_to_subscribe(&body(&foreign)).is_problem(410, "goneCursor");
        let listed = app.manager.reads("/webhookSubscriptions").is(200);
        assert_eq!(listed["items"], json!([]), "nothing is made of what is refused");

        app.manager.tries_to_subscribe(&body(&after)).is(201);
        app.dispatches();
        app.manager.admits("Daarna");
        app.dispatches();

        let subjects: Vec<String> = receiver.messages().iter().map(|it| it.subject().to_owned()).collect();
        assert_eq!(subjects.len(), 2);
        assert_eq!(subjects[0], id_of(&case));
    });
}

#[test]
fn what_came_after_a_place_is_sent_again_under_the_same_ids() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        for title in ["Een", "Twee", "Drie"] {
            app.manager.admits(title);
        }
        app.dispatches();
        let log = app.manager.deliveries(&made, "");
        let cursor = log[0]["cursor"].clone();
        // What waits to be tried again is told in its place, once.
        receiver.behaves(Manner::Answers(503));
        app.manager.admits("Vier");
        app.dispatches();
        receiver.behaves(Manner::Takes);
        receiver.forgets();

        let replayed = app.manager.does("replay", &app.manager.sees(&made), &json!({"after": cursor}));
        assert_eq!(replayed["state"], "active");
        app.dispatches();

        let again: BTreeSet<String> = receiver.messages().iter().map(|it| it.id().to_owned()).collect();
        assert_eq!((receiver.messages().len(), again.len()), (3, 3));
        assert!(!again.contains(log[0]["webhookId"].as_str().unwrap()));
        assert!([1, 2].iter().all(|at: &usize| again.contains(log[*at]["webhookId"].as_str().unwrap())));
        assert_eq!(app.manager.deliveries(&made, "&state=superseded").len(), 1);
        assert_eq!(app.manager.deliveries(&made, "&state=pending").len(), 0);
        // It is done each time it is asked for, and one that is paused waits.
        receiver.forgets();
        app.manager.hooks("pause", &made).is(200);
        app.manager.does("replay", &app.manager.sees(&made), &json!({"after": cursor}));
        app.dispatches();
        assert_eq!(receiver.messages().len(), 0);
        app.manager.hooks("resume", &made).is(200);
        app.dispatches();
        assert_eq!(receiver.messages().len(), 3);
    });
}

#[test]
fn a_place_that_is_of_no_use_changes_nothing() {
    on_both(|app| {
        let (_receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        let (seen, after) = (app.manager.sees(&made), app.manager.feed_end());
        app.manager.tries("replay", &seen, &json!({"after": "nergens"})).is_problem(400, "badRequest");
        app.manager
            .tries("replay", &seen, &json!({"after": app.police.feed_end()}))
            .is_problem(410, "goneCursor");
        app.client(&CITY_TEAM)
            .tries("replay", &seen, &json!({"after": after}))
            .is_problem(403, "missingPermission");
        assert_eq!(app.manager.sees(&made)["version"], seen["version"]);
        app.manager.admits("Plein");
        app.sequences();
        app.minutes_pass(1);
        app.forgets_events(app.now());
        app.manager.tries("replay", &seen, &json!({"after": after})).is_problem(410, "goneCursor");
        app.manager.hooks("end", &made).is(200);
        let seen = app.manager.sees(&made);
        app.manager
            .tries("replay", &seen, &json!({"after": app.manager.feed_end()}))
            .is_problem(409, "illegalTransition");
    });
}

#[test]
fn what_the_old_endpoint_never_took_is_told_to_the_new_one_first() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.*"]);
        receiver.behaves(Manner::Answers(503));
        let case = app.manager.admits("Plein");
        for _ in 0..60 {
            if app.manager.sees(&made)["state"] == "paused" {
                break;
            }
            app.dispatches();
            app.minutes_pass(8 * 60);
        }
        assert_eq!(app.manager.sees(&made)["pauseReason"], "exhausted");
        app.manager.edits(&case, &json!({"title": "Later"})).is(200);
        let next = Receiver::start();
        app.manager.edits(&app.manager.sees(&made), &json!({"url": next.url})).is(200);
        app.dispatches();
        let told = next.taken_about(id_of(&case));
        assert_eq!(told.first().map(String::as_str), Some("case.notify.created"), "{told:?}");
        assert_eq!(told.last().map(String::as_str), Some("case.notify.edited"), "{told:?}");
        assert_eq!(app.manager.deliveries(&made, "&state=failed"), Vec::<Value>::new());
    });
}

#[test]
fn an_endpoint_that_says_it_is_gone_once_it_was_replaced_ends_nothing() {
    on_both(|app| {
        let (receiver, made) = verified(app, &app.manager, &["case.notify.created"]);
        receiver.behaves(Manner::AnswersLate(410));
        let case = app.manager.admits("Plein");
        let next = Receiver::start();
        let dispatched = thread::scope(|scope| {
            let dispatching = scope.spawn(|| app.dispatches());
            wait_for("message that is under way", || (!receiver.messages().is_empty()).then_some(()));
            app.manager.edits(&app.manager.sees(&made), &json!({"url": next.url})).is(200);
            dispatching.join().unwrap()
        });
        assert_eq!(dispatched.failed, 1);
        app.minutes_pass(1);
        app.dispatches();
        assert_eq!(app.manager.sees(&made)["state"], "active");
        assert_eq!(next.taken_about(id_of(&case)), ["case.notify.created"]);
    });
}
