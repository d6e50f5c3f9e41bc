//! The report of a meeting: what each audience reads, how it circulates, is approved, verified and corrected.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, id_of, path_of};
use crate::events::told;
use crate::world::{GUARDS, HOUSING_COMPANY, KROONWIJK, POLICE};

/// Words that stand in one place only, so that finding one elsewhere is a leak.
pub const TEAM_WORD: &str = "Afspraak Alfa.";
const POLICE_WORD: &str = "Verdenking Bravo.";
const HOUSING_WORD: &str = "Huurschuld Charlie.";
const PARTNER_WORD: &str = "Huurder Delta.";
const SAID: &str = "Gesproken Echo.";
pub const DECIDED: &str = "Besloten Foxtrot.";

impl Client {
    pub fn report(&self, meeting: &Value) -> Value {
        self.reads(&format!("{}/report", path_of(meeting))).is(200)
    }

    fn tries_report_verb(&self, verb: &str, report: &Value, body: &Value) -> Answer {
        let request = self.request("POST", &format!("{}/{verb}", path_of(report)));
        let request = request.with("If-Match", report["etag"].as_str().unwrap());
        if body.is_null() { request.goes() } else { request.json(body).goes() }
    }

    pub fn circulates(&self, meeting: &Value) -> Value {
        self.tries_report_verb("circulate", &self.report(meeting), &Value::Null).is(200)
    }

    pub fn approves(&self, meeting: &Value, later: &Value) -> Value {
        let body = json!({"meetingId": later["id"]});
        self.tries_report_verb("approve", &self.report(meeting), &body).is(200)
    }

    fn comments(&self, meeting: &Value, text: &str) -> Answer {
        self.creates(&format!("{}/report/comments", path_of(meeting)), &json!({"text": text}))
    }

    fn corrects(&self, meeting: &Value, body: &Value) -> Answer {
        self.creates(&format!("{}/report/addenda", path_of(meeting)), body)
    }

    fn notes_on(&self, case: &Value, visibility: &str, text: &str) -> Value {
        let body = json!({"visibility": visibility, "text": text});
        self.creates(&format!("{}/notes", path_of(case)), &body).is(201)
    }

    /// Opens a meeting of Kroonwijk on a day, at the hour at which it was planned.
    pub fn opens_meeting(&self, day: &str) -> Value {
        let body = json!({
            "consultationId": KROONWIJK,
            "startsAt": format!("{day}T12:00:00Z"),
            "endsAt": format!("{day}T16:00:00Z"),
            "place": "Administratief centrum"
        });
        let meeting = self.creates("/meetings", &body).is(201);
        self.does_bare("start", &meeting)
    }

    fn does_bare(&self, verb: &str, document: &Value) -> Value {
        let etag = self.shared.etag(id_of(document));
        self.request("POST", &format!("{}/{verb}", path_of(document))).with("If-Match", &etag).goes().is(200)
    }
}

/// A meeting that was held, with something for every audience.
pub struct Held {
    pub meeting: Value,
    pub case: Value,
    police_note: Value,
}

pub fn hold(app: &TestApp) -> Held {
    let case = app.manager.admits("Flat");
    let hidden = app.manager.admits("Elders");
    let meeting = app.manager.opens_meeting("2026-03-03");
    let attended = json!({"items": [
        {"organisationId": POLICE, "function": "chiefInspector", "state": "present"},
        {"organisationId": GUARDS, "function": "guard", "state": "excused"}
    ]});
    app.manager.does("recordAttendances", &meeting, &attended);
    let items = format!("{}/agendaItems", path_of(&meeting));
    let on = |case: &Value, title: &str| {
        let body = json!({"section": "runningCases", "title": title, "caseId": case["id"]});
        app.manager.creates(&items, &body).is(201)
    };
    let item = on(&case, "Flat aan de Dender");
    on(&hidden, "Elders in de wijk");
    let decision = json!({
        "agendaItemId": item["id"], "kind": "askService", "text": DECIDED,
        "followUpRequests": [{
            "organisationId": HOUSING_COMPANY, "questionKind": "mediate", "urgency": "normal",
            "subject": "Gesprek met de huurder", "question": "Graag een gesprek.", "send": true
        }],
        "actions": [{
            "kind": "presence", "title": "Avondronde Golf",
            "ownerOrganisationId": GUARDS, "ownerFunction": "guard"
        }]
    });
    app.manager.creates(&format!("{}/decisions", path_of(&meeting)), &decision).is(201);
    app.manager.notes_on(&case, "team", TEAM_WORD);
    let police_note = app.police.notes_on(&case, "policeOnly", POLICE_WORD);
    app.housing_team.notes_on(&case, "housingOnly", HOUSING_WORD);
    app.housing_company.notes_on(&case, "housingOnly", PARTNER_WORD);
    app.manager.does("treat", &item, &json!({"text": SAID}));
    let meeting = app.manager.does_bare("finish", &app.manager.sees(&meeting));
    Held { meeting, case, police_note }
}

