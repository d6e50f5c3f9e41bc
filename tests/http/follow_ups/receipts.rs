//! Confirming receipt of a whole page.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::on_both;
use crate::world::{CLEANING, LIGHTING};

#[test]
fn a_page_of_receipts_has_an_outcome_for_each() {
    on_both(|app| {
        let fresh = app.manager.sends(&app.manager.admits("Vers"), CLEANING);
        let known = app.service.receives(&app.manager.sends(&app.manager.admits("Gekend"), CLEANING));
        let done = app.service.answers(&app.manager.sends(&app.manager.admits("Klaar"), CLEANING));
        let amended = app.manager.sends(&app.manager.admits("Gewijzigd"), CLEANING);
        let stale = amended["etag"].clone();
        let words = json!({"subject": "Nieuw", "question": "Een nieuwe vraag.", "text": "Vergissing."});
        app.manager.does("amend", &amended, &words);
        let elsewhere = app.manager.sends(&app.manager.admits("Elders"), LIGHTING);
        let item = |request: &Value, etag: &Value| json!({"id": request["id"], "etag": etag});

        let items = json!([
            item(&fresh, &fresh["etag"]),
            item(&known, &known["etag"]),
            item(&done, &done["etag"]),
            item(&amended, &stale),
            item(&elsewhere, &elsewhere["etag"]),
            {"id": Uuid::nil(), "etag": "\"1-x\""},
        ]);
        let answer = app.service.creates("/followUpRequests/receive", &json!({"items": items})).is(200);

        let outcomes: Vec<&str> =
            answer["items"].as_array().unwrap().iter().map(|it| it["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["received", "unchanged", "notAllowed", "stale", "notFound", "notFound"]);
        assert_eq!(app.manager.sees(&fresh)["state"], "received");
        let after = app.service.sees(&fresh);
        assert_eq!(answer["items"][0]["etag"], after["etag"]);
        let many: Vec<Value> = (0..501).map(|_| item(&fresh, &fresh["etag"])).collect();
        app.service
            .creates("/followUpRequests/receive", &json!({"items": many}))
            .is_problem(400, "badRequest");
    });
}

#[test]
fn five_hundred_receipts_are_confirmed_at_once() {
    on_both(|app| {
        let case = app.manager.admits("Pagina");
        let items: Vec<Value> =
            (0..500).map(|number| json!({"id": Uuid::from_u128(number), "etag": "\"1-x\""})).collect();
        let sent = app.manager.sends(&case, CLEANING);
        let mut items = items;
        items[499] = json!({"id": sent["id"], "etag": sent["etag"]});

        let answer = app.service.creates("/followUpRequests/receive", &json!({"items": items})).is(200);

        assert_eq!(answer["items"].as_array().unwrap().len(), 500);
        assert_eq!(answer["items"][499]["outcome"], "received");
    });
}

#[test]
fn a_page_of_receipts_names_a_request_once() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Dubbel"), CLEANING);
        let item = json!({"id": request["id"], "etag": request["etag"]});
        let other = json!({"id": Uuid::nil(), "etag": "\"1-x\""});

        let answer =
            app.service.creates("/followUpRequests/receive", &json!({"items": [item, other, item, other]}));

        assert_eq!(answer.issues(), ["body items[2].id invalidInput", "body items[3].id invalidInput"]);
        assert_eq!(app.manager.sees(&request)["state"], "sent");
    });
}
