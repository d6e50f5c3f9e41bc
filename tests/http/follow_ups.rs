//! Follow-up requests: every verb from every state by both sides, and the facts that stay.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{TestApp, on_both};
use crate::client::{Client, a_question, id_of, path_of};
use crate::world::{CITY, CLEANING, GREEN, HOUSING_TEAM, LIGHTING, MIDDLEWARE, OTHER_CITY_HOUSING, POLICE};

/// An edge of the life cycle: `sent --receive (service)--> received`.
struct Edge {
    from: &'static str,
    verb: &'static str,
    sides: Vec<&'static str>,
    to: Vec<&'static str>,
}

fn edges() -> Vec<Edge> {
    include_str!("../../crates/domain/src/follow_up/edges.txt")
        .lines()
        .map(|line| {
            let (from, rest) = line.split_once(" --").unwrap();
            let (verb, rest) = rest.split_once(" (").unwrap();
            let (sides, to) = rest.split_once(")--> ").unwrap();
            Edge { from, verb, sides: sides.split(", ").collect(), to: to.split(" | ").collect() }
        })
        .collect()
}

const STATES: [&str; 10] = [
    "draft",
    "sent",
    "received",
    "accepted",
    "waiting",
    "answered",
    "closed",
    "refused",
    "redirected",
    "withdrawn",
];

/// Brings a new request into a state.
fn request_in(app: &TestApp, state: &str) -> Value {
    let case = app.manager.admits("Toestand");
    if state == "draft" {
        return app.manager.drafts(&case, CLEANING);
    }
    let sent = app.manager.sends(&case, CLEANING);
    match state {
        "sent" => sent,
        "received" => app.service.receives(&sent),
        "accepted" => app.service.accepts(&sent),
        "waiting" => app.service.asks_back(&sent),
        "answered" => app.service.answers(&sent),
        "closed" => {
            app.service.answers(&sent);
            app.manager.verifies(&sent)
        }
        "refused" => app.service.refuses(&sent),
        "redirected" => app.service.redirects(&sent, GREEN),
        "withdrawn" => app.manager.withdraws(&sent),
        other => panic!("no state {other}"),
    }
}

/// A body for a verb, unlike any that brought a request into its state.
fn body_of(verb: &str, side: &str) -> Value {
    match verb {
        "send" => json!({}),
        "amend" => json!({"subject": "Nieuw", "question": "Een nieuwe vraag.", "text": "Vergissing."}),
        "receive" | "accept" => json!({"externalReference": "WO-1"}),
        "refuse" => json!({"refusalReason": "noCapacity", "text": "Geen volk."}),
        "redirect" => json!({"organisationId": LIGHTING, "text": "Voor de verlichting."}),
        "promise" => json!({"promisedOn": "2026-03-05"}),
        "answer" if side == "team" => json!({"outcome": "done", "text": "Gebeld.", "channel": "phone"}),
        "answer" => json!({"outcome": "partlyDone", "text": "Half opgeruimd."}),
        "edit" => json!({"subject": "Ander onderwerp"}),
        _ => json!({"text": "Een nieuw woord."}),
    }
}

fn tries(client: &Client, verb: &str, request: &Value, body: &Value) -> crate::client::Answer {
    if verb == "edit" { client.edits(request, body) } else { client.tries(verb, request, body) }
}

