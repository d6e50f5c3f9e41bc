//! Calls of operations on series of meetings.

use serde_json::{Value, json};

use super::Call;
use crate::app::TestApp;
use crate::client::path_of;
use crate::world::KROONWIJK;

/// Gives a call of an operation on series of meetings that would succeed for whoever may make it.
pub(super) fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    Some(match operation {
        "listMeetingSeries" => {
            series(app);
            Call::reading("/meetingSeries?pageSize=1")
        }
        "getMeetingSeries" => Call::reading(path_of(&series(app))),
        "createMeetingSeries" => Call::creating("/meetingSeries", series_body()),
        "planMeetingSeries" => Call::verb(app, &series(app), "plan", json!({"until": "2026-06-30"})),
        "endMeetingSeries" => Call::verb(app, &series(app), "end", json!({"text": "Een woord uitleg."})),
        _ => return None,
    })
}

fn series_body() -> Value {
    json!({
        "consultationId": KROONWIJK,
        "recurrence": "FREQ=MONTHLY;BYDAY=2TU",
        "startsOn": "2026-01-13",
        "startTime": "13:30"
    })
}

fn series(app: &TestApp) -> Value {
    app.manager.creates("/meetingSeries", &series_body()).is(201)
}
