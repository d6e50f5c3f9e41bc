//! Writing once, reading cheaply, and two who write at once.

use std::sync::Barrier;
use std::thread;

use diesel::connection::SimpleConnection as _;
use persistence::Backend;
use serde_json::{Value, json};

use crate::access::{call_of, who_may};
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, a_case, a_question, path_of};
use crate::world::{self, CLEANING};

fn creates_with(client: &Client, key: &str, path: &str, body: &Value) -> Answer {
    client.request("POST", path).with("Idempotency-Key", key).json(body).goes()
}

#[test]
fn a_creation_needs_a_key_of_the_right_form() {
    on_both(|app| {
        let before = app.database.rows();
        app.manager.request("POST", "/cases").json(&a_case("Sleutel")).goes().is_problem(400, "badRequest");
        for key in ["unquoted", "\"\"", "\"", "\"a\";q=1", &format!("\"{}\"", "a".repeat(256))] {
            let answer = creates_with(&app.manager, key, "/cases", &a_case("Sleutel"));
            assert_eq!(answer.issues(), ["header Idempotency-Key schemaViolation"], "{key}");
        }
        assert_eq!(app.database.rows(), before);
    });
}

#[test]
fn the_same_key_again_is_given_the_same_answer() {
    on_both(|app| {
        let body = a_case("Eenmaal");
        let first = creates_with(&app.manager, "\"1\"", "/cases", &body);
        let before = app.database.rows();
        app.minutes_pass(30);

        let again = creates_with(&app.manager, "\"1\"", "/cases", &body);
        let other = creates_with(&app.manager, "\"1\"", "/cases", &a_case("Anders"));
        let elsewhere = creates_with(&app.manager, "\"1\"", "/followUpRequests", &body);

        first.is(201);
        assert_eq!(
            (first.header("Idempotency-Replayed"), again.header("Idempotency-Replayed")),
            (None, Some("true"))
        );
        assert_eq!(again.is(201), first.json());
        for header in ["ETag", "Location", "Content-Type"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
        other.is_problem(422, "idempotencyKeyReused");
        assert!([400, 422].contains(&elsewhere.status()), "{elsewhere}");
        assert_eq!(app.database.rows(), before);
        creates_with(&app.police, "\"1\"", "/cases", &body).is(201);
    });
}

#[test]
fn a_verb_with_a_key_is_done_once() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Eenmaal"), CLEANING);
        let etag = app.shared.etag(request["id"].as_str().unwrap());
        let reminds = || {
            let path = format!("{}/remind", path_of(&request));
            let call = app.manager.request("POST", &path).with("If-Match", &etag);
            call.with("Idempotency-Key", "\"herinner\"").json(&json!({})).goes()
        };

        let first = reminds();
        let again = reminds();

        assert_eq!(first.is(200), again.is(200));
        assert_eq!(again.header("Idempotency-Replayed"), Some("true"));
        assert_eq!(app.service.sees(&request)["reminderCount"], 1);
    });
}

#[test]
fn of_eight_with_one_key_at_once_one_has_an_effect() {
    on_both(|app| {
        let start = Barrier::new(8);
        let body = a_case("Samen");
        let cases = || app.database.number("SELECT count(*) AS value FROM cases");
        let before = cases();
        app.manager.token();

        let answers: Vec<Answer> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        creates_with(&app.manager, "\"samen\"", "/cases", &body)
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });

        for answer in &answers {
            assert_eq!(answer.is(201), answers[0].json());
        }
        let replayed = answers.iter().filter(|it| it.header("Idempotency-Replayed") == Some("true")).count();
        assert_eq!((replayed, cases() - before), (7, 1));
    });
}

#[test]
fn a_refusal_is_not_kept_under_the_key() {
    on_both(|app| {
        let case = app.manager.admits("Weigering");
        let first = app.manager.sends(&case, CLEANING);
        let body = a_question(&case, CLEANING);
        creates_with(&app.manager, "\"weer\"", "/followUpRequests", &body).is(409);
        app.service.answers(&first);

        let answer = creates_with(&app.manager, "\"weer\"", "/followUpRequests", &body);

        assert_eq!(answer.header("Idempotency-Replayed"), None);
        answer.is(201);
    });
}

#[test]
fn of_two_writers_with_one_tag_one_succeeds() {
    on_both(|app| {
        for _ in 0..5 {
            let request = app.manager.sends(&app.manager.admits("Twee"), CLEANING);
            let start = Barrier::new(2);
            let (service, head) = (app.service.clone(), app.head.clone());
            service.token();
            head.token();
            let etag = request["etag"].as_str().unwrap();
            let tries = |client: &Client, verb: &str, body: &Value| {
                start.wait();
                let path = format!("{}/{verb}", path_of(&request));
                client.request("POST", &path).with("If-Match", etag).json(body).goes().status()
            };

            let mut statuses = thread::scope(|scope| {
                let one = scope.spawn(|| tries(&service, "accept", &json!({})));
                let two = scope
                    .spawn(|| tries(&head, "refuse", &json!({"refusalReason": "other", "text": "Nee."})));
                [one.join().unwrap(), two.join().unwrap()]
            });

            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412]);
        }
    });
}

