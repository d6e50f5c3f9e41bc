//! Asking again with the same key: for how long the answer is kept, for whom, and who has to wait for whom.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use domain::access::Role;
use domain::id::OrganisationId;
use persistence::clients::Client as Registration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, a_case, a_question, path_of};
use crate::world::{AGENT, CITY, CLEANING, GREEN, KROONWIJK, MANAGER, MOLENWIJK};

fn is_replayed(answer: &Answer) -> bool {
    answer.header("Idempotency-Replayed") == Some("true")
}

/// A call with a key that can be made again as it was.
struct Call<'a> {
    caller: &'a Client,
    path: String,
    etag: Option<String>,
    key: String,
    body: Value,
}

impl<'a> Call<'a> {
    fn new(caller: &'a Client, path: &str, body: Value) -> Self {
        let key = caller.shared.new_key();
        Self { caller, path: path.to_owned(), etag: None, key, body }
    }

    fn verb(caller: &'a Client, verb: &str, document: &Value, body: Value) -> Self {
        let etag = document["etag"].as_str().map(str::to_owned);
        Self { etag, ..Self::new(caller, &format!("{}/{verb}", path_of(document)), body) }
    }

    fn goes(&self) -> Answer {
        let call = self.caller.request("POST", &self.path).with("Idempotency-Key", &self.key);
        let call = match &self.etag {
            Some(etag) => call.with("If-Match", etag),
            None => call,
        };
        call.json(&self.body).goes()
    }

    fn is_replayed(&self) -> bool {
        is_replayed(&self.goes())
    }
}

/// Moves the seat of the city from Kroonwijk to Molenwijk.
fn the_city_moves(app: &TestApp) {
    let edits = |consultation: Uuid, edit: &dyn Fn(&mut Vec<Value>)| {
        let consultation = app.administrator.reads(&format!("/consultations/{consultation}")).is(200);
        let mut members = consultation["members"].as_array().unwrap().clone();
        edit(&mut members);
        app.administrator.edits(&consultation, &json!({"members": members})).is(200);
    };
    edits(KROONWIJK, &|members| members.retain(|it| it["organisationId"] != json!(CITY)));
    edits(MOLENWIJK, &|members| {
        members.push(json!({
            "organisationId": CITY,
            "role": "neighbourhoodManager",
            "function": "neighbourhoodManager",
            "functionName": {"nl": "Wijkmanager"},
            "number": 1
        }));
    });
}

#[test]
fn an_answer_is_kept_for_two_days_and_then_its_key_is_free() {
    on_both(|app| {
        let create = Call::new(&app.manager, "/cases", a_case("Lang geleden"));
        let first = create.goes().is(201);
        let request = app.manager.sends(&app.manager.admits("Herinnering"), CLEANING);
        let remind = Call::verb(&app.manager, "remind", &request, json!({}));
        remind.goes().is(200);
        let reminders = || app.manager.sees(&request)["reminderCount"].clone();

        app.it_is("2026-03-04T09:00:00Z");
        assert!(create.is_replayed() && remind.is_replayed());
        assert_eq!(reminders(), 1);
        app.it_is("2026-03-04T09:00:00.000001Z");
        let after = create.goes();
        let reminded = remind.goes();

        assert!(!is_replayed(&after) && !is_replayed(&reminded));
        assert_ne!(after.is(201)["id"], first["id"]);
        assert_eq!(reminders(), 2);
        assert_eq!(create.goes().json(), after.json(), "the new answer is kept");
        app.it_is("2026-03-07T09:00:00Z");
        let body = a_case("Iets anders");
        Call { body, key: create.key.clone(), ..Call::new(&app.manager, "/cases", json!({})) }.goes().is(201);
    });
}

#[test]
fn a_client_that_lost_its_role_is_not_told_again() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Rol"), CLEANING);
        let accept = Call::verb(&app.service, "accept", &request, json!({}));
        accept.goes().is(200);
        let has = |role| {
            app.registers(&AGENT, |client| client.roles = BTreeSet::from([role]));
            app.service.logs_in_again();
        };

        has(Role::Analyst);
        accept.goes().is_problem(403, "missingPermission");

        has(Role::ServiceHead);
        assert!(accept.is_replayed());
    });
}

