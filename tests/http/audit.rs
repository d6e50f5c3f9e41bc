//! The audit trail: who did and saw what, in vain, too.

mod chain;

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{a_case, a_question, id_of, path_of};
use crate::reports::sha256;
use crate::world::{CITY, CLEANING};

impl TestApp {
    /// Gives what the trail tells under some conditions, oldest first.
    fn told(&self, query: &str) -> Vec<Value> {
        let listed = self.dpo.reads(&format!("/auditRecords?sort=recordedAt&pageSize=500&{query}")).is(200);
        listed["items"].as_array().unwrap().clone()
    }

    fn exports(&self, body: &Value) -> String {
        let answer = self.dpo.request("POST", "/auditRecords/export").json(body).goes();
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        answer.text()
    }
}

fn operations(told: &[Value]) -> Vec<&str> {
    told.iter().map(|record| record["operation"].as_str().unwrap()).collect()
}

#[test]
fn the_trail_tells_who_saw_a_case_that_may_reveal_something_of_a_person() {
    on_both(|app| {
        let mut sensitive = a_case("Portiek");
        sensitive["category"] = json!("DRU.GEBR");
        let case = app.manager.creates("/cases", &sensitive).is(201);
        let ordinary = app.manager.admits("Plein");
        let case = app.manager.opens(&case);
        let request = app.manager.sends(&case, CLEANING);
        app.manager
            .creates(&format!("{}/notes", path_of(&case)), &json!({"visibility": "team", "text": "Rustig."}))
            .is(201);
        let query = format!("caseId={}", id_of(&case));
        let before = app.told(&query);
        assert!(
            !before.is_empty() && before.iter().all(|record| record["version"].is_i64()),
            "changes only: {before:?}"
        );

        let tag = app.guard.reads(&path_of(&case)).etag();
        app.guard.request("GET", &path_of(&case)).with("If-None-Match", &tag).goes().is(304);
        app.guard.request("HEAD", &path_of(&case)).goes();
        app.guard.reads("/cases").is(200);
        app.guard.reads(&format!("{}/timeline", path_of(&case))).is(200);
        app.guard.reads(&format!("{}/notes", path_of(&case))).is(200);
        app.guard.reads(&format!("{}/contacts", path_of(&case))).is(200);
        app.service.reads(&path_of(&request)).is(200);
        app.service.reads("/followUpRequests").is(200);
        app.service.reads(&format!("{}/messages", path_of(&request))).is(200);
        app.guard.reads(&path_of(&ordinary)).is(200);

        let seen = app.told(&query).split_off(before.len());
        assert_eq!(
            operations(&seen),
            [
                "getCase",
                "listCases",
                "getCaseTimeline",
                "listCaseNotes",
                "listCaseContacts",
                "getFollowUpRequest",
                "listFollowUpRequests",
                "listFollowUpRequestMessages",
            ]
        );
        assert!(
            seen.iter().all(|record| record.get("version").is_none() && record["outcome"] == "succeeded")
        );
        assert_eq!((&seen[0]["roles"], &seen[0]["subjectKind"]), (&json!(["guard"]), &json!("case")));
        let of_service = &seen[5];
        assert_eq!(
            (&of_service["organisationId"], &of_service["subjectId"]),
            (&json!(CLEANING), &request["id"])
        );
        // What one application saw and did, and no other one.
        let client = of_service["clientId"].as_str().unwrap();
        let all = app.told(&format!("clientId={client}"));
        assert!(
            all.iter().all(|record| record["clientId"] == client)
                && operations(&all).contains(&"getFollowUpRequest")
        );
        let ordinary = app.told(&format!("caseId={}", id_of(&ordinary)));
        assert!(ordinary.iter().all(|record| record["version"].is_i64()), "{ordinary:?}");
    });
}

