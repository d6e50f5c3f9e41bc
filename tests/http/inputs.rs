//! What does not follow the contract is told with every fault, is never a failure of the server, and leaves nothing.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::access::{Call, call_of, who_may};
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, Request, a_case, id_of, path_of};
use crate::contract::{Contract, Operation};
use crate::world::{CLEANING, LIGHTING};

/// Follows references and gives the members of an object schema, also when it is one of several or may be null.
fn members<'a>(contract: &'a Contract, schema: &'a Value) -> Option<&'a Map<String, Value>> {
    let schema = contract.resolve(schema);
    if let Some(members) = schema["properties"].as_object() {
        return Some(members);
    }
    let variants = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema[key].as_array())?;
    variants.iter().find_map(|variant| members(contract, variant))
}

/// Gives the JSON pointer of every text in a body, with its schema.
fn texts<'a>(contract: &'a Contract, schema: &'a Value, at: &str, found: &mut Vec<(String, &'a Value)>) {
    for (name, member) in members(contract, schema).into_iter().flatten() {
        let member = contract.resolve(member);
        let pointer = format!("{at}/{name}");
        let kinds = &member["type"];
        if *kinds == "string" || kinds.as_array().is_some_and(|kinds| kinds.contains(&json!("string"))) {
            found.push((pointer, member));
        } else if *kinds == "array" {
            texts(contract, &member["items"], &format!("{pointer}/0"), found);
        } else {
            texts(contract, member, &pointer, found);
        }
    }
}

/// Tells whether a text of a schema is free: no code, id or day, and of a form that a sentence has.
fn is_free(schema: &Value) -> bool {
    let form = json!({ "pattern": schema.get("pattern").unwrap_or(&json!("")) });
    schema.get("enum").is_none()
        && schema.get("format").is_none()
        && jsonschema::is_valid(&form, &json!("Een zin, met 2 delen."))
}

/// Writes a value into a body, making the objects and arrays on the way.
fn put(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for segment in pointer.split('/').skip(1) {
        if segment == "0" {
            if place.as_array().is_none_or(Vec::is_empty) {
                *place = json!([{}]);
            }
            place = &mut place[0];
        } else {
            place = &mut place[segment];
        }
    }
    *place = value;
}

/// Writes a pointer as problems name it: `items[0].etag`.
fn name_of(pointer: &str) -> String {
    let name = pointer.trim_start_matches('/').replace("/0", "[0]");
    name.replace('/', ".")
}

/// A body that follows the schema of a location is needed around its texts.
fn with_neighbours(mut body: Value, pointer: &str) -> Value {
    if pointer.starts_with("/location/") && body["location"]["kind"].is_null() {
        body["location"]["kind"] = json!("publicSpace");
    }
    if pointer.starts_with("/point/") {
        body["point"]["x"] = json!(4.04);
    }
    body
}

fn sending(call: &Call, caller: &Client, body: &Value) -> Request {
    Call { body: Some(body.clone()), ..call.clone() }.by(caller)
}

/// Tells every operation with a valid call of it, by who may.
fn every_operation(app: &TestApp, mut tell: impl FnMut(&Operation, &Call, &Client)) {
    for operation in &app.shared.contract().operations {
        let call = call_of(app, operation, CLEANING);
        let caller = who_may(app, operation);
        tell(operation, &call, &caller);
    }
}

#[track_caller]
fn is_refused(operation: &Operation, answer: &Answer, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status()), "{}: {answer}", operation.id);
}

