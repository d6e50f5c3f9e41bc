//! Presence of community guards: shifts, their corrections, who sees them, and how they are counted.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Client, a_case, a_shift, id_of, path_of};
use crate::world::{
    ANALYST, AREA, GUARD_GROUP, GUARDS, KROONWIJK, MOLENWIJK, NEXT_AREA, OTHER_GUARD, OTHER_GUARD_GROUP,
    OTHER_GUARDS, SECOND_GUARD_GROUP,
};

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.reads(path).is(200)["items"].as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(id_of).collect()
}

fn records(client: &Client, shift: &Value) -> Value {
    client.creates("/presenceRecords", shift).is(201)
}

fn with(mut shift: Value, members: Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        shift[name] = value.clone();
    }
    shift
}

#[test]
fn a_shift_over_midnight_and_over_a_change_of_the_clock_has_its_true_minutes() {
    on_both(|app| {
        for (started_at, ended_at, minutes) in [
            ("2026-02-28T21:00:00Z", "2026-03-01T01:30:00Z", 270),
            // From 22 to 6 hours on the clock, in the night in which it is set forward, and back.
            ("2025-03-29T21:00:00Z", "2025-03-30T04:00:00Z", 420),
            ("2025-10-25T22:00:00+02:00", "2025-10-26T06:00:00+01:00", 540),
        ] {
            let record = records(&app.guard, &a_shift(started_at, ended_at));
            assert_eq!(record["minutes"], json!(minutes));
            assert_eq!(record["state"], "recorded");
            assert_eq!(app.manager.sees(&record), record);
        }
    });
}

#[test]
fn every_fault_of_a_shift_is_told() {
    on_both(|app| {
        let refused = |started_at: &str, ended_at: &str, members: Value| {
            app.guard.creates("/presenceRecords", &with(a_shift(started_at, ended_at), members)).issues()
        };
        let none = || json!({});
        assert_eq!(
            refused("2026-03-01T12:00:30Z", "2026-03-01T12:00:00Z", none()),
            ["body startedAt invalidInput", "body endedAt invalidPeriod"]
        );
        assert_eq!(
            refused("2026-02-27T00:00:00Z", "2026-02-27T14:01:00Z", none()),
            ["body endedAt outOfRange"]
        );
        assert_eq!(
            refused("2026-03-03T08:00:00Z", "2026-03-03T09:01:00Z", none()),
            ["body endedAt outOfRange"]
        );
        let nothing = json!({"guardGroupId": uuid::Uuid::nil(), "areaId": uuid::Uuid::nil(), "guards": 1});
        assert_eq!(
            refused("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", nothing),
            ["body guardGroupId referencedResourceNotFound", "body areaId referencedResourceNotFound"]
        );
        let of_others = json!({ "guardGroupId": OTHER_GUARD_GROUP });
        assert_eq!(
            refused("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", of_others),
            ["body guardGroupId referencedResourceNotFound"]
        );
        assert_eq!(
            refused("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", json!({"guards": 0, "contacts": -1})),
            ["body contacts outOfRange", "body guards outOfRange"]
        );
        assert_eq!(
            refused("2019-12-31T12:00:00Z", "2019-12-31T13:00:00Z", none()),
            ["body guardGroupId invalidInput"],
            "the group exists from 2020 on"
        );
        let totals = app.guard.reads("/presenceRecords/totals?from=2026-02-01&to=2026-01-01");
        assert_eq!(totals.issues(), ["query to invalidPeriod"]);
        let totals = app.guard.reads("/presenceRecords/totals?from=2020-01-01&to=2026-01-01");
        assert_eq!(totals.issues(), ["query to outOfRange"]);
        let list = "/presenceRecords?startedFrom=2026-02-01T00:00:00Z&startedBefore=2026-01-01T00:00:00Z";
        assert_eq!(app.guard.reads(list).issues(), ["query startedBefore invalidPeriod"]);
    });
}

