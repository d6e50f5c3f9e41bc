//! Escalation policies: written, checked as a whole, activated and followed; and what a preview tells of them.

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, id_of, path_of};
use crate::escalation_rules::told;
use crate::world::{CLEANING, GREEN, KROONWIJK, MOLENWIJK};

/// A step of an answer that is so many working days late.
fn late(id: &str, working_days: u32) -> Value {
    json!({"id": id, "condition": "answerLate", "workingDays": working_days, "effects": ["remindService"]})
}

impl Client {
    /// Writes a draft for Kroonwijk.
    pub fn writes_policy(&self, steps: &Value) -> Value {
        self.tries_policy(&json!({"consultationId": KROONWIJK, "steps": steps})).is(201)
    }

    fn tries_policy(&self, body: &Value) -> Answer {
        self.creates("/escalationPolicies", body)
    }

    fn previews(&self, body: &Value) -> Answer {
        self.request("POST", "/escalationPolicies/preview").json(body).goes()
    }
}

fn steps_of(app: &TestApp, request: &Value) -> Vec<String> {
    let entries = app.manager.ledger(&format!("followUpRequestId={}", id_of(request)));
    told(&entries).iter().map(|(step, at)| format!("{step} {at}")).collect()
}

#[test]
fn an_installation_begins_with_a_policy_for_everything() {
    on_both(|app| {
        for reader in [&app.manager, &app.guard, &app.service, &app.administrator] {
            let policies = reader.reads("/escalationPolicies").is(200);
            let policy = &policies["items"][0];
            assert_eq!((&policy["state"], &policy["number"]), (&json!("active"), &json!(1)));
            assert_eq!(policy.get("consultationId"), None);
            assert_eq!(policy["steps"].as_array().unwrap().len(), 10);
            assert_eq!(reader.sees(policy), *policy);
        }
        app.nobody.reads("/escalationPolicies").is_problem(401, "noAccessToken");
    });
}

#[test]
fn every_fault_of_a_policy_is_named_at_once() {
    on_both(|app| {
        let answer = app.manager.tries_policy(&json!({
            "consultationId": MOLENWIJK,
            "category": "XXX.XXXX",
            "organisationId": KROONWIJK,
            "steps": [
                late("answerLate", 5),
                late("answerLate", 3),
                {"id": "manualReminder", "condition": "caseInactive", "workingDays": 3, "effects": ["informHead"]},
                {"id": "repeat", "condition": "answerSeriouslyLate", "cases": 2, "effects": ["putOnAgenda", "putOnAgenda"]}
            ]
        }));
        assert_eq!(
            answer.issues(),
            [
                "body consultationId referencedResourceNotFound",
                "body organisationId referencedResourceNotFound",
                "body category referencedResourceNotFound",
                "body steps[1].id invalidInput",
                "body steps[1].workingDays invalidInput",
                "body steps[2].id invalidInput",
                "body steps[2].condition invalidInput",
                "body steps[2].days requiredInput",
                "body steps[2].workingDays invalidInput",
                "body steps[2].effects invalidInput",
                "body steps[3].cases invalidInput",
                "body steps[3].effects invalidInput",
            ]
        );
        let malformed = app.manager.tries_policy(&json!({"consultationId": KROONWIJK, "steps": [
            {"id": "Late", "condition": "never", "workingDays": -1, "effects": []}
        ]}));
        assert_eq!(malformed.status(), 400);
        assert!(malformed.issues().len() >= 4, "{:?}", malformed.issues());
        assert_eq!(
            app.manager.tries_policy(&json!({"steps": [late("late", 1)]})).issues(),
            ["body consultationId requiredInput"]
        );
        assert_eq!(app.database.count("escalation_policies"), 1, "nothing is stored");
    });
}

