//! Requests that are passed on, and the one question of a kind that can be open with a service.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use crate::app::on_both;
use crate::client::{a_question, id_of, path_of};
use crate::world::{CLEANING, GREEN, LIGHTING, POLICE};

#[test]
fn a_request_that_is_passed_on_lives_on_with_new_terms() {
    on_both(|app| {
        let sent = app.manager.sends(&app.manager.admits("Keten"), CLEANING);
        app.it_is("2026-03-03T09:00:00Z");

        let passed_on = app.service.redirects(&sent, LIGHTING);
        let second = app.lighting.lists("").remove(0);
        app.it_is("2026-03-04T09:00:00Z");
        app.manager.redirects(&second, GREEN);
        let third = app.green.lists("").remove(0);

        assert_eq!(passed_on["state"], "redirected");
        assert_eq!(passed_on["redirection"]["organisationName"], "Openbare verlichting");
        assert_eq!(passed_on["redirection"].get("followUpRequestId"), None, "that is for the team");
        for seen in [&second, &third] {
            assert_eq!(seen["contactFunction"], "Wijkregisseur Kroonwijk", "whoever passed it on");
        }
        assert_eq!(third["sentAt"], "2026-03-04T09:00:00Z");
        assert_eq!(third["chainStartedAt"], "2026-03-02T09:00:00Z");
        assert_eq!(third["answerDueAt"], "2026-03-11T22:59:59Z", "five working days from the third of them");
        let chain = app.manager.sees(&third);
        assert_eq!(chain["redirectedFromId"], second["id"]);
        assert_eq!(app.manager.sees(&second)["redirectedFromId"], sent["id"]);
        assert_eq!(app.manager.sees(&sent)["redirection"]["followUpRequestId"], second["id"]);
        app.lighting.sees(&second);
        assert_eq!(app.service.reads(&path_of(&third)).status(), 404);
    });
}

#[test]
fn a_request_that_is_passed_on_to_who_has_it_already_links_to_that_one() {
    on_both(|app| {
        let case = app.manager.admits("Dubbel");
        let known = app.manager.sends(&case, LIGHTING);
        let sent = app.manager.sends(&case, CLEANING);

        app.service.redirects(&sent, LIGHTING);

        assert_eq!(app.manager.sees(&sent)["redirection"]["followUpRequestId"], known["id"]);
        assert_eq!(app.lighting.lists("").len(), 1);
        assert_eq!(app.manager.sees(&known)["redirectedFromId"], sent["id"], "the team sees the whole chain");
        let own = app.manager.sends(&app.manager.admits("Zichzelf"), CLEANING);
        let body = json!({"organisationId": CLEANING, "text": "Naar onszelf."});
        app.service.tries("redirect", &own, &body).is_problem(400, "badRequest");
        let police = json!({"organisationId": POLICE, "text": "Neemt niets aan."});
        app.service.tries("redirect", &own, &police).is_problem(400, "badRequest");
    });
}

#[test]
fn one_question_of_a_kind_can_be_open_with_a_service() {
    on_both(|app| {
        let case = app.manager.admits("Eenmaal");
        let first = app.manager.sends(&case, CLEANING);

        let again = app.manager.creates("/followUpRequests", &a_question(&case, CLEANING));

        let problem = again.is_problem(409, "duplicateOpenRequest");
        assert_eq!(problem["followUpRequestId"], first["id"]);
        let mut other_kind = a_question(&case, CLEANING);
        other_kind["questionKind"] = json!("inspect");
        app.manager.creates("/followUpRequests", &other_kind).is(201);
        app.service.answers(&first);
        app.manager.sends(&case, CLEANING);
    });
}

#[test]
fn of_eight_who_ask_the_same_at_once_one_succeeds() {
    on_both(|app| {
        let case = app.manager.admits("Wedloop");
        let start = Barrier::new(8);

        let statuses: Vec<u16> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        app.manager.creates("/followUpRequests", &a_question(&case, CLEANING)).status()
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });

        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 7, "{statuses:?}");
    });
}

#[test]
fn the_open_requests_of_a_merged_case_move_along() {
    on_both(|app| {
        let (from, into) = (app.manager.admits("Van"), app.manager.admits("Naar"));
        let moves = app.manager.sends(&from, LIGHTING);
        let doubled = app.manager.sends(&from, CLEANING);
        let stays = app.manager.sends(&into, CLEANING);

        let merged = app.manager.does("merge", &from, &json!({"intoCaseId": into["id"]}));

        assert_eq!(merged["state"], "merged");
        assert_eq!(app.manager.sees(&moves)["caseId"], into["id"]);
        let doubled = app.manager.sees(&doubled);
        assert_eq!(doubled["redirection"]["followUpRequestId"], stays["id"]);
        assert_eq!(app.manager.lists(&format!("caseId={}", id_of(&into))).len(), 2);
    });
}

