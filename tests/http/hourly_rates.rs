//! Hourly rates: who keeps them, and that there is one of a function from a day.

use serde_json::{Value, json};

use crate::app::on_both;
use crate::client::path_of;
use crate::world::{HIGHER, KROONWIJK, MOLENWIJK, OTHER_MANAGER};

fn a_rate(function: &str, cents: u32, from: &str) -> Value {
    json!({"consultationId": KROONWIJK, "function": function, "centsPerHour": cents, "validFrom": from})
}

#[test]
fn a_rate_is_added_read_and_taken_away() {
    on_both(|app| {
        let rate = app.manager.creates("/hourlyRates", &a_rate("guard", 3_100, "2026-01-01")).is(201);
        assert_eq!((&rate["centsPerHour"], &rate["validFrom"]), (&json!(3_100), &json!("2026-01-01")));
        assert_eq!(app.police.sees(&rate), rate);
        app.guard.reads(&path_of(&rate)).is_problem(403, "missingPermission");
        app.client(&OTHER_MANAGER).reads(&path_of(&rate)).is_problem(404, "resourceNotFound");

        let list = app.manager.reads("/hourlyRates");
        assert_eq!(list.is(200)["items"], json!([rate]));
        let other =
            app.administrator.creates("/hourlyRates", &a_rate("chiefInspector", 5_200, "2026-01-01")).is(201);
        let changed = app.manager.request("GET", "/hourlyRates").with("If-None-Match", &list.etag()).goes();
        assert_eq!(changed.is(200)["items"], json!([rate, other]));
        let guards = app.manager.reads("/hourlyRates?function=guard").is(200);
        assert_eq!(guards["items"], json!([rate]));

        let delete = || {
            app.manager
                .request("DELETE", &path_of(&rate))
                .with("If-Match", rate["etag"].as_str().unwrap())
                .goes()
        };
        assert_eq!(delete().status(), 204);
        delete().is_problem(404, "resourceNotFound");
        assert_eq!(app.manager.reads("/hourlyRates").is(200)["items"], json!([other]));
    });
}

#[test]
fn a_function_has_one_rate_from_a_day() {
    on_both(|app| {
        let rate = app.manager.creates("/hourlyRates", &a_rate("guard", 3_100, "2026-01-01")).is(201);
        let twice = app.manager.creates("/hourlyRates", &a_rate("guard", 3_200, "2026-01-01"));
        twice.is_problem(409, "conflict");
        app.manager.creates("/hourlyRates", &a_rate("guard", 3_200, "2027-01-01")).is(201);
        let taken = app.manager.request("DELETE", &path_of(&rate)).with("If-Match", "*").goes();
        assert_eq!(taken.status(), 204);
        app.manager.creates("/hourlyRates", &a_rate("guard", 3_200, "2026-01-01")).is(201);
    });
}

#[test]
fn a_rate_is_for_a_function_of_a_consultation_of_ones_own() {
    on_both(|app| {
        let unknown = app.manager.creates("/hourlyRates", &a_rate("mayor", 100, "2026-01-01"));
        assert_eq!(unknown.issues(), ["body function invalidInput"]);
        let much = app.manager.creates("/hourlyRates", &a_rate("guard", 100_001, "2026-01-01"));
        assert_eq!(much.status(), 400);
        for elsewhere in [MOLENWIJK, HIGHER] {
            let mut body = a_rate("policeOfficer", 100, "2026-01-01");
            body["consultationId"] = json!(elsewhere);
            let refused = app.manager.creates("/hourlyRates", &body);
            assert_eq!(refused.issues(), ["body consultationId referencedResourceNotFound"]);
        }
        app.police
            .creates("/hourlyRates", &a_rate("guard", 1, "2026-01-01"))
            .is_problem(403, "missingPermission");
    });
}