#[test]
fn a_group_has_one_shift_at_a_time() {
    on_both(|app| {
        let first = records(&app.guard, &a_shift("2026-03-01T12:00:00Z", "2026-03-01T16:00:00Z"));
        let overlapping = a_shift("2026-03-01T15:59:00Z", "2026-03-01T18:00:00Z");
        let refused = app.guard.creates("/presenceRecords", &overlapping);
        let problem = refused.is_problem(409, "overlappingShift");
        assert_eq!(problem["presenceRecordId"], first["id"]);
        for (language, title) in
            [("nl", "Overlappende shift"), ("fr", "Service qui se chevauche"), ("en", "Overlapping Shift")]
        {
            let answer = app
                .guard
                .request("POST", "/presenceRecords")
                .with("Idempotency-Key", &app.shared.new_key())
                .with("Accept-Language", language)
                .json(&overlapping)
                .goes();
            assert_eq!(answer.is(409)["title"], title);
        }

        records(&app.guard, &a_shift("2026-03-01T16:00:00Z", "2026-03-01T18:00:00Z"));
        records(&app.guard, &with(overlapping.clone(), json!({"guardGroupId": SECOND_GUARD_GROUP})));
        let other = app.client(&OTHER_GUARD);
        let elsewhere = json!({"guardGroupId": OTHER_GUARD_GROUP, "areaId": NEXT_AREA});
        records(&other, &with(overlapping.clone(), elsewhere));

        app.guard.does("withdraw", &first, &json!({"reason": "Dubbel."}));
        records(&app.guard, &a_shift("2026-03-01T12:00:00Z", "2026-03-01T16:00:00Z"));
    });
}

#[test]
fn of_two_who_record_overlapping_shifts_at_once_one_is_refused() {
    on_both(|app| {
        for day in 10..20 {
            let shift = |from: i32, to: i32| {
                a_shift(&format!("2026-01-{day}T{from:02}:00:00Z"), &format!("2026-01-{day}T{to:02}:00:00Z"))
            };
            let shifts = [shift(8, 12), shift(11, 14), shift(9, 10), shift(8, 20)];
            let barrier = Barrier::new(shifts.len());
            let statuses: Vec<u16> = thread::scope(|scope| {
                let writers: Vec<_> = shifts
                    .iter()
                    .map(|shift| {
                        let barrier = &barrier;
                        let key = app.shared.new_key();
                        let request = app.guard.request("POST", "/presenceRecords");
                        scope.spawn(move || {
                            barrier.wait();
                            request.with("Idempotency-Key", &key).json(shift).goes().status()
                        })
                    })
                    .collect();
                writers.into_iter().map(|writer| writer.join().unwrap()).collect()
            });
            let count = |status| statuses.iter().filter(|it| **it == status).count();
            assert_eq!(count(201) + count(409), 4, "{statuses:?}");
            // The second and third of them may both stand, when the first and the last came too late.
            assert!((1..=2).contains(&count(201)), "{statuses:?}");
        }
        let all = items(&app.guard, "/presenceRecords?sort=startedAt&pageSize=500");
        for pair in all.windows(2) {
            let moment = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
            assert!(moment(&pair[0], "endedAt") <= moment(&pair[1], "startedAt"), "{pair:?}");
        }
    });
}

