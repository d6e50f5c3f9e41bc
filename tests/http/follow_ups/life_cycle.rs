//! Every verb from every state by both sides, and what a verb implies.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, path_of};
use crate::world::{CLEANING, GREEN, LIGHTING};

/// An edge of the life cycle: `sent --receive (service)--> received`.
struct Edge {
    from: &'static str,
    verb: &'static str,
    sides: Vec<&'static str>,
    to: Vec<&'static str>,
}

fn edges() -> Vec<Edge> {
    include_str!("../../../crates/domain/src/follow_up/edges.txt")
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

fn tries(client: &Client, verb: &str, request: &Value, body: &Value) -> Answer {
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
