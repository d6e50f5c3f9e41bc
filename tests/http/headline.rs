//! The headline: a question that cannot be forgotten, from the first signal to the verified answer.

use serde_json::json;

use crate::app::on_both;
use crate::client::path_of;
use crate::world::CLEANING;

#[test]
fn a_signal_becomes_a_question_that_a_service_answers_and_the_manager_verifies() {
    on_both(|app| {
        let case = app.guard.signals("Glasbol");
        app.minutes_pass(10);
        assert_eq!(app.manager.opens(&case)["state"], "open");
        app.minutes_pass(10);
        let sent = app.manager.sends(&case, CLEANING);
        assert_eq!((&sent["state"], &sent["neverSeen"]), (&json!("sent"), &json!(true)));

        app.minutes_pass(10);
        let inbox = app.service.lists("state=sent");
        assert_eq!(inbox.len(), 1);
        app.minutes_pass(10);
        app.service.receives(&inbox[0]);
        app.minutes_pass(10);
        app.service.accepts(&inbox[0]);
        app.minutes_pass(10);
        let answered = app.service.answers(&inbox[0]);
        assert_eq!(answered["state"], "answered");
        app.minutes_pass(10);
        let closed = app.manager.verifies(&sent);

        assert_eq!(closed["state"], "closed");
        for (fact, time) in [
            ("sentAt", "2026-03-02T09:20:00Z"),
            ("firstSeenAt", "2026-03-02T09:30:00Z"),
            ("receivedAt", "2026-03-02T09:40:00Z"),
            ("acceptedAt", "2026-03-02T09:50:00Z"),
            ("firstAnsweredAt", "2026-03-02T10:00:00Z"),
            ("receiptDueAt", "2026-03-04T22:59:59Z"),
            ("originalAnswerDueAt", "2026-03-09T22:59:59Z"),
        ] {
            assert_eq!(closed[fact], time, "{fact}");
        }
        let timeline = app.manager.reads(&format!("{}/timeline", path_of(&case))).is(200);
        let verbs: Vec<_> =
            timeline["items"].as_array().unwrap().iter().map(|it| it["verb"].clone()).collect();
        assert_eq!(verbs, ["create", "open", "create", "send", "receive", "accept", "answer", "verify"]);
        let clock = app.manager.reads(&format!("{}/clock", path_of(&sent))).is(200);
        assert_eq!(clock["answer"]["endedAt"], "2026-03-02T10:00:00Z");
        let audited = app.database.texts(
            "SELECT operation AS value FROM audit_records WHERE operation <> 'settle' ORDER BY recorded_at, id",
        );
        assert_eq!(
            audited,
            [
                "createCase",
                "openCase",
                "createFollowUpRequest",
                "receiveFollowUpRequest",
                "acceptFollowUpRequest",
                "answerFollowUpRequest",
                "verifyFollowUpRequest"
            ]
        );
    });
}
