//! What is said about a request, and the facts that stay whatever happens later.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use crate::app::on_both;
use crate::client::{a_question, path_of};
use crate::world::{CLEANING, GREEN, LIGHTING};

#[test]
fn a_promise_after_the_original_term_needs_a_reason() {
    on_both(|app| {
        let request = app.service.receives(&app.manager.sends(&app.manager.admits("Belofte"), CLEANING));
        assert_eq!(request["originalAnswerDueAt"], "2026-03-09T22:59:59Z");

        let within = app.service.does("promise", &request, &json!({"promisedOn": "2026-03-09"}));
        let without = app.service.tries("promise", &request, &json!({"promisedOn": "2026-03-10"}));
        let past = app.service.tries("promise", &request, &json!({"promisedOn": "2026-03-01"}));
        let with = json!({"promisedOn": "2026-03-10", "delayReason": "procurement"});
        let after = app.service.does("promise", &request, &with);

        assert_eq!(within["promises"][0]["promisedOn"], "2026-03-09");
        assert_eq!(without.issues(), ["body delayReason requiredInput"]);
        assert_eq!(past.issues(), ["body promisedOn outOfRange"]);
        assert_eq!(after["promises"].as_array().unwrap().len(), 2);
        assert_eq!(after["promises"][1]["delayReason"], "procurement");
        assert_eq!(after["answerDueAt"], request["answerDueAt"], "a promise moves no term");
        assert_eq!(after["state"], "received");
    });
}

#[test]
fn an_amended_question_is_seen_with_both_texts() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Verbetering"), CLEANING);
        app.minutes_pass(5);

        let words = json!({"subject": "Nieuw", "question": "Huisnummer 12.", "text": "Verkeerd nummer."});
        app.manager.does("amend", &request, &words);

        let seen = app.service.sees(&request);
        assert_eq!(seen["question"], "Huisnummer 12.");
        assert_eq!(seen["amendments"][0]["question"], request["question"]);
        assert_eq!(seen["amendments"][0]["text"], "Verkeerd nummer.");
        assert_eq!(seen["version"], 2);
        assert_eq!(seen["answerDueAt"], request["answerDueAt"]);
    });
}

#[test]
fn a_reopened_request_runs_a_new_round_and_the_first_one_stays() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Ronde"), CLEANING);
        app.it_is("2026-03-10T09:00:00Z");
        app.service.answers(&request);
        app.it_is("2026-03-11T09:00:00Z");

        let reopened = app.manager.reopens(&request);
        app.it_is("2026-03-12T09:00:00Z");
        app.service.answers(&request);

        assert_eq!((&reopened["state"], &reopened["round"]), (&json!("accepted"), &json!(2)));
        assert_eq!(reopened["answerDueAt"], "2026-03-18T22:59:59Z", "five working days from the reopening");
        let after = app.manager.sees(&request);
        let rounds = after["rounds"].as_array().unwrap();
        assert_eq!(rounds[0]["answer"]["breachedAt"], "2026-03-09T22:59:59Z", "a late answer stays late");
        assert_eq!(rounds[0]["receipt"]["breachedAt"], "2026-03-04T22:59:59Z");
        assert_eq!(rounds[0]["answer"]["endedAt"], "2026-03-10T09:00:00Z");
        assert_eq!(rounds[1].get("receipt"), None, "it was accepted already");
        assert_eq!(rounds[1]["answer"].get("breachedAt"), None);
        assert_eq!(after["firstAnsweredAt"], "2026-03-10T09:00:00Z");
        assert_eq!(after["answeredAt"], "2026-03-12T09:00:00Z");
    });
}

#[test]
fn a_refused_request_that_is_asked_again_has_both_terms_again() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Weigering"), CLEANING);
        let refused = app.service.refuses(&request);
        app.it_is("2026-03-03T09:00:00Z");

        let reopened = app.manager.reopens(&request);

        assert_eq!(refused["refusal"]["refusalReason"], "notCompetent");
        assert_eq!(refused["receivedAt"], "2026-03-02T09:00:00Z");
        assert_eq!((&reopened["state"], &reopened["round"]), (&json!("sent"), &json!(2)));
        assert_eq!(reopened["receiptDueAt"], "2026-03-05T22:59:59Z");
        assert_eq!(reopened["answerDueAt"], "2026-03-10T22:59:59Z");
    });
}