#[test]
fn a_policy_judges_from_its_activation_on_and_explains_what_it_did() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Nieuwe regels"), CLEANING);
        let first = app.manager.writes_policy(&json!([late("answerLate", 0), late("answerLater", 2)]));
        assert_eq!((&first["state"], &first["number"]), (&json!("draft"), &json!(1)));
        app.it_is("2026-03-05T06:00:00Z");
        app.sweeps();
        assert_eq!(
            steps_of(app, &request),
            ["receiptOverdue 2026-03-04T23:00:00Z"],
            "a draft judges nothing"
        );

        app.manager.simply("activate", &first);
        app.it_is("2026-03-10T06:00:00Z");
        app.sweeps();
        assert_eq!(steps_of(app, &request)[1..], ["answerLate 2026-03-09T23:00:00Z"]);

        // The next version knows another second step; what took effect is not repeated.
        let second = app.manager.writes_policy(&json!([late("answerLate", 0), late("answerStillLate", 1)]));
        app.it_is("2026-03-12T06:00:00Z");
        let second = app.manager.simply("activate", &second);
        assert_eq!((&second["number"], &second["activatedAt"]), (&json!(2), &json!("2026-03-12T06:00:00Z")));
        let retired = app.manager.sees(&first);
        assert_eq!((&retired["state"], &retired["retiredAt"]), (&json!("retired"), &second["activatedAt"]));
        app.it_is("2026-03-20T06:00:00Z");
        app.sweeps();
        assert_eq!(
            steps_of(app, &request)[2..],
            ["answerLater 2026-03-11T23:00:00Z", "answerStillLate 2026-03-12T06:00:00Z"],
            "the first version until the second one, which finds a condition that holds already"
        );
        let entries = app.manager.ledger(&format!("followUpRequestId={}", id_of(&request)));
        let policies: Vec<_> =
            entries.iter().map(|it| (&it["escalationPolicyId"], &it["escalationPolicyNumber"])).collect();
        assert_eq!(
            policies[1..],
            [(&first["id"], &json!(1)), (&first["id"], &json!(1)), (&second["id"], &json!(2))]
        );

        app.manager.simply("retire", &second);
        app.it_is("2026-03-24T06:00:00Z");
        app.sweeps();
        let after = steps_of(app, &request);
        assert_eq!(
            after.last().unwrap(),
            "answerSeriouslyLate 2026-03-23T23:00:00Z",
            "the default judges again"
        );
    });
}

#[test]
fn a_draft_is_edited_and_an_active_policy_never() {
    on_both(|app| {
        let draft = app.manager.writes_policy(&json!([late("late", 0)]));
        let edited = app.manager.edits(&draft, &json!({"steps": [late("late", 4)]})).is(200);
        assert_eq!((&edited["steps"][0]["workingDays"], &edited["version"]), (&json!(4), &json!(2)));
        let same = app.manager.edits(&edited, &json!({"steps": [late("late", 4)]})).is(200);
        assert_eq!(same["version"], 2);
        let faulty = app.manager.edits(&edited, &json!({"steps": [late("late", 4), late("late", 5)]}));
        assert_eq!(faulty.issues(), ["body steps[1].id invalidInput"]);

        let active = app.manager.simply("activate", &edited);
        let refused = app.manager.edits(&active, &json!({"steps": [late("late", 1)]}));
        let problem = refused.is_problem(409, "illegalTransition");
        assert_eq!(problem["allowedVerbs"], json!(["retire"]));
        let path = format!("{}/activate", path_of(&active));
        let again =
            app.manager.request("POST", &path).with("If-Match", active["etag"].as_str().unwrap()).goes();
        assert_eq!(again.is(200), active, "the same verb again changes nothing");
        let stale =
            app.manager.request("POST", &path).with("If-Match", draft["etag"].as_str().unwrap()).goes();
        stale.is_problem(412, "preconditionFailed");
    });
}

