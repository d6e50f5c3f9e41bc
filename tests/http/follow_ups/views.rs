//! What a service sees, and what it does not.

use serde_json::{Value, json};

use crate::app::on_both;
use crate::client::path_of;
use crate::world::{CLEANING, GREEN, LIGHTING, MIDDLEWARE};

#[test]
fn a_draft_is_invisible_to_its_service() {
    on_both(|app| {
        let draft = app.manager.drafts(&app.manager.admits("Ontwerp"), CLEANING);
        assert_eq!(app.service.lists(""), Vec::<Value>::new());
        app.service.reads(&path_of(&draft)).is_problem(404, "resourceNotFound");
        app.service.reads(&format!("{}/messages", path_of(&draft))).is_problem(404, "resourceNotFound");
        app.service.reads(&format!("{}/clock", path_of(&draft))).is_problem(404, "resourceNotFound");

        let edited = app.manager.edits(&draft, &json!({"urgency": "urgent"})).is(200);
        app.minutes_pass(60);
        let sent = app.manager.does("send", &draft, &json!({}));

        assert_eq!(edited.get("receiptDueAt"), None, "the clock of a draft does not run");
        assert_eq!(sent["sentAt"], "2026-03-02T10:00:00Z");
        assert_eq!(sent["answerDueAt"], "2026-03-05T22:59:59Z", "three working days when it is urgent");
        assert_eq!(sent["receiptDueAt"], "2026-03-03T22:59:59Z");
        assert_eq!(app.service.lists("").len(), 1);
    });
}

#[test]
fn one_application_serves_several_services() {
    on_both(|app| {
        let middleware = app.client(&MIDDLEWARE);
        let case = app.manager.admits("Middleware");
        let (one, two) = (app.manager.sends(&case, LIGHTING), app.manager.sends(&case, GREEN));
        let third = app.manager.sends(&case, CLEANING);

        let inbox = middleware.lists("sort=createdAt");
        middleware.accepts(&one);
        middleware.answers(&two);

        assert_eq!(inbox.len(), 2);
        middleware.reads(&path_of(&third)).is_problem(404, "resourceNotFound");
        assert_eq!(app.green.lists("state=answered").len(), 1);
        assert_eq!(middleware.lists(&format!("organisationId={LIGHTING}")).len(), 1);
    });
}

#[test]
fn a_service_sees_nothing_of_the_case() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Binnenskamers"), CLEANING);

        let seen = app.service.sees(&request);

        assert_eq!(seen["view"], "service");
        assert_eq!(seen["contactFunction"], "Wijkregisseur Kroonwijk");
        for hidden in ["caseId", "createdBy", "firstSeenAt", "neverSeen", "rounds", "redirectedFromId"] {
            assert_eq!(seen.get(hidden), None, "{hidden}");
        }
        let text = seen.to_string();
        assert!(!text.contains(request["caseId"].as_str().unwrap()), "{text}");
        app.service.reads(&format!("/cases/{}", request["caseId"].as_str().unwrap())).is(403);
    });
}
