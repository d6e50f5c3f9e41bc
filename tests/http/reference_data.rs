//! Reference data: members with functions, successors, areas of consultations, code lists, and what lists tell of it.

use serde_json::{Value, json};

use crate::app::on_both;
use crate::client::path_of;
use crate::world::{CITY, CLEANING, GREEN, KROONWIJK, LIGHTING, POLICE};

#[test]
fn a_member_has_a_function_and_a_number() {
    on_both(|app| {
        let seen = app.manager.reads(&format!("/consultations/{KROONWIJK}")).is(200);
        let of_police: Vec<&Value> = seen["members"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|member| member["organisationId"] == json!(POLICE))
            .collect();
        assert_eq!(of_police.len(), 2);
        assert_eq!(
            (&of_police[1]["function"], &of_police[1]["number"]),
            (&json!("neighbourhoodInspector"), &json!(4))
        );

        let member = |function: &str, number: i64| {
            json!({
                "organisationId": CITY,
                "role": "neighbourhoodManager",
                "function": function,
                "functionName": {"nl": "Wijkmanager", "fr": "Gestionnaire de quartier"},
                "number": number
            })
        };
        let mut body = json!({
            "code": "NIEUW",
            "level": "neighbourhood",
            "name": {"nl": "Nieuw"},
            "members": [member("manager", 1), member("secretary", 2)]
        });
        let made = app.administrator.creates("/consultations", &body).is(201);
        assert_eq!(made["members"], body["members"]);
        let patched = app.administrator.edits(&made, &json!({"members": [member("secretary", 3)]})).is(200);
        assert_eq!(patched["members"], json!([member("secretary", 3)]));
        let same = app.administrator.edits(&made, &json!({"members": [member("secretary", 3)]})).is(200);
        assert_eq!(same["version"], patched["version"]);

        body["code"] = json!("ANDER");
        for (members, issue) in [
            (json!([member("manager", 1), member("manager", 2)]), "body members[1] invalidInput"),
            (json!([member("Manager", 1)]), "body members[0].function schemaViolation"),
            (json!([member("manager", 0)]), "body members[0].number outOfRange"),
        ] {
            body["members"] = members;
            assert_eq!(app.administrator.creates("/consultations", &body).issues(), [issue]);
        }
    });
}

#[test]
fn successors_never_lead_back() {
    on_both(|app| {
        let organisation = |id| app.administrator.reads(&format!("/organisations/{id}")).is(200);
        let (green, lighting, cleaning) =
            (organisation(GREEN), organisation(LIGHTING), organisation(CLEANING));
        app.administrator.edits(&green, &json!({"successorId": LIGHTING})).is(200);
        app.administrator.edits(&lighting, &json!({"successorId": CLEANING})).is(200);

        for (document, successor) in [(&cleaning, GREEN), (&cleaning, LIGHTING), (&cleaning, CLEANING)] {
            let refused = app.administrator.edits(document, &json!({"successorId": successor}));
            assert_eq!(refused.issues(), ["body successorId invalidInput"]);
        }
        app.administrator.edits(&lighting, &json!({"successorId": null})).is(200);
        app.administrator.edits(&cleaning, &json!({"successorId": GREEN})).is(200);
    });
}

#[test]
fn codes_of_an_area_are_those_of_the_version_that_is_loaded() {
    on_both(|app| {
        let writes = |code: &str, codes: Value, version: &str| {
            let body = json!({
                "code": code, "level": "neighbourhood", "name": {"nl": code}, "areaCodes": codes, "areaVersion": version
            });
            app.administrator.creates("/consultations", &body)
        };
        let known = writes("EEN", json!(["41002W06"]), "2025").is(201);
        writes("TWEE", json!(["41002W99"]), "1981").is(201);

        let unknown = writes("DRIE", json!(["41002W06", "41002W99"]), "2025");

        assert_eq!(unknown.issues(), ["body areaCodes[1] referencedResourceNotFound"]);
        let refused = app.administrator.edits(&known, &json!({"areaCodes": ["41002W98"]}));
        assert_eq!(refused.issues(), ["body areaCodes[0] referencedResourceNotFound"]);
        app.administrator.edits(&known, &json!({"areaCodes": ["41002W07"]})).is(200);
    });
}

#[test]
fn every_code_list_has_names_and_is_public() {
    on_both(|app| {
        let all = app.nobody.reads("/refData/codeLists");
        let lists = all.is(200);
        assert!(all.header("Cache-Control").unwrap().starts_with("public"));
        for list in lists["items"].as_array().unwrap() {
            assert_eq!(app.nobody.reads(&path_of(list)).is(200), *list);
            for entry in list["codes"].as_array().unwrap() {
                assert!(entry["labels"]["nl"].is_string() && entry["labels"]["fr"].is_string(), "{entry}");
            }
        }
        app.nobody.reads("/refData/codeLists/nothing").is_problem(404, "resourceNotFound");
    });
}

#[test]
fn items_of_lists_have_an_address_and_the_tag_of_the_document() {
    on_both(|app| {
        app.administrator
            .creates("/closureDays", &json!({"organisationId": GREEN, "closedOn": "2027-02-08"}))
            .is(201);
        let term = json!({"organisationId": GREEN, "receiptWorkingDays": 2, "answerWorkingDays": 4});
        app.administrator.creates("/terms", &term).is(201);
        app.administrator.creates("/terms", &term).is_problem(409, "conflict");
        for (client, list) in [
            (&app.administrator, "/closureDays"),
            (&app.administrator, "/terms"),
            (&app.administrator, "/areas"),
            (&app.service, "/organisations"),
            (&app.service, "/closureDays"),
            (&app.administrator, "/consultations"),
        ] {
            for item in client.reads(list).is(200)["items"].as_array().unwrap() {
                let answer = client.reads(&path_of(item));
                assert_eq!(answer.is(200)["version"], item["version"], "{list}");
                assert_eq!(json!(answer.etag()), item["etag"], "{list}");
            }
        }
        let records = app.dpo.reads("/auditRecords").is(200);
        let record = &records["items"][0];
        assert_eq!(app.dpo.reads(&path_of(record)).is(200), *record);
        let day = app.administrator.reads("/closureDays").is(200)["items"][0].clone();
        app.service.reads(&path_of(&day)).is_problem(404, "resourceNotFound");
        app.green.reads(&path_of(&day)).is(200);
    });
}