#[test]
fn what_was_refused_is_told_with_who_asked_and_why() {
    on_both(|app| {
        let case = app.manager.admits("Plein");
        let request = app.manager.sends(&case, CLEANING);
        app.guard
            .creates("/followUpRequests", &a_question(&case, CLEANING))
            .is_problem(403, "missingPermission");
        app.lighting.reads(&path_of(&request)).is_problem(404, "resourceNotFound");
        let other = app.manager.admits("Park");
        let solved = json!({"closeReason": "solved", "text": "Opgelost."});
        let closed = app.manager.does("close", &other, &solved);
        app.manager
            .tries("open", &closed, &json!({"leadOrganisationId": CITY}))
            .is_problem(409, "illegalTransition");
        // Nobody knows who asks, or what is asked.
        app.nobody.reads(&path_of(&case)).is(401);
        app.manager.creates("/cases", &json!({"title": 5})).is(400);
        app.manager.reads("/nowhere").is(404);

        let refused = app.told("outcome=refused");
        assert_eq!(operations(&refused), ["createFollowUpRequest", "getFollowUpRequest", "openCase"]);
        let told = |record: &Value, name: &str| record.get(name).cloned();
        assert_eq!(told(&refused[0], "problem"), Some(json!("missingPermission")));
        assert_eq!((told(&refused[0], "subjectId"), told(&refused[0], "subjectKind")), (None, None));
        assert_eq!(refused[0]["roles"], json!(["guard"]));
        assert_eq!(told(&refused[1], "problem"), Some(json!("resourceNotFound")));
        assert_eq!(
            (&refused[1]["subjectKind"], &refused[1]["subjectId"]),
            (&json!("followUpRequest"), &request["id"])
        );
        assert_eq!(
            (&refused[2]["problem"], &refused[2]["caseId"]),
            (&json!("illegalTransition"), &other["id"])
        );
        assert_eq!(refused[1]["caseId"], case["id"], "also when only the request was named");
        assert!(refused.iter().all(|record| told(record, "version").is_none()));
        assert_eq!(app.told("outcome=succeeded&operation=closeCase").len(), 1);
    });
}

#[test]
fn an_export_is_a_file_that_is_itself_told_with_its_purpose() {
    on_both(|app| {
        let case = app.manager.admits("Plein");
        app.manager.sends(&case, CLEANING);
        let purpose = "=Inzageverzoek 2026-17, \"wie zag het?\"";
        let expected = app.told(&format!("caseId={}", id_of(&case)));
        let file = app.exports(&json!({"purpose": purpose, "caseId": case["id"]}));
        let mut lines = csv::Reader::from_reader(file.as_bytes());
        let ids: Vec<String> =
            lines.records().map(|line| line.unwrap().get(14).unwrap().to_owned()).collect();
        let told: Vec<_> = expected.iter().map(|record| id_of(record).to_owned()).collect();
        assert_eq!((ids, file.ends_with("\r\n")), (told, true));

        let [exported] = app.told("operation=exportAuditRecords").try_into().unwrap();
        assert_eq!(exported["purpose"], purpose);
        let salted = format!("{}\n{purpose}", exported["purposeSalt"].as_str().unwrap());
        assert_eq!(exported["purposeHash"], json!(sha256(&salted)));
        assert!(
            app.exports(&json!({"purpose": "Nog eens alles"}))
                .contains("\"'=Inzageverzoek 2026-17, \"\"wie zag het?\"\"\"")
        );

        // What was given is erased; that something was given, and that it was this, stays.
        app.seals();
        app.database.execute("DELETE FROM audit_purposes");
        let erased = app.told("operation=exportAuditRecords").swap_remove(0);
        assert_eq!((erased.get("purpose"), &erased["purposeHash"]), (None, &exported["purposeHash"]));
        assert_eq!(app.verifies_audit()["intact"], true);

        let tries = |body: Value| app.dpo.request("POST", "/auditRecords/export").json(&body).goes();
        assert_eq!(tries(json!({})).issues(), ["body purpose requiredInput"]);
        assert_eq!(
            tries(json!({"purpose": "Over 85.07.30-033.28"})).issues(),
            ["body purpose rejectedInput"]
        );
        let period = json!({"purpose": "Inzage", "recordedFrom": "2026-02-01T00:00:00Z", "recordedBefore": "2026-01-01T00:00:00Z"});
        assert_eq!(tries(period).issues(), ["body recordedBefore invalidPeriod"]);
        let manager =
            app.manager.request("POST", "/auditRecords/export").json(&json!({"purpose": "Inzage"})).goes();
        manager.is_problem(403, "missingPermission");
    });
}
