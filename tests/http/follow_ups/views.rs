//! What a service sees, and what it does not.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::on_both;
use crate::client::{Client, a_question, path_of};
use crate::world::{CITY, CLEANING, GREEN, HOUSING_TEAM, LIGHTING, MIDDLEWARE};

#[test]
fn a_draft_is_invisible_to_its_service() {
    on_both(|app| {
        let draft = app.manager.drafts(&app.manager.admits("Ontwerp"), CLEANING);
        assert_eq!(app.service.lists(""), Vec::<Value>::new());
        app.service.reads(&path_of(&draft)).is_problem(404, "resourceNotFound");
        app.service.reads(&format!("{}/messages", path_of(&draft))).is_problem(404, "resourceNotFound");
        app.service.reads(&format!("{}/clock", path_of(&draft))).is_problem(404, "resourceNotFound");

        let edited = app.manager.edits(&draft, &json!({"urgency": "urgent"})).is(200);
        app.minutes_pass(60);
        let sent = app.manager.does("send", &draft, &json!({}));

        assert_eq!(edited.get("receiptDueAt"), None, "the clock of a draft does not run");
        assert_eq!(sent["sentAt"], "2026-03-02T10:00:00Z");
        assert_eq!(sent["answerDueAt"], "2026-03-05T22:59:59Z", "three working days when it is urgent");
        assert_eq!(sent["receiptDueAt"], "2026-03-03T22:59:59Z");
        assert_eq!(app.service.lists("").len(), 1);
    });
}

#[test]
fn one_application_serves_several_services() {
    on_both(|app| {
        let middleware = app.client(&MIDDLEWARE);
        let case = app.manager.admits("Middleware");
        let (one, two) = (app.manager.sends(&case, LIGHTING), app.manager.sends(&case, GREEN));
        let third = app.manager.sends(&case, CLEANING);

        let inbox = middleware.lists("sort=createdAt");
        middleware.accepts(&one);
        middleware.answers(&two);

        assert_eq!(inbox.len(), 2);
        middleware.reads(&path_of(&third)).is_problem(404, "resourceNotFound");
        assert_eq!(app.green.lists("state=answered").len(), 1);
        assert_eq!(middleware.lists(&format!("organisationId={LIGHTING}")).len(), 1);
    });
}

#[test]
fn a_service_sees_nothing_of_the_case() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Binnenskamers"), CLEANING);

        let seen = app.service.sees(&request);

        assert_eq!(seen["view"], "service");
        assert_eq!(seen["contactFunction"], "Wijkregisseur Kroonwijk");
        for hidden in ["caseId", "createdBy", "firstSeenAt", "neverSeen", "rounds", "redirectedFromId"] {
            assert_eq!(seen.get(hidden), None, "{hidden}");
        }
        let text = seen.to_string();
        assert!(!text.contains(request["caseId"].as_str().unwrap()), "{text}");
        app.service.reads(&format!("/cases/{}", request["caseId"].as_str().unwrap())).is(403);
    });
}

#[test]
fn a_reader_is_told_what_it_can_do() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Handen"), HOUSING_TEAM);
        let verbs = |seen: &Value| -> BTreeSet<String> {
            let verbs = seen["allowedVerbs"].as_array().unwrap();
            verbs.iter().map(|verb| verb.as_str().unwrap().to_owned()).collect()
        };
        let sees = |client: &Client| verbs(&client.sees(&request));
        let set = |verbs: &[&str]| verbs.iter().map(|verb| (*verb).to_owned()).collect::<BTreeSet<_>>();

        assert_eq!(
            sees(&app.manager),
            set(&["amend", "redirect", "answer", "withdraw", "remind", "recalculate"])
        );
        assert_eq!(sees(&app.guard), set(&[]), "a guard reads");
        let own = set(&["receive", "accept", "refuse", "redirect", "askBack", "answer"]);
        assert_eq!(sees(&app.housing_team), own, "asked, and a member that reads");
        let read = "followUpRequests:read";
        let reads = |scope: &str, known: &str| {
            let call = app.housing_team.narrowed(scope, "GET", &path_of(&request));
            call.with("If-None-Match", known).goes()
        };
        let known = app.housing_team.reads(&path_of(&request)).etag();
        assert_eq!(verbs(&reads(read, &known).is(200)), set(&[]), "a token that only reads");
        let list = app.guard.lists("");
        assert_eq!(list[0]["allowedVerbs"], json!([]));
        app.housing_team.accepts(&request);
    });
}

