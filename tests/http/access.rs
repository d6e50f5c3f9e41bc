//! Who may do what: every operation of the document for every caller, as a table that is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{TestApp, on_both};
use crate::client::{Client, Request, a_case, a_contact, id_of, path_of};
use crate::contract::Operation;
use crate::world::{
    AREA, CITY, CLEANING, EVERYBODY, GREEN, GUARD_GROUP, GUARDS, HOUSING_COMPANY, HOUSING_TEAM, KROONWIJK,
    LIGHTING, MOLENWIJK, Registered,
};
use crate::{calendar_feeds, meeting_costs, meetings, reports};

/// A call of an operation that would succeed for whoever may make it.
#[derive(Clone)]
pub struct Call {
    pub method: &'static str,
    pub path: String,
    pub if_match: Option<String>,
    pub body: Option<Value>,
}

impl Call {
    pub fn reading(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), if_match: None, body: None }
    }

    pub fn creating(path: impl Into<String>, body: Value) -> Self {
        Self { method: "POST", path: path.into(), if_match: None, body: Some(body) }
    }

    pub fn verb(app: &TestApp, document: &Value, verb: &str, body: Value) -> Self {
        Self {
            method: "POST",
            path: format!("{}/{verb}", path_of(document)),
            if_match: Some(app.shared.etag(id_of(document))),
            body: Some(body),
        }
    }

    pub fn edit(app: &TestApp, document: &Value, patch: Value) -> Self {
        Self {
            method: "PATCH",
            path: path_of(document),
            if_match: Some(app.shared.etag(id_of(document))),
            body: Some(patch),
        }
    }

    /// Dresses the call up as a request of a caller.
    pub fn by(&self, caller: &Client) -> Request {
        let mut request = caller.request(self.method, &self.path);
        if let Some(etag) = &self.if_match {
            request = request.with("If-Match", etag);
        }
        if self.method == "POST" {
            request = request.with("Idempotency-Key", &caller.shared.new_key());
        }
        match (&self.body, self.method) {
            (Some(patch), "PATCH") => request
                .with("Content-Type", "application/merge-patch+json")
                .bytes(patch.to_string().into_bytes()),
            (Some(body), _) => request.json(body),
            (None, _) => request,
        }
    }
}

