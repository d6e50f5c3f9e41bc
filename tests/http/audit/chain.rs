//! The chain of the audit trail: that nobody can change it unnoticed.

use domain::audit::Entry;
use persistence::Backend;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{TestApp, on_both};
use crate::client::{a_case, id_of, path_of};
use crate::program::{Program, command, wait_for};
use crate::reports::sha256;
use crate::world::{CLEANING, MANAGER};

impl TestApp {
    pub(super) fn verifies_audit(&self) -> Value {
        self.dpo.reads("/auditRecords/verification").is(200)
    }

    /// Changes the trail as somebody does who has the database in his hands.
    fn tampers(&self, sql: &str) {
        if self.database.file().is_some() {
            for trigger in
                ["audit_records_stay", "audit_records_are_kept", "audit_seals_stay", "audit_seals_are_kept"]
            {
                self.database.execute(&format!("DROP TRIGGER IF EXISTS {trigger}"));
            }
        }
        self.database.execute(sql);
    }

    /// Gives the name of the record at a position of the chain.
    fn sealed_at(&self, position: i64) -> String {
        let sql =
            format!("SELECT CAST(record_id AS TEXT) AS value FROM audit_seals WHERE position = {position}");
        self.database.texts(&sql).remove(0)
    }
}

/// An application in which something happened, with its trail sealed.
fn sealed(app: &TestApp) -> Value {
    app.service.accepts(&app.manager.sends(&app.manager.admits("Plein"), CLEANING));
    assert!(app.seals() > 3);
    let verified = app.verifies_audit();
    assert_eq!((&verified["intact"], &verified["unknownRecords"]), (&json!(true), &json!(0)), "{verified}");
    assert!(verified.get("firstBreak").is_none());
    verified
}

#[test]
fn the_trail_is_sealed_after_the_commit_and_grows() {
    on_both(|app| {
        app.manager.admits("Plein");
        let before = app.verifies_audit();
        assert_eq!(before["sealedPosition"], 0);
        assert!(before["unsealedRecords"].as_i64().unwrap() > 0, "{before}");
        let verified = sealed(app);
        let last = verified["sealedPosition"].as_i64().unwrap();
        app.manager.admits("Park");
        assert_eq!(app.verifies_audit()["sealedPosition"], last);
        app.seals();
        let grown = app.verifies_audit();
        assert!(
            grown["sealedPosition"].as_i64().unwrap() > last && grown["sealedHash"] != verified["sealedHash"]
        );
        assert_eq!(app.seals(), 1, "the verification itself was written down");
        assert_eq!(app.seals(), 0);
        app.manager.reads("/auditRecords/verification").is_problem(403, "missingPermission");
    });
}

#[test]
fn whoever_has_the_records_can_verify_them_without_us() {
    on_both(|app| {
        app.service.reads(&format!("/cases/{}", Uuid::nil())).is_problem(403, "missingPermission");
        app.exports(&json!({"purpose": "Controle door de FG"}));
        let verified = sealed(app);
        let mut previous = domain::audit::BEGINNING.to_owned();
        for position in 1..=verified["sealedPosition"].as_i64().unwrap() {
            let record = app.dpo.reads(&format!("/auditRecords/{}", app.sealed_at(position))).is(200);
            let id = |name: &str| record[name].as_str().unwrap().parse::<Uuid>().unwrap();
            let entry = Entry {
                client_id: id("clientId"),
                id: id("id"),
                operation: record["operation"].as_str().unwrap(),
                organisation_id: id("organisationId"),
                recorded_at: record["recordedAt"].as_str().unwrap().parse().unwrap(),
                request_id: id("requestId"),
                subject_id: record["subjectId"].as_str().map(|id| id.parse().unwrap()),
                subject_kind: record["subjectKind"].as_str(),
                case_id: record["caseId"].as_str().map(|id| id.parse().unwrap()),
                outcome: record["outcome"].as_str().unwrap(),
                problem: record["problem"].as_str(),
                purpose_hash: record["purposeHash"].as_str(),
                roles: record["roles"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|role| role.as_str().unwrap())
                    .collect(),
                user: record["user"].as_str(),
                version: record["version"].as_i64(),
            };
            let mut public = record.clone();
            for beside in ["href", "purpose", "purposeSalt"] {
                public.as_object_mut().unwrap().remove(beside);
            }
            let text = entry.link(position, &previous);
            // What is hashed is what the answer holds, member by member.
            assert_eq!(serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap(), public);
            previous = sha256(&text);
        }
        assert_eq!(verified["sealedHash"], json!(previous));
    });
}