#[test]
fn every_verb_from_every_state_by_both_sides_does_what_the_life_cycle_says() {
    let edges = edges();
    let verbs: BTreeSet<&str> = edges.iter().map(|edge| edge.verb).collect();
    on_both(|app| {
        for state in STATES {
            let mut request = request_in(app, state);
            for verb in &verbs {
                for side in ["team", "service"] {
                    let client = if side == "team" { &app.manager } else { &app.service };
                    let may_ever = edges.iter().any(|it| it.verb == *verb && it.sides.contains(&side));
                    let edge = edges
                        .iter()
                        .find(|edge| edge.from == state && edge.verb == *verb && edge.sides.contains(&side));
                    let told = format!("{side} {verb} from {state}");

                    let answer = tries(client, verb, &request, &body_of(verb, side));

                    match edge {
                        _ if !may_ever => {
                            answer.is_problem(403, "missingPermission");
                        }
                        _ if state == "draft" && side == "service" => {
                            answer.is_problem(404, "resourceNotFound");
                        }
                        Some(edge) => {
                            let after = answer.is(200);
                            let to = after["state"].as_str().unwrap();
                            assert!(edge.to.contains(&to), "{told} leads to {to}");
                            let moved =
                                after["version"].as_i64().unwrap() - request["version"].as_i64().unwrap();
                            assert_eq!(moved, i64::from(*verb != "remind"), "{told}");
                            request = request_in(app, state);
                        }
                        None => {
                            let problem = answer.is_problem(409, "illegalTransition");
                            let expected: BTreeSet<&str> = edges
                                .iter()
                                .filter(|it| it.from == state && it.sides.contains(&side))
                                .map(|it| it.verb)
                                .collect();
                            let allowed: BTreeSet<&str> = problem["allowedVerbs"]
                                .as_array()
                                .unwrap()
                                .iter()
                                .map(|it| it.as_str().unwrap())
                                .collect();
                            assert_eq!((&problem["from"], &problem["verb"]), (&json!(state), &json!(verb)));
                            assert!(problem["reason"].is_string());
                            assert_eq!(allowed, expected, "{told}");
                            let seen = client.sees(&request);
                            assert_eq!(seen["allowedVerbs"], problem["allowedVerbs"], "{told}");
                        }
                    }
                }
            }
        }
    });
}

