//! What happens when nobody answers: the default rules at work, and the ledger that tells it.

use std::thread;

use persistence::Backend;
use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, a_case, id_of, path_of};
use crate::world::{CLEANING, GREEN, KROONWIJK, LIGHTING};

impl Client {
    /// Reads what the ledger tells of something, the earliest first.
    pub fn ledger(&self, query: &str) -> Vec<Value> {
        let answer = self.reads(&format!("/escalationLedger?sort=effectiveAt&{query}")).is(200);
        answer["items"].as_array().unwrap().clone()
    }

    fn ledger_of(&self, request: &Value) -> Vec<Value> {
        self.ledger(&format!("followUpRequestId={}", id_of(request)))
    }
}

/// The steps of some entries, with when they took effect.
pub fn told(entries: &[Value]) -> Vec<(&str, &str)> {
    entries
        .iter()
        .map(|entry| (entry["step"].as_str().unwrap(), entry["effectiveAt"].as_str().unwrap()))
        .collect()
}

fn href_of_case(request: &Value) -> String {
    format!("{}/cases/{}", crate::contract::BASE, request["caseId"].as_str().unwrap())
}

/// What a request of Monday 2 March meets that has two working days for receipt and five for an answer.
const LADDER: [(&str, &str); 6] = [
    ("receiptOverdue", "2026-03-04T23:00:00Z"),
    ("answerDueSoon", "2026-03-05T23:00:00Z"),
    ("receiptStillOverdue", "2026-03-06T23:00:00Z"),
    ("answerLate", "2026-03-09T23:00:00Z"),
    ("answerStillLate", "2026-03-16T23:00:00Z"),
    ("answerSeriouslyLate", "2026-03-23T23:00:00Z"),
];

#[test]
fn a_request_that_nobody_answers_climbs_the_ladder() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Stilte"), CLEANING);
        assert_eq!(app.sweeps().fired, 0, "nothing is due yet");
        let seen = app.service.reads(&path_of(&request)).etag();

        app.it_is("2026-03-05T06:00:00Z");
        assert_eq!(app.sweeps().fired, 1);
        let answer = app.service.reads(&path_of(&request));
        let reminded = answer.is(200);
        assert_eq!((&reminded["reminderCount"], &reminded["version"]), (&json!(1), &request["version"]));
        assert_eq!(
            reminded["lastRemindedAt"], "2026-03-04T23:00:00Z",
            "when it was due, not when it was noticed"
        );
        assert_ne!(answer.etag(), seen, "its poll shows it");
        assert_eq!(reminded["answerDueAt"], request["answerDueAt"]);
        let thread = app.service.reads(&format!("{}/messages", path_of(&request))).is(200);
        assert_eq!(thread["items"][0]["verb"], "remind");

        app.it_is("2026-03-06T06:00:00Z");
        app.sweeps();
        app.it_is("2026-04-10T06:00:00Z");
        app.sweeps();
        let entries = app.manager.ledger_of(&request);
        assert_eq!(told(&entries), LADDER);
        let obsolete: Vec<_> = entries.iter().map(|entry| entry["obsolete"] == true).collect();
        assert_eq!(obsolete, [false; 6]);

        let last = &entries[5];
        assert_eq!(last["figures"]["elapsedWorkingDays"], 15);
        assert_eq!(last["figures"]["termWorkingDays"], 5);
        assert_eq!(last["firedAt"], "2026-04-10T06:00:00Z");
        assert_eq!((&last["round"], &last["escalationPolicyNumber"]), (&json!(1), &json!(1)));
        assert_eq!(last["rule"]["condition"], "answerSeriouslyLate");
        let effects: Vec<_> = last["effects"].as_array().unwrap().iter().map(|it| &it["effect"]).collect();
        assert_eq!(effects, ["informHead", "putOnAgenda", "proposeEscalation"]);
        assert_eq!(last["effects"][0]["role"], "serviceHead");
        assert_eq!(last["effects"][0]["delivery"], "delivered");
        assert_eq!(app.manager.sees(last), *last);
        assert_eq!(app.sweeps().fired, 0, "each step once");

        // Nobody had to dare to suggest it.
        let proposed = last["effects"][2]["escalationId"].as_str().unwrap();
        let escalation = app.manager.reads(&format!("/escalations/{proposed}")).is(200);
        assert_eq!((&escalation["state"], &escalation["caseId"]), (&json!("proposed"), &request["caseId"]));
        assert_eq!(escalation["criteria"]["seriouslyLateRequests"], 1);
        let proposal = app.manager.reads(&format!("/consultations/{KROONWIJK}/agendaProposal")).is(200);
        let lines = proposal["items"].as_array().unwrap();
        assert!(lines.iter().any(|line| line["reason"] == "escalationProposed"));

        // A second request of the case finds one that runs.
        let other = app.manager.sends(&app.manager.sees(&json!({"href": href_of_case(&request)})), LIGHTING);
        app.it_is("2026-05-20T06:00:00Z");
        app.sweeps();
        let serious =
            app.manager.ledger(&format!("followUpRequestId={}&step=answerSeriouslyLate", id_of(&other)));
        assert_eq!(serious[0]["effects"][2]["escalationId"], proposed);
    });
}

