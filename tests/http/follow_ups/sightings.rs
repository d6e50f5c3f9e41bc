//! When a request was seen, by whom, and reminders of it.

use serde_json::{Value, json};

use crate::app::on_both;
use crate::client::{Client, id_of, path_of};
use crate::world::{CLEANING, HOUSING_TEAM, LIGHTING, OTHER_CITY_HOUSING};

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

#[test]
fn a_verb_that_is_answered_with_the_document_shows_it() {
    on_both(|app| {
        let first_seen = |request: &Value| app.manager.sees(request).get("firstSeenAt").cloned();
        let accepts = |client: &Client, request: &Value, preference: &str| {
            let call = client.request("POST", &format!("{}/accept", path_of(request)));
            let call = call.with("If-Match", request["etag"].as_str().unwrap());
            call.with("Prefer", preference).with("Idempotency-Key", "\"eens\"").json(&json!({})).goes()
        };
        let shown = app.manager.sends(&app.manager.admits("Getoond"), CLEANING);
        let told = app.manager.sends(&app.manager.admits("Gemeld"), LIGHTING);
        let moment = || Some(json!(app.now().to_string()));

        app.minutes_pass(5);
        assert_eq!(accepts(&app.service, &shown, "return=representation").status(), 200);
        assert_eq!(first_seen(&shown), moment());
        assert_eq!(app.manager.sees(&shown)["version"], 2);
        assert_eq!(accepts(&app.lighting, &told, "return=minimal").status(), 204);
        assert_eq!(first_seen(&told), None, "nothing was shown");

        app.minutes_pass(5);
        assert_eq!(accepts(&app.lighting, &told, "return=representation").status(), 200);
        assert_eq!(first_seen(&told), moment(), "given again, and shown this time");
        let by_phone = json!({"outcome": "done", "text": "Gebeld.", "channel": "phone"});
        let other = app.manager.sends(&app.manager.admits("Telefoon"), CLEANING);
        app.manager.does("answer", &other, &by_phone);
        assert_eq!(first_seen(&other), None, "the team's verbs show the service nothing");
    });
}

#[test]
fn a_service_does_not_filter_by_what_it_is_not_shown() {
    on_both(|app| {
        let case = app.manager.admits("Verborgen");
        let request = app.manager.sends(&case, HOUSING_TEAM);
        let about = format!("caseId={}&neverSeen=true", id_of(&case));

        for service in [&app.service, &app.head, &app.housing_company] {
            let answer = service.reads(&format!("/followUpRequests?{about}"));
            answer.is_problem(400, "badRequest");
            assert_eq!(answer.issues(), ["query caseId invalidInput", "query neverSeen invalidInput"]);
        }

        let elsewhere = app.client(&OTHER_CITY_HOUSING);
        assert_eq!(elsewhere.lists("neverSeen=true").len(), 0);
        assert_eq!(app.manager.lists(&about).len(), 1);
        assert_eq!(app.housing_team.lists(&about)[0]["id"], request["id"]);
        assert_eq!(app.manager.sees(&request)["neverSeen"], false, "its service was given it");
    });
}