#[test]
fn the_same_verb_with_the_same_words_again_changes_nothing() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Herhaling"), CLEANING);
        for (client, verb, body) in [
            (&app.service, "receive", json!({"externalReference": "WO-1"})),
            (&app.service, "accept", json!({})),
            (&app.service, "askBack", json!({"text": "Waar?"})),
            (&app.manager, "reply", json!({"text": "Daar."})),
            (&app.service, "answer", json!({"outcome": "done", "text": "Opgeruimd."})),
            (&app.manager, "verify", json!({"text": "Gezien."})),
        ] {
            let once = client.does(verb, &request, &body);
            app.minutes_pass(1);

            let again = client.does(verb, &request, &body);

            assert_eq!(once, again, "{verb}");
        }
    });
}

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
fn what_either_side_may_do_needs_the_scope_of_the_side() {
    on_both(|app| {
        let (write, answer) = ("followUpRequests:write", "followUpRequests:answer");
        let by_phone = json!({"outcome": "done", "text": "Gebeld.", "channel": "phone"});
        let done = json!({"outcome": "done", "text": "Opgeruimd."});
        let passed_on = json!({"organisationId": GREEN, "text": "Niet voor ons."});
        for (client, verb, body, wrong, right) in [
            (&app.manager, "answer", &by_phone, answer, write),
            (&app.manager, "redirect", &passed_on, answer, write),
            (&app.service, "answer", &done, write, answer),
            (&app.service, "redirect", &passed_on, write, answer),
        ] {
            let request = app.manager.sends(&app.manager.admits("Bereik"), CLEANING);
            let does = |scope: &str| {
                let call = client.narrowed(scope, "POST", &format!("{}/{verb}", path_of(&request)));
                call.with("If-Match", request["etag"].as_str().unwrap()).json(body).goes()
            };

            let problem = does(wrong).is_problem(403, "missingScope");

            assert_eq!(problem["requiredScopes"], json!([right]), "{verb}");
            does(right).is(200);
        }
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
fn a_page_of_receipts_has_an_outcome_for_each() {
    on_both(|app| {
        let fresh = app.manager.sends(&app.manager.admits("Vers"), CLEANING);
        let known = app.service.receives(&app.manager.sends(&app.manager.admits("Gekend"), CLEANING));
        let done = app.service.answers(&app.manager.sends(&app.manager.admits("Klaar"), CLEANING));
        let amended = app.manager.sends(&app.manager.admits("Gewijzigd"), CLEANING);
        let stale = amended["etag"].clone();
        let words = json!({"subject": "Nieuw", "question": "Een nieuwe vraag.", "text": "Vergissing."});
        app.manager.does("amend", &amended, &words);
        let elsewhere = app.manager.sends(&app.manager.admits("Elders"), LIGHTING);
        let item = |request: &Value, etag: &Value| json!({"id": request["id"], "etag": etag});

        let items = json!([
            item(&fresh, &fresh["etag"]),
            item(&known, &known["etag"]),
            item(&done, &done["etag"]),
            item(&amended, &stale),
            item(&elsewhere, &elsewhere["etag"]),
            {"id": Uuid::nil(), "etag": "\"1-x\""},
        ]);
        let answer = app.service.creates("/followUpRequests/receive", &json!({"items": items})).is(200);

        let outcomes: Vec<&str> =
            answer["items"].as_array().unwrap().iter().map(|it| it["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["received", "unchanged", "notAllowed", "stale", "notFound", "notFound"]);
        assert_eq!(app.manager.sees(&fresh)["state"], "received");
        let after = app.service.sees(&fresh);
        assert_eq!(answer["items"][0]["etag"], after["etag"]);
        let many: Vec<Value> = (0..501).map(|_| item(&fresh, &fresh["etag"])).collect();
        app.service
            .creates("/followUpRequests/receive", &json!({"items": many}))
            .is_problem(400, "badRequest");
    });
}

#[test]
fn a_page_of_receipts_names_a_request_once() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Dubbel"), CLEANING);
        let item = json!({"id": request["id"], "etag": request["etag"]});
        let other = json!({"id": Uuid::nil(), "etag": "\"1-x\""});

        let answer =
            app.service.creates("/followUpRequests/receive", &json!({"items": [item, other, item, other]}));

        assert_eq!(answer.issues(), ["body items[2].id invalidInput", "body items[3].id invalidInput"]);
        assert_eq!(app.manager.sees(&request)["state"], "sent");
    });
}

#[test]
fn five_hundred_receipts_are_confirmed_at_once() {
    on_both(|app| {
        let case = app.manager.admits("Pagina");
        let items: Vec<Value> =
            (0..500).map(|number| json!({"id": Uuid::from_u128(number), "etag": "\"1-x\""})).collect();
        let sent = app.manager.sends(&case, CLEANING);
        let mut items = items;
        items[499] = json!({"id": sent["id"], "etag": sent["etag"]});

        let answer = app.service.creates("/followUpRequests/receive", &json!({"items": items})).is(200);

        assert_eq!(answer["items"].as_array().unwrap().len(), 500);
        assert_eq!(answer["items"][499]["outcome"], "received");
    });
}

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

#[test]
fn only_accepting_and_answering_count_as_taking_on() {
    on_both(|app| {
        for (verb, accepts) in
            [("receive", false), ("refuse", false), ("askBack", false), ("accept", true), ("answer", true)]
        {
            let request = app.manager.sends(&app.manager.admits(verb), CLEANING);
            let after = app.service.does(verb, &request, &body_of(verb, "service"));
            assert_eq!(after["receivedAt"], "2026-03-02T09:00:00Z", "{verb}");
            assert_eq!(after["acceptedAt"].is_string(), accepts, "{verb}");
        }
        let waiting = app.service.asks_back(&app.manager.sends(&app.manager.admits("Terug"), CLEANING));
        assert_eq!(waiting.get("answerDueAt"), None);
        assert_eq!(app.manager.replies(&waiting)["state"], "received");
        let team = app.manager.sends(&app.manager.admits("Team"), CLEANING);
        let withdrawn = app.manager.withdraws(&team);
        assert_eq!(withdrawn.get("receivedAt"), None, "the team's verbs imply nothing");
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