#[test]
fn a_service_sees_what_reaches_it_and_nothing_of_what_stays_in_the_team() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Wie ziet wat"), CLEANING);
        app.it_is("2026-03-06T06:00:00Z");
        app.sweeps();
        app.it_is("2026-04-10T06:00:00Z");
        app.sweeps();

        for reader in [&app.service, &app.head] {
            let entries = reader.ledger("");
            assert_eq!(told(&entries), LADDER, "each of them reaches the service or its head");
            for entry in &entries {
                for hidden in ["caseId", "consultationId", "rule", "escalationPolicyId"] {
                    assert_eq!(entry.get(hidden), None, "{hidden}");
                }
            }
            let effects: Vec<_> =
                entries[5]["effects"].as_array().unwrap().iter().map(|it| &it["effect"]).collect();
            assert_eq!(effects, ["informHead"]);
            assert_eq!(
                reader
                    .reads(&format!("/escalationLedger?caseId={}", request["caseId"].as_str().unwrap()))
                    .issues(),
                ["query caseId invalidInput"]
            );
        }
        assert_eq!(app.lighting.ledger(""), [] as [Value; 0]);
        let path = path_of(&app.manager.ledger_of(&request)[0]);
        for stranger in [&app.lighting, &app.stranger] {
            stranger.reads(&path).is_problem(404, "resourceNotFound");
        }
        assert_eq!(app.stranger.ledger(&format!("followUpRequestId={}", id_of(&request))), [] as [Value; 0]);
    });
}

#[test]
fn a_service_does_not_learn_of_a_step_that_stays_in_the_team() {
    on_both(|app| {
        let policy = app.manager.writes_policy(&json!([
            {"id": "onAgenda", "condition": "answerLate", "workingDays": 0, "effects": ["putOnAgenda"]}
        ]));
        app.manager.simply("activate", &policy);
        let request = app.manager.sends(&app.manager.admits("In stilte"), CLEANING);
        app.service.reads(&path_of(&request));
        app.it_is("2026-03-10T06:00:00Z");
        let polls = ["/followUpRequests".to_owned(), path_of(&request), "/escalationLedger".to_owned()];
        let tags = || polls.clone().map(|path| app.service.reads(&path).etag());
        let before = tags();
        assert_eq!(app.sweeps().fired, 1);
        assert_eq!(tags(), before);
        assert_eq!(told(&app.manager.ledger_of(&request)), [("onAgenda", "2026-03-09T23:00:00Z")]);
        let timeline = format!("/cases/{}/timeline", request["caseId"].as_str().unwrap());
        let events = app.manager.reads(&timeline).is(200)["items"].as_array().unwrap().clone();
        let event = events.iter().find(|it| it["subjectKind"] == "ledgerEntry").unwrap();
        assert_eq!(
            (&event["detail"]["step"], &event["effectiveAt"]),
            (&json!("onAgenda"), &json!("2026-03-09T23:00:00Z"))
        );
        assert_eq!(app.manager.sees(event)["followUpRequestId"], request["id"]);
    });
}

