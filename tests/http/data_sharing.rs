//! Data-sharing protocols, and what is sent under them.

use std::net::TcpListener;

use jiff::{ToSpan as _, Zoned};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{a_question, id_of, path_of};
use crate::program::{Program, wait_for};
use crate::wire::{self, Sent};
use crate::world::{CITY, CLEANING, GREEN, KROONWIJK, LIGHTING};

fn a_protocol(recipients: &[Uuid]) -> Value {
    json!({
        "title": "Opruimen op privaat domein",
        "senderOrganisationIds": [CITY],
        "recipientOrganisationIds": recipients,
        "purpose": "Overlast oplossen waar iemand woont.",
        "legalGround": {"basis": "publicTask", "reference": "Decreet over het lokaal bestuur, artikel 2"},
        "dataCategories": ["address", "behaviour"],
        "caseCategories": ["AFV"],
        "validFrom": "2026-01-01",
        "validTo": "2026-06-30",
        "documentReference": "GR 2025-12-16/17"
    })
}

impl TestApp {
    fn drafts_protocol(&self, body: &Value) -> Value {
        self.dpo.creates("/dataSharingProtocols", body).is(201)
    }

    fn protocol(&self, body: &Value) -> Value {
        self.dpo.does("validate", &self.drafts_protocol(body), &json!({}))
    }

    /// Lets the city pass personal data on to an organisation.
    pub fn shares_personal_data(&self, recipient: Uuid) {
        self.protocol(&a_protocol(&[recipient]));
    }

    fn published(&self) -> Vec<Value> {
        let register = self.nobody.reads("/refData/dataSharingProtocols").is(200);
        assert_eq!(register["total"], json!(register["items"].as_array().unwrap().len()));
        register["items"].as_array().unwrap().clone()
    }
}

/// Gives a call of an operation on protocols that would succeed for whoever may make it.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    let draft = || app.drafts_protocol(&a_protocol(&[CLEANING]));
    Some(match operation {
        "listDataSharingProtocols" => {
            draft();
            Call::reading("/dataSharingProtocols")
        }
        "getDataSharingProtocol" => Call::reading(path_of(&draft())),
        "createDataSharingProtocol" => Call::creating("/dataSharingProtocols", a_protocol(&[CLEANING])),
        "updateDataSharingProtocol" => Call::edit(app, &draft(), json!({"title": "Anders"})),
        "validateDataSharingProtocol" => Call::verb(app, &draft(), "validate", json!({})),
        "revokeDataSharingProtocol" => Call::verb(
            app,
            &app.protocol(&a_protocol(&[CLEANING])),
            "revoke",
            json!({"reason": "Vervangen."}),
        ),
        "listPublishedDataSharingProtocols" => Call::reading("/refData/dataSharingProtocols"),
        _ => return None,
    })
}

/// A question with personal data, to be sent at once.
fn personal(case: &Value, organisation: Uuid) -> Value {
    let mut question = a_question(case, organisation);
    question["carriesPersonalData"] = json!(true);
    question["send"] = json!(true);
    question
}

#[test]
fn a_protocol_is_written_put_into_force_published_and_revoked() {
    on_both(|app| {
        let draft = app.drafts_protocol(&a_protocol(&[CLEANING]));
        assert_eq!(
            (&draft["state"], &draft["allowedVerbs"]),
            (&json!("draft"), &json!(["edit", "validate"]))
        );
        assert_eq!(app.published(), Vec::<Value>::new(), "a draft is not published");
        let edited =
            app.dpo.edits(&draft, &json!({"recipientOrganisationIds": [CLEANING, LIGHTING]})).is(200);
        assert_eq!(edited["recipientOrganisationIds"], json!([CLEANING, LIGHTING]));
        assert_eq!(edited["title"], draft["title"]);
        let stale = app.dpo.request("POST", &format!("{}/validate", path_of(&draft)));
        stale.with("If-Match", draft["etag"].as_str().unwrap()).json(&json!({})).goes().is(412);

        let valid = app.dpo.does("validate", &edited, &json!({}));
        assert_eq!((&valid["state"], &valid["allowedVerbs"]), (&json!("valid"), &json!(["revoke"])));
        app.dpo.edits(&valid, &json!({"title": "Anders"})).is_problem(409, "illegalTransition");
        let [published] = app.published().try_into().unwrap();
        assert_eq!((&published["state"], &published["title"]), (&json!("valid"), &valid["title"]));
        assert_eq!(published["recipients"][0]["name"]["nl"], "Reiniging");
        assert!(published.get("version").is_none() && published.get("createdAt").is_none());

        let revoked = app.dpo.does("revoke", &valid, &json!({"reason": "Vervangen door een nieuw."}));
        assert_eq!(revoked["allowedVerbs"], json!([]));
        assert_eq!(app.published()[0]["revokeReason"], "Vervangen door een nieuw.");
        let states = |query: &str| {
            let listed = app.dpo.reads(&format!("/dataSharingProtocols?{query}")).is(200);
            listed["items"].as_array().unwrap().iter().map(|it| it["state"].clone()).collect::<Vec<_>>()
        };
        app.drafts_protocol(&a_protocol(&[GREEN]));
        app.protocol(&a_protocol(&[GREEN]));
        assert_eq!(states(""), ["revoked", "draft", "valid"]);
        assert_eq!(states("state=valid&state=draft"), ["draft", "valid"]);
        assert_eq!(states("state=expired"), Vec::<Value>::new());

        // It is told that it ends soon, and then that it has ended.
        let [valid] = app
            .published()
            .into_iter()
            .filter(|it| it["state"] == "valid")
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let path = format!("/dataSharingProtocols/{}", id_of(&valid));
        let before = app.dpo.reads(&path);
        assert_eq!(before.is(200)["endsSoon"], false);
        app.it_is("2026-05-02T10:00:00Z");
        let soon = app.dpo.request("GET", &path).with("If-None-Match", &before.etag()).goes();
        assert_eq!(soon.is(200)["endsSoon"], true);
        app.it_is("2026-06-30T21:00:00Z");
        assert_eq!(states("state=valid"), ["valid"]);
        app.it_is("2026-06-30T22:00:00Z");
        assert_eq!((states("state=valid"), states("state=expired")), (vec![], vec![json!("expired")]));
        assert_eq!(app.dpo.reads(&path).is(200)["allowedVerbs"], json!([]));
    });
}