#[test]
fn one_byte_that_is_changed_is_found() {
    on_both(|app| {
        sealed(app);
        let id = app.sealed_at(3);
        app.tampers(&format!("UPDATE audit_records SET operation = operation || 'x' WHERE id = '{id}'"));
        let verified = app.verifies_audit();
        assert_eq!((&verified["intact"], &verified["sealedPosition"]), (&json!(false), &json!(2)));
        let expected = json!({"position": 3, "reason": "recordChanged", "auditRecordId": id});
        assert_eq!(verified["firstBreak"], expected);
    });
}

#[test]
fn a_change_that_reads_the_same_or_cannot_be_read_is_found_too() {
    for change in [
        "outcome = outcome || 'x'",
        "roles = roles || ','",
        "purpose_hash = 'x'",
        // Only a file holds what is no id.
        "request_id = 'x'",
        "request_id = upper(request_id)",
    ] {
        on_both(|app| {
            if app.database.file().is_none() && change.starts_with("request_id") {
                return;
            }
            // That of a request, whose id has letters in it.
            let position = sealed(app)["sealedPosition"].as_i64().unwrap();
            let id = app.sealed_at(position);
            app.tampers(&format!("UPDATE audit_records SET {change} WHERE id = '{id}'"));
            let found = &app.verifies_audit()["firstBreak"];
            assert_eq!(
                (&found["position"], &found["reason"]),
                (&json!(position), &json!("recordChanged")),
                "{change}"
            );
        });
    }
}

#[test]
fn a_purpose_that_was_replaced_is_found_and_one_that_waits_and_is_gone_too() {
    on_both(|app| {
        app.exports(&json!({"purpose": "Controle door de FG"}));
        sealed(app);
        app.database.execute("UPDATE audit_purposes SET text = 'Iets anders'");
        let verified = app.verifies_audit();
        assert_eq!(
            (&verified["intact"], &verified["firstBreak"]["reason"]),
            (&json!(false), &json!("purposeChanged"))
        );
    });
    on_both(|app| {
        sealed(app);
        app.manager.admits("Nieuw");
        app.tampers("DELETE FROM audit_records WHERE id = (SELECT record_id FROM audit_pending LIMIT 1)");
        assert_eq!(app.verifies_audit()["unknownRecords"], 1);
        // The others are sealed all the same.
        assert!(app.seals() > 0);
        assert_eq!(app.seals(), 0);
    });
}

#[test]
fn a_record_that_is_gone_and_two_that_are_swapped_are_found() {
    on_both(|app| {
        sealed(app);
        let (second, third) = (app.sealed_at(2), app.sealed_at(3));
        app.tampers(&format!(
            "UPDATE audit_seals SET record_id = '{}' WHERE position = 2;
             UPDATE audit_seals SET record_id = '{second}' WHERE position = 3;
             UPDATE audit_seals SET record_id = '{third}' WHERE position = 2;",
            Uuid::nil()
        ));
        assert_eq!(app.verifies_audit()["firstBreak"]["reason"], "recordChanged");
        assert_eq!(app.verifies_audit()["firstBreak"]["position"], 2);
    });
    on_both(|app| {
        sealed(app);
        let id = app.sealed_at(4);
        app.tampers(&format!("DELETE FROM audit_records WHERE id = '{id}'"));
        let verified = app.verifies_audit();
        assert_eq!(
            verified["firstBreak"],
            json!({"position": 4, "reason": "recordMissing", "auditRecordId": id})
        );
    });
}

#[test]
fn a_record_that_is_removed_with_its_seal_or_slipped_in_beside_the_chain_is_found() {
    on_both(|app| {
        sealed(app);
        let id = app.sealed_at(2);
        app.tampers(&format!(
            "DELETE FROM audit_records WHERE id = '{id}'; DELETE FROM audit_seals WHERE record_id = '{id}';"
        ));
        let verified = app.verifies_audit();
        assert_eq!(verified["firstBreak"], json!({"position": 2, "reason": "sealMissing"}));
    });
    on_both(|app| {
        sealed(app);
        let copied = app.sealed_at(1);
        app.tampers(&format!(
            "INSERT INTO audit_records SELECT '{}', recorded_at, client_id, user_name, organisation_id, operation,
                 subject_kind, subject_id, version, request_id, case_id, roles, outcome, problem, purpose_hash
                 FROM audit_records WHERE id = '{copied}'",
            Uuid::from_u128(77)
        ));
        let verified = app.verifies_audit();
        assert_eq!((&verified["intact"], &verified["unknownRecords"]), (&json!(false), &json!(1)));
    });
}