/// Tells which of the words a text holds.
fn words(text: &str) -> Vec<&'static str> {
    let all = [TEAM_WORD, POLICE_WORD, HOUSING_WORD, PARTNER_WORD, SAID, DECIDED];
    all.into_iter().filter(|word| text.contains(word)).collect()
}

/// Writes JSON as RFC 8785 does, for documents of texts and whole numbers with names of plain letters.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let member = |(name, value): (&String, &Value)| format!("{}:{}", json!(name), canonical(value));
            format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

pub fn sha256(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let pairs: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.concat()
}

/// Gives a call of an operation on reports that would succeed for whoever may make it.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    let verb = |report: Value, verb: &str, body: Option<Value>| Call {
        method: "POST",
        path: format!("{}/{verb}", path_of(&report)),
        if_match: report["etag"].as_str().map(str::to_owned),
        body,
    };
    let under = |meeting: &Value, tail: &str| format!("{}/report{tail}", path_of(meeting));
    let circulated = || {
        let held = hold(app).meeting;
        app.manager.circulates(&held);
        held
    };
    let approved = || {
        let held = circulated();
        app.manager.approves(&held, &app.manager.opens_meeting("2026-04-14"));
        held
    };
    Some(match operation {
        "listReports" => {
            hold(app);
            Call::reading(format!("/reports?consultationId={KROONWIJK}&pageSize=1"))
        }
        "getReport" => Call::reading(under(&circulated(), "")),
        "circulateReport" => verb(app.manager.report(&hold(app).meeting), "circulate", None),
        "recallReport" => verb(app.manager.report(&circulated()), "recall", None),
        "approveReport" => {
            let held = circulated();
            let later = app.manager.opens_meeting("2026-04-14");
            verb(app.manager.report(&held), "approve", Some(json!({"meetingId": later["id"]})))
        }
        "createReportAddendum" => {
            Call::creating(under(&approved(), "/addenda"), json!({"text": "Niet Gentstraat."}))
        }
        "listReportComments" => Call::reading(under(&circulated(), "/comments")),
        "createReportComment" => {
            Call::creating(under(&circulated(), "/comments"), json!({"text": "Akkoord."}))
        }
        _ => return None,
    })
}

#[test]
fn each_audience_reads_what_is_for_it_while_it_is_a_draft_and_after() {
    on_both(|app| {
        let Held { meeting, .. } = hold(app);
        let readers = [
            (&app.manager, "team", vec![TEAM_WORD, SAID, DECIDED]),
            (&app.guard, "team", vec![TEAM_WORD, SAID, DECIDED]),
            (&app.police, "police", vec![TEAM_WORD, POLICE_WORD, SAID, DECIDED]),
            (&app.housing_team, "housing", vec![TEAM_WORD, HOUSING_WORD, PARTNER_WORD, SAID, DECIDED]),
        ];
        let check = || {
            for (reader, audience, expected) in &readers {
                let report = reader.report(&meeting);
                assert_eq!(report["audience"], *audience);
                assert_eq!(words(&report.to_string()), *expected, "{audience}");
                let page = reader.page(&path_of(&report), "nl");
                assert_eq!(words(&page.text()), *expected, "{audience} on paper");
            }
        };
        check();
        // A draft is of the members only.
        let path = format!("{}/report", path_of(&meeting));
        app.housing_company.reads(&path).is_problem(404, "resourceNotFound");

        app.manager.circulates(&meeting);
        check();
        let own = app.housing_company.report(&meeting);
        assert_eq!((&own["audience"], words(&own.to_string())), (&json!("partner"), vec![PARTNER_WORD]));
        let content = &own["content"];
        assert_eq!(content["items"].as_array().unwrap().len(), 1, "the other item does not concern it");
        assert_eq!(content["items"][0]["number"], 1);
        assert_eq!(content["items"][0]["followUpRequests"][0]["subject"], "Gesprek met de huurder");
        assert_eq!(content["items"][0]["actions"], json!([]), "the action is of the guards");
        for hidden in ["attendances", "personMinutes", "ratified"] {
            assert!(content.get(hidden).is_none(), "{hidden}");
        }
        assert!(!own.to_string().contains("KRO-"), "a partner does not know the reference of the case");

        // Whoever belongs to several audiences chooses; the others are not there.
        let of_team = app.police.reads(&format!("{path}?audience=team")).is(200);
        assert_eq!(words(&of_team.to_string()), [TEAM_WORD, SAID, DECIDED]);
        app.manager.reads(&format!("{path}?audience=police")).is_problem(404, "resourceNotFound");
        app.housing_company.reads(&format!("{path}?audience=team")).is_problem(404, "resourceNotFound");
        app.lighting.reads(&path).is_problem(403, "missingPermission");
        app.stranger.reads(&path).is_problem(404, "resourceNotFound");
    });
}