#[test]
fn it_does_not_matter_how_often_one_looks() {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        let (app, other) = (TestApp::start(backend), TestApp::start(backend));
        let often = app.manager.sends(&app.manager.admits("Elke dag"), CLEANING);
        for day in 3..=30 {
            app.it_is(&format!("2026-03-{day:02}T05:00:00Z"));
            app.sweeps();
        }
        let facts = |entries: &[Value]| -> Vec<[Value; 4]> {
            let fact = |entry: &Value| {
                ["step", "round", "effectiveAt", "escalationPolicyNumber"].map(|name| entry[name].clone())
            };
            entries.iter().map(fact).collect()
        };
        let daily = facts(&app.manager.ledger_of(&often));

        let seldom = other.manager.sends(&other.manager.admits("Na drie weken"), CLEANING);
        other.it_is("2026-03-30T05:00:00Z");
        other.sweeps();
        assert_eq!(facts(&other.manager.ledger_of(&seldom)), daily);
    }
}

#[test]
fn a_late_answer_stops_what_follows_and_erases_nothing() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Te laat"), CLEANING);
        app.it_is("2026-03-06T06:00:00Z");
        app.sweeps();
        app.it_is("2026-03-10T06:00:00Z");
        app.sweeps();
        app.it_is("2026-03-18T06:00:00Z");
        app.service.answers(&request);
        app.it_is("2026-04-18T06:00:00Z");
        app.sweeps();

        let entries = app.manager.ledger_of(&request);
        assert_eq!(told(&entries), LADDER[..5], "the last step never took effect");
        let obsolete: Vec<_> = entries.iter().map(|entry| entry["obsolete"] == true).collect();
        assert_eq!(obsolete, [false, false, false, false, true]);
        assert_eq!(entries[4]["effects"][0]["delivery"], "obsolete");
        assert_eq!(app.service.ledger("").len(), 4, "what came too late is not delivered");
        assert_eq!(app.service.sees(&request)["reminderCount"], 3);
    });
}

#[test]
fn a_question_back_lets_the_rules_wait_and_a_reopening_begins_anew() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Wachten"), CLEANING);
        app.it_is("2026-03-03T09:00:00Z");
        app.service.asks_back(&request);
        app.it_is("2026-03-20T09:00:00Z");
        assert_eq!(app.sweeps().fired, 0);
        app.manager.replies(&request);
        app.it_is("2026-04-01T09:00:00Z");
        app.sweeps();
        let entries = app.manager.ledger_of(&request);
        assert_eq!(
            told(&entries),
            [("answerDueSoon", "2026-03-24T23:00:00Z"), ("answerLate", "2026-03-26T23:00:00Z")],
            "Friday 20 March is the first day that counts"
        );

        app.service.answers(&request);
        app.manager.reopens(&request);
        app.it_is("2026-04-20T09:00:00Z");
        app.sweeps();
        let second: Vec<_> =
            app.manager.ledger_of(&request).into_iter().filter(|it| it["round"] == 2).collect();
        let steps: Vec<_> = told(&second).iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, ["answerDueSoon", "answerLate", "answerStillLate"], "it was accepted: no receipt");
    });
}

#[test]
fn a_reminder_by_hand_is_in_the_ledger_each_time() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Met de hand"), CLEANING);
        app.manager.reminds(&request);
        app.minutes_pass(5);
        app.manager.reminds(&request);
        for reader in [&app.manager, &app.service] {
            let entries = reader.ledger_of(&request);
            assert_eq!(told(&entries).iter().map(|it| it.0).collect::<Vec<_>>(), ["manualReminder"; 2]);
            assert_eq!(entries[0].get("escalationPolicyNumber"), None);
        }
    });
}

