//! The clock: dates that were checked by hand, and lists that time alone changes.

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Client, a_case, a_question, path_of};
use crate::world::{CITY, CLEANING};

/// Sends a request of a category and urgency.
fn sends(app: &TestApp, category: &str, urgency: &str) -> Value {
    let mut case = a_case("Klok");
    case["category"] = json!(category);
    case["admit"] = json!(true);
    case["leadOrganisationId"] = json!(CITY);
    let case = app.manager.creates("/cases", &case).is(201);
    let mut question = a_question(&case, CLEANING);
    question["urgency"] = json!(urgency);
    question["send"] = json!(true);
    app.manager.creates("/followUpRequests", &question).is(201)
}

#[test]
fn terms_end_on_the_days_that_a_calendar_on_the_wall_says() {
    on_both(|app| {
        for (sent, category, urgency, receipt, answer) in [
            // Late on Sunday in UTC is Monday in Brussels: day 1 is Tuesday.
            ("2026-03-08T23:30:00Z", "OPD.WEG", "normal", "2026-03-11T22:59:59Z", "2026-03-16T22:59:59Z"),
            // Friday before the clocks go forward on 29 March.
            ("2026-03-27T10:00:00Z", "GEL.MUZIEK", "urgent", "2026-03-30T21:59:59Z", "2026-04-01T21:59:59Z"),
            // Thursday before Easter 2026: Easter Monday is 6 April.
            ("2026-04-02T10:00:00Z", "AFV.SLUIK", "normal", "2026-04-07T21:59:59Z", "2026-04-10T21:59:59Z"),
            // Ten working days over Labour Day, Friday 1 May.
            ("2026-04-24T10:00:00Z", "GEL.MUZIEK", "normal", "2026-04-28T21:59:59Z", "2026-05-11T21:59:59Z"),
            // Twenty over Ascension (14 May) and Whit Monday (25 May).
            ("2026-05-04T10:00:00Z", "GEL.MUZIEK", "low", "2026-05-06T21:59:59Z", "2026-06-03T21:59:59Z"),
            // Friday 17 July: the national holiday is Tuesday 21.
            ("2026-07-17T10:00:00Z", "GEL.MUZIEK", "urgent", "2026-07-20T21:59:59Z", "2026-07-23T21:59:59Z"),
            // Friday before the clocks go back on 25 October; All Saints is a Sunday, 11 November a Wednesday.
            ("2026-10-23T10:00:00Z", "GEL.MUZIEK", "normal", "2026-10-27T22:59:59Z", "2026-11-06T22:59:59Z"),
            // Christmas 2026 is a Friday, New Year the Friday after.
            ("2026-12-23T10:00:00Z", "AFV.SLUIK", "normal", "2026-12-28T22:59:59Z", "2026-12-31T22:59:59Z"),
        ] {
            app.it_is(sent);

            let request = sends(app, category, urgency);

            assert_eq!(request["receiptDueAt"], receipt, "{sent} {category} {urgency}");
            assert_eq!(request["answerDueAt"], answer, "{sent} {category} {urgency}");
            assert_eq!(request["originalAnswerDueAt"], answer);
        }
    });
}