#[test]
fn who_may_not_write_policies_reads_them_only() {
    on_both(|app| {
        let general =
            app.administrator.reads("/escalationPolicies?sort=createdAt").is(200)["items"][0].clone();
        let path = format!("{}/retire", path_of(&general));
        let tag = general["etag"].as_str().unwrap();
        for (client, status) in
            [(&app.manager, 403), (&app.police, 403), (&app.service, 403), (&app.stranger, 403)]
        {
            let answer = client.request("POST", &path).with("If-Match", tag).goes();
            assert_eq!(answer.status(), status);
        }
        let for_green =
            json!({"consultationId": KROONWIJK, "organisationId": GREEN, "steps": [late("late", 0)]});
        let for_green = app.manager.tries_policy(&for_green).is(201);
        app.green.reads(&path_of(&for_green)).is_problem(404, "resourceNotFound");
        app.manager.simply("activate", &for_green);
        app.service.reads(&path_of(&for_green)).is_problem(404, "resourceNotFound");
        assert_eq!(app.green.sees(&for_green)["organisationId"], json!(GREEN));
        let listed = app.service.reads("/escalationPolicies").is(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let own =
            app.stranger.tries_policy(&json!({"consultationId": KROONWIJK, "steps": [late("late", 0)]}));
        assert_eq!(own.issues(), ["body consultationId referencedResourceNotFound"]);
    });
}

#[test]
fn a_preview_tells_what_would_take_effect_and_writes_nothing() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Wat als"), CLEANING);
        let other = app.manager.sends(&app.manager.admits("Ook"), GREEN);
        app.it_is("2026-03-03T09:00:00Z");
        let before = app.database.everything();
        let body = json!({
            "steps": [late("answerLate", 1), late("answerVeryLate", 3)],
            "scope": {"consultationId": KROONWIJK, "organisationId": CLEANING},
            "until": "2026-03-31"
        });
        let preview = app.manager.previews(&body).is(200);
        assert_eq!(app.database.everything(), before);

        assert_eq!((&preview["followUpRequests"], &preview["cases"]), (&json!(1), &json!(0)));
        let counts: Vec<_> = preview["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                format!("{} {} {} {}", it["step"].as_str().unwrap(), it["proposed"], it["active"], it["both"])
            })
            .collect();
        assert_eq!(
            counts,
            [
                "answerDueSoon 0 1 0",
                "answerLate 1 1 1",
                "answerSeriouslyLate 0 1 0",
                "answerStillLate 0 1 0",
                "answerVeryLate 1 0 0",
                "receiptOverdue 0 1 0",
                "receiptStillOverdue 0 1 0",
            ]
        );
        let entries = preview["entries"].as_array().unwrap();
        assert!(entries.is_sorted_by_key(|it| {
            it["proposedAt"].as_str().or(it["activeAt"].as_str()).unwrap().to_owned()
        }));
        let both = entries.iter().find(|it| it["rule"]["id"] == "answerLate").unwrap();
        assert_eq!(both["followUpRequestId"], request["id"]);
        assert_eq!(
            (&both["proposedAt"], &both["activeAt"]),
            (&json!("2026-03-10T23:00:00Z"), &json!("2026-03-09T23:00:00Z"))
        );

        // What it told comes to pass.
        let draft = json!({"consultationId": KROONWIJK, "organisationId": CLEANING, "steps": body["steps"]});
        let draft = app.manager.tries_policy(&draft).is(201);
        let stored = json!({"escalationPolicyId": draft["id"], "scope": {"consultationId": KROONWIJK}, "until": "2026-03-31"});
        let stored = app.manager.previews(&stored).is(200);
        assert_eq!(stored["followUpRequests"], 2);
        app.manager.simply("activate", &draft);
        app.it_is("2026-04-02T09:00:00Z");
        app.sweeps();
        assert_eq!(
            steps_of(app, &request),
            ["answerLate 2026-03-10T23:00:00Z", "answerVeryLate 2026-03-12T23:00:00Z"]
        );
        assert_eq!(steps_of(app, &other).len(), 6, "the default judges the other service");
    });
}

#[test]
fn a_preview_tells_what_would_have_been() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Vorig jaar"), CLEANING);
        app.it_is("2026-03-20T09:00:00Z");
        app.service.answers(&request);
        app.it_is("2027-02-01T09:00:00Z");
        let preview = app.manager.previews(&json!({
            "steps": [late("answerLate", 0), late("answerLater", 4), late("answerMuchLater", 9)],
            "scope": {"consultationId": KROONWIJK},
            "from": "2026-01-01",
            "until": "2026-12-31"
        }));
        let preview = preview.is(200);
        let proposed: Vec<_> = preview["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|it| Some(format!("{} {}", it["rule"]["id"].as_str()?, it["proposedAt"].as_str()?)))
            .collect();
        assert_eq!(
            proposed,
            ["answerLate 2026-03-09T23:00:00Z", "answerLater 2026-03-13T23:00:00Z"],
            "the answer came before the third"
        );
    });
}

#[test]
fn a_preview_is_for_who_reads_what_it_tells() {
    on_both(|app| {
        let body = json!({"scope": {"consultationId": KROONWIJK}, "until": "2026-03-31"});
        app.police.previews(&body).is(200);
        for client in [&app.guard, &app.service, &app.dpo, &app.administrator] {
            assert_eq!(client.previews(&body).status(), 403);
        }
        assert_eq!(
            app.stranger.previews(&body).issues(),
            ["body scope.consultationId referencedResourceNotFound"]
        );
        let faults = app.manager.previews(&json!({
            "escalationPolicyId": KROONWIJK,
            "steps": [late("late", 1)],
            "scope": {"consultationId": KROONWIJK, "category": "XXX"},
            "from": "2026-04-01",
            "until": "2026-03-31"
        }));
        for (from, until, name) in
            [("9999-12-31", "9999-12-31", "from"), ("2026-01-01", "2032-01-01", "until")]
        {
            let far = json!({"scope": {"consultationId": KROONWIJK}, "from": from, "until": until});
            assert_eq!(app.manager.previews(&far).issues(), [format!("body {name} outOfRange")]);
        }
        assert_eq!(
            faults.issues(),
            [
                "body scope.category referencedResourceNotFound",
                "body steps invalidInput",
                "body until invalidPeriod"
            ]
        );
    });
}
