//! Calls of operations on guard groups and presence records.

use serde_json::{Value, json};

use super::Call;
use crate::app::TestApp;
use crate::client::path_of;
use crate::world::{GUARD_GROUP, GUARDS};

/// Gives a call of an operation on guard groups and presence records that would succeed for whoever may make it.
pub(super) fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    Some(match operation {
        "listGuardGroups" => Call::reading("/guardGroups?sort=createdAt"),
        "getGuardGroup" => Call::reading(format!("/guardGroups/{GUARD_GROUP}")),
        "createGuardGroup" => Call::creating(
            "/guardGroups",
            json!({"organisationId": GUARDS, "name": {"nl": "Ploeg"}, "validFrom": "2026-01-01"}),
        ),
        "updateGuardGroup" => {
            let known = app.administrator.reads(&format!("/guardGroups/{GUARD_GROUP}")).is(200);
            Call::edit(app, &known, json!({"name": {"nl": app.shared.new_key().replace('"', "")}}))
        }
        "listPresenceRecords" => {
            let shift = a_shift(app);
            app.guard.creates("/presenceRecords", &shift).is(201);
            let moment = |name: &str| shift[name].as_str().unwrap().to_owned();
            let (from, before) = (moment("startedAt"), moment("endedAt"));
            Call::reading(format!("/presenceRecords?startedFrom={from}&startedBefore={before}"))
        }
        "getPresenceRecord" => Call::reading(path_of(&recorded(app))),
        "createPresenceRecord" => Call::creating("/presenceRecords", a_shift(app)),
        "createPresenceRecords" => {
            Call::creating("/presenceRecords/bulk", json!({"items": [a_shift(app), a_shift(app)]}))
        }
        "correctPresenceRecord" => {
            let mut body = a_shift(app);
            body["reason"] = json!("Vergissing.");
            Call::verb(app, &recorded(app), "correct", body)
        }
        "withdrawPresenceRecord" => Call::verb(app, &recorded(app), "withdraw", json!({"reason": "Dubbel."})),
        "getPresenceTotals" => Call::reading("/presenceRecords/totals?from=2026-01-01&to=2026-02-28"),
        _ => return None,
    })
}

/// Half an hour in Kroonwijk at which the guards have no other shift.
fn a_shift(app: &TestApp) -> Value {
    let number: i64 = app.shared.new_key().trim_matches('"')["key-".len()..].parse().unwrap();
    let start: jiff::Timestamp = "2021-01-01T00:00:00Z".parse().unwrap();
    let start = start + jiff::SignedDuration::from_hours(number);
    crate::client::a_shift(&start.to_string(), &(start + jiff::SignedDuration::from_mins(30)).to_string())
}

fn recorded(app: &TestApp) -> Value {
    app.guard.creates("/presenceRecords", &a_shift(app)).is(201)
}
