//! Who may do what: every operation of the document for every caller, as a table that is committed.

mod contacts;
mod presence;
mod reference;
mod series;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{TestApp, on_both};
use crate::client::{Client, Request, a_case, id_of, path_of};
use crate::contract::Operation;
use crate::world::{CITY, CLEANING, EVERYBODY, GUARDS, HOUSING_COMPANY, HOUSING_TEAM, LIGHTING, Registered};
use crate::{calendar_feeds, data_sharing, escalations, events, meeting_costs, meetings, reports, webhooks};

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

    /// A verb without a body.
    pub fn bare(app: &TestApp, document: &Value, verb: &str) -> Self {
        Self { body: None, ..Self::verb(app, document, verb, Value::Null) }
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
        "listEscalationLedger" => {
            let reminded = app.manager.reminds(&sent());
            Call::reading(format!("/escalationLedger?followUpRequestId={}", id_of(&reminded)))
        }
        "getEscalationLedgerEntry" => {
            let reminded = app.manager.reminds(&sent());
            let entries = app.manager.ledger(&format!("followUpRequestId={}", id_of(&reminded)));
            Call::reading(path_of(&entries[0]))
        }
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
        "listAuditRecords" => Call::reading("/auditRecords"),
        "getAuditVerification" => Call::reading("/auditRecords/verification"),
        "exportAuditRecords" => {
            Call::creating("/auditRecords/export", json!({"purpose": "Inzageverzoek 17"}))
        }
        "getAuditRecord" => {
            let records = app.dpo.reads("/auditRecords").is(200);
            Call::reading(path_of(&records["items"][0]))
        }
        other => {
            let call = contacts::call_of(app, other)
                .or_else(|| presence::call_of(app, other))
                .or_else(|| reference::call_of(app, other))
                .or_else(|| series::call_of(app, other))
                .or_else(|| meetings::call_of(app, other))
                .or_else(|| meeting_costs::call_of(app, other))
                .or_else(|| reports::call_of(app, other))
                .or_else(|| escalations::call_of(app, other))
                .or_else(|| data_sharing::call_of(app, other))
                .or_else(|| events::call_of(other))
                .or_else(|| webhooks::call_of(app, other))
                .or_else(|| calendar_feeds::call_of(app, other));
            call.unwrap_or_else(|| {
                panic!("the access table does not know how to call {other}: add it to `call_of`")
            })
        }
    }
}

/// Gives a client that may use an operation.
pub fn who_may(app: &TestApp, operation: &Operation) -> Client {
    let serves = ["receive", "accept", "refuse", "redirect", "askBack", "promise", "answer"];
    let of_service = serves.iter().any(|verb| operation.id.starts_with(&format!("{verb}FollowUpRequest")));
    match operation.id.as_str() {
        "releaseCaseNote" | "getCaseNote" => app.police.clone(),
        // A member of both consultations.
        "acceptEscalation" | "refuseEscalation" | "returnEscalation" | "giveEscalationOutcome" => {
            app.police.clone()
        }
        "listAuditRecords" | "getAuditRecord" | "getAuditVerification" | "exportAuditRecords" => {
            app.dpo.clone()
        }
        id if id.ends_with("DataSharingProtocol") || id == "listDataSharingProtocols" => app.dpo.clone(),
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
        let of_requests = ["/followUpRequests", "/escalationLedger"];
        let services: &[(Uuid, &str)] = if of_requests.iter().any(|path| operation.path.starts_with(path)) {
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