#[test]
fn days_of_waiting_do_not_count_and_the_clock_says_why() {
    on_both(|app| {
        app.it_is("2026-07-16T08:00:00Z");
        let request = sends(app, "AFV.SLUIK", "normal");
        assert_eq!(request["answerDueAt"], "2026-07-24T21:59:59Z");
        app.it_is("2026-07-17T08:00:00Z");
        app.service.asks_back(&request);
        app.it_is("2026-07-22T08:00:00Z");

        let resumed = app.manager.replies(&request);

        // Waited at the end of Friday 17 and Monday 20; Tuesday 21 is a holiday: days 1 to 5 are 22, 23, 24, 27 and 28.
        assert_eq!(resumed["answerDueAt"], "2026-07-28T21:59:59Z");
        assert_eq!(resumed["originalAnswerDueAt"], "2026-07-24T21:59:59Z");
        let path = format!("{}/clock", path_of(&request));
        let clock = app.service.request("GET", &path).with("Accept-Language", "en").goes().is(200);
        let told: Vec<(String, &str)> = clock["answer"]["segments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["from"].as_str().unwrap()[5..].to_owned(), it["reason"].as_str().unwrap()))
            .collect();
        let told: Vec<(&str, &str)> = told.iter().map(|(day, reason)| (day.as_str(), *reason)).collect();
        assert_eq!(
            told[..5],
            [
                ("07-16", "startDay"),
                ("07-17", "waiting"),
                ("07-18", "weekend"),
                ("07-20", "waiting"),
                ("07-21", "holiday")
            ]
        );
        assert_eq!(clock["answer"]["elapsedWorkingDays"], 1, "the day that runs counts");
        assert_eq!(clock["answer"]["remainingWorkingDays"], 4);
    });
}

#[test]
fn time_alone_makes_a_request_late_and_its_list_new() {
    on_both(|app| {
        let request = sends(app, "AFV.SLUIK", "normal");
        let count = |client: &Client, query: &str| client.lists(query).len();
        app.it_is("2026-03-09T22:59:58Z");
        let etag = app.manager.reads("/followUpRequests").etag();
        let polls =
            |etag: &str| app.manager.request("GET", "/followUpRequests").with("If-None-Match", etag).goes();
        assert_eq!(count(&app.manager, "late=true"), 0);
        assert_eq!(count(&app.manager, "neverSeen=true"), 1);
        app.it_is("2026-03-09T22:59:59Z");
        assert_eq!(polls(&etag).status(), 304);
        assert_eq!(count(&app.manager, "late=true"), 0, "the last second still counts");

        app.it_is("2026-03-09T22:59:59.000001Z");

        let late = polls(&etag).is(200);
        assert_eq!(late["items"][0]["late"], true);
        assert_eq!(late["items"][0]["answerBreachedAt"], "2026-03-09T22:59:59Z");
        assert_eq!(count(&app.manager, "late=true"), 1);
        assert_eq!(count(&app.manager, "seriouslyLate=true"), 0);
        assert_eq!(count(&app.manager, "late=false"), 0);
        // Working day 15 from Monday 2 March is Monday 23 March.
        app.it_is("2026-03-23T22:59:59Z");
        assert_eq!(count(&app.manager, "seriouslyLate=true"), 0);
        app.it_is("2026-03-23T22:59:59.000001Z");
        assert_eq!(count(&app.manager, "seriouslyLate=true"), 1);
        assert_eq!(count(&app.service, "late=true&seriouslyLate=true"), 1);
        assert_eq!(count(&app.manager, "neverSeen=true"), 0);
        app.service.answers(&request);
        assert_eq!(count(&app.manager, "late=true&state=answered"), 1, "a late answer stays late");
    });
}

#[test]
fn what_is_due_before_a_moment_is_found_to_the_second() {
    on_both(|app| {
        sends(app, "AFV.SLUIK", "normal");
        sends(app, "GEL.MUZIEK", "normal");
        let count = |moment: &str| app.service.lists(&format!("dueBefore={moment}")).len();

        assert_eq!(count("2026-03-09T22:59:59Z"), 0);
        assert_eq!(count("2026-03-09T22:59:59.000001Z"), 1);
        assert_eq!(count("2026-03-17T00:00:00Z"), 2);
        let ordered = app.service.lists("sort=-answerDueAt");
        assert_eq!(ordered[0]["answerDueAt"], "2026-03-16T22:59:59Z");
    });
}

#[test]
fn a_closure_day_counts_when_it_was_known_and_later_ones_by_recalculating() {
    on_both(|app| {
        let closes = |day: &str| {
            let body = json!({"organisationId": CLEANING, "closedOn": day, "name": "Brugdag"});
            app.administrator.creates("/closureDays", &body).is(201)
        };
        closes("2026-03-05");
        app.minutes_pass(1);
        let request = sends(app, "AFV.SLUIK", "normal");
        assert_eq!(request["answerDueAt"], "2026-03-10T22:59:59Z");
        app.minutes_pass(1);

        closes("2026-03-06");
        let unmoved = app.manager.sees(&request);
        app.minutes_pass(1);
        let moved = app.manager.does("recalculate", &request, &json!({"text": "Extra sluitingsdag."}));

        assert_eq!(unmoved["answerDueAt"], "2026-03-10T22:59:59Z");
        assert_eq!(moved["answerDueAt"], "2026-03-11T22:59:59Z");
        assert_eq!(moved["originalAnswerDueAt"], "2026-03-10T22:59:59Z");
        let timeline =
            app.manager.reads(&format!("/cases/{}/timeline", request["caseId"].as_str().unwrap())).is(200);
        assert!(timeline["items"].as_array().unwrap().iter().any(|it| it["verb"] == "recalculate"));
    });
}

#[test]
fn a_term_that_has_ended_is_explained_as_it_was_counted() {
    on_both(|app| {
        let request = app.service.receives(&sends(app, "AFV.SLUIK", "normal"));
        app.it_is("2026-03-03T09:00:00Z");
        let body = json!({"organisationId": CLEANING, "closedOn": "2026-03-04", "name": "Staking"});
        app.administrator.creates("/closureDays", &body).is(201);
        app.minutes_pass(1);

        app.manager.does("recalculate", &request, &json!({"text": "Staking."}));

        let clock = app.manager.reads(&format!("{}/clock", path_of(&request))).is(200);
        let (receipt, answer) = (&clock["receipt"], &clock["answer"]);
        assert_eq!(receipt["dueAt"], "2026-03-04T22:59:59Z");
        assert_eq!(receipt["calendarKnownAt"], "2026-03-02T09:00:00Z");
        assert!(!receipt["segments"].to_string().contains("closureDay"), "{receipt}");
        assert_eq!(answer["dueAt"], "2026-03-10T22:59:59Z");
        assert_eq!(answer["calendarKnownAt"], clock["calendarKnownAt"]);
        assert!(answer["segments"].to_string().contains("closureDay"), "{answer}");
    });
}

#[test]
fn a_row_of_the_term_table_overrides_the_default() {
    on_both(|app| {
        let row = json!({"organisationId": CLEANING, "receiptWorkingDays": 1, "answerWorkingDays": 4});
        app.administrator.creates("/terms", &row).is(201);
        app.minutes_pass(1);

        let request = sends(app, "GEL.MUZIEK", "low");

        assert_eq!(request["receiptDueAt"], "2026-03-03T22:59:59Z");
        assert_eq!(request["answerDueAt"], "2026-03-06T22:59:59Z");
    });
}
