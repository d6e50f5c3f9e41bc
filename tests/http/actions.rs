//! Actions: life cycle, owners, lists, and what becomes of them when their case ends.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Client, an_action, id_of, path_of};
use crate::world::{
    CITY, CLEANING, GUARDS, HOUSING_COMPANY, HOUSING_TEAM, KROONWIJK, MOLENWIJK, OTHER_GUARDS, POLICE,
};

const STATES: [&str; 4] = ["open", "inProgress", "done", "cancelled"];

fn result() -> Value {
    json!({"result": "Het is rustig."})
}

fn text() -> Value {
    json!({"text": "Een woord uitleg."})
}

fn action_in(app: &TestApp, state: &str) -> Value {
    let open = app.manager.agrees(None, GUARDS);
    match state {
        "inProgress" => app.manager.does("start", &open, &json!({})),
        "done" => app.manager.does("complete", &open, &result()),
        "cancelled" => app.manager.does("cancel", &open, &text()),
        _ => open,
    }
}

fn listed(client: &Client, query: &str) -> Vec<Value> {
    client.reads(&format!("/actions?{query}")).is(200)["items"].as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(id_of).collect()
}

#[test]
fn every_verb_from_every_state_of_an_action_does_what_the_life_cycle_says() {
    let edges: Vec<(&str, &str, &str)> = include_str!("../../crates/domain/src/action/edges.txt")
        .lines()
        .map(|line| {
            let (from, rest) = line.split_once(" --").unwrap();
            let (verb, to) = rest.split_once("--> ").unwrap();
            (from, verb, to)
        })
        // Done by a meeting that is over.
        .filter(|(_, verb, _)| *verb != "carryOver")
        .collect();
    let verbs: BTreeSet<&str> = edges.iter().map(|(_, verb, _)| *verb).collect();
    on_both(|app| {
        for state in STATES {
            for verb in &verbs {
                let action = action_in(app, state);
                assert_eq!(action["state"], state);
                let body = match *verb {
                    "edit" => json!({"title": "Nieuwe titel"}),
                    "start" => json!({}),
                    "complete" => json!({"result": "Anders dan voordien."}),
                    _ => json!({"text": "Anders dan voordien."}),
                };

                // By another than who brought it into its state: nothing is a repetition.
                let answer = match *verb {
                    "edit" => app.police.edits(&action, &body),
                    _ => app.police.tries(verb, &action, &body),
                };

                if let Some((_, _, to)) =
                    edges.iter().find(|(from, known, _)| *from == state && known == verb)
                {
                    assert_eq!(answer.is(200)["state"], *to, "{verb} from {state}");
                } else {
                    let problem = answer.is_problem(409, "illegalTransition");
                    let expected: BTreeSet<&str> =
                        edges.iter().filter(|(from, ..)| *from == state).map(|(_, verb, _)| *verb).collect();
                    let allowed: BTreeSet<&str> = problem["allowedVerbs"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|it| it.as_str().unwrap())
                        .collect();
                    assert_eq!((&problem["from"], &problem["verb"]), (&json!(state), &json!(verb)));
                    assert_eq!(allowed, expected, "{verb} from {state}");
                }
            }
        }
    });
}

#[test]
fn the_whole_life_of_an_action_stands_in_the_timeline_of_its_case() {
    on_both(|app| {
        let case = app.manager.admits("Plein");
        let action = app.manager.agrees(Some(&case), GUARDS);
        assert_eq!((&action["state"], &action["carryOverCount"]), (&json!("open"), &json!(0)));
        assert_eq!((&action["caseId"], &action["ownerFunction"]), (&case["id"], &json!("guard")));

        let edited = app
            .manager
            .edits(&action, &json!({"description": "Tussen 19 en 22 uur.", "dueOn": null}))
            .is(200);
        assert_eq!(
            (&edited["description"], &edited["dueOn"]),
            (&json!("Tussen 19 en 22 uur."), &Value::Null)
        );
        app.guard.does("start", &action, &json!({}));
        let done = app.guard.does("complete", &action, &result());
        assert_eq!(
            (&done["result"], &done["endedAt"]),
            (&json!("Het is rustig."), &json!("2026-03-02T09:00:00Z"))
        );
        let again = app.manager.does("reopen", &action, &text());
        assert_eq!((&again["result"], &again["remark"]), (&Value::Null, &json!("Een woord uitleg.")));
        assert_eq!(app.manager.sees(&action), again);

        let timeline = app.manager.reads(&format!("{}/timeline", path_of(&case))).is(200);
        let told: Vec<&Value> = timeline["items"].as_array().unwrap().iter().skip(1).collect();
        let verbs: Vec<&Value> = told.iter().map(|event| &event["verb"]).collect();
        assert_eq!(verbs, ["create", "edit", "start", "complete", "reopen"]);
        for event in told {
            assert_eq!((&event["subjectKind"], &event["subjectId"]), (&json!("action"), &action["id"]));
            assert_eq!(event["href"], action["href"]);
            assert_eq!(event["organisationId"], json!(GUARDS));
            assert!(!event.to_string().contains("rustig"), "events hold no free text");
        }
        let audited = app.database.texts(
            "SELECT operation AS value FROM audit_records WHERE subject_kind = 'action' ORDER BY recorded_at, id",
        );
        assert_eq!(
            audited,
            ["createAction", "updateAction", "startAction", "completeAction", "reopenAction"]
        );
    });
}