/// Makes a call of an operation about things of Kroonwijk; requests are addressed to `service`, actions owned by it.
pub fn call_of(app: &TestApp, operation: &Operation, service: Uuid) -> Call {
    let agent = if service == CLEANING { &app.service } else { &app.housing_company };
    let text = || json!({"text": "Een woord uitleg."});
    let signalled = || app.guard.signals("Toegang");
    let open = || app.manager.admits("Toegang");
    let asked = || {
        let case = open();
        app.manager.sends(&case, service);
        case
    };
    let sent = || app.manager.sends(&open(), service);
    let drafted = || app.manager.drafts(&open(), service);
    let received = || agent.receives(&sent());
    let owner = match service {
        // It is no member of the consultation.
        CLEANING => CITY,
        service => service,
    };
    let agreed = || app.manager.agrees(Some(&open()), owner);
    let case_verb = |case: Value, verb: &str, body: Value| Call::verb(app, &case, verb, body);
    let verb = |request: Value, verb: &str, body: Value| Call::verb(app, &request, verb, body);
    match operation.id.as_str() {
        "checkHealth" => Call::reading("/health"),
        "listProblemTypes" => Call::reading("/refData/problemTypes"),
        "getProblemType" => Call::reading("/refData/problemTypes/badRequest"),
        "listCases" => {
            let case = asked();
            Call::reading(format!("/cases?reference={}", case["reference"].as_str().unwrap()))
        }
        "getCase" => Call::reading(path_of(&asked())),
        "createCase" => Call::creating("/cases", a_case("Toegang")),
        "updateCase" => Call::edit(app, &open(), json!({"title": "Anders"})),
        "openCase" => case_verb(signalled(), "open", json!({"leadOrganisationId": CITY})),
        "monitorCase" => case_verb(open(), "monitor", json!({"checkOn": "2026-04-01", "text": "Nakijken."})),
        "closeCase" => case_verb(open(), "close", json!({"closeReason": "solved", "text": "Opgelost."})),
        "dismissCase" => {
            case_verb(signalled(), "dismiss", json!({"closeReason": "notFounded", "text": "Niets gezien."}))
        }
        "reopenCase" => {
            let dismissed = json!({"closeReason": "notFounded", "text": "Niets gezien."});
            let case = app.manager.does("dismiss", &signalled(), &dismissed);
            case_verb(case, "reopen", text())
        }
        "mergeCase" => case_verb(open(), "merge", json!({"intoCaseId": open()["id"]})),
        "linkCase" => case_verb(open(), "link", json!({"kind": "related", "caseId": open()["id"]})),
        "unlinkCase" => {
            let link = json!({"kind": "related", "caseId": open()["id"]});
            let case = app.manager.does("link", &open(), &link);
            case_verb(case, "unlink", link)
        }
        "getCaseTimeline" => Call::reading(format!("{}/timeline", path_of(&asked()))),
        "listCaseNotes" => {
            let case = asked();
            let path = format!("{}/notes", path_of(&case));
            for (author, visibility) in
                [(&app.manager, "team"), (&app.police, "policeOnly"), (&app.housing_team, "housingOnly")]
            {
                author.creates(&path, &json!({"visibility": visibility, "text": "Een notitie."})).is(201);
            }
            Call::reading(path)
        }
        "getCaseNote" => {
            let path = format!("{}/notes", path_of(&asked()));
            let note = json!({"visibility": "policeOnly", "text": "Een notitie."});
            Call::reading(path_of(&app.police.creates(&path, &note).is(201)))
        }
        "createCaseNote" => {
            let body = json!({"visibility": "team", "text": "Een notitie."});
            Call::creating(format!("{}/notes", path_of(&asked())), body)
        }
        "releaseCaseNote" => {
            let path = format!("{}/notes", path_of(&open()));
            let note = json!({"visibility": "policeOnly", "text": "Een notitie."});
            let note = app.police.creates(&path, &note).is(201);
            Call {
                method: "POST",
                path: format!("{path}/{}/release", id_of(&note)),
                if_match: Some(app.shared.etag(id_of(&note))),
                body: Some(json!({})),
            }
        }
        "listCaseContacts" => {
            let path = format!("{}/contacts", path_of(&contacted(app)));
            Call::reading(format!("{path}?sort=contactedOn"))
        }
        "getCaseContact" => {
            let path = format!("{}/contacts", path_of(&open_to_housing(app)));
            let contact = app.housing_company.creates(&path, &a_contact()).is(201);
            Call::reading(path_of(&contact))
        }
        "createCaseContact" => {
            Call::creating(format!("{}/contacts", path_of(&open_to_housing(app))), a_contact())
        }
        "updateCaseContact" => {
            let path = format!("{}/contacts", path_of(&open_to_housing(app)));
            let contact = app.guard.creates(&path, &a_contact()).is(201);
            Call::edit(app, &contact, json!({"result": "Afgesproken."}))
        }
        "listContacts" => {
            let case = contacted(app);
            Call::reading(format!("/contacts?caseId={}", id_of(&case)))
        }
        "getContactTotals" => Call::reading("/contacts/totals"),
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
        "listFollowUpRequests" => {
            let case = open();
            let request = app.manager.sends(&case, service);
            agent.does("receive", &request, &json!({"externalReference": case["reference"]}));
            let reference = case["reference"].as_str().unwrap();
            Call::reading(format!("/followUpRequests?externalReference={reference}"))
        }
        "getFollowUpRequest" => Call::reading(path_of(&sent())),
        "getFollowUpRequestClock" => Call::reading(format!("{}/clock", path_of(&sent()))),
        "listFollowUpRequestMessages" => Call::reading(format!("{}/messages", path_of(&sent()))),
        "createFollowUpRequest" => {
            Call::creating("/followUpRequests", crate::client::a_question(&open(), service))
        }
        "updateFollowUpRequest" => Call::edit(app, &drafted(), json!({"urgency": "low"})),
        "sendFollowUpRequest" => verb(drafted(), "send", json!({})),
        "amendFollowUpRequest" => verb(
            sent(),
            "amend",
            json!({"subject": "Anders", "question": "Iets anders.", "text": "Vergissing."}),
        ),
        "receiveFollowUpRequest" => verb(sent(), "receive", json!({})),
        "receiveFollowUpRequests" => {
            let sent = sent();
            let items = json!([{"id": sent["id"], "etag": sent["etag"]}]);
            Call::creating("/followUpRequests/receive", json!({"items": items}))
        }
        "acceptFollowUpRequest" => verb(sent(), "accept", json!({})),
        "refuseFollowUpRequest" => {
            verb(sent(), "refuse", json!({"refusalReason": "noCapacity", "text": "Geen volk."}))
        }
        "redirectFollowUpRequest" => {
            verb(sent(), "redirect", json!({"organisationId": LIGHTING, "text": "Niet voor ons."}))
        }
        "askBackFollowUpRequest" => verb(sent(), "askBack", text()),
        "replyToFollowUpRequest" => verb(agent.asks_back(&sent()), "reply", text()),
        "promiseFollowUpRequest" => verb(received(), "promise", json!({"promisedOn": "2026-03-04"})),
        "answerFollowUpRequest" => verb(sent(), "answer", json!({"outcome": "done", "text": "Opgeruimd."})),
        "verifyFollowUpRequest" => verb(agent.answers(&sent()), "verify", json!({})),
        "reopenFollowUpRequest" => verb(agent.answers(&sent()), "reopen", text()),
        "withdrawFollowUpRequest" => verb(sent(), "withdraw", text()),
        "remindFollowUpRequest" => verb(sent(), "remind", json!({})),
        "recalculateFollowUpRequest" => verb(sent(), "recalculate", text()),
        "listMeetingSeries" => {
            series(app);
            Call::reading("/meetingSeries?pageSize=1")
        }
        "getMeetingSeries" => Call::reading(path_of(&series(app))),
        "createMeetingSeries" => Call::creating("/meetingSeries", series_body()),
        "planMeetingSeries" => verb(series(app), "plan", json!({"until": "2026-06-30"})),
        "endMeetingSeries" => verb(series(app), "end", text()),
        "listActions" => {
            agreed();
            Call::reading(format!("/actions?ownerOrganisationId={owner}&dueBefore=2026-03-10&pageSize=1"))
        }
        "getAction" => Call::reading(path_of(&agreed())),
        "createAction" => Call::creating("/actions", crate::client::an_action(Some(&open()), owner)),
        "updateAction" => Call::edit(app, &agreed(), json!({"title": "Anders"})),
        "startAction" => verb(agreed(), "start", json!({})),
        "completeAction" => verb(agreed(), "complete", json!({"result": "Het is rustig."})),
        "cancelAction" => verb(agreed(), "cancel", text()),
        "reopenAction" => {
            let done = app.manager.does("complete", &agreed(), &json!({"result": "Het is rustig."}));
            verb(done, "reopen", text())
        }
        "listOrganisations" => Call::reading("/organisations?sort=createdAt"),
        "getOrganisation" => Call::reading(format!("/organisations/{CLEANING}")),
        "createOrganisation" => Call::creating(
            "/organisations",
            json!({"kind": "partner", "regime": "external", "name": {"nl": "Buurtwerk"}, "validFrom": "2026-01-01"}),
        ),
        "updateOrganisation" => {
            let known = app.administrator.reads(&format!("/organisations/{GREEN}")).is(200);
            Call::edit(app, &known, json!({"contactFunction": app.shared.new_key().replace('"', "")}))
        }
        "listConsultations" => Call::reading("/consultations?sort=createdAt"),
        "getConsultation" => Call::reading(format!("/consultations/{KROONWIJK}")),
        "createConsultation" => {
            let code: String = app.shared.new_key().chars().filter(char::is_ascii_digit).collect();
            let code: String = code.bytes().map(|digit| char::from(digit + 17)).collect();
            let body =
                json!({"code": format!("X{code:A>4}"), "level": "neighbourhood", "name": {"nl": "Nieuw"}});
            Call::creating("/consultations", body)
        }
        "updateConsultation" => {
            let known = app.administrator.reads(&format!("/consultations/{MOLENWIJK}")).is(200);
            Call::edit(app, &known, json!({"nuisanceRisk": known["nuisanceRisk"] != true}))
        }
        "listAreas" => Call::reading("/areas?sort=createdAt"),
        "getArea" => Call::reading(format!("/areas/{AREA}")),
        "importAreas" => Call::creating(
            "/areas/import?kind=neighbourhood&schemeVersion=2026&validFrom=2026-01-01",
            json!({"type": "FeatureCollection", "features": [{
                "type": "Feature",
                "properties": {"code": "41002W09", "nameNl": "Ver weg"},
                "geometry": {"type": "Polygon", "coordinates": [[[3.0, 51.0], [3.1, 51.0], [3.1, 51.1], [3.0, 51.0]]]}
            }]}),
        ),
        "listCategories" => Call::reading("/refData/categories"),
        "getCategory" => Call::reading("/refData/categories/AFV.SLUIK"),
        "listCodeLists" => Call::reading("/refData/codeLists"),
        "getCodeList" => Call::reading("/refData/codeLists/closeReason"),
        "listClosureDays" => {
            if app.administrator.reads("/closureDays").is(200)["items"] == json!([]) {
                closure_day(app);
            }
            Call::reading("/closureDays?sort=closedOn")
        }
        "getClosureDay" => Call::reading(path_of(&closure_day(app))),
        "createClosureDay" => Call::creating("/closureDays", closure_day_body(app)),
        "deleteClosureDay" => deletion(app, &closure_day(app)),
        "listTerms" => {
            if app.administrator.reads("/terms").is(200)["items"] == json!([]) {
                term(app);
            }
            Call::reading("/terms?sort=recordedAt")
        }
        "getTerm" => Call::reading(path_of(&term(app))),
        "createTerm" => Call::creating("/terms", term_body(app)),
        "deleteTerm" => deletion(app, &term(app)),
        "listHourlyRates" => {
            hourly_rate(app);
            Call::reading("/hourlyRates?pageSize=1")
        }
        "getHourlyRate" => Call::reading(path_of(&hourly_rate(app))),
        "createHourlyRate" => Call::creating("/hourlyRates", hourly_rate_body(app)),
        "deleteHourlyRate" => deletion(app, &hourly_rate(app)),
        "listAuditRecords" => Call::reading("/auditRecords"),
        "getAuditRecord" => {
            let records = app.dpo.reads("/auditRecords").is(200);
            Call::reading(path_of(&records["items"][0]))
        }
        other => {
            let call = meetings::call_of(app, other)
                .or_else(|| meeting_costs::call_of(app, other))
                .or_else(|| reports::call_of(app, other))
                .or_else(|| calendar_feeds::call_of(app, other));
            call.unwrap_or_else(|| {
                panic!("the access table does not know how to call {other}: add it to `call_of`")
            })
        }
    }
}