#[test]
fn another_language_or_a_renamed_contact_is_another_document() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Talen"), CLEANING);
        app.service.redirects(&request, LIGHTING);
        let reads = |path: &str, language: &str, known: &str| {
            let call = app.service.request("GET", path).with("Accept-Language", language);
            call.with("If-None-Match", known).goes()
        };
        let edits = |organisation: Uuid, patch: Value| {
            let found = app.administrator.reads(&format!("/organisations/{organisation}")).is(200);
            app.administrator.edits(&found, &patch).is(200);
            app.minutes_pass(1);
        };

        for path in [path_of(&request), "/followUpRequests".to_owned()] {
            let dutch = reads(&path, "nl", "\"none\"");
            assert_eq!(dutch.status(), 200);
            assert_eq!(dutch.header("Content-Language"), Some("nl"));
            assert!(dutch.header("Vary").is_some_and(|vary| vary.contains("Accept-Language")));
            let unchanged = reads(&path, "nl", &dutch.etag());
            assert_eq!(unchanged.status(), 304);
            for header in ["Cache-Control", "Content-Language", "Vary", "ETag"] {
                assert_eq!(unchanged.header(header), dutch.header(header), "{header}");
            }
            assert_eq!(reads(&path, "fr", &dutch.etag()).status(), 200);
        }
        let known = reads(&path_of(&request), "nl", "\"none\"").etag();
        edits(CITY, json!({"contactFunction": "Wijkregisseur Molenwijk"}));
        let renamed = reads(&path_of(&request), "nl", &known);
        assert_eq!(renamed.is(200)["contactFunction"], "Wijkregisseur Molenwijk");
        edits(LIGHTING, json!({"name": {"nl": "Straatlampen"}}));
        let renamed = reads(&path_of(&request), "nl", &renamed.etag());
        assert_eq!(renamed.is(200)["redirection"]["organisationName"], "Straatlampen");
    });
}

#[test]
fn a_page_with_personal_data_is_kept_nowhere() {
    on_both(|app| {
        let case = app.manager.admits("Persoonlijk");
        let plain = app.service.reads("/followUpRequests");
        let mut question = a_question(&case, CLEANING);
        question["carriesPersonalData"] = json!(true);
        app.shares_personal_data(CLEANING);
        question["send"] = json!(true);
        let request = app.manager.creates("/followUpRequests", &question).is(201);

        assert_eq!(plain.header("Cache-Control"), Some("private, no-cache"));
        for path in ["/followUpRequests".to_owned(), path_of(&request)] {
            let page = app.service.reads(&path);
            let again = app.service.request("GET", &path).with("If-None-Match", &page.etag()).goes();

            assert_eq!((page.status(), page.header("Cache-Control")), (200, Some("no-store")), "{path}");
            assert_eq!((again.status(), again.header("Cache-Control")), (304, Some("no-store")), "{path}");
            assert_eq!(again.etag(), page.etag());
        }
    });
}

#[test]
fn remarks_of_the_team_do_not_reach_the_service() {
    on_both(|app| {
        let case = app.manager.admits("Onder ons");
        let request = app.manager.sends(&case, CLEANING);
        let said = |client: &Client, request: &Value| {
            let thread = client.reads(&format!("{}/messages", path_of(request))).is(200);
            let items = thread["items"].as_array().unwrap().clone();
            items.iter().map(|it| it["verb"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let words = json!({"subject": "Nieuw", "question": "Huisnummer 12.", "text": "Verkeerd nummer."});
        app.manager.does("amend", &request, &words);
        app.manager.does("recalculate", &request, &json!({"text": "Voor de zekerheid."}));
        app.service.answers(&request);
        app.manager.does("verify", &request, &json!({"text": "Rommelig gedaan, in het oog houden."}));
        app.manager.reopens(&request);
        let close = json!({"closeReason": "handedOver", "text": "Naar het parket.", "withdrawOpen": true});
        app.manager.does("close", &case, &close);

        assert_eq!(said(&app.service, &request), ["reopen"], "who is asked again is told why");
        assert_eq!(said(&app.manager, &request), ["amend", "recalculate", "verify", "reopen", "withdraw"]);
        let thread = app.service.reads(&format!("{}/messages?pageSize=1", path_of(&request))).is(200);
        assert_eq!(thread.get("next"), None);
        assert!(!app.service.sees(&request).to_string().contains("parket"));
    });
}