#[test]
fn a_client_that_lost_its_organisation_is_not_told_again() {
    on_both(|app| {
        let (one, two) = (app.manager.admits("Een"), app.manager.admits("Twee"));
        let (accepted, received) = (app.manager.sends(&one, CLEANING), app.manager.sends(&two, CLEANING));
        let accept = Call::verb(&app.service, "accept", &accepted, json!({}));
        let items = json!([{"id": received["id"], "etag": received["etag"]}]);
        let receive = Call::new(&app.service, "/followUpRequests/receive", json!({"items": items}));
        let nothing = json!([{"id": Uuid::nil(), "etag": "\"1-x\""}]);
        let receive_nothing = Call::new(&app.service, "/followUpRequests/receive", json!({"items": nothing}));
        accept.goes().is(200);
        assert_eq!(receive.goes().is(200)["items"][0]["outcome"], "received");
        receive_nothing.goes().is(200);
        let acts_for = |organisation| {
            app.registers(&AGENT, |client| client.organisations = vec![OrganisationId::new(organisation)]);
        };

        acts_for(GREEN);
        accept.goes().is_problem(403, "missingPermission");
        app.service.logs_in_again();
        accept.goes().is_problem(404, "resourceNotFound");
        assert_eq!(receive.goes().is(200)["items"][0]["outcome"], "notFound");
        assert!(receive_nothing.is_replayed(), "it told of nothing");

        acts_for(CLEANING);
        app.service.logs_in_again();
        assert!(accept.is_replayed() && receive.is_replayed());
    });
}

#[test]
fn a_client_that_lost_its_seat_is_not_told_again() {
    on_both(|app| {
        let case = app.manager.admits("Zetel");
        let request = app.manager.sends(&case, CLEANING);
        let path = path_of(&case);
        let edit = app.manager.edits(&case, &json!({"title": "Zetels"})).is(200);
        let calls = [
            Call::new(&app.manager, "/cases", a_case("Nieuw")),
            Call::new(&app.manager, "/followUpRequests", a_question(&case, GREEN)),
            Call::new(&app.manager, &format!("{path}/notes"), json!({"visibility": "team", "text": "Zeg."})),
            Call::verb(&app.manager, "remind", &request, json!({})),
            Call::verb(&app.manager, "monitor", &edit, json!({"checkOn": "2026-05-04", "text": "Later."})),
        ];
        for call in &calls {
            assert!((200..300).contains(&call.goes().status()), "{}", call.path);
            assert!(call.is_replayed(), "{}", call.path);
        }

        the_city_moves(app);

        for call in &calls {
            let answer = call.goes();
            // What a body names and the caller may not see is a fault of the body.
            let expected = if call.path.starts_with("/cases/") || call.etag.is_some() { 404 } else { 400 };
            assert_eq!((answer.status(), is_replayed(&answer)), (expected, false), "{answer}");
        }
        assert_eq!(app.client(&MANAGER).lists(""), Vec::<Value>::new());
    });
}

#[test]
fn a_service_is_not_told_again_what_it_was_told_as_a_member_of_the_team() {
    on_both(|app| {
        let both = |client: &mut Registration| {
            client.roles = BTreeSet::from([Role::NeighbourhoodManager, Role::ServiceAgent]);
            client.organisations = vec![OrganisationId::new(CITY), OrganisationId::new(CLEANING)];
        };
        app.registers(&AGENT, both);
        app.service.logs_in_again();
        let request = app.manager.sends(&app.manager.admits("Beide"), CLEANING);
        let answer = json!({"outcome": "done", "text": "Opgeruimd."});
        let answer = Call::verb(&app.service, "answer", &request, answer);
        assert_eq!(answer.goes().is(200)["view"], "team");

        app.registers(&AGENT, |client| client.roles = BTreeSet::from([Role::ServiceAgent]));

        assert_eq!(app.service.sees(&request)["view"], "service");
        answer.goes().is_problem(403, "missingPermission");
    });
}

#[test]
fn of_eight_who_do_the_same_with_one_key_at_once_one_does_it_and_all_are_told() {
    on_both(|app| {
        for verb in ["accept", "remind", "amend"] {
            let case = app.manager.admits(verb);
            let request = app.manager.sends(&case, CLEANING);
            let (caller, body) = match verb {
                "accept" => (&app.service, json!({})),
                "remind" => (&app.manager, json!({})),
                _ => (&app.manager, json!({"subject": "Nieuw", "question": "Anders.", "text": "Fout."})),
            };
            let call = Call::verb(caller, verb, &request, body);
            let start = Barrier::new(8);
            caller.token();

            let answers: Vec<Answer> = thread::scope(|scope| {
                let callers: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            call.goes()
                        })
                    })
                    .collect();
                callers.into_iter().map(|caller| caller.join().unwrap()).collect()
            });

            for answer in &answers {
                assert_eq!(answer.is(200), answers[0].json());
            }
            assert_eq!(answers.iter().filter(|answer| is_replayed(answer)).count(), 7);
            let timeline = app.manager.reads(&format!("{}/timeline", path_of(&case))).is(200);
            let done = timeline["items"].as_array().unwrap().iter().filter(|it| it["verb"] == verb);
            assert_eq!(done.count(), 1, "{verb}");
        }
    });
}

#[test]
fn reminders_that_are_sent_at_once_all_count() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Samen"), CLEANING);
        let start = Barrier::new(4);
        app.manager.token();

        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let call = Call::verb(&app.manager, "remind", &request, json!({}));
                    start.wait();
                    call.goes().is(200)
                });
            }
        });

        assert_eq!(app.service.sees(&request)["reminderCount"], 4);
    });
}