#[test]
fn what_was_circulated_is_what_is_approved_and_every_reader_can_verify_it() {
    on_both(|app| {
        let Held { meeting, case, police_note } = hold(app);
        let draft = app.manager.report(&meeting);
        assert!(draft.get("contentHash").is_none());
        app.manager.circulates(&meeting);
        let readers = [&app.manager, &app.police, &app.housing_team, &app.housing_company];
        let circulated: Vec<Value> = readers.iter().map(|reader| reader.report(&meeting)).collect();

        // A note is released, the case changes, the partner answers: the report stays.
        app.police
            .request("POST", &format!("{}/release", path_of(&police_note)))
            .with("If-Match", police_note["etag"].as_str().unwrap())
            .json(&json!({}))
            .goes()
            .is(200);
        app.manager.edits(&app.manager.sees(&case), &json!({"title": "Anders Hotel"})).is(200);
        let asked = app.housing_company.lists("");
        app.housing_company.answers(&asked[0]);

        let later = app.manager.opens_meeting("2026-04-14");
        let approved = app.manager.approves(&meeting, &later);
        assert_eq!((&approved["state"], &approved["approvedInId"]), (&json!("approved"), &later["id"]));
        for (reader, before) in readers.iter().zip(&circulated) {
            let report = reader.report(&meeting);
            assert_eq!(
                (&report["content"], &report["contentHash"]),
                (&before["content"], &before["contentHash"])
            );
            assert_eq!(report["contentHash"], sha256(&canonical(&report["content"])), "it can be verified");
            let page = reader.page(&path_of(&report), "nl");
            assert!(page.text().contains(report["contentHash"].as_str().unwrap()), "the page tells the hash");
        }
        let hashes: std::collections::BTreeSet<_> =
            circulated.iter().map(|report| report["contentHash"].as_str().unwrap()).collect();
        assert_eq!(hashes.len(), 4, "one rendition for each audience");
    });
}

#[test]
fn members_comment_while_it_circulates_and_a_recalled_report_is_drawn_anew() {
    on_both(|app| {
        let Held { meeting, .. } = hold(app);
        app.manager.comments(&meeting, "Te vroeg.").is_problem(409, "illegalTransition");
        app.manager.circulates(&meeting);
        app.sequences();
        let circulated = told(&app.housing_company.feed(), &app.manager.report(&meeting));
        assert!(
            circulated.contains(&"circulated".to_owned()),
            "a partner is told of what was circulated to it"
        );
        app.guard.comments(&meeting, "Bij punt 1 ontbreekt de avondronde.").is(201);
        app.housing_company.comments(&meeting, "Niet van ons.").is_problem(403, "missingPermission");
        app.stranger.comments(&meeting, "Niet van hier.").is_problem(404, "resourceNotFound");
        let unknown = json!({"text": "Punt?", "agendaItemId": meeting["id"]});
        let path = format!("{}/report/comments", path_of(&meeting));
        assert_eq!(
            app.guard.creates(&path, &unknown).issues(),
            ["body agendaItemId referencedResourceNotFound"]
        );

        let report = app.manager.report(&meeting);
        let recalled = app.manager.tries_report_verb("recall", &report, &Value::Null).is(200);
        assert_eq!((&recalled["state"], recalled.get("circulatedAt")), (&json!("draft"), None));
        let own = format!("{}/report", path_of(&meeting));
        app.housing_company.reads(&own).is_problem(404, "resourceNotFound");
        app.sequences();
        // What it was told before is forgotten with it.
        assert_eq!(told(&app.housing_company.feed(), &report), ["disappeared"]);
        let stale = app.manager.tries_report_verb("circulate", &report, &Value::Null);
        stale.is_problem(412, "preconditionFailed");

        app.minutes_pass(60);
        let again = app.manager.circulates(&meeting);
        assert_eq!(again["circulation"], 2);
        assert!(again["firstCirculatedAt"].as_str() < again["circulatedAt"].as_str());
        app.police.comments(&meeting, "Akkoord.").is(201);
        let listed = app.housing_team.reads(&path).is(200);
        let told: Vec<_> = listed["items"].as_array().unwrap().iter().map(|it| &it["circulation"]).collect();
        assert_eq!(told, [&json!(1), &json!(2)]);
    });
}