#[test]
fn a_case_with_open_requests_is_closed_only_when_they_are_withdrawn() {
    on_both(|app| {
        let case = app.manager.admits("Sluiten");
        let request = app.manager.sends(&case, CLEANING);
        let close = json!({"closeReason": "solved", "text": "Opgelost."});

        app.manager.tries("close", &case, &close).is_problem(409, "openWork");
        let mut with_all = close;
        with_all["withdrawOpen"] = json!(true);
        let closed = app.manager.does("close", &case, &with_all);

        assert_eq!(closed["state"], "closed");
        assert_eq!(app.service.sees(&request)["state"], "withdrawn");
        let again = app.manager.creates("/followUpRequests", &a_question(&case, CLEANING));
        assert_eq!(again.status(), 409);
    });
}

#[test]
fn a_request_that_is_passed_on_to_who_is_about_to_be_asked_is_asked_there() {
    on_both(|app| {
        let case = app.manager.admits("Klaarliggend");
        let draft = app.manager.drafts(&case, LIGHTING);
        let sent = app.manager.sends(&case, CLEANING);
        app.minutes_pass(60);

        app.service.redirects(&sent, LIGHTING);

        let seen = app.lighting.lists("").remove(0);
        assert_eq!((&seen["id"], &seen["state"]), (&draft["id"], &json!("sent")));
        assert_eq!(seen["sentAt"], "2026-03-02T10:00:00Z");
        assert_eq!(seen["chainStartedAt"], "2026-03-02T09:00:00Z");
        assert_eq!(app.manager.sees(&draft)["redirectedFromId"], sent["id"]);
        assert_eq!(app.manager.sees(&sent)["redirection"]["followUpRequestId"], draft["id"]);
    });
}

#[test]
fn of_two_requests_that_a_merge_brings_together_the_one_that_was_sent_goes_on() {
    on_both(|app| {
        let (from, into) = (app.manager.admits("Van"), app.manager.admits("Naar"));
        let live = app.service.accepts(&app.manager.sends(&from, CLEANING));
        let drafted = app.manager.drafts(&into, CLEANING);
        let both = [app.manager.sends(&from, LIGHTING), app.manager.sends(&into, LIGHTING)];
        let unsent = app.manager.drafts(&from, GREEN);
        let sent = app.manager.sends(&into, GREEN);

        app.manager.does("merge", &from, &json!({"intoCaseId": into["id"]}));

        let live = app.manager.sees(&live);
        assert_eq!((&live["state"], &live["caseId"]), (&json!("accepted"), &into["id"]));
        assert_eq!(app.manager.sees(&drafted)["state"], "withdrawn");
        assert_eq!(app.manager.sees(&both[0])["redirection"]["followUpRequestId"], both[1]["id"]);
        assert_eq!(app.manager.sees(&both[1])["redirectedFromId"], both[0]["id"]);
        assert_eq!(app.manager.sees(&unsent)["state"], "withdrawn");
        assert_eq!(app.manager.sees(&sent).get("redirectedFromId"), None, "a draft is no link of a chain");
    });
}

#[test]
fn a_case_that_ends_while_it_is_asked_about_has_no_open_request() {
    on_both(|app| {
        for round in 0..30 {
            let (case, into) = (app.manager.admits("Wedloop"), app.manager.admits("Hoofd"));
            let start = Barrier::new(2);
            let ending = if round % 2 == 0 {
                ("close", json!({"closeReason": "solved", "text": "Opgelost."}))
            } else {
                ("merge", json!({"intoCaseId": into["id"]}))
            };

            let (ended, asked) = thread::scope(|scope| {
                let ending = scope.spawn(|| {
                    start.wait();
                    app.manager.tries(ending.0, &case, &ending.1).status()
                });
                let asking = scope.spawn(|| {
                    start.wait();
                    app.police.creates("/followUpRequests", &a_question(&case, CLEANING))
                });
                (ending.join().unwrap(), asking.join().unwrap())
            });

            let told = format!("round {round}: {ended} and {}", asked.status());
            let ended_now = app.manager.sees(&case)["state"] != "open";
            let left = app.manager.lists(&format!("caseId={}&state=draft", id_of(&case))).len();
            assert!(matches!(ended, 200 | 409 | 503), "{told}");
            assert!(matches!(asked.status(), 201 | 409 | 503), "{told}");
            assert!(!ended_now || left == 0, "{told}: it has ended, and {left} are open");
            if (ended, asked.status()) == (200, 201) {
                assert_eq!(round % 2, 1, "{told}");
                assert_eq!(app.manager.sees(&asked.json())["caseId"], into["id"], "{told}");
            }
        }
    });
}

#[test]
fn a_signal_with_open_requests_is_dismissed_only_when_they_are_withdrawn() {
    on_both(|app| {
        let case = app.guard.signals("Geen zaak");
        let request = app.manager.sends(&case, CLEANING);
        let mut body = json!({"closeReason": "notFounded", "text": "Niets gezien."});

        app.manager.tries("dismiss", &case, &body).is_problem(409, "openWork");
        body["withdrawOpen"] = json!(true);
        let dismissed = app.manager.does("dismiss", &case, &body);

        assert_eq!(dismissed["state"], "dismissed");
        assert_eq!(app.service.sees(&request)["state"], "withdrawn");
    });
}