#[test]
fn no_operation_takes_what_it_does_not_know_and_nothing_is_kept_of_it() {
    on_both(|app| {
        every_operation(app, |operation, call, caller| {
            let before = app.database.rows();
            let joint = if call.path.contains('?') { '&' } else { '?' };
            let unknown = Call { path: format!("{}{joint}colour=red", call.path), ..call.clone() };
            let answer = unknown.by(caller).goes();
            assert!(
                answer.issues().contains(&"query colour unknownInput".to_owned()),
                "{operation:?} {answer}"
            );
            answer.is_problem(400, "badRequest");
            let garbled = Call { path: format!("{}{joint}colour=%ff%fe", call.path), ..call.clone() };
            is_refused(operation, &garbled.by(caller).goes(), &[400]);
            if call.method != "DELETE" {
                is_refused(operation, &call.by(caller).with("Accept", "image/png").goes(), &[406]);
            }
            let long =
                Call { path: format!("{}{joint}colour={}", call.path, "a".repeat(9_000)), ..call.clone() };
            is_refused(operation, &long.by(caller).goes(), &[414]);
            is_refused(operation, &call.by(caller).with("X-Large", &"a".repeat(40_000)).goes(), &[431]);

            if !operation.path_parameters().is_empty() && !operation.is_open() {
                let broken = call.path.replace(path_id(call), "no-id");
                is_refused(operation, &Call { path: broken, ..call.clone() }.by(caller).goes(), &[400]);
            }
            assert_eq!(app.database.rows(), before, "{} left something", operation.id);
            if !operation.path_parameters().is_empty() && !operation.is_open() {
                let unknown = call.path.replace(path_id(call), &Uuid::nil().to_string());
                is_refused(operation, &Call { path: unknown, ..call.clone() }.by(caller).goes(), &[404]);
            }
            // Who asked for what in vain is told by the audit trail, and by nothing else.
            let beside = |rows: Vec<String>| {
                rows.into_iter().filter(|row| !row.starts_with("audit_")).collect::<Vec<_>>()
            };
            assert_eq!(beside(app.database.rows()), beside(before), "{} left something", operation.id);
        });
    });
}

/// The first id in the path of a call.
fn path_id(call: &Call) -> &str {
    call.path.split(['/', '?']).find(|segment| segment.parse::<Uuid>().is_ok()).unwrap_or("badRequest")
}