#[test]
fn sqlite_refuses_to_change_or_remove_what_was_written_down() {
    let app = TestApp::start(Backend::Sqlite);
    sealed(&app);
    for statement in [
        "UPDATE audit_records SET operation = 'x'",
        "DELETE FROM audit_records",
        "UPDATE audit_seals SET hash = 'x'",
        "DELETE FROM audit_seals",
        "INSERT OR REPLACE INTO audit_records SELECT * FROM audit_records",
        "INSERT OR REPLACE INTO audit_seals SELECT * FROM audit_seals",
    ] {
        let refused =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| app.database.execute(statement)));
        assert!(refused.is_err(), "{statement}");
    }
    assert_eq!(app.verifies_audit()["intact"], true);
}

#[test]
fn the_command_verifies_against_a_place_that_was_noted() {
    on_both(|app| {
        let verified = sealed(app);
        let run = |arguments: &[&str]| {
            let arguments: Vec<&str> = ["verify-audit"].iter().chain(arguments).copied().collect();
            let output = command(&app.database.url(), &arguments).output().unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let place = format!("{}:{}", verified["sealedPosition"], verified["sealedHash"].as_str().unwrap());
        let (code, told) = run(&[]);
        assert_eq!((code, told.contains(&place)), (Some(0), true), "{told}");
        let (code, told) = run(&["--json"]);
        assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["sealedHash"], verified["sealedHash"]);
        assert_eq!(code, Some(0));
        app.manager.admits("Park");
        app.seals();
        assert_eq!(run(&["--known", &place]).0, Some(0));

        // Somebody replaces the whole chain by one of his own: it holds in itself.
        app.tampers(
            "UPDATE audit_records SET operation = 'listCases' WHERE operation = 'createFollowUpRequest';
             DELETE FROM audit_seals; INSERT INTO audit_pending SELECT id FROM audit_records;",
        );
        app.seals();
        assert_eq!(run(&[]).0, Some(0));
        let (code, told) = run(&["--known", &place]);
        assert_eq!((code, told.contains("first break at")), (Some(1), true), "{told}");
        let far = format!("9999:{}", verified["sealedHash"].as_str().unwrap());
        assert_eq!(run(&["--known", &far]).0, Some(1), "a chain that is cut off");
        assert_eq!(run(&["--known", "nowhere"]).0, Some(2));
    });
}

#[test]
fn who_seals_at_once_seals_each_record_once() {
    on_both(|app| {
        let others = [app.another(), app.another()];
        for number in 0..6 {
            app.manager.admits(&format!("Plein {number}"));
        }
        let sealed: usize = std::thread::scope(|scope| {
            let sealing = others
                .iter()
                .enumerate()
                .map(|(number, other)| scope.spawn(move || other.seals(u128::try_from(number).unwrap() + 5)));
            sealing.collect::<Vec<_>>().into_iter().map(|sealing| sealing.join().unwrap()).sum()
        });
        let verified = app.verifies_audit();
        assert_eq!((&verified["intact"], &verified["sealedPosition"]), (&json!(true), &json!(sealed)));
        assert!(sealed > 6 && !id_of(&app.manager.admits("Later")).is_empty());
    });
}