#[test]
fn every_fault_of_a_protocol_is_named_and_only_the_officer_writes_it() {
    on_both(|app| {
        let nobody = Uuid::from_u128(0xffff);
        let mut body = a_protocol(&[CLEANING, nobody]);
        body["caseCategories"] = json!(["AFV.SLUIK", "XXX"]);
        body["validTo"] = json!("2025-12-31");
        let issues = app.dpo.creates("/dataSharingProtocols", &body).issues();
        assert_eq!(
            issues,
            [
                "body recipientOrganisationIds[1] referencedResourceNotFound",
                "body caseCategories[1] referencedResourceNotFound",
                "body validTo invalidPeriod",
            ]
        );
        let mut numbered = a_protocol(&[CLEANING]);
        numbered["purpose"] = json!("Over 85.07.30-033.28");
        let refused = app.dpo.creates("/dataSharingProtocols", &numbered);
        assert_eq!(refused.issues(), ["body purpose rejectedInput"]);
        let draft = app.drafts_protocol(&a_protocol(&[CLEANING]));
        let period = app.dpo.edits(&draft, &json!({"validFrom": "2026-07-01"}));
        assert_eq!(period.issues(), ["body validTo invalidPeriod"]);
        app.administrator.reads(&path_of(&draft)).is(200);
        app.administrator
            .creates("/dataSharingProtocols", &a_protocol(&[CLEANING]))
            .is_problem(403, "missingPermission");
        app.manager.reads(&path_of(&draft)).is_problem(403, "missingPermission");
    });
}

#[test]
fn personal_data_is_sent_only_under_a_protocol_that_covers_it() {
    on_both(|app| {
        let case = app.manager.admits("Persoonlijk");
        let refused = app.manager.creates("/followUpRequests", &personal(&case, CLEANING));
        let problem = refused.is_problem(409, "dataSharingProtocolMissing");
        assert_eq!(
            (&problem["senderOrganisationId"], &problem["category"]),
            (&json!(CITY), &json!("AFV.SLUIK"))
        );
        assert_eq!(problem["recipientOrganisationId"], json!(CLEANING));

        // Other parties, other categories, a draft, another time: none of them covers it.
        let mut others = a_protocol(&[CLEANING]);
        others["caseCategories"] = json!(["DRU"]);
        let elsewhere = app.protocol(&others);
        app.protocol(&a_protocol(&[LIGHTING]));
        let mut later = a_protocol(&[CLEANING]);
        later["validFrom"] = json!("2026-04-01");
        app.protocol(&later);
        let draft = app.drafts_protocol(&a_protocol(&[CLEANING]));
        let tries = || app.manager.creates("/followUpRequests", &personal(&case, CLEANING));
        tries().is_problem(409, "dataSharingProtocolMissing");

        let mut question = personal(&case, CLEANING);
        question["send"] = json!(false);
        let written = app.manager.creates("/followUpRequests", &question).is(201);
        app.manager.tries("send", &written, &json!({})).is_problem(409, "dataSharingProtocolMissing");
        let valid = app.dpo.does("validate", &draft, &json!({}));
        let named = app.manager.edits(&written, &json!({"dataSharingProtocolId": elsewhere["id"]})).is(200);
        app.manager.tries("send", &named, &json!({})).is_problem(409, "dataSharingProtocolMissing");
        let named = app.manager.edits(&named, &json!({"dataSharingProtocolId": valid["id"]})).is(200);
        let sent = app.manager.does("send", &named, &json!({}));
        assert_eq!((&sent["state"], &sent["dataSharingProtocolId"]), (&json!("sent"), &valid["id"]));
        assert_eq!(app.service.sees(&sent)["dataSharingProtocolId"], valid["id"]);

        // What carries none needs none, and is sent under none.
        let mut plain = a_question(&app.manager.admits("Gewoon"), CLEANING);
        plain["dataSharingProtocolId"] = valid["id"].clone();
        plain["send"] = json!(true);
        let plain = app.manager.creates("/followUpRequests", &plain).is(201);
        assert!(plain.get("dataSharingProtocolId").is_none());
    });
}