#[test]
fn the_same_verb_again_changes_nothing_and_a_stale_version_is_refused() {
    on_both(|app| {
        let action = app.manager.agrees(None, GUARDS);
        let started = app.guard.does("start", &action, &json!({}));
        assert_eq!(app.guard.does("start", &action, &json!({}))["version"], started["version"]);
        app.manager.tries("start", &action, &json!({})).is_problem(409, "illegalTransition");

        let stale = app.guard.request("POST", &format!("{}/complete", path_of(&action)));
        let stale = stale.with("If-Match", action["etag"].as_str().unwrap()).json(&result());
        stale.goes().is_problem(412, "preconditionFailed");

        let complete = || {
            app.guard
                .request("POST", &format!("{}/complete", path_of(&action)))
                .with("If-Match", started["etag"].as_str().unwrap())
                .with("Idempotency-Key", "\"once\"")
                .json(&result())
                .goes()
        };
        let done = complete().is(200);
        let replayed = complete();
        assert_eq!(replayed.is(200), done);
        assert_eq!(replayed.header("Idempotency-Replayed"), Some("true"));
    });
}

#[test]
fn guards_and_the_housing_team_write_actions_of_their_own() {
    on_both(|app| {
        for (client, own) in [(&app.guard, GUARDS), (&app.housing_team, HOUSING_TEAM)] {
            let action = client.agrees(None, own);
            client.creates("/actions", &an_action(None, CITY)).is_problem(403, "missingPermission");
            let of_others = app.manager.agrees(None, POLICE);
            // It reads them, and does nothing with them.
            assert_eq!(client.sees(&of_others)["ownerOrganisationId"], json!(POLICE));
            client.tries("start", &of_others, &json!({})).is_problem(403, "missingPermission");
            client.edits(&of_others, &json!({"title": "Anders"})).is_problem(403, "missingPermission");

            client.edits(&action, &json!({"title": "Anders"})).is(200);
            let given = json!({"ownerOrganisationId": POLICE, "ownerFunction": "chiefInspector"});
            client.edits(&action, &given).is_problem(403, "missingPermission");
            app.manager.edits(&action, &given).is(200);
            client.tries("start", &action, &json!({})).is_problem(403, "missingPermission");
        }
    });
}

#[test]
fn a_housing_company_sees_and_carries_out_its_own_actions_without_what_they_come_from() {
    on_both(|app| {
        let case = app.manager.admits("Woonblok");
        let action = app.manager.agrees(Some(&case), HOUSING_COMPANY);
        let of_guards = app.manager.agrees(Some(&case), GUARDS);
        app.housing_company.tries("start", &of_guards, &json!({})).is_problem(404, "resourceNotFound");

        let seen = app.housing_company.sees(&action);
        assert_eq!((&seen["caseId"], &seen["createdBy"]), (&Value::Null, &Value::Null));
        assert_eq!(listed(&app.housing_company, ""), std::slice::from_ref(&seen));
        let by_case = app.housing_company.reads(&format!("/actions?caseId={}", id_of(&case)));
        assert_eq!(by_case.issues(), ["query caseId invalidInput"]);

        app.housing_company.edits(&action, &json!({"title": "Anders"})).is_problem(403, "missingPermission");
        app.housing_company
            .creates("/actions", &an_action(None, HOUSING_COMPANY))
            .is_problem(403, "missingPermission");
        let started = app.housing_company.does("start", &action, &json!({}));
        assert_eq!((&started["state"], &started["caseId"]), (&json!("inProgress"), &Value::Null));
        let done = app.housing_company.does("complete", &action, &result());
        assert_eq!(app.manager.sees(&action)["result"], done["result"]);
        app.housing_company.tries("reopen", &action, &text()).is_problem(403, "missingPermission");
    });
}

