//! When a request was seen, by whom, and reminders of it.

use serde_json::{Value, json};

use crate::app::on_both;
use crate::client::path_of;
use crate::world::CLEANING;

#[test]
fn a_request_is_seen_the_first_time_that_its_service_is_given_it() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Gezien"), CLEANING);
        let first_seen = || app.manager.sees(&request)["firstSeenAt"].clone();
        app.manager.lists("");
        app.service.request("HEAD", &path_of(&request)).goes().is(200);
        app.service.request("HEAD", "/followUpRequests").goes().is(200);
        app.lighting.lists("");
        assert_eq!(first_seen(), Value::Null, "nobody of the service was given it");
        let before = app.manager.sees(&request);

        app.minutes_pass(5);
        let answer = app.service.reads("/followUpRequests");
        app.minutes_pass(5);
        let seen_by_service = app.head.sees(&request);

        assert_eq!(first_seen(), "2026-03-02T09:05:00Z");
        let after = app.manager.sees(&request);
        assert_eq!(after["version"], before["version"]);
        assert_ne!(after["etag"], before["etag"], "the team sees it");
        assert_eq!(after["neverSeen"], false);
        let tag = answer.json()["items"][0]["etag"].clone();
        assert_eq!(seen_by_service["etag"], tag, "a sighting is no part of the service's view");
        assert_eq!(seen_by_service.get("firstSeenAt"), None);
        let unchanged = app.service.request("GET", "/followUpRequests").with("If-None-Match", &answer.etag());
        assert_eq!(unchanged.goes().status(), 304);
    });
}

#[test]
fn a_client_that_has_the_request_already_does_not_see_it_again() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Gekend"), CLEANING);
        let etag = app.service.request("HEAD", &path_of(&request)).goes().etag();

        let answer = app.service.request("GET", &path_of(&request)).with("If-None-Match", &etag).goes();

        assert_eq!(answer.status(), 304);
        assert_eq!(app.manager.sees(&request)["neverSeen"], true);
    });
}

#[test]
fn receipt_by_phone_counts_as_seen_and_received() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Telefoon"), CLEANING);
        app.minutes_pass(30);

        let without = app.manager.tries("answer", &request, &json!({"outcome": "done", "text": "Gebeld."}));
        let with = json!({"outcome": "done", "text": "Gebeld.", "channel": "phone"});
        let answered = app.police.does("answer", &request, &with);

        assert_eq!(without.is(400)["issues"][0]["name"], "channel");
        assert_eq!(answered["answers"][0]["channel"], "phone");
        for fact in ["receivedAt", "acceptedAt", "firstAnsweredAt", "answeredAt"] {
            assert_eq!(answered[fact], "2026-03-02T09:30:00Z", "{fact}");
        }
        let request = app.manager.sends(&app.manager.admits("Eigen kanaal"), CLEANING);
        let by_service = app.service.tries("answer", &request, &with);
        assert_eq!(by_service.issues(), ["body channel unknownInput"]);
    });
}

#[test]
fn a_reminder_changes_what_the_service_sees_and_not_the_version() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Herinnering"), CLEANING);
        let before = app.service.sees(&request);
        let list = app.service.reads("/followUpRequests").etag();

        app.minutes_pass(60);
        app.manager.reminds(&request);
        app.manager.reminds(&request);

        let after = app.service.sees(&request);
        assert_eq!(after["reminderCount"], 2);
        assert_eq!(after["lastRemindedAt"], "2026-03-02T10:00:00Z");
        for same in ["version", "receiptDueAt", "answerDueAt", "originalAnswerDueAt"] {
            assert_eq!(after[same], before[same], "{same}");
        }
        assert_ne!(after["etag"], before["etag"]);
        let polled = app.service.request("GET", "/followUpRequests").with("If-None-Match", &list).goes();
        assert_eq!(polled.status(), 200, "the poll tells of it");
        let accepted = app
            .service
            .request("POST", &format!("{}/accept", path_of(&request)))
            .with("If-Match", before["etag"].as_str().unwrap())
            .json(&json!({}))
            .goes();
        assert_eq!(accepted.is(200)["state"], "accepted", "the tag from before the reminder still works");
    });
}
