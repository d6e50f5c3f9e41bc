//! Contacts with partners on cases: recorded, corrected, seen by whom, and counted.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Client, a_contact, id_of, path_of};
use crate::world::{CLEANING, GREEN, HOUSING_COMPANY, KROONWIJK, LIGHTING, POLICE, STRANGER};

fn contacts_of(case: &Value) -> String {
    format!("{}/contacts", path_of(case))
}

/// A contact on a day with an organisation.
fn with_partner(partner: uuid::Uuid, day: &str) -> Value {
    let mut body = a_contact();
    body["partnerOrganisationId"] = json!(partner);
    body["contactedOn"] = json!(day);
    body
}

/// A contact with an organisation that the register does not know.
fn with_name(name: &str, day: &str) -> Value {
    let mut body = with_partner(POLICE, day);
    body.as_object_mut().unwrap().remove("partnerOrganisationId");
    body["partnerName"] = json!(name);
    body
}

fn items(client: &Client, path: &str) -> Vec<Value> {
    client.reads(path).is(200)["items"].as_array().unwrap().clone()
}

fn members(items: &[Value], member: &str) -> Vec<String> {
    items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_kind_of_a_contact_follows_from_its_partner_and_stays() {
    on_both(|app| {
        let path = contacts_of(&app.manager.admits("Soort"));
        for (partner, kind) in
            [(POLICE, "internal"), (GREEN, "internal"), (HOUSING_COMPANY, "external"), (STRANGER, "external")]
        {
            let made = app.manager.creates(&path, &with_partner(partner, "2026-02-27")).is(201);
            assert_eq!(made["kind"], kind);
        }
        let named = app.manager.creates(&path, &with_name("Straathoekwerk", "2026-02-27")).is(201);
        assert_eq!((&named["kind"], &named["partnerName"]), (&json!("external"), &json!("Straathoekwerk")));

        let with_green = app.manager.creates(&path, &with_partner(GREEN, "2026-02-26")).is(201);
        let green = app.administrator.reads(&format!("/organisations/{GREEN}")).is(200);
        app.administrator.edits(&green, &json!({"regime": "external"})).is(200);

        let corrected = app.manager.edits(&with_green, &json!({"channel": "mail"})).is(200);
        assert_eq!((&corrected["kind"], &corrected["version"]), (&json!("internal"), &json!(2)));
        let renamed = json!({"partnerOrganisationId": null, "partnerName": "Groenbedrijf"});
        assert_eq!(app.manager.edits(&corrected, &renamed).is(200)["kind"], "external");
    });
}

#[test]
fn every_fault_of_a_contact_is_told() {
    on_both(|app| {
        let path = contacts_of(&app.manager.admits("Fouten"));
        let mut body = with_partner(uuid::Uuid::nil(), "2026-03-03");
        body["purpose"] = json!("Bel 93.05.18-223.61 op");
        assert_eq!(
            app.manager.creates(&path, &body).issues(),
            ["body purpose rejectedInput"],
            "what never may be stored is told by the contract, before anything else"
        );
        body["purpose"] = json!("Afstemmen");
        let refused = app.manager.creates(&path, &body);
        assert_eq!(
            refused.issues(),
            ["body contactedOn outOfRange", "body partnerOrganisationId referencedResourceNotFound"]
        );
        body["partnerName"] = json!("Straathoekwerk");
        body["contactedOn"] = json!("2026-03-02");
        let both = app.manager.creates(&path, &body);
        assert_eq!(both.issues(), ["body partnerOrganisationId exactlyOneOfExpected"]);
        assert_eq!(both.json()["issues"][0]["inputs"][1]["name"], "partnerName");
        let known = app.manager.creates(&path, &a_contact()).is(201);
        let neither = app.manager.edits(&known, &json!({"partnerOrganisationId": null}));
        assert_eq!(neither.issues(), ["body partnerOrganisationId exactlyOneOfExpected"]);
        let list = app.manager.reads("/contacts?contactedFrom=2026-03-01&contactedBefore=2026-02-01");
        assert_eq!(list.issues(), ["query contactedBefore invalidPeriod"]);
    });
}

#[test]
fn each_sees_and_corrects_what_is_its_own_to() {
    on_both(|app| {
        let case = app.manager.admits("Wie");
        let path = contacts_of(&case);
        app.housing_company.creates(&path, &a_contact()).is_problem(404, "resourceNotFound");
        app.manager.sends(&case, HOUSING_COMPANY);
        let by = |author: &Client| author.creates(&path, &a_contact()).is(201);
        let (manager, guard, housing) = (by(&app.manager), by(&app.guard), by(&app.housing_team));
        let company = by(&app.housing_company);

        for reader in [&app.manager, &app.police, &app.guard, &app.housing_team] {
            assert_eq!(items(reader, &path).len(), 4);
            assert_eq!(items(reader, "/contacts").len(), 4);
        }
        assert_eq!(members(&items(&app.housing_company, &path), "id"), [id_of(&company)]);
        assert_eq!(members(&items(&app.housing_company, "/contacts"), "id"), [id_of(&company)]);
        assert_eq!(app.housing_company.reads("/contacts/totals").is(200)["total"], 1);
        app.housing_company.reads(&path_of(&manager)).is_problem(404, "resourceNotFound");
        assert_eq!(items(&app.stranger, "/contacts"), Vec::<Value>::new());
        app.stranger.reads(&path_of(&manager)).is_problem(404, "resourceNotFound");
        app.stranger.reads(&path).is_problem(404, "resourceNotFound");

        let result = json!({"result": "Afgesproken."});
        app.guard.edits(&guard, &result).is(200);
        app.housing_team.edits(&housing, &result).is(200);
        app.housing_company.edits(&company, &result).is(200);
        app.guard.edits(&manager, &result).is_problem(403, "missingPermission");
        app.housing_team.edits(&guard, &result).is_problem(403, "missingPermission");
        app.housing_company.edits(&manager, &result).is_problem(404, "resourceNotFound");
        app.police.edits(&guard, &json!({"result": null})).is(200);
        app.service.reads("/contacts").is_problem(403, "missingPermission");
    });
}

#[test]
fn a_correction_that_changes_nothing_keeps_the_version_and_a_stale_one_is_refused() {
    on_both(|app| {
        let made = app.manager.creates(&contacts_of(&app.manager.admits("Versie")), &a_contact()).is(201);
        let same = app.manager.edits(&made, &json!({"channel": "phone"})).is(200);
        assert_eq!(same["version"], 1);
        let etag = app.shared.etag(id_of(&made));
        let barrier = Barrier::new(2);
        let edits = |result: &str| {
            let request = app
                .manager
                .request("PATCH", &path_of(&made))
                .with("If-Match", &etag)
                .with("Content-Type", "application/merge-patch+json")
                .bytes(json!({ "result": result }).to_string().into_bytes());
            barrier.wait();
            request.goes().status()
        };
        let mut statuses = thread::scope(|scope| {
            let other = scope.spawn(|| edits("Een"));
            vec![edits("Twee"), other.join().unwrap()]
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        assert_eq!(app.manager.sees(&made)["version"], 2);
    });
}

#[test]
fn the_timeline_tells_a_contact_on_its_day_without_its_texts() {
    on_both(|app| {
        let case = app.manager.admits("Tijdlijn");
        let made = app.guard.creates(&contacts_of(&case), &with_name("Straathoekwerk", "2026-02-27")).is(201);
        app.guard.edits(&made, &json!({"result": "Afgesproken."})).is(200);

        let timeline = app.manager.reads(&format!("{}/timeline", path_of(&case))).is(200);
        let told: Vec<&Value> = timeline["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["subjectKind"] == "caseContact")
            .collect();
        assert_eq!(told.len(), 2);
        for (event, verb) in told.iter().zip(["create", "update"]) {
            assert_eq!((&event["verb"], &event["href"]), (&json!(verb), &made["href"]));
            assert_eq!(event["effectiveAt"], "2026-02-26T23:00:00Z");
            assert_eq!(event["recordedAt"], "2026-03-02T09:00:00Z");
            assert_eq!(
                event["detail"],
                json!({"kind": "external", "contactedOn": "2026-02-27", "channel": "phone"})
            );
        }
        let audit = app.dpo.reads(&format!("/auditRecords?subjectId={}", id_of(&made))).is(200);
        assert_eq!(audit["items"].as_array().unwrap().len(), 2);
    });
}

/// Contacts on two cases over three months.
fn fill(app: &TestApp) -> [Value; 2] {
    let cases = [app.manager.admits("Een"), app.manager.admits("Twee")];
    for (case, partner, day) in [
        (0, POLICE, "2025-12-31"),
        (0, GREEN, "2026-01-01"),
        (0, STRANGER, "2026-01-31"),
        (1, HOUSING_COMPANY, "2026-02-01"),
        (1, CLEANING, "2026-02-28"),
        (1, LIGHTING, "2026-02-28"),
    ] {
        app.manager.creates(&contacts_of(&cases[case]), &with_partner(partner, day)).is(201);
    }
    cases
}

#[test]
fn totals_are_those_of_the_list_whatever_the_filter() {
    on_both(|app| {
        let [one, two] = fill(app);
        let elsewhere = app.stranger.reads("/contacts/totals").is(200);
        assert_eq!((&elsewhere["total"], &elsewhere["byMonth"]), (&json!(0), &json!([])));
        for (filter, expected) in [
            (String::new(), 6),
            ("kind=internal".to_owned(), 4),
            ("kind=external".to_owned(), 2),
            (format!("caseId={}", id_of(&one)), 3),
            (format!("caseId={}&kind=external", id_of(&two)), 1),
            (format!("consultationId={KROONWIJK}"), 6),
            (format!("consultationId={}", crate::world::MOLENWIJK), 0),
            (format!("partnerOrganisationId={GREEN}"), 1),
            ("contactedFrom=2026-01-01&contactedBefore=2026-02-01".to_owned(), 2),
            ("contactedFrom=2026-02-28&contactedBefore=2026-03-01".to_owned(), 2),
        ] {
            let totals = app.manager.reads(&format!("/contacts/totals?{filter}")).is(200);
            let listed = items(&app.manager, &format!("/contacts?{filter}"));
            let count = |member: &str, value: &str| {
                listed.iter().filter(|item| item[member].as_str().unwrap().starts_with(value)).count()
            };
            assert_eq!(listed.len(), expected, "{filter}");
            assert_eq!(totals["total"], json!(expected), "{filter}");
            for kind in ["internal", "external"] {
                assert_eq!(totals[kind], json!(count("kind", kind)), "{filter}");
            }
            let mut sum = 0;
            for month in totals["byMonth"].as_array().unwrap() {
                let counted = count("contactedOn", month["month"].as_str().unwrap());
                assert_eq!(month["total"], json!(counted), "{filter} {month}");
                sum += counted;
            }
            assert_eq!(sum, expected, "{filter}");
            let by_consultation = totals["byConsultation"].as_array().unwrap();
            let all: i64 = by_consultation.iter().map(|it| it["total"].as_i64().unwrap()).sum();
            assert_eq!(json!(all), json!(expected));
        }
    });
}

#[test]
fn a_list_is_read_page_by_page_and_its_tag_moves_with_each_contact() {
    on_both(|app| {
        let [one, _] = fill(app);
        let mut found = Vec::new();
        let mut path = "/contacts?pageSize=2".to_owned();
        loop {
            let page = app.manager.reads(&path).is(200);
            found.extend(members(page["items"].as_array().unwrap(), "contactedOn"));
            let Some(next) = page["next"].as_str() else { break };
            path = next.split_once(crate::contract::BASE).unwrap().1.to_owned();
        }
        assert_eq!(
            found,
            ["2026-02-28", "2026-02-28", "2026-02-01", "2026-01-31", "2026-01-01", "2025-12-31"]
        );
        let ascending = items(&app.manager, "/contacts?sort=contactedOn&pageSize=1");
        assert_eq!(members(&ascending, "contactedOn"), ["2025-12-31"]);

        for path in ["/contacts", "/contacts/totals", &contacts_of(&one)] {
            let tag = app.manager.reads(path).etag();
            let again = || app.manager.request("GET", path).with("If-None-Match", &tag).goes().status();
            assert_eq!(again(), 304, "{path}");
            app.guard.creates(&contacts_of(&one), &a_contact()).is(201);
            assert_eq!(again(), 200, "{path}");
        }
    });
}