#[test]
fn a_correction_keeps_what_was_said_and_why() {
    on_both(|app| {
        let shift = a_shift("2026-03-01T12:00:00Z", "2026-03-01T16:00:00Z");
        let record = records(&app.guard, &with(shift.clone(), json!({"remarks": "Rustig."})));
        let next = records(&app.guard, &a_shift("2026-03-01T17:00:00Z", "2026-03-01T18:00:00Z"));
        let longer = |reason: &str, ended_at: &str| {
            with(shift.clone(), json!({"endedAt": ended_at, "guards": 3, "reason": reason}))
        };
        let refused = app.guard.tries("correct", &record, &longer("Langer.", "2026-03-01T17:30:00Z"));
        assert_eq!(refused.is_problem(409, "overlappingShift")["presenceRecordId"], next["id"]);

        app.minutes_pass(5);
        let body = longer("Een uur langer, met drie.", "2026-03-01T17:00:00Z");
        let corrected = app.guard.does("correct", &record, &body);
        assert_eq!(
            (&corrected["version"], &corrected["minutes"], &corrected["guards"], &corrected["remarks"]),
            (&json!(2), &json!(300), &json!(3), &Value::Null)
        );
        let before = &corrected["corrections"][0];
        assert_eq!(before["reason"], "Een uur langer, met drie.");
        assert_eq!(
            (&before["endedAt"], &before["guards"], &before["remarks"], &before["correctedAt"]),
            (&record["endedAt"], &json!(2), &json!("Rustig."), &json!("2026-03-02T09:05:00Z"))
        );
        let again = app.guard.does("correct", &record, &body);
        assert_eq!(again["version"], 2, "the same again changes nothing");
        let stale = app
            .guard
            .request("POST", &format!("{}/correct", path_of(&record)))
            .with("If-Match", record["etag"].as_str().unwrap())
            .json(&body)
            .goes();
        stale.is_problem(412, "preconditionFailed");

        let withdrawn = app.guard.does("withdraw", &record, &json!({"reason": "Verkeerde ploeg."}));
        assert_eq!(
            (&withdrawn["state"], &withdrawn["withdrawalReason"], &withdrawn["version"]),
            (&json!("withdrawn"), &json!("Verkeerde ploeg."), &json!(3))
        );
        let same = app.guard.does("withdraw", &record, &json!({"reason": "Verkeerde ploeg."}));
        assert_eq!(same["version"], 3);
        let refused = app.guard.tries("withdraw", &record, &json!({"reason": "Anders."}));
        assert_eq!(refused.is_problem(409, "illegalTransition")["allowedVerbs"], json!([]));
        app.guard.tries("correct", &record, &body).is_problem(409, "illegalTransition");

        let kept = app.database.texts(
            "SELECT verb || ' ' || version AS value FROM events WHERE subject_kind = 'presenceRecord' \
             AND version > 1 ORDER BY version",
        );
        assert_eq!(kept, ["correct 2", "withdraw 3"]);
        let audit =
            app.dpo.reads(&format!("/auditRecords?outcome=succeeded&subjectId={}", id_of(&record))).is(200);
        assert_eq!(audit["items"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn two_corrections_at_once_are_one_change_and_one_stale() {
    on_both(|app| {
        let shift = a_shift("2026-03-01T12:00:00Z", "2026-03-01T16:00:00Z");
        let record = records(&app.guard, &shift);
        let barrier = Barrier::new(2);
        let corrects = |guards: i32| {
            let request = app
                .guard
                .request("POST", &format!("{}/correct", path_of(&record)))
                .with("If-Match", record["etag"].as_str().unwrap())
                .json(&with(shift.clone(), json!({"guards": guards, "reason": "Geteld."})));
            barrier.wait();
            request.goes().status()
        };
        let mut statuses = thread::scope(|scope| {
            let other = scope.spawn(|| corrects(4));
            vec![corrects(5), other.join().unwrap()]
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    });
}

#[test]
fn who_sees_a_record_follows_from_its_area_and_its_service() {
    on_both(|app| {
        let other = app.client(&OTHER_GUARD);
        let here = records(&app.guard, &a_shift("2026-03-01T12:00:00Z", "2026-03-01T16:00:00Z"));
        let visiting = json!({"areaId": NEXT_AREA});
        let visit =
            records(&app.guard, &with(a_shift("2026-03-01T17:00:00Z", "2026-03-01T18:00:00Z"), visiting));
        let elsewhere = json!({"guardGroupId": OTHER_GUARD_GROUP, "areaId": NEXT_AREA});
        let there =
            records(&other, &with(a_shift("2026-03-01T12:00:00Z", "2026-03-01T16:00:00Z"), elsewhere));

        let (here_id, visit_id, there_id) = (id_of(&here), id_of(&visit), id_of(&there));
        for reader in [&app.manager, &app.police, &app.housing_team] {
            assert_eq!(ids(&items(reader, "/presenceRecords")), [here_id]);
            reader.reads(&path_of(&visit)).is_problem(404, "resourceNotFound");
        }
        assert_eq!(ids(&items(&app.guard, "/presenceRecords")), [visit_id, here_id]);
        app.guard.reads(&path_of(&there)).is_problem(404, "resourceNotFound");
        app.guard.tries("withdraw", &there, &json!({"reason": "Weg."})).is_problem(404, "resourceNotFound");
        assert_eq!(ids(&items(&other, "/presenceRecords")), [there_id]);
        assert_eq!(ids(&items(&app.stranger, "/presenceRecords")), [visit_id, there_id]);
        for blind in [&app.service, &app.housing_company, &app.administrator, &app.client(&ANALYST)] {
            blind.reads("/presenceRecords").is_problem(403, "missingPermission");
        }

        // The area of the neighbourhood grows, and with it what the team sees.
        let consultation = app.administrator.reads(&format!("/consultations/{KROONWIJK}")).is(200);
        let tag = app.manager.reads("/presenceRecords").etag();
        app.administrator.edits(&consultation, &json!({"areaCodes": ["41002W06", "41002W07"]})).is(200);
        let again = app.manager.request("GET", "/presenceRecords").with("If-None-Match", &tag).goes();
        assert_eq!(ids(again.is(200)["items"].as_array().unwrap()), [visit_id, there_id, here_id]);
        let page = app.manager.reads("/presenceRecords?pageSize=2").is(200);
        let next = page["next"].as_str().unwrap().split_once(crate::contract::BASE).unwrap().1.to_owned();
        assert_eq!(ids(&items(&app.manager, &next)), [here_id]);
    });
}

#[test]
fn a_list_is_narrowed_by_area_group_consultation_task_state_and_period() {
    on_both(|app| {
        let morning = records(
            &app.guard,
            &with(
                a_shift("2026-02-27T07:00:00Z", "2026-02-27T08:00:00Z"),
                json!({"task": "parkingAndCrossing"}),
            ),
        );
        let visit = records(
            &app.guard,
            &with(
                a_shift("2026-02-27T12:00:00Z", "2026-02-27T13:00:00Z"),
                json!({"areaId": NEXT_AREA, "guardGroupId": SECOND_GUARD_GROUP}),
            ),
        );
        let evening = records(&app.guard, &a_shift("2026-02-28T18:00:00Z", "2026-02-28T20:00:00Z"));
        app.guard.does("withdraw", &evening, &json!({"reason": "Afgelast."}));
        let (morning, visit, evening) = (id_of(&morning), id_of(&visit), id_of(&evening));
        for (filter, expected) in [
            (String::new(), &[evening, visit, morning][..]),
            ("sort=startedAt".to_owned(), &[morning, visit, evening]),
            (format!("areaId={AREA}"), &[evening, morning]),
            (format!("consultationId={MOLENWIJK}"), &[visit]),
            (format!("consultationId={MOLENWIJK}&areaId={AREA}"), &[]),
            (format!("guardGroupId={GUARD_GROUP}"), &[evening, morning]),
            ("task=parkingAndCrossing".to_owned(), &[morning]),
            ("task=parkingAndCrossing&task=dissuasivePresence".to_owned(), &[evening, visit, morning]),
            ("state=withdrawn".to_owned(), &[evening]),
            ("state=recorded".to_owned(), &[visit, morning]),
            ("startedFrom=2026-02-27T12:00:00Z&startedBefore=2026-02-28T18:00:00Z".to_owned(), &[visit]),
        ] {
            let found = items(&app.guard, &format!("/presenceRecords?{filter}"));
            assert_eq!(ids(&found), expected, "{filter}");
        }
    });
}

#[test]
fn many_shifts_are_recorded_all_or_none() {
    on_both(|app| {
        let shift = |day: i32, from: i32, to: i32| {
            a_shift(
                &format!("2026-02-{day:02}T{from:02}:00:00Z"),
                &format!("2026-02-{day:02}T{to:02}:00:00Z"),
            )
        };
        let before = app.database.rows();
        let faulty = json!({"items": [
            shift(1, 8, 12),
            shift(1, 11, 14),
            with(shift(2, 8, 12), json!({"areaId": uuid::Uuid::nil()})),
            shift(3, 12, 8),
            shift(4, 0, 15),
        ]});
        let refused = app.guard.creates("/presenceRecords/bulk", &faulty);
        assert_eq!(
            refused.issues(),
            [
                "body items[2].areaId referencedResourceNotFound",
                "body items[3].endedAt invalidPeriod",
                "body items[4].endedAt outOfRange",
                "body items[1].startedAt invalidInput",
            ]
        );
        assert_eq!(app.database.rows(), before);

        let known = records(&app.guard, &shift(10, 8, 12));
        let items_of =
            |days: &[i32]| json!({"items": days.iter().map(|day| shift(*day, 9, 10)).collect::<Vec<_>>()});
        let conflict = app.guard.creates("/presenceRecords/bulk", &items_of(&[9, 10, 11]));
        assert_eq!(
            conflict.is_problem(409, "overlappingShift")["conflicts"],
            json!([{"name": "items[1]", "presenceRecordId": known["id"]}])
        );
        assert_eq!(items(&app.guard, "/presenceRecords").len(), 1);

        let days: Vec<i32> = (11..=28).collect();
        let key = app.shared.new_key();
        let sends = || {
            let request = app.guard.request("POST", "/presenceRecords/bulk");
            request.with("Idempotency-Key", &key).json(&items_of(&days)).goes()
        };
        let done = sends();
        assert_eq!(done.is(201)["items"].as_array().unwrap().len(), days.len());
        let again = sends();
        assert_eq!((again.json(), again.header("Idempotency-Replayed")), (done.json(), Some("true")));
        assert_eq!(items(&app.guard, "/presenceRecords?pageSize=500").len(), days.len() + 1);
        let five_hundred_and_one = vec![shift(1, 1, 2); 501];
        let many = app.guard.creates("/presenceRecords/bulk", &json!({ "items": five_hundred_and_one }));
        assert_eq!(many.issues(), ["body items schemaViolation"]);
    });
}

fn totals(client: &Client, query: &str) -> Value {
    client.reads(&format!("/presenceRecords/totals?{query}")).is(200)
}

/// The figures of a cell as: shifts, shift minutes, guard minutes, contacts, cases.
fn figures(cell: &Value) -> [i64; 5] {
    ["shifts", "shiftMinutes", "guardMinutes", "contacts", "casesDetected"]
        .map(|name| cell[name].as_i64().unwrap_or(-1))
}

fn cells(totals: &Value, name: &str) -> Vec<(String, [i64; 5])> {
    let cells = totals["cells"].as_array().unwrap().iter();
    cells.map(|cell| (cell[name].as_str().unwrap().to_owned(), figures(cell))).collect()
}

/// A night over the end of January, an afternoon, a visit to the other area, and a withdrawn shift.
fn fill(app: &TestApp) {
    // From 21 to 2 hours local time.
    records(&app.guard, &a_shift("2026-01-31T20:00:00Z", "2026-02-01T01:00:00Z"));
    let three = json!({"guards": 3, "contacts": 7});
    records(&app.guard, &with(a_shift("2026-02-10T10:30:00Z", "2026-02-10T12:00:00Z"), three));
    let visiting = json!({"areaId": NEXT_AREA});
    records(&app.guard, &with(a_shift("2026-02-11T12:00:00Z", "2026-02-11T13:00:00Z"), visiting));
    let wrong = records(&app.guard, &a_shift("2026-02-12T12:00:00Z", "2026-02-12T13:00:00Z"));
    app.guard.does("withdraw", &wrong, &json!({"reason": "Dubbel."}));
}

#[test]
fn hours_are_split_over_areas_months_and_parts_of_the_day() {
    on_both(|app| {
        fill(app);
        let two_months = "from=2026-01-01&to=2026-02-28";
        let by = |dimension: &str| totals(&app.guard, &format!("{two_months}&groupBy={dimension}"));
        assert_eq!(figures(&by("area")["all"]), [3, 450, 990, 17, 0]);
        assert_eq!(
            cells(&by("area"), "areaId"),
            [(AREA.to_string(), [2, 390, 870, 12, 0]), (NEXT_AREA.to_string(), [1, 60, 120, 5, 0])]
        );
        assert_eq!(
            cells(&by("month"), "month"),
            [("2026-01".to_owned(), [1, 180, 360, 5, 0]), ("2026-02".to_owned(), [2, 270, 630, 12, 0])]
        );
        assert_eq!(
            cells(&by("dayPart"), "dayPart"),
            [
                ("morning".to_owned(), [1, 30, 90, 7, 0]),
                ("afternoon".to_owned(), [1, 120, 300, 5, 0]),
                ("evening".to_owned(), [1, 60, 120, 5, 0]),
                ("night".to_owned(), [0, 240, 480, 0, 0]),
            ]
        );
        let crossed = totals(&app.guard, &format!("{two_months}&groupBy=month&groupBy=dayPart"));
        assert_eq!(crossed["cells"].as_array().unwrap().len(), 5);
        let february = totals(&app.guard, "from=2026-02-01&to=2026-02-28");
        assert_eq!(figures(&february["all"]), [2, 270, 630, 12, 0]);
        assert_eq!(february["cells"].as_array().unwrap().len(), 1);
        let there = totals(&app.guard, &format!("{two_months}&areaId={NEXT_AREA}"));
        assert_eq!(figures(&there["all"]), [1, 60, 120, 5, 0]);
        let of_consultation = totals(&app.guard, &format!("{two_months}&consultationId={KROONWIJK}"));
        assert_eq!(figures(&of_consultation["all"]), [2, 390, 870, 12, 0]);
        let nothing = totals(&app.guard, "from=2027-01-01&to=2027-12-31");
        assert_eq!((figures(&nothing["all"]), &nothing["cells"]), ([0; 5], &json!([])));
    });
}

#[test]
fn each_counts_what_it_may_beside_the_cases_that_were_detected() {
    on_both(|app| {
        fill(app);
        let signals = |client: &Client, source: &str, longitude: f64| {
            let mut body = a_case("Signaal");
            body["source"] = json!(source);
            body["location"]["point"] = json!({"x": longitude, "y": 50.94});
            client.creates("/cases", &body).is(201)
        };
        let query = "from=2026-01-01&to=2026-03-31&groupBy=area";
        let tag = app.manager.reads(&format!("/presenceRecords/totals?{query}")).etag();
        signals(&app.guard, "guard", 4.04);
        signals(&app.manager, "guard", 4.04);
        signals(&app.manager, "housing", 4.04);
        signals(&app.guard, "guard", 4.08);
        let path = format!("/presenceRecords/totals?{query}");
        let again = app.manager.request("GET", &path).with("If-None-Match", &tag).goes();

        assert_eq!(cells(&again.is(200), "areaId"), [(AREA.to_string(), [2, 390, 870, 12, 2])]);
        let of_guard = totals(&app.guard, query);
        assert_eq!(
            cells(&of_guard, "areaId"),
            [(AREA.to_string(), [2, 390, 870, 12, 2]), (NEXT_AREA.to_string(), [1, 60, 120, 5, 1])]
        );
        // Molenwijk sees the visit, and none of the cases of Kroonwijk.
        assert_eq!(figures(&totals(&app.stranger, query)["all"]), [1, 60, 120, 5, 0]);
        let analyst = totals(&app.client(&ANALYST), query);
        assert_eq!(figures(&analyst["all"]), [3, 450, 990, 17, -1], "an analyst counts no single cases");
        app.service.reads(&path).is_problem(403, "missingPermission");
        app.administrator.reads(&path).is_problem(403, "missingPermission");

        let known = app.client(&ANALYST).reads(&path).etag();
        records(&app.guard, &a_shift("2026-02-20T12:00:00Z", "2026-02-20T13:00:00Z"));
        let polled = app.client(&ANALYST).request("GET", &path).with("If-None-Match", &known).goes();
        assert_eq!(figures(&polled.is(200)["all"])[0], 4);
    });
}

#[test]
fn guards_keep_the_groups_of_their_own_service() {
    on_both(|app| {
        let body = |organisation| json!({"organisationId": organisation, "name": {"nl": "Ploeg Zuid"}, "validFrom": "2026-01-01"});
        let made = app.guard.creates("/guardGroups", &body(GUARDS)).is(201);
        let refused = app.guard.creates("/guardGroups", &body(OTHER_GUARDS));
        assert_eq!(refused.issues(), ["body organisationId referencedResourceNotFound"]);
        app.administrator.creates("/guardGroups", &body(OTHER_GUARDS)).is(201);
        app.manager.creates("/guardGroups", &body(GUARDS)).is_problem(403, "missingPermission");

        let renamed =
            app.guard.edits(&made, &json!({"name": {"nl": "Ploeg Centrum"}, "validTo": "2026-02-28"}));
        assert_eq!(renamed.is(200)["name"]["nl"], "Ploeg Centrum");
        assert_eq!(app.guard.edits(&made, &json!({"name": {"nl": "Ploeg Centrum"}})).is(200)["version"], 2);
        let period = app.guard.edits(&made, &json!({"validTo": "2025-12-31"}));
        assert_eq!(period.issues(), ["body validTo invalidPeriod"]);
        let others = app.guard.reads(&format!("/guardGroups/{OTHER_GUARD_GROUP}")).is(200);
        app.guard.edits(&others, &json!({"name": {"nl": "Mijn"}})).is_problem(403, "missingPermission");
        let own = format!("/guardGroups?organisationId={GUARDS}");
        assert_eq!(items(&app.manager, &own).len(), 3);
        assert_eq!(items(&app.service, "/guardGroups"), Vec::<Value>::new());

        let shift = |day: &str| {
            let shift = a_shift(&format!("{day}T12:00:00Z"), &format!("{day}T13:00:00Z"));
            with(shift, json!({"guardGroupId": made["id"]}))
        };
        let last = records(&app.guard, &shift("2026-02-28"));
        let late = app.guard.creates("/presenceRecords", &shift("2026-03-01"));
        assert_eq!(late.issues(), ["body guardGroupId invalidInput"]);
        // A record of a group that ended meanwhile can still be corrected on its day.
        app.guard.edits(&made, &json!({"validTo": "2026-02-01"})).is(200);
        let fewer = with(shift("2026-02-28"), json!({"guards": 1, "reason": "Een was ziek."}));
        assert_eq!(app.guard.does("correct", &last, &fewer)["guards"], 1);
    });
}