#[test]
fn a_case_with_several_services_and_a_place_that_comes_back_go_on_the_agenda() {
    on_both(|app| {
        let there = |title: &str| {
            let mut case = a_case(title);
            case["location"] = json!({"kind": "street", "address": "Kaai 12"});
            app.manager.creates("/cases", &case).is(201)
        };
        for number in 1..=3 {
            there(&format!("Eerder {number}"));
            app.minutes_pass(1);
        }
        let fourth = there("Weer daar");
        let mut several = a_case("Meer dan een dienst");
        several["secondaryCategories"] = json!(["GEL.NACHT"]);
        several["admit"] = json!(true);
        several["leadOrganisationId"] = json!(crate::world::CITY);
        let several = app.manager.creates("/cases", &several).is(201);
        for service in [CLEANING, LIGHTING, GREEN] {
            app.minutes_pass(1);
            app.manager.sends(&several, service);
        }
        let asked_last = app.now();
        app.minutes_pass(30);
        app.sweeps();

        let of = |case: &Value| app.manager.ledger(&format!("caseId={}", id_of(case)));
        assert_eq!(told(&of(&fourth)), [("repeatAtPlace", fourth["createdAt"].as_str().unwrap())]);
        assert_eq!(of(&fourth)[0]["figures"]["earlierCases"], 3);
        let entry = &of(&several)[0];
        assert_eq!(
            (entry["step"].as_str().unwrap(), entry["effectiveAt"].as_str().unwrap()),
            ("severalServices", &*asked_last.to_string())
        );
        assert_eq!(
            (&entry["figures"]["services"], &entry["figures"]["categoryGroups"]),
            (&json!(3), &json!(2))
        );

        let proposal = app.manager.reads(&format!("/consultations/{KROONWIJK}/agendaProposal")).is(200);
        let ruled: Vec<_> = proposal["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["reason"] == "rule")
            .map(|line| line["caseId"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ruled, [id_of(&several)], "a signal stands on the agenda anyhow");
        let timeline = app.manager.reads(&format!("{}/timeline", path_of(&several))).is(200);
        let events = timeline["items"].as_array().unwrap();
        assert!(
            events.iter().any(|it| it["verb"] == "escalate" && it["detail"]["step"] == "severalServices")
        );
        assert_eq!(app.manager.sees(&several)["version"], several["version"], "the rules change no version");
    });
}

#[test]
fn several_sweeps_at_once_enter_each_step_once() {
    on_both(|app| {
        let cases: Vec<_> = (0..8).map(|number| app.manager.admits(&format!("Samen {number}"))).collect();
        let requests: Vec<_> = cases
            .iter()
            .flat_map(|case| [CLEANING, LIGHTING, GREEN].map(|service| app.manager.sends(case, service)))
            .collect();
        app.it_is("2026-04-10T06:00:00Z");
        let others = [app.another(), app.another()];
        let now = app.now();
        let fired: u64 = thread::scope(|scope| {
            let sweeps: Vec<_> = others.iter().map(|other| scope.spawn(|| other.sweeps(now))).collect();
            let own = app.sweeps();
            own.fired + sweeps.into_iter().map(|sweep| sweep.join().unwrap().fired).sum::<u64>()
        });
        let rest = app.sweeps().fired;
        let entries: usize = requests.iter().map(|request| app.manager.ledger_of(request).len()).sum();
        assert_eq!(entries, requests.len() * LADDER.len());
        let of_cases = app.manager.ledger("pageSize=500").len() - entries;
        assert_eq!(usize::try_from(fired + rest).unwrap(), entries + of_cases);
    });
}

#[test]
fn what_cannot_be_judged_is_put_off_and_keeps_nothing_else() {
    on_both(|app| {
        let broken = app.manager.sends(&app.manager.admits("Kapot"), CLEANING);
        let whole = app.manager.sends(&app.manager.admits("Heel"), CLEANING);
        app.database.execute(&format!(
            "UPDATE follow_up_requests SET question_kind = 'nonsense' WHERE id = '{}'",
            id_of(&broken)
        ));
        app.it_is("2026-03-05T06:00:00Z");
        let swept = app.sweeps();
        assert_eq!(swept.failed, 1);
        assert_eq!(app.manager.ledger_of(&whole).len(), 1);
        assert_eq!(app.sweeps().failed, 0, "it waits");

        app.database.execute(&format!(
            "UPDATE follow_up_requests SET question_kind = 'inspect' WHERE id = '{}'",
            id_of(&broken)
        ));
        app.minutes_pass(61);
        app.sweeps();
        assert_eq!(
            told(&app.manager.ledger_of(&broken)),
            LADDER[..1],
            "with the instant at which it was due"
        );
    });
}

#[test]
fn a_poll_of_the_ledger_notices_a_new_entry() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Peilen"), CLEANING);
        let path = format!("/escalationLedger?followUpRequestId={}", id_of(&request));
        let poll = |client: &Client, etag: &str| -> Answer {
            client.request("GET", &path).with("If-None-Match", etag).goes()
        };
        let etags = [&app.manager, &app.service].map(|client| client.reads(&path).etag());
        assert_eq!(poll(&app.manager, &etags[0]).status(), 304);
        assert_eq!(poll(&app.service, &etags[1]).status(), 304);
        app.it_is("2026-03-05T06:00:00Z");
        app.sweeps();
        assert_eq!(poll(&app.manager, &etags[0]).status(), 200);
        assert_eq!(poll(&app.service, &etags[1]).status(), 200);
    });
}