#[test]
fn an_approved_report_is_corrected_by_numbered_addenda() {
    on_both(|app| {
        let Held { meeting, .. } = hold(app);
        app.manager.circulates(&meeting);
        app.manager.corrects(&meeting, &json!({"text": "Te vroeg."})).is_problem(409, "illegalTransition");
        let own = app.manager.tries_report_verb(
            "approve",
            &app.manager.report(&meeting),
            &json!({"meetingId": meeting["id"]}),
        );
        assert_eq!(own.issues(), ["body meetingId invalidInput"]);
        app.manager.approves(&meeting, &app.manager.opens_meeting("2026-04-14"));
        let approved = app.manager.report(&meeting);
        let numbers: Vec<_> =
            approved["content"]["items"].as_array().unwrap().iter().map(|it| &it["number"]).collect();
        assert_eq!(numbers, [&json!(1), &json!(2)]);

        let first = app.manager.corrects(&meeting, &json!({"text": "Eerste verbetering."})).is(201);
        assert_eq!((&first["number"], &first["content"]["number"]), (&json!(1), &json!(1)));
        let shared = json!({"text": "Tweede verbetering.", "sharedWithIds": [HOUSING_COMPANY]});
        app.police.corrects(&meeting, &shared).is(201);
        let strange = json!({"text": "Derde.", "sharedWithIds": [HOUSING_COMPANY, GUARDS]});
        assert_eq!(app.manager.corrects(&meeting, &strange).issues(), ["body sharedWithIds[1] invalidInput"]);

        let report = app.guard.report(&meeting);
        assert_eq!(report["content"], approved["content"], "the report itself stays");
        assert_eq!(report["addenda"].as_array().unwrap().len(), 2);
        for addendum in report["addenda"].as_array().unwrap() {
            assert_eq!(addendum["contentHash"], sha256(&canonical(&addendum["content"])));
        }
        let page = app.guard.page(&path_of(&report), "nl").text();
        assert!(page.contains("Rechtzetting 2") && page.contains("Tweede verbetering."));

        // A partner finds what is shared with it, and no gap in the numbers.
        let own = app.housing_company.report(&meeting);
        assert_eq!(own["addenda"].as_array().unwrap().len(), 1);
        assert_eq!(own["addenda"][0]["number"], 1);
        assert!(!own.to_string().contains("Eerste verbetering."));
        assert_eq!(own["addenda"][0]["content"]["number"], 1);
        for hidden in ["version", "circulation", "firstCirculatedAt"] {
            assert!(own.get(hidden).is_none(), "{hidden}");
        }

        // The police correct what they alone read, and nobody else learns that there is something.
        let before: Vec<Value> =
            [&app.guard, &app.housing_team, &app.housing_company].map(|it| it.report(&meeting)).into();
        let guarded = json!({"text": "De verdenking vervalt.", "visibility": "policeOnly"});
        app.manager.corrects(&meeting, &guarded).is_problem(403, "missingPermission");
        app.housing_team.corrects(&meeting, &guarded).is_problem(403, "missingPermission");
        let team = json!({"text": "Voor allen."});
        app.housing_team.corrects(&meeting, &team).is_problem(403, "missingPermission");
        let own = app.police.corrects(&meeting, &guarded).is(201);
        assert_eq!((&own["number"], &own["content"]["audience"]), (&json!(3), &json!("police")));
        let after: Vec<Value> =
            [&app.guard, &app.housing_team, &app.housing_company].map(|it| it.report(&meeting)).into();
        assert_eq!(before, after);
        assert_eq!(app.police.report(&meeting)["addenda"].as_array().unwrap().len(), 3);
        let of_housing = json!({"text": "Geen huurschuld.", "visibility": "housingOnly"});
        assert_eq!(app.housing_team.corrects(&meeting, &of_housing).is(201)["number"], 3);

        // An item that a partner does not find in its rendition is not named to it either.
        let elsewhere = &approved["content"]["items"][1]["agendaItemId"];
        let shared =
            json!({"text": "Vierde.", "agendaItemId": elsewhere, "sharedWithIds": [HOUSING_COMPANY]});
        assert_eq!(app.manager.corrects(&meeting, &shared).is(201)["content"]["agendaItemId"], *elsewhere);
        let own = app.housing_company.report(&meeting);
        assert!(own["addenda"][1]["content"].get("agendaItemId").is_none());
        let report = app.manager.report(&meeting);
        let verb = app.manager.tries_report_verb("recall", &report, &Value::Null);
        verb.is_problem(409, "illegalTransition");
    });
}