#[test]
fn the_oldest_part_is_cut_off_and_the_rest_can_still_be_verified() {
    on_both(|app| {
        app.manager.admits("Plein");
        // Only for the test did all of this happen four years ago.
        let ago = if app.database.file().is_some() {
            app.database.execute("DROP TRIGGER audit_records_stay");
            "recorded_at - 126230400000000"
        } else {
            "recorded_at - INTERVAL '1461 days'"
        };
        app.database.execute(&format!("UPDATE audit_records SET recorded_at = {ago}"));
        let old = app.seals();
        app.manager.admits("Park");
        app.seals();
        let whole = app.verifies_audit();
        assert_eq!(whole["intact"], true);
        let noted = format!("{}:{}", whole["sealedPosition"], whole["sealedHash"].as_str().unwrap());
        let run = |arguments: &[&str]| {
            let output = command(&app.database.url(), arguments).output().unwrap();
            let told = [output.stdout, output.stderr]
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .concat();
            (output.status.code(), told)
        };
        let records = app.database.count("audit_records");

        let (code, told) = run(&["cut-audit", "--before", "2024-01-01"]);
        assert_eq!((code, told.contains(&format!("{old} records destroyed"))), (Some(0), true), "{told}");
        let cut = app.verifies_audit();
        assert_eq!((&cut["intact"], &cut["cutPosition"]), (&json!(true), &json!(old)), "{cut}");
        // That of the cut itself, and of the verification.
        assert_eq!(app.database.count("audit_records"), records - i64::try_from(old).unwrap() + 2);
        app.seals();
        assert_eq!(app.verifies_audit()["intact"], true);
        assert_eq!(run(&["verify-audit", "--known", &noted]).0, Some(0));
        let (_, told) = run(&["cut-audit", "--before", "2024-01-01"]);
        assert!(told.contains("nothing sealed is older; 0 records destroyed"), "{told}");
        let (code, told) = run(&["cut-audit", "--before", "2026-01-01"]);
        assert_eq!((code, told.contains("2 years at least")), (Some(1), true), "{told}");

        // A cut of which no record tells.
        let last = app.verifies_audit()["sealedPosition"].as_i64().unwrap();
        let unrecorded = format!(
            "INSERT INTO audit_checkpoints SELECT position, hash, (SELECT cut_at FROM audit_checkpoints), record_id
                 FROM audit_seals WHERE position = {}",
            last - 1
        );
        if app.database.file().is_some() {
            let refused = std::panic::AssertUnwindSafe(|| app.database.execute(&unrecorded));
            assert!(std::panic::catch_unwind(refused).is_err(), "a trigger wants the record");
            app.database.execute("DROP TRIGGER audit_checkpoints_are_told");
        }
        app.database.execute(&unrecorded);
        assert_eq!(app.verifies_audit()["firstBreak"]["reason"], "cutUnrecorded");
    });
}

#[test]
fn the_role_of_the_server_adds_to_the_trail_and_does_no_more() {
    let app = TestApp::start(Backend::Postgresql);
    let url = app.database.url();
    let role = format!("of \"{}\"", url.rsplit('/').next().unwrap());
    let quoted = format!("\"{}\"", role.replace('"', "\"\""));
    app.database.execute(&format!("CREATE ROLE {quoted} LOGIN"));
    let grants = |role: &str| {
        let output = command(&url, &["migrate", "--application-role", role]).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let owner = app.database.texts("SELECT current_user::text AS value").remove(0);
    let (done, told) = grants(&owner);
    assert!(!done && told.contains("may change audit_records all the same"), "{told}");
    let (done, told) = grants(&role);
    assert!(done, "{told}");

    for statement in [
        "UPDATE audit_records SET operation = 'x'",
        "DELETE FROM audit_records",
        "TRUNCATE audit_records",
        "UPDATE audit_seals SET hash = 'x'",
        "DELETE FROM audit_seals",
        "INSERT INTO audit_checkpoints SELECT position, hash, now(), record_id FROM audit_seals",
        "DROP TABLE audit_records",
    ] {
        let tries = || app.database.execute(&format!("SET ROLE {quoted}; {statement}"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(tries)).is_err(), "{statement}");
    }

    // And the program can do all of its work with that.
    let (before, after) = url.split_once("://").unwrap();
    let place = after.split_once('@').map_or(after, |(_, place)| place);
    let name = role.replace('"', "%22").replace(' ', "%20");
    let program = Program::serve(&format!("{before}://{name}@{place}"));
    let manager = program.client(&MANAGER);
    let case = manager.creates("/cases", &a_case("Plein")).is(201);
    manager.reads(&path_of(&case)).is(200);
    wait_for("the seal of the new case", || {
        let verified = app.verifies_audit();
        assert_eq!(verified["intact"], true);
        (verified["sealedPosition"].as_i64() > Some(0)).then_some(())
    });
    drop(program);
    app.database.execute(&format!("DROP OWNED BY {quoted}; DROP ROLE {quoted}"));
}