#[test]
fn the_thread_tells_what_both_sides_said() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Draad"), CLEANING);

        app.service.asks_back(&request);
        app.manager.replies(&request);
        app.service.does("promise", &request, &json!({"promisedOn": "2026-03-05"}));
        app.manager.does("remind", &request, &json!({"text": "Vergeet ons niet."}));

        for reader in [&app.service, &app.manager] {
            let thread = reader.reads(&format!("{}/messages", path_of(&request))).is(200);
            let said: Vec<(&str, &str)> = thread["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| (it["side"].as_str().unwrap(), it["verb"].as_str().unwrap()))
                .collect();
            assert_eq!(
                said,
                [("service", "askBack"), ("team", "reply"), ("service", "promise"), ("team", "remind")]
            );
        }
    });
}

#[test]
fn a_question_is_not_asked_again_when_it_is_open_already() {
    on_both(|app| {
        let case = app.manager.admits("Opnieuw");
        let first = app.manager.sends(&case, CLEANING);
        app.service.answers(&first);
        let second = app.manager.sends(&case, CLEANING);

        let again = app.manager.tries("reopen", &first, &json!({"text": "Er ligt opnieuw afval."}));

        let problem = again.is_problem(409, "duplicateOpenRequest");
        assert_eq!(problem["followUpRequestId"], second["id"]);
        app.manager.withdraws(&second);
        let reopened = app.manager.reopens(&first);
        assert_eq!(app.manager.reopens(&first)["version"], reopened["version"]);
    });
}

#[test]
fn of_two_that_are_asked_again_at_once_one_is() {
    on_both(|app| {
        for _ in 0..10 {
            let case = app.manager.admits("Samen opnieuw");
            let ended = [(); 2].map(|()| app.service.refuses(&app.manager.sends(&case, CLEANING)));
            let start = Barrier::new(2);

            let mut statuses: Vec<u16> = thread::scope(|scope| {
                let writers: Vec<_> = ended
                    .iter()
                    .map(|request| {
                        scope.spawn(|| {
                            start.wait();
                            app.manager.tries("reopen", request, &json!({"text": "Toch wel."})).status()
                        })
                    })
                    .collect();
                writers.into_iter().map(|writer| writer.join().unwrap()).collect()
            });

            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
        }
    });
}

#[test]
fn nothing_is_asked_again_on_a_case_that_has_ended() {
    on_both(|app| {
        let close = json!({"closeReason": "solved", "text": "Opgelost."});
        let merge = json!({"intoCaseId": app.manager.admits("Hoofd")["id"]});
        for (verb, body, state) in [("close", close, "closed"), ("merge", merge, "merged")] {
            let case = app.manager.admits("Voorbij");
            let request = app.manager.sends(&case, CLEANING);
            app.service.answers(&request);
            app.manager.does(verb, &case, &body);

            let again = app.manager.tries("reopen", &request, &json!({"text": "Er ligt opnieuw afval."}));

            let problem = again.is_problem(409, "illegalTransition");
            assert_eq!(problem["reason"], format!("the case is {state}"));
            let seen = app.manager.sees(&request);
            assert_eq!((&seen["state"], &seen["allowedVerbs"]), (&json!("answered"), &json!(["verify"])));
        }
    });
}

#[test]
fn nothing_is_asked_of_an_organisation_that_has_ended() {
    on_both(|app| {
        let case = app.manager.admits("Opgeheven");
        let draft = app.manager.drafts(&case, CLEANING);
        let other = app.manager.admits("Ook opgeheven");
        let refused = app.service.refuses(&app.manager.sends(&other, CLEANING));
        let mine = app.lighting.answers(&app.manager.sends(&case, LIGHTING));
        let cleaning = app.administrator.reads(&format!("/organisations/{CLEANING}")).is(200);
        let end = json!({"validTo": "2026-03-01", "successorId": GREEN});
        app.administrator.edits(&cleaning, &end).is(200);
        app.minutes_pass(1);

        for (verb, request, body) in
            [("send", &draft, json!({})), ("reopen", &refused, json!({"text": "Toch wel."}))]
        {
            let problem = app.manager.tries(verb, request, &body).is_problem(409, "illegalTransition");
            assert_eq!(problem["reason"], "the organisation takes no requests");
            assert_eq!(problem["successorId"], json!(GREEN));
        }
        let question = app.manager.creates("/followUpRequests", &a_question(&other, CLEANING));
        assert!(question.is(400)["issues"][0]["detail"].as_str().unwrap().contains(&GREEN.to_string()));
        app.manager.reopens(&mine);
    });
}