/// A case that the housing company is asked about.
fn open_to_housing(app: &TestApp) -> Value {
    let case = app.manager.admits("Toegang");
    app.manager.sends(&case, HOUSING_COMPANY);
    case
}

/// Such a case with a contact of the manager and one of the housing company.
fn contacted(app: &TestApp) -> Value {
    let case = open_to_housing(app);
    let path = format!("{}/contacts", path_of(&case));
    for author in [&app.manager, &app.housing_company] {
        author.creates(&path, &a_contact()).is(201);
    }
    case
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

/// A day that nobody has used yet.
fn new_day(app: &TestApp) -> jiff::civil::Date {
    let number: i64 = app.shared.new_key().trim_matches('"')["key-".len()..].parse().unwrap();
    jiff::civil::date(2027, 1, 1).saturating_add(jiff::ToSpan::days(number))
}

fn closure_day_body(app: &TestApp) -> Value {
    json!({"organisationId": GREEN, "closedOn": new_day(app), "name": "Brugdag"})
}

fn hourly_rate_body(app: &TestApp) -> Value {
    json!({
        "consultationId": KROONWIJK,
        "function": "guard",
        "centsPerHour": 3_100,
        "validFrom": new_day(app)
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

fn hourly_rate(app: &TestApp) -> Value {
    app.manager.creates("/hourlyRates", &hourly_rate_body(app)).is(201)
}

fn closure_day(app: &TestApp) -> Value {
    app.administrator.creates("/closureDays", &closure_day_body(app)).is(201)
}

/// A term of an organisation that has none yet.
fn term_body(app: &TestApp) -> Value {
    let body = json!({
        "kind": "partner", "regime": "external", "name": {"nl": "Partner"}, "validFrom": "2026-01-01"
    });
    let organisation = app.administrator.creates("/organisations", &body).is(201);
    json!({
        "consultationId": KROONWIJK,
        "organisationId": organisation["id"],
        "receiptWorkingDays": 3,
        "answerWorkingDays": 7
    })
}

fn term(app: &TestApp) -> Value {
    app.administrator.creates("/terms", &term_body(app)).is(201)
}

fn deletion(app: &TestApp, document: &Value) -> Call {
    let path =
        format!("{}/{}", path_of(document).split('/').take(2).collect::<Vec<_>>().join("/"), id_of(document));
    Call { method: "DELETE", path, if_match: Some(app.shared.etag(id_of(document))), body: None }
}

/// Gives a client that may use an operation.
pub fn who_may(app: &TestApp, operation: &Operation) -> Client {
    let serves = ["receive", "accept", "refuse", "redirect", "askBack", "promise", "answer"];
    let of_service = serves.iter().any(|verb| operation.id.starts_with(&format!("{verb}FollowUpRequest")));
    match operation.id.as_str() {
        "releaseCaseNote" | "getCaseNote" => app.police.clone(),
        "listAuditRecords" | "getAuditRecord" => app.dpo.clone(),
        "createOrganisation" | "updateOrganisation" | "createConsultation" | "updateConsultation"
        | "importAreas" | "createClosureDay" | "deleteClosureDay" | "createTerm" | "deleteTerm"
        | "createGuardGroup" | "updateGuardGroup" => app.administrator.clone(),
        "createPresenceRecord"
        | "createPresenceRecords"
        | "correctPresenceRecord"
        | "withdrawPresenceRecord" => app.guard.clone(),
        _ if of_service => app.service.clone(),
        _ => app.manager.clone(),
    }
}

/// Tells what one caller gets: the status, and for lists the number of items.
fn outcome(call: &Call, request: Request) -> String {
    let answer = request.goes();
    let items = answer.json()["items"].as_array().map(Vec::len);
    match items.filter(|_| call.method == "GET" && answer.status() == 200) {
        Some(count) if call.path.contains('?') || call.path.ends_with("/notes") => {
            format!("200 with {count}")
        }
        _ if call.path.ends_with("/receive") && answer.status() == 200 && items == Some(1) => {
            format!("200 {}", answer.json()["items"][0]["outcome"].as_str().unwrap())
        }
        _ => answer.status().to_string(),
    }
}

/// Calls an operation as everybody and gives the callers by outcome.
fn row(app: &TestApp, operation: &Operation, service: Uuid) -> BTreeMap<String, Vec<String>> {
    let mut row: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut call = call_of(app, operation, service);
    let mut note = |name: &str, outcome: String| row.entry(outcome).or_default().push(name.to_owned());
    note("nobody", outcome(&call, call.by(&app.nobody)));
    for (name, token) in crate::tokens::untrusted(app) {
        let request = call.by(&app.nobody).with("Authorization", &format!("Bearer {token}"));
        note(name, outcome(&call, request));
    }
    for registered in EVERYBODY {
        let registered: &'static Registered = registered;
        let told = outcome(&call, call.by(&app.client(registered)));
        let was_done = told.starts_with('2') && call.method != "GET";
        note(registered.name, told);
        if was_done {
            call = call_of(app, operation, service);
        }
    }
    row
}

fn table(app: &TestApp) -> String {
    let mut table = String::new();
    for operation in &app.shared.contract().operations {
        let services: &[(Uuid, &str)] = if operation.path.starts_with("/followUpRequests") {
            &[(CLEANING, " (asked: the service)"), (HOUSING_COMPANY, " (asked: the housing company)")]
        } else if operation.path.starts_with("/actions") {
            &[
                (GUARDS, " (owner: the guards)"),
                (HOUSING_TEAM, " (owner: the housing team)"),
                (HOUSING_COMPANY, " (owner: the housing company)"),
            ]
        } else {
            &[(HOUSING_COMPANY, "")]
        };
        for (service, told) in services {
            writeln!(table, "{}{told}", operation.id).unwrap();
            for (outcome, callers) in row(app, operation, *service) {
                writeln!(table, "    {outcome}: {}", callers.join(", ")).unwrap();
            }
        }
    }
    table
}

#[test]
fn every_operation_answers_every_caller_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("http/access.txt");
    on_both(|app| {
        let table = table(app);

        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &table).unwrap();
        }

        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let changed: Vec<String> = table
            .lines()
            .zip(kept.lines())
            .filter(|(now, then)| now != then)
            .map(|(now, then)| format!("- {then}\n+ {now}"))
            .collect();
        assert!(
            table == kept,
            "tests/http/access.txt differs; when that is meant, run again with UPDATE_GOLDEN=1\n{}",
            changed.join("\n")
        );
    });
}
