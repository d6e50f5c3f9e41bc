//! What meetings cost: by function, by month and by year, and who may know.

use serde_json::{Value, json};

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, path_of};
use crate::world::{ANALYST, CITY, GUARDS, HIGHER, KROONWIJK, MOLENWIJK, OTHER_MANAGER, POLICE};

impl Client {
    /// Adds an hourly rate of Kroonwijk.
    fn sets_rate(&self, function: &str, cents: u32, from: &str) -> Value {
        let body = json!({
            "consultationId": KROONWIJK, "function": function, "centsPerHour": cents, "validFrom": from
        });
        self.creates("/hourlyRates", &body).is(201)
    }

    /// Holds a meeting of Kroonwijk from 13 to 17 hours in winter, with these persons.
    fn holds(&self, day: &str, attendances: &Value) -> Value {
        let planned = self.plans(day);
        self.does("recordAttendances", &planned, &json!({"items": attendances}));
        let started = self.simply("start", &self.sees(&planned));
        self.simply("finish", &started)
    }

    fn totals(&self, query: &str) -> Answer {
        self.reads(&format!("/meetings/totals?consultationId={KROONWIJK}&{query}"))
    }
}

fn attends(organisation: uuid::Uuid, function: &str) -> Value {
    json!({"organisationId": organisation, "function": function, "state": "present"})
}

fn two_of_the_police() -> Value {
    let inspector = attends(POLICE, "neighbourhoodInspector");
    json!([attends(POLICE, "chiefInspector"), inspector])
}

/// Gives a call of an operation on costs that would succeed for whoever may make it.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    Some(match operation {
        "getMeetingTotals" => Call::reading(format!(
            "/meetings/totals?consultationId={KROONWIJK}&from=2026-01-01&to=2026-12-31&groupBy=month"
        )),
        "getMeetingCost" => Call::reading(format!("{}/cost", path_of(&app.manager.plans("2026-03-10")))),
        _ => return None,
    })
}

/// The figures as: meetings, persons, minutes, cents, minutes without a rate.
fn figures(of: &Value) -> [i64; 5] {
    ["meetings", "presentCount", "personMinutes", "costCents", "minutesWithoutRate"]
        .map(|name| of[name].as_i64().unwrap())
}

fn cells(totals: &Value, name: &str) -> Vec<(String, [i64; 5])> {
    let cells = totals["cells"].as_array().unwrap().iter();
    cells.map(|cell| (cell[name].as_str().unwrap().to_owned(), figures(cell))).collect()
}

#[test]
fn meetings_are_counted_with_their_cost_by_month_and_by_year() {
    on_both(|app| {
        app.manager.sets_rate("chiefInspector", 5_200, "2025-01-01");
        app.manager.sets_rate("neighbourhoodInspector", 4_000, "2026-02-01");
        app.manager.holds("2025-12-09", &two_of_the_police());
        app.manager.holds("2026-01-13", &two_of_the_police());
        app.manager.holds("2026-02-10", &two_of_the_police());
        let late = json!([
            {"organisationId": POLICE, "function": "chiefInspector", "state": "present",
             "from": "2026-02-24T12:20:00Z"},
            {"organisationId": POLICE, "function": "neighbourhoodInspector", "state": "excused"},
            attends(GUARDS, "guard")
        ]);
        app.manager.holds("2026-02-24", &late);
        // What is not held does not count, whoever was there.
        let planned = app.manager.plans("2026-02-17");
        app.manager.does("recordAttendances", &planned, &json!({"items": two_of_the_police()}));
        app.manager.does("cancel", &app.manager.plans("2026-02-18"), &json!({"text": "Te weinig leden."}));

        let years = app.manager.totals("from=2025-01-01&to=2026-12-31").is(200);
        assert_eq!(
            cells(&years, "year"),
            [
                ("2025".to_owned(), [1, 2, 480, 20_800, 240]),
                // 4 hours at 52 euro; the same and 4 at 40; 3 hours and 40 minutes at 52.
                ("2026".to_owned(), [3, 6, 1_420, 20_800 + 36_800 + 19_067, 480]),
            ]
        );
        assert_eq!(figures(&years["all"]), [4, 8, 1_900, 97_467, 720]);
        assert_eq!((&years["from"], &years["to"]), (&json!("2025-01-01"), &json!("2026-12-31")));
        let months = app.manager.totals("from=2026-01-01&to=2026-12-31&groupBy=month").is(200);
        assert_eq!(
            cells(&months, "month"),
            [
                ("2026-01".to_owned(), [1, 2, 480, 20_800, 240]),
                ("2026-02".to_owned(), [2, 4, 940, 55_867, 240]),
            ]
        );
        let day = |from: &str, to: &str| {
            figures(&app.manager.totals(&format!("from={from}&to={to}")).is(200)["all"])[0]
        };
        assert_eq!((day("2026-01-13", "2026-01-13"), day("2026-01-14", "2026-02-09")), (1, 0));
    });
}