#[test]
fn a_report_begins_with_the_meeting_and_circulates_after_it() {
    on_both(|app| {
        let body = json!({
            "consultationId": KROONWIJK, "startsAt": "2026-03-10T12:00:00Z", "endsAt": "2026-03-10T16:00:00Z"
        });
        let meeting = app.manager.creates("/meetings", &body).is(201);
        app.manager.reads(&format!("{}/report", path_of(&meeting))).is_problem(404, "resourceNotFound");
        app.manager.does_bare("start", &meeting);
        let draft = app.manager.report(&meeting);
        assert_eq!((&draft["state"], &draft["content"]["items"]), (&json!("draft"), &json!([])));
        assert_eq!(draft["allowedVerbs"], json!([]), "its meeting goes on");
        let early = app.manager.tries_report_verb("circulate", &draft, &Value::Null);
        early.is_problem(409, "illegalTransition");
        let guard = app.guard.tries_report_verb("circulate", &draft, &Value::Null);
        guard.is_problem(403, "missingPermission");
    });
}

#[test]
fn reading_notes_of_the_police_in_a_report_is_audited() {
    on_both(|app| {
        let Held { meeting, .. } = hold(app);
        let reads = || {
            let listed = app.dpo.reads("/auditRecords?pageSize=500").is(200);
            let items = listed["items"].as_array().unwrap().clone();
            let of_report = |it: &Value| it["operation"] == "getReport" && it.get("caseId").is_none();
            items.into_iter().filter(of_report).collect::<Vec<_>>()
        };
        let tag = app.manager.reads(&format!("{}/report", path_of(&meeting))).etag();
        assert_eq!(reads().len(), 0, "the team's rendition holds no guarded note");
        let report = app.police.report(&meeting);
        assert_eq!(reads().len(), 1);
        assert_eq!(reads()[0]["organisationId"], json!(POLICE));
        assert_ne!(report["etag"], json!(tag));

        // Whoever acts on a report is answered with what every member reads.
        let circulated = app.police.tries_report_verb("circulate", &report, &Value::Null).is(200);
        assert_eq!(
            (&circulated["audience"], words(&circulated.to_string()).contains(&POLICE_WORD)),
            (&json!("team"), false)
        );
        assert_eq!(reads().len(), 1);
        let report = app.police.report(&meeting);
        assert_eq!(reads().len(), 2);

        // Who has it already is told so, and reads nothing.
        let again = app.police.request("GET", &path_of(&report));
        again.with("If-None-Match", report["etag"].as_str().unwrap()).goes().is(304);
        assert_eq!(reads().len(), 2);
    });
}

#[test]
fn reports_are_found_by_who_reads_them() {
    on_both(|app| {
        let Held { meeting, .. } = hold(app);
        let list = |reader: &Client, query: &str| -> Vec<(Value, Value)> {
            let found = reader.reads(&format!("/reports?{query}")).is(200);
            let items = found["items"].as_array().unwrap().clone();
            items.into_iter().map(|it| (it["meetingId"].clone(), it["state"].clone())).collect::<Vec<_>>()
        };
        let draft = (meeting["id"].clone(), json!("draft"));
        assert_eq!(list(&app.guard, ""), std::slice::from_ref(&draft));
        assert_eq!(list(&app.guard, "state=draft&state=circulated"), [draft]);
        assert_eq!(list(&app.stranger, ""), []);
        let tag = app.housing_company.reads("/reports").etag();
        assert_eq!(list(&app.housing_company, ""), [], "a draft is of the members only");

        app.manager.circulates(&meeting);
        let again = app.housing_company.request("GET", "/reports").with("If-None-Match", &tag).goes();
        assert_eq!(again.is(200)["items"][0]["href"], app.housing_company.report(&meeting)["href"]);
        app.manager.approves(&meeting, &app.manager.opens_meeting("2026-04-14"));
        let approved = (meeting["id"].clone(), json!("approved"));
        let own = list(&app.housing_company, "");
        assert_eq!(own, std::slice::from_ref(&approved), "the next one does not concern it");
        let next = list(&app.police, "sort=-metAt");
        assert_eq!((next.len(), &next[1]), (2, &approved), "the latest first");
        assert_eq!(list(&app.manager, &format!("consultationId={KROONWIJK}&state=approved")), [approved]);
    });
}
