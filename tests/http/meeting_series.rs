//! Series of meetings: the rule, planning, and where meetings move.

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{id_of, path_of};
use crate::world::{CITY, CLEANING, KROONWIJK, MOLENWIJK, OTHER_MANAGER, POLICE};

fn a_series(recurrence: &str) -> Value {
    json!({
        "consultationId": KROONWIJK,
        "recurrence": recurrence,
        "startsOn": "2026-01-01",
        "startTime": "13:30",
        "minutes": 240,
        "place": "Wijkkantoor"
    })
}

fn agreed(app: &TestApp, recurrence: &str) -> Value {
    app.manager.creates("/meetingSeries", &a_series(recurrence)).is(201)
}

/// Gives the days in Brussels of the meetings of a series, in order.
fn occurrences(app: &TestApp, series: &Value) -> i64 {
    app.database.number(&format!(
        "SELECT count(*) AS value FROM meetings WHERE series_id = '{}' AND status = 'planned'",
        id_of(series)
    ))
}

fn planned(series: &Value) -> usize {
    series["plannedMeetingIds"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_series_plans_the_meetings_that_are_not_there_yet() {
    on_both(|app| {
        let series = agreed(app, "freq=monthly;byday=2tu");
        assert_eq!(series["recurrence"], "FREQ=MONTHLY;BYDAY=2TU");
        assert_eq!((&series["state"], &series["hostOrganisationId"]), (&json!("active"), &json!(CITY)));
        assert_eq!(series["startTime"], "13:30");

        // March to June, each on its second Tuesday.
        let until_june = app.manager.does("plan", &series, &json!({"until": "2026-06-30"}));
        assert_eq!((planned(&until_june), &until_june["plannedUntil"]), (4, &json!("2026-06-30")));
        assert_eq!(occurrences(app, &series), 4);
        let again = app.manager.does("plan", &series, &json!({"until": "2026-06-30"}));
        assert_eq!((planned(&again), &again["version"]), (0, &until_june["version"]));
        let by_police = app.police.does("plan", &series, &json!({"until": "2026-06-30"}));
        assert_eq!(planned(&by_police), 0, "what is there is not planned twice");
        let until_august = app.police.does("plan", &series, &json!({"until": "2026-08-31"}));
        assert_eq!(planned(&until_august), 2);
        assert_eq!(occurrences(app, &series), 6);
        assert_eq!(app.guard.sees(&series)["plannedUntil"], "2026-08-31");
        let list = app.manager.reads(&format!("/meetingSeries?consultationId={KROONWIJK}")).is(200);
        assert_eq!(list["items"][0]["id"], series["id"]);
        assert_eq!(app.client(&OTHER_MANAGER).reads("/meetingSeries").is(200)["items"], json!([]));
        app.client(&OTHER_MANAGER).reads(&path_of(&series)).is_problem(404, "resourceNotFound");
    });
}

#[test]
fn a_meeting_on_a_free_day_moves_to_the_next_working_day_and_keeps_its_local_time() {
    on_both(|app| {
        let closed = json!({"organisationId": CITY, "closedOn": "2026-03-10", "name": "Brugdag"});
        app.administrator.creates("/closureDays", &closed).is(201);
        let second = agreed(app, "FREQ=MONTHLY;BYDAY=2TU;COUNT=4");
        app.manager.does("plan", &second, &json!({"until": "2026-04-30"}));
        // The third Tuesday of July 2026 is the 21st.
        let third = agreed(app, "FREQ=MONTHLY;BYDAY=3TU;BYMONTH=7");
        app.manager.does("plan", &third, &json!({"until": "2026-12-31"}));
        // The police works on a day on which the city is closed.
        let mut body = a_series("FREQ=MONTHLY;BYDAY=2TU");
        body["hostOrganisationId"] = json!(POLICE);
        let hosted = app.manager.creates("/meetingSeries", &body).is(201);
        app.manager.does("plan", &hosted, &json!({"until": "2026-03-31"}));

        let meetings = |series: &Value| {
            let list = app.manager.reads("/meetings?sort=startsAt").is(200);
            let of_series = list["items"].as_array().unwrap().clone().into_iter();
            let of_series = of_series.filter(|meeting| meeting["seriesId"] == series["id"]);
            of_series.map(|meeting| meeting["startsAt"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        // Winter time, then summer time.
        assert_eq!(meetings(&second), ["2026-03-11T12:30:00Z", "2026-04-14T11:30:00Z"]);
        assert_eq!(meetings(&third), ["2026-07-22T11:30:00Z"]);
        assert_eq!(meetings(&hosted), ["2026-03-10T12:30:00Z"]);
    });
}

#[test]
fn a_series_that_ended_plans_no_more() {
    on_both(|app| {
        let series = agreed(app, "FREQ=WEEKLY;BYDAY=TU");
        app.manager.does("plan", &series, &json!({"until": "2026-03-31"}));
        let ended = app.manager.does("end", &series, &json!({"text": "Wij komen anders samen."}));
        assert_eq!((&ended["state"], &ended["allowedVerbs"]), (&json!("ended"), &json!([])));
        assert_eq!(occurrences(app, &series), 5, "what is planned stays");

        let refused = app.manager.tries("plan", &series, &json!({"until": "2026-12-31"}));
        assert_eq!(refused.is_problem(409, "illegalTransition")["allowedVerbs"], json!([]));
        let stale = app.manager.request("POST", &format!("{}/end", path_of(&series)));
        let stale = stale.with("If-Match", series["etag"].as_str().unwrap()).json(&json!({"text": "Weg."}));
        stale.goes().is_problem(412, "preconditionFailed");
    });
}

#[test]
fn a_series_has_a_rule_that_is_taken_and_a_host_that_is_a_member() {
    on_both(|app| {
        let faults = |change: Value| {
            let mut body = a_series("FREQ=MONTHLY;BYDAY=2TU");
            for (name, value) in change.as_object().unwrap() {
                body[name] = value.clone();
            }
            app.manager.creates("/meetingSeries", &body)
        };
        for rule in
            ["FREQ=YEARLY", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=MONTHLY;FREQ=MONTHLY"]
        {
            let answer = faults(json!({"recurrence": rule}));
            assert_eq!(answer.issues(), ["body recurrence invalidInput"], "{rule}");
        }
        let both = faults(json!({"recurrence": "FREQ=MONTHLY;COUNT=1;UNTIL=20270101"}));
        assert_eq!(both.json()["issues"][0]["detail"], "COUNT en UNTIL sluiten elkaar uit.");
        assert_eq!(faults(json!({"recurrence": "elke maand"})).issues(), ["body recurrence schemaViolation"]);
        assert_eq!(faults(json!({"startTime": "25:00", "minutes": 5})).issues().len(), 2);
        assert_eq!(
            faults(json!({"hostOrganisationId": CLEANING})).issues(),
            ["body hostOrganisationId invalidInput"]
        );
        assert_eq!(
            faults(json!({"consultationId": MOLENWIJK})).issues(),
            ["body consultationId referencedResourceNotFound"]
        );
        let series = agreed(app, "FREQ=MONTHLY");
        for until in ["2026-03-01", "2028-03-03"] {
            let answer = app.manager.tries("plan", &series, &json!({"until": until}));
            assert_eq!(answer.issues(), ["body until outOfRange"]);
        }
    });
}