#[test]
fn every_fault_of_a_body_is_told_by_name_and_nothing_is_kept_of_it() {
    on_both(|app| {
        let contract = app.shared.contract();
        every_operation(app, |operation, call, caller| {
            let Some(schema) = contract.body_schema(operation) else { return };
            let Some(valid) = call.body.clone() else { return };
            let before = app.database.rows();
            let refused = |request: Request, statuses: &[u16]| {
                is_refused(operation, &request.goes(), statuses);
            };
            let raw = |bytes: &[u8]| call.by(caller).bytes(bytes.to_vec());
            let deep = format!("{{\"text\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000));

            refused(raw(b""), &[400]);
            refused(raw(b"{"), &[400]);
            refused(raw(b"[]"), &[400]);
            refused(raw(b"null"), &[400]);
            refused(raw(b"7"), &[400]);
            refused(raw(b"{\"text\":\"\xff\xfe\"}"), &[400]);
            refused(raw(b"\xef\xbb\xbf\x00"), &[400]);
            refused(raw(deep.as_bytes()), &[400]);
            // Areas come in large files.
            refused(
                raw("a".repeat(2 << 20).as_bytes()),
                if operation.id == "importAreas" { &[400] } else { &[413] },
            );
            refused(call.by(caller).without("Content-Type").with("Content-Type", "text/plain"), &[415]);
            refused(call.by(caller).without("Content-Type"), &[415]);
            refused(call.by(caller).with("Content-Encoding", "gzip"), &[415]);

            if operation.id == "importAreas" {
                return; // GeoJSON, which may hold more than is read.
            }
            let mut unknown = valid.clone();
            unknown["colour"] = json!("red");
            let answer = sending(call, caller, &unknown).goes();
            answer.is_problem(400, "badRequest");
            if members(contract, schema).is_some() {
                assert_eq!(answer.issues(), ["body colour unknownInput"], "{}", operation.id);
            }

            for name in members(contract, schema).into_iter().flatten().map(|(name, _)| name) {
                let mut wrong = valid.clone();
                wrong[name] = json!({"wrong": [true]});
                let answer = sending(call, caller, &wrong).goes();
                answer.is_problem(400, "badRequest");
                let prefix = format!("body {name}");
                assert!(answer.issues().iter().any(|it| it.starts_with(&prefix)), "{name}: {answer}");
            }
            let mut found = Vec::new();
            texts(contract, schema, "", &mut found);
            for (pointer, text) in found {
                let Some(longest) = text["maxLength"].as_u64() else { continue };
                let mut long = valid.clone();
                put(&mut long, &pointer, json!("x".repeat(usize::try_from(longest).unwrap() + 1)));
                let answer = sending(call, caller, &with_neighbours(long, &pointer)).goes();
                answer.is_problem(400, "badRequest");
                let prefix = format!("body {}", name_of(&pointer));
                assert!(answer.issues().iter().any(|it| it.starts_with(&prefix)), "{pointer}: {answer}");
            }
            assert_eq!(app.database.rows(), before, "{} left something", operation.id);
        });
    });
}

#[test]
fn an_unknown_member_of_an_empty_body_is_told_by_name() {
    on_both(|app| {
        let draft = app.manager.drafts(&app.manager.admits("Leeg"), CLEANING);

        let answer = app.manager.tries("send", &draft, &json!({"colour": "red"}));

        assert_eq!(answer.issues(), ["body colour unknownInput"]);
    });
}

#[test]
fn several_faults_are_told_at_once_and_no_value_is_repeated() {
    on_both(|app| {
        let mut body = a_case("Fouten");
        body["kind"] = json!("geheim-a");
        body["source"] = json!(["geheim-b"]);
        body["location"]["colour"] = json!("geheim-c");
        body["admit"] = json!("geheim-d");

        let answer = app.manager.request("POST", "/cases?x=geheim-e").json(&body).goes();

        let mut issues = answer.issues();
        issues.sort();
        issues.dedup();
        answer.is_problem(400, "badRequest");
        assert_eq!(
            issues,
            [
                "body admit schemaViolation",
                "body kind schemaViolation",
                "body location.colour unknownInput",
                "body source schemaViolation",
                "header Idempotency-Key requiredInput",
                "query x unknownInput",
            ]
        );
        assert!(!String::from_utf8_lossy(&answer.received.body).contains("geheim"), "{answer}");
    });
}

#[test]
fn every_fault_of_a_query_is_told_at_once() {
    on_both(|app| {
        let case = app.manager.admits("Twee bladzijden");
        for service in [CLEANING, LIGHTING] {
            app.manager.sends(&case, service);
        }
        let page = app.manager.reads("/followUpRequests?pageSize=1").json();
        let foreign = page["next"].as_str().and_then(|next| next.split("after=").nth(1)).map(str::to_owned);
        let foreign = foreign.expect("a second page");

        let cases = app.manager.reads(&format!(
            "/cases?after={foreign}&bbox=5,50,4,51&createdFrom=2026-02-01T00:00:00Z&createdBefore=2026-01-01T00:00:00Z"
        ));
        let days = app.manager.reads(&format!("/closureDays?after={foreign}&from=2026-02-01&to=2026-01-01"));
        let asked = app.service.reads(&format!("/followUpRequests?after={foreign}x&neverSeen=true"));

        assert_eq!(
            cases.issues(),
            ["query after invalidInput", "query bbox outOfRange", "query createdBefore invalidPeriod"]
        );
        assert_eq!(days.issues(), ["query after invalidInput", "query to invalidPeriod"]);
        assert_eq!(asked.issues(), ["query after invalidInput", "query neverSeen invalidInput"]);
    });
}

#[test]
fn a_national_register_number_is_refused_in_every_free_text() {
    on_both(|app| {
        let contract = app.shared.contract();
        let mut walked = BTreeSet::new();
        every_operation(app, |operation, call, caller| {
            let Some(schema) = contract.body_schema(operation) else { return };
            let mut found = Vec::new();
            texts(contract, schema, "", &mut found);
            for (pointer, text) in found.into_iter().filter(|(_, text)| is_free(text)) {
                let room = text["maxLength"].as_u64().unwrap_or(100);
                if room < 30 {
                    continue;
                }
                for number in ["93.05.18-223.61", "85073003328", "85 07 30 033 28"] {
                    let mut body = call.body.clone().unwrap();
                    put(&mut body, &pointer, json!(format!("Bel {number} op")));
                    let body = with_neighbours(body, &pointer);
                    let before = app.database.rows();

                    let answer = sending(call, caller, &body).goes();

                    assert_eq!(
                        answer.status(),
                        400,
                        "{} takes {number} in {pointer}: {answer}",
                        operation.id
                    );
                    let name = format!("body {} rejectedInput", name_of(&pointer));
                    assert!(answer.issues().contains(&name), "{} {answer}", operation.id);
                    assert!(!String::from_utf8_lossy(&answer.received.body).contains(number), "{answer}");
                    assert_eq!(app.database.rows(), before);
                }
                walked.insert(format!("{}{pointer}", operation.id));
            }
        });
        for known in ["createCase/title", "createCase/location/address", "amendFollowUpRequest/question"] {
            assert!(walked.contains(known), "{walked:?}");
        }
    });
}

#[test]
fn numbers_of_other_kinds_are_no_national_register_numbers() {
    on_both(|app| {
        for text in [
            "Bel +32 475 12 34 56 of 0475 12 34 56",
            "Onderneming 0403.019.261 meldt het",
            "BE 0403 019 261",
            "Rekening BE68 5390 0754 7034",
            "Zie KRO-2026-0042 en WO-2026-118",
            "Nummerplaat 1-ABC-123, 12 maart 2026, 10:30",
            "Adres 100123456789, huisnummer 12",
            "93051822362",
            "99999999999",
        ] {
            let mut body = a_case("Nummers");
            body["description"] = json!(text);

            let answer = app.manager.creates("/cases", &body);

            assert_eq!(answer.is(201)["description"], text);
        }
    });
}

#[test]
fn a_change_must_name_the_present_version() {
    on_both(|app| {
        every_operation(app, |operation, call, caller| {
            if call.if_match.is_none() {
                return;
            }
            let before = app.database.rows();
            let with = |etag: &str| call.by(caller).without("If-Match").with("If-Match", etag).goes();

            call.by(caller).without("If-Match").goes().is_problem(428, "preconditionRequired");
            with("\"99-x\"").is_problem(412, "preconditionFailed");
            with("W/\"1-x\"").is_problem(412, "preconditionFailed");
            with("\"other\"").is_problem(412, "preconditionFailed");
            with("1-x").is_problem(400, "badRequest");
            let bytes = call.by(caller).without("If-Match").with_bytes("If-Match", b"\"\xff");
            is_refused(operation, &bytes.goes(), &[400]);
            assert_eq!(app.database.rows(), before, "{} left something", operation.id);
        });
    });
}

#[test]
fn an_unknown_address_and_an_unknown_method_are_told_apart() {
    on_both(|app| {
        app.manager.reads("/nothingHere").is_problem(404, "resourceNotFound");
        app.nobody.reads("/cases/x/y/z").is_problem(404, "resourceNotFound");
        for path in ["/cases", "/followUpRequests", "/followUpRequests/receive", "/refData/problemTypes"] {
            let answer = app.manager.request("DELETE", path).goes();
            answer.is_problem(405, "methodNotAllowed");
            let allowed: BTreeSet<&str> = answer.header("Allow").unwrap().split(", ").collect();
            for operation in app.shared.contract().operations.iter().filter(|it| it.path == path) {
                assert!(allowed.contains(operation.method.as_str()), "{path}: {allowed:?}");
            }
        }
        // A fixed path is no id of the path with a parameter beside it.
        for path in ["/followUpRequests/receive", "/areas/import", "/presenceRecords/bulk"] {
            let answer = app.manager.reads(path);
            answer.is_problem(405, "methodNotAllowed");
            assert_eq!(answer.header("Allow"), Some("OPTIONS, POST"), "{path}");
        }
    });
}

#[test]
fn a_case_is_neither_merged_into_itself_nor_linked_to_itself() {
    on_both(|app| {
        let case = app.manager.admits("Zelf");

        let merged = app.manager.tries("merge", &case, &json!({"intoCaseId": case["id"]}));
        let linked = app.manager.tries("link", &case, &json!({"kind": "related", "caseId": case["id"]}));

        assert_eq!(merged.issues(), ["body intoCaseId invalidInput"]);
        assert_eq!(linked.issues(), ["body caseId invalidInput"]);
    });
}

#[test]
fn the_examples_of_the_document_are_taken() {
    on_both(|app| {
        let contract = app.shared.contract();
        every_operation(app, |operation, _, caller| {
            let Some(schema) = contract.body_schema(operation) else { return };
            let examples = contract.resolve(schema)["examples"].as_array().cloned().unwrap_or_default();
            assert!(!examples.is_empty(), "the body of {} has no example", operation.id);
            for example in examples {
                let call = call_of(app, operation, CLEANING);
                let known = app.manager.admits("Voorbeeld");
                let request = app.manager.sends(&known, CLEANING);
                let text = example
                    .to_string()
                    .replace("019a9d3e-0000-7000-8000-0000000000c1", id_of(&app.manager.admits("Voorbeeld")))
                    .replace("019a9d3e-0000-7000-8000-0000000000c2", id_of(&known))
                    .replace("019a9d3e-0000-7000-8000-0000000000f1", id_of(&request));
                let mut body: Value = serde_json::from_str(&text).unwrap();
                // What depends on what was made for this call is named as the call names it.
                for member in ["meetingId", "agendaItemId", "agendaItemIds", "after"] {
                    let made = call.body.as_ref().and_then(|made| made.get(member));
                    if let (Some(made), Some(named)) = (made, body.get_mut(member)) {
                        *named = made.clone();
                    }
                }

                let answer = sending(&call, caller, &body).goes();

                let taken = (200..300).contains(&answer.status()) || answer.status() == 409;
                assert!(taken, "{}: {answer}\n{body}", operation.id);
            }
        });
    });
}

#[test]
fn a_problem_speaks_the_language_of_the_caller() {
    on_both(|app| {
        for (asked, spoken, title) in [
            ("nl", "nl", "Niet gevonden"),
            ("fr-BE, en;q=0.5", "fr", "Ressource introuvable"),
            ("en", "en", "Resource Not Found"),
            ("de", "nl", "Niet gevonden"),
        ] {
            let path = format!("/cases/{}", Uuid::nil());
            let answer = app.manager.request("GET", &path).with("Accept-Language", asked).goes();

            assert_eq!(answer.is(404)["title"], title);
            assert_eq!(answer.header("Content-Language"), Some(spoken));
        }
    });
}

#[test]
fn the_trace_id_of_the_caller_is_related_to_that_of_the_answer() {
    on_both(|app| {
        let own = "4f8d2e2a-1111-2222-3333-444455556666";

        let answer = app.manager.request("GET", "/cases").with("BelGov-Trace-Id", own).goes();
        let unfit = app.manager.request("GET", "/cases").with("BelGov-Trace-Id", "<script>").goes();

        assert_eq!(answer.header("BelGov-Related-Trace-Id"), Some(own));
        assert_ne!(answer.header("BelGov-Trace-Id"), Some(own));
        assert_eq!(unfit.header("BelGov-Related-Trace-Id"), None);
    });
}

#[test]
fn the_tag_of_a_document_is_the_one_that_it_carries() {
    on_both(|app| {
        let case = app.manager.admits("Etiket");
        let item = app.manager.reads("/cases").is(200)["items"][0].clone();

        let answer = app.manager.reads(&path_of(&case));

        assert_eq!(answer.json()["etag"], answer.etag());
        let known =
            app.manager.request("GET", &path_of(&case)).with("If-None-Match", item["etag"].as_str().unwrap());
        assert_eq!(known.goes().status(), 304, "the tag of a list item is that of the document");
    });
}