#[test]
fn a_meeting_tells_what_each_function_costs() {
    on_both(|app| {
        app.manager.sets_rate("chiefInspector", 5_200, "2026-01-01");
        app.manager.sets_rate("chiefInspector", 9_900, "2026-03-04");
        let items = json!([
            attends(POLICE, "chiefInspector"),
            {"organisationId": POLICE, "function": "chiefInspector", "state": "present",
             "until": "2026-03-03T12:01:00Z"},
            {"organisationId": GUARDS, "function": "guard", "state": "absent"},
            attends(CITY, "neighbourhoodManager")
        ]);
        let meeting = app.manager.plans("2026-03-03");
        let path = format!("{}/cost", path_of(&meeting));
        assert_eq!(app.manager.reads(&path).is(200)["functions"], json!([]));
        app.manager.does("recordAttendances", &meeting, &json!({"items": items}));

        let answer = app.manager.reads(&path);

        let cost = answer.is(200);
        assert_eq!(
            cost["functions"],
            json!([
                // A minute at 52 euro an hour is 86.67 cents.
                {"function": "chiefInspector", "presentCount": 2, "personMinutes": 241, "centsPerHour": 5_200,
                 "costCents": 20_887},
                {"function": "neighbourhoodManager", "presentCount": 1, "personMinutes": 240}
            ])
        );
        assert_eq!(
            ["presentCount", "personMinutes", "costCents", "minutesWithoutRate"].map(|it| cost[it].as_i64()),
            [3, 481, 20_887, 240].map(Some)
        );
        assert_eq!((&cost["state"], &cost["startsOn"]), (&json!("planned"), &json!("2026-03-03")));
        assert!(cost["self"].as_str().unwrap().ends_with(&path));
        let known =
            || app.manager.request("GET", &path).with("If-None-Match", &answer.etag()).goes().status();
        assert_eq!(known(), 304);
        app.manager.sets_rate("neighbourhoodManager", 6_000, "2026-01-01");
        assert_eq!(known(), 200, "a rate changes the cost");
    });
}

#[test]
fn totals_stay_the_same_for_who_has_them_until_a_meeting_or_a_rate_changes() {
    on_both(|app| {
        app.manager.holds("2026-03-03", &two_of_the_police());
        let query = "from=2026-01-01&to=2026-12-31";
        let ask = |tag: &str| {
            let path = format!("/meetings/totals?consultationId={KROONWIJK}&{query}");
            app.manager.request("GET", &path).with("If-None-Match", tag).goes()
        };
        let first = app.manager.totals(query).etag();
        assert_eq!(ask(&first).status(), 304);
        let rate = app.manager.sets_rate("chiefInspector", 5_200, "2026-01-01");
        let second = ask(&first);
        assert_eq!(figures(&second.is(200)["all"]), [1, 2, 480, 20_800, 240]);
        let taken = app.manager.request("DELETE", &path_of(&rate)).with("If-Match", "*").goes();
        assert_eq!(taken.status(), 204);
        let third = ask(&second.etag());
        assert_eq!(figures(&third.is(200)["all"]), [1, 2, 480, 0, 480]);
        app.manager.holds("2026-03-10", &json!([]));
        assert_eq!(figures(&ask(&third.etag()).is(200)["all"]), [2, 2, 480, 0, 480]);
    });
}

#[test]
fn every_fault_of_a_period_is_told() {
    on_both(|app| {
        let none = app.manager.reads("/meetings/totals?groupBy=day&from=yesterday");
        assert_eq!(
            none.issues(),
            [
                "query consultationId requiredInput",
                "query from schemaViolation",
                "query to requiredInput",
                "query groupBy schemaViolation"
            ]
        );
        let back = app.manager.totals("from=2026-02-01&to=2026-01-31");
        assert_eq!(back.issues(), ["query to invalidPeriod"]);
        assert_eq!(
            app.manager.totals("from=2016-01-01&to=2026-01-01").issues(),
            ["query to outOfRange"],
            "ten years and a day"
        );
        app.manager.totals("from=2016-01-01&to=2025-12-31").is(200);
        for method in ["POST", "DELETE", "PATCH"] {
            let answer = app.manager.request(method, "/meetings/totals").goes();
            answer.is_problem(405, "methodNotAllowed");
        }
    });
}

#[test]
fn who_reads_the_rates_reads_the_costs_of_its_consultations() {
    on_both(|app| {
        app.manager.sets_rate("chiefInspector", 5_200, "2026-01-01");
        let meeting = app.manager.holds("2026-03-03", &two_of_the_police());
        let cost = format!("{}/cost", path_of(&meeting));
        let query = "from=2026-01-01&to=2026-12-31";
        let analyst = app.client(&ANALYST);
        for reader in [&app.manager, &app.police, &analyst, &app.administrator] {
            assert_eq!(figures(&reader.totals(query).is(200)["all"]), [1, 2, 480, 20_800, 240]);
            assert_eq!(reader.reads(&cost).is(200)["costCents"], 20_800);
        }
        for reader in [&app.guard, &app.housing_team, &app.service, &app.dpo] {
            reader.totals(query).is_problem(403, "missingPermission");
            reader.reads(&cost).is_problem(403, "missingPermission");
        }
        let elsewhere = app.client(&OTHER_MANAGER);
        let unseen = ["query consultationId referencedResourceNotFound"];
        assert_eq!(elsewhere.totals(query).issues(), unseen);
        elsewhere.reads(&cost).is_problem(404, "resourceNotFound");
        let nowhere = "/meetings/totals?consultationId=019a9d3e-0000-7000-8000-00000000ffff";
        for reader in [&app.manager, &analyst] {
            assert_eq!(reader.reads(&format!("{nowhere}&{query}")).issues(), unseen);
        }
        for consultation in [HIGHER, MOLENWIJK] {
            let path = format!("/meetings/totals?consultationId={consultation}&{query}");
            assert_eq!(app.manager.reads(&path).issues(), unseen, "a manager has no seat there");
            assert_eq!(figures(&analyst.reads(&path).is(200)["all"]), [0; 5]);
        }
        let path = format!("/meetings/totals?consultationId={KROONWIJK}&{query}");
        for scope in ["meetings:read", "indicators:read"] {
            app.manager.narrowed(scope, "GET", &path).goes().is(200);
        }
        app.manager.narrowed("cases:read", "GET", &path).goes().is_problem(403, "missingScope");
    });
}