#[test]
fn an_owner_is_a_function_of_a_member_and_a_case_one_of_the_consultation() {
    on_both(|app| {
        let wrong = |change: Value| {
            let mut body = an_action(None, GUARDS);
            for (name, value) in change.as_object().unwrap() {
                body[name] = value.clone();
            }
            app.manager.creates("/actions", &body).issues()
        };
        assert_eq!(wrong(json!({"ownerFunction": "chiefInspector"})), ["body ownerFunction invalidInput"]);
        assert_eq!(
            wrong(json!({"ownerOrganisationId": CLEANING})),
            ["body ownerOrganisationId referencedResourceNotFound"]
        );
        assert_eq!(
            wrong(json!({"consultationId": MOLENWIJK})),
            ["body consultationId referencedResourceNotFound"]
        );
        assert_eq!(
            wrong(json!({"caseId": KROONWIJK, "ownerOrganisationId": OTHER_GUARDS})),
            ["body caseId referencedResourceNotFound", "body ownerOrganisationId referencedResourceNotFound"]
        );
        assert_eq!(wrong(json!({"kind": "wait", "dueOn": "morgen"})).len(), 2);
        let action = app.manager.agrees(None, GUARDS);
        let other = app.manager.edits(&action, &json!({"ownerFunction": "mayor"}));
        assert_eq!(other.issues(), ["body ownerFunction invalidInput"]);
    });
}

#[test]
fn a_list_tells_what_is_overdue_from_the_next_day_in_brussels() {
    on_both(|app| {
        let mut body = an_action(None, GUARDS);
        body["dueOn"] = json!("2026-03-02");
        let today = app.manager.creates("/actions", &body).is(201);
        let later = app.manager.agrees(None, GUARDS);
        body.as_object_mut().unwrap().remove("dueOn");
        let timeless = app.manager.creates("/actions", &body).is(201);

        let first = app.manager.reads("/actions?overdue=true");
        assert_eq!(first.is(200)["items"], json!([]));
        let again = || {
            let request = app.manager.request("GET", "/actions?overdue=true");
            request.with("If-None-Match", &first.etag()).goes()
        };
        assert_eq!(again().status(), 304);
        // Half past eleven in the evening, then half past midnight.
        app.it_is("2026-03-02T22:30:00Z");
        assert_eq!(again().status(), 304);
        app.it_is("2026-03-02T23:30:00Z");
        let items = again().is(200)["items"].as_array().unwrap().clone();
        assert_eq!(ids(&items), [id_of(&today)]);
        assert_eq!(
            ids(&listed(&app.manager, "overdue=false&sort=createdAt")),
            [id_of(&later), id_of(&timeless)]
        );
        assert_eq!(
            ids(&listed(&app.manager, "dueBefore=2026-03-10&sort=dueOn")),
            [id_of(&today), id_of(&later)]
        );
        assert_eq!(ids(&listed(&app.manager, "sort=-dueOn")), [id_of(&later), id_of(&today)]);
        app.manager.does("complete", &today, &result());
        assert_eq!(listed(&app.manager, "overdue=true"), [] as [Value; 0]);
    });
}