#[test]
fn a_repeated_creation_gets_its_answer_also_when_it_would_not_be_sound_any_more() {
    on_both(|app| {
        let mut case = a_case("Herhaald");
        case["admit"] = json!(true);
        case["leadOrganisationId"] = json!(CLEANING);
        let key = app.shared.new_key();
        let creates = |path: &str, body: &Value, key: &str| creates_with(&app.manager, key, path, body);
        let first_case = creates("/cases", &case, &key).is(201);
        let question = a_question(&first_case, CLEANING);
        let first = creates("/followUpRequests", &question, "\"vraag\"").is(201);
        let cleaning = app.administrator.reads(&format!("/organisations/{CLEANING}")).is(200);
        app.administrator.edits(&cleaning, &json!({"validTo": "2026-03-01"})).is(200);
        app.minutes_pass(1);

        let again = creates("/followUpRequests", &question, "\"vraag\"");
        let case_again = creates("/cases", &case, &key);

        assert_eq!(again.is(201), first);
        assert_eq!(case_again.is(201), first_case);
        assert_eq!(case_again.header("Idempotency-Replayed"), Some("true"));
        creates("/cases", &case, "\"nieuw\"").is_problem(400, "badRequest");
        creates("/followUpRequests", &question, "\"nieuwe vraag\"").is_problem(400, "badRequest");
        case["title"] = json!("Anders");
        creates("/cases", &case, &key).is_problem(422, "idempotencyKeyReused");
    });
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    on_both(|app| {
        for operation in app.shared.contract().operations.iter().filter(|it| it.method == "GET") {
            if operation.value["responses"].get("304").is_none() {
                continue;
            }
            let call = call_of(app, operation, CLEANING);
            let caller = who_may(app, operation);
            let answer = call.by(&caller).goes();
            answer.is(200);

            let again = call.by(&caller).with("If-None-Match", &answer.etag()).goes();
            let weak = call.by(&caller).with("If-None-Match", &format!("\"x\", W/{}", answer.etag())).goes();
            let other = call.by(&caller).with("If-None-Match", "\"other\"").goes();

            assert_eq!((again.status(), weak.status()), (304, 304), "{}", operation.id);
            assert_eq!(again.etag(), answer.etag(), "{}", operation.id);
            assert_eq!(other.status(), 200, "{}", operation.id);
        }
    });
}

#[test]
fn a_list_that_changed_is_sent_again_and_other_lists_are_not() {
    on_both(|app| {
        let case = app.manager.admits("Lijst");
        let mine = app.service.reads("/followUpRequests").etag();
        let theirs = app.lighting.reads("/followUpRequests").etag();
        let polls = |client: &Client, etag: &str| {
            client.request("GET", "/followUpRequests").with("If-None-Match", etag).goes().status()
        };

        app.manager.sends(&case, CLEANING);

        assert_eq!((polls(&app.service, &mine), polls(&app.lighting, &theirs)), (200, 304));
    });
}

#[test]
fn a_caller_who_prefers_little_is_given_little() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Weinig"), CLEANING);
        let answer = app
            .service
            .request("POST", &format!("{}/accept", path_of(&request)))
            .with("If-Match", request["etag"].as_str().unwrap())
            .with("Prefer", "return=minimal")
            .json(&json!({}))
            .goes();

        assert_eq!(answer.status(), 204);
        assert_eq!(answer.header("Preference-Applied"), Some("return=minimal"));
        assert_eq!(app.service.sees(&request)["etag"], answer.etag());
    });
}

#[test]
fn who_waits_for_news_is_told_as_soon_as_there_is_some() {
    on_both(|app| {
        let case = app.manager.admits("Nieuws");
        let etag = app.service.reads("/followUpRequests").etag();
        app.manager.token();
        let waits = || {
            let call = app.service.request("GET", "/followUpRequests").with("If-None-Match", &etag);
            call.with("Prefer", "wait=30").goes()
        };

        let answer = thread::scope(|scope| {
            let waiting = scope.spawn(waits);
            app.manager.sends(&case, CLEANING);
            waiting.join().unwrap()
        });

        assert_eq!(answer.is(200)["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn who_waits_too_long_for_the_first_with_its_key_is_told_so() {
    let app = TestApp::start(Backend::Postgresql);
    let mut first = app.database.connect();
    first
        .batch_execute(&format!(
            "BEGIN; INSERT INTO idempotency_keys (client_id, idempotency_key, digest, status, headers, body, created_at) \
             VALUES ('{}', 'lang', '', 201, '[]', '', now())",
            world::MANAGER.id
        ))
        .unwrap();

    let second = creates_with(&app.manager, "\"lang\"", "/cases", &a_case("Lang"));

    second.is_problem(409, "idempotencyConflict");
    first.batch_execute("ROLLBACK").unwrap();
    creates_with(&app.manager, "\"lang\"", "/cases", &a_case("Lang")).is(201);
}