#[test]
fn the_end_of_a_protocol_stops_what_is_new_and_not_what_runs() {
    on_both(|app| {
        let protocol = app.protocol(&a_protocol(&[CLEANING]));
        let sent = |title: &str| {
            let case = app.manager.admits(title);
            app.manager.creates("/followUpRequests", &personal(&case, CLEANING))
        };
        let running = sent("Eerste").is(201);
        assert_eq!(running["dataSharingProtocolId"], protocol["id"]);
        let other = sent("Tweede").is(201);
        app.dpo.does("revoke", &protocol, &json!({"reason": "Niet meer nodig."}));
        sent("Derde").is_problem(409, "dataSharingProtocolMissing");
        let answered = app.service.answers(&running);
        let reopened = app.manager.reopens(&answered);
        assert_eq!(reopened["dataSharingProtocolId"], protocol["id"]);
        // To pass it on is to send it to somebody else.
        let redirect = json!({"organisationId": LIGHTING, "text": "Niet voor ons."});
        app.service.tries("redirect", &other, &redirect).is_problem(409, "dataSharingProtocolMissing");
        let next = app.protocol(&a_protocol(&[LIGHTING]));
        app.service.redirects(&other, LIGHTING);
        let [successor] = app.lighting.lists("").try_into().unwrap();
        assert_eq!(successor["dataSharingProtocolId"], next["id"]);
        // However often it is passed on, it is the city that asks.
        let last = app.protocol(&a_protocol(&[GREEN]));
        app.lighting.redirects(&successor, GREEN);
        let [successor] = app.green.lists("").try_into().unwrap();
        assert_eq!(successor["dataSharingProtocolId"], last["id"]);

        let protocol = app.protocol(&a_protocol(&[CLEANING]));
        app.it_is("2026-06-30T21:59:59Z");
        assert_eq!(sent("Vierde").is(201)["dataSharingProtocolId"], protocol["id"]);
        app.it_is("2026-06-30T22:00:00Z");
        sent("Vijfde").is_problem(409, "dataSharingProtocolMissing");
    });
}

#[test]
fn a_decision_that_asks_needs_one_too() {
    on_both(|app| {
        let case = app.manager.admits("Persoonlijk");
        let question = json!({
            "organisationId": CLEANING,
            "questionKind": "cleanOrRepair",
            "urgency": "normal",
            "subject": "Opruimen",
            "question": "Graag opruimen bij de bewoner.",
            "carriesPersonalData": true,
            "send": true
        });
        let body = json!({
            "kind": "askService",
            "text": "De reiniging ruimt op.",
            "caseId": case["id"],
            "followUpRequests": [question]
        });
        let decides = || app.manager.creates(&format!("/consultations/{KROONWIJK}/decisions"), &body);
        decides().is_problem(409, "dataSharingProtocolMissing");
        app.protocol(&a_protocol(&[CLEANING]));
        decides().is(201);
    });
}

#[test]
fn of_those_who_send_while_it_is_revoked_none_is_later() {
    on_both(|app| {
        let protocol = app.protocol(&a_protocol(&[CLEANING]));
        let cases: Vec<_> = (0..8).map(|number| app.manager.admits(&format!("Plein {number}"))).collect();
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let sending: Vec<_> = cases
                .iter()
                .map(|case| {
                    let manager = &app.manager;
                    scope.spawn(move || {
                        manager.creates("/followUpRequests", &personal(case, CLEANING)).status()
                    })
                })
                .collect();
            app.dpo.does("revoke", &protocol, &json!({"reason": "Nu."}));
            sending.into_iter().map(|sending| sending.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|status| [201, 409].contains(status)), "{answers:?}");
        let late =
            app.manager.creates("/followUpRequests", &personal(&app.manager.admits("Later"), CLEANING));
        late.is_problem(409, "dataSharingProtocolMissing");
    });
}

#[test]
fn the_operator_is_told_of_those_that_end_soon() {
    on_both(|app| {
        let mut ending = a_protocol(&[CLEANING]);
        ending["validTo"] = json!(Zoned::now().date().saturating_add(10.days()).to_string());
        app.protocol(&ending);
        let mut later = a_protocol(&[CLEANING]);
        later["validTo"] = json!(Zoned::now().date().saturating_add(100.days()).to_string());
        app.protocol(&later);
        let metrics = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listen = metrics.to_string();
        let program =
            Program::serve_with(&app.database.url(), &[("WIJKOVERLEG_METRICS_LISTEN", listen.as_str())]);
        wait_for("the figure", || {
            let sent = Sent { method: "GET".to_owned(), target: "/metrics".to_owned(), ..Sent::default() };
            let figures = String::from_utf8(wire::exchange(metrics, &sent).ok()?.body).unwrap();
            figures.contains("wijkoverleg_data_sharing_protocols_ending 1").then_some(())
        });
        drop(program);
    });
}