#[test]
fn lists_are_narrowed_by_owner_state_and_case_and_walked_page_by_page() {
    on_both(|app| {
        let case = app.manager.admits("Plein");
        let of_case = app.manager.agrees(Some(&case), POLICE);
        for _ in 0..5 {
            app.manager.agrees(None, GUARDS);
        }
        let started = app.manager.does("start", &app.manager.agrees(None, GUARDS), &json!({}));

        assert_eq!(ids(&listed(&app.manager, &format!("caseId={}", id_of(&case)))), [id_of(&of_case)]);
        assert_eq!(ids(&listed(&app.manager, &format!("ownerOrganisationId={POLICE}"))), [id_of(&of_case)]);
        assert_eq!(ids(&listed(&app.manager, "ownerFunction=chiefInspector")), [id_of(&of_case)]);
        assert_eq!(ids(&listed(&app.manager, "state=inProgress&state=done")), [id_of(&started)]);
        assert_eq!(listed(&app.manager, &format!("consultationId={KROONWIJK}")).len(), 7);
        assert_eq!(listed(&app.manager, &format!("consultationId={MOLENWIJK}")), [] as [Value; 0]);
        assert_eq!(listed(&app.manager, &format!("meetingId={MOLENWIJK}")), [] as [Value; 0]);
        let client = app.client(&crate::world::OTHER_MANAGER);
        assert_eq!(listed(&client, ""), [] as [Value; 0]);

        for (caller, sort) in [(&app.manager, "dueOn"), (&app.guard, "-dueOn"), (&app.guard, "createdAt")] {
            let mut seen = BTreeSet::new();
            let mut path = format!("/actions?pageSize=2&sort={sort}");
            loop {
                let page = caller.reads(&path).is(200);
                for item in page["items"].as_array().unwrap() {
                    assert!(seen.insert(id_of(item).to_owned()), "no action comes twice");
                }
                let Some(next) = page["next"].as_str() else { break };
                path = next.split_once("/v1").unwrap().1.to_owned();
            }
            assert_eq!(seen.len(), 7, "by {sort}");
        }
    });
}

#[test]
fn a_list_that_did_not_change_is_304_for_its_owner_too() {
    on_both(|app| {
        let action = app.manager.agrees(None, HOUSING_COMPANY);
        let known = app.housing_company.reads("/actions").etag();
        let again = || app.housing_company.request("GET", "/actions").with("If-None-Match", &known).goes();
        assert_eq!(again().status(), 304);
        app.manager.does("start", &action, &json!({}));
        assert_eq!(again().is(200)["items"][0]["state"], "inProgress");

        let known = app.housing_company.reads("/actions").etag();
        app.manager.edits(&action, &json!({"ownerOrganisationId": GUARDS, "ownerFunction": "guard"})).is(200);
        let gone = app.housing_company.request("GET", "/actions").with("If-None-Match", &known).goes();
        assert_eq!(gone.is(200)["items"], json!([]));
    });
}

#[test]
fn a_case_with_open_actions_ends_only_when_they_are_cancelled_with_it() {
    on_both(|app| {
        for (verb, case) in
            [("close", app.manager.admits("Plein")), ("dismiss", app.manager.signals("Plein"))]
        {
            let action = app.manager.agrees(Some(&case), GUARDS);
            let done = app.manager.does("complete", &app.manager.agrees(Some(&case), GUARDS), &result());
            let mut body = json!({"closeReason": "solved", "text": "Opgelost."});

            let refused = app.manager.tries(verb, &case, &body).is_problem(409, "openWork");
            assert_eq!(refused["openCount"], 1);
            body["withdrawOpen"] = json!(true);
            app.manager.does(verb, &case, &body);

            let cancelled = app.manager.sees(&action);
            assert_eq!(
                (&cancelled["state"], &cancelled["remark"]),
                (&json!("cancelled"), &json!("Opgelost."))
            );
            assert_eq!(app.manager.sees(&done)["version"], done["version"]);
            // A case that is over takes no work.
            app.manager.tries("reopen", &action, &text()).is_problem(409, "illegalTransition");
            let new = app.manager.creates("/actions", &an_action(Some(&case), GUARDS));
            new.is_problem(409, "illegalTransition");
        }
    });
}

#[test]
fn open_actions_move_along_when_their_case_is_merged() {
    on_both(|app| {
        let (from, into) = (app.manager.admits("Plein"), app.manager.admits("Parking"));
        let open = app.manager.agrees(Some(&from), GUARDS);
        let done = app.manager.does("complete", &app.manager.agrees(Some(&from), GUARDS), &result());

        app.manager.does("merge", &from, &json!({"intoCaseId": into["id"]}));

        assert_eq!(app.manager.sees(&open)["caseId"], into["id"]);
        assert_eq!(app.manager.sees(&done)["caseId"], from["id"], "what ended stays where it was");
        app.manager.sees(&into);
        app.manager
            .tries("close", &into, &json!({"closeReason": "solved", "text": "Opgelost."}))
            .is_problem(409, "openWork");
    });
}
