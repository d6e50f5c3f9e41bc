//! Clients of the API, with the verbs of the domain as methods.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use api::clock::Clock;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::contract::{BASE, Contract};
use crate::wire::{self, Received, Sent};
use crate::world::{self, Registered};

/// What all clients of an application share.
pub struct Shared {
    pub address: SocketAddr,
    clock: Arc<dyn Clock>,
    /// The entity tag that was read last, by id.
    etags: Mutex<HashMap<String, String>>,
    tokens: Mutex<HashMap<Uuid, Token>>,
    keys: AtomicU64,
}

#[derive(Clone)]
struct Token {
    text: String,
    from: Timestamp,
    until: Timestamp,
}

impl Shared {
    pub fn new(address: SocketAddr, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            address,
            clock,
            etags: Mutex::default(),
            tokens: Mutex::default(),
            keys: AtomicU64::new(0),
        })
    }

    /// Gives an idempotency key that nobody has used.
    pub fn new_key(&self) -> String {
        format!("\"key-{}\"", self.keys.fetch_add(1, Ordering::SeqCst))
    }

    /// Sends a request; the answer is held to the contract.
    pub fn exchange(&self, sent: &Sent) -> Answer {
        self.attempt(sent)
            .unwrap_or_else(|error| panic!("no answer to {} {}: {error}", sent.method, sent.target))
    }

    /// Sends a request to an application that may end before it answers; an answer is held to the contract.
    pub fn attempt(&self, sent: &Sent) -> std::io::Result<Answer> {
        let received = wire::exchange(self.address, sent)?;
        if !sent.target.starts_with(&format!("{BASE}/doc")) {
            Contract::of(|| self.document()).check(sent, &received);
        }
        let answer = Answer { sent: format!("{} {}", sent.method, sent.target), received };
        if (200..300).contains(&answer.status())
            && let Ok(body) = serde_json::from_slice::<Value>(&answer.received.body)
        {
            self.learn(&body);
        }
        Ok(answer)
    }

    /// Gives the contract.
    pub fn contract(&self) -> &'static Contract {
        Contract::of(|| self.document())
    }

    fn document(&self) -> Value {
        let sent =
            Sent { method: "GET".to_owned(), target: format!("{BASE}/doc/openapi.json"), ..Sent::default() };
        let received = wire::exchange(self.address, &sent).expect("the document is served");
        serde_json::from_slice(&received.body).expect("the document is JSON")
    }

    /// Keeps the entity tags of a document, or of the items of a list.
    fn learn(&self, body: &Value) {
        let items = body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut etags = self.etags.lock().unwrap();
        for document in items.iter().chain([body]) {
            if let (Some(id), Some(etag)) = (document["id"].as_str(), document["etag"].as_str()) {
                etags.insert(id.to_owned(), etag.to_owned());
            }
        }
    }

    /// Gives the entity tag that was read last.
    pub fn etag(&self, id: &str) -> String {
        self.etags.lock().unwrap().get(id).cloned().unwrap_or_else(|| panic!("nobody has read {id}"))
    }
}

/// A client application; cheap to copy.
#[derive(Clone)]
pub struct Client {
    pub shared: Arc<Shared>,
    registered: Option<&'static Registered>,
}

impl Client {
    pub fn new(shared: &Arc<Shared>, registered: Option<&'static Registered>) -> Self {
        Self { shared: Arc::clone(shared), registered }
    }

    /// Gives a valid access token, a new one when the clock has passed the old one.
    pub fn token(&self) -> Option<String> {
        let registered = self.registered?;
        let now = self.shared.clock.now();
        let known = self.shared.tokens.lock().unwrap().get(&registered.id).cloned();
        if let Some(known) = known.filter(|token| token.from <= now && now < token.until) {
            return Some(known.text);
        }
        let answer = self.asks_token(registered.id, world::SECRET);
        let body = answer.is(200);
        let lifetime = body["expires_in"].as_i64().expect("expires_in");
        let text = body["access_token"].as_str().expect("access_token").to_owned();
        let until = now + SignedDuration::from_secs(lifetime - 30);
        let token = Token { text: text.clone(), from: now, until };
        self.shared.tokens.lock().unwrap().insert(registered.id, token);
        Some(text)
    }

    /// Begins a request with a token of these scopes only.
    pub fn narrowed(&self, scope: &str, method: &str, path: &str) -> Request {
        let id = self.registered.expect("a client of the register").id;
        let body = format!("grant_type=client_credentials&scope={}", scope.replace(':', "%3A"));
        let token = self.asks_token_with(id, world::SECRET, body.as_bytes()).is(200);
        let token = token["access_token"].as_str().expect("access_token");
        let request = self.request(method, path).without("Authorization");
        request.with("Authorization", &format!("Bearer {token}"))
    }

    /// Fetches another token, as a client does that was told that its registration changed.
    pub fn logs_in_again(&self) {
        self.shared.tokens.lock().unwrap().remove(&self.registered.expect("a client").id);
        self.token();
    }

    /// Asks the issuer for a token with client credentials.
    pub fn asks_token(&self, id: Uuid, secret: &str) -> Answer {
        self.asks_token_with(id, secret, b"grant_type=client_credentials")
    }

    fn asks_token_with(&self, id: Uuid, secret: &str, body: &[u8]) -> Answer {
        let encoded: String = secret.replace(' ', "+");
        let credentials = STANDARD.encode(format!("{id}:{encoded}"));
        let sent = Sent {
            method: "POST".to_owned(),
            target: "/oauth2/token".to_owned(),
            headers: vec![
                ("Authorization".to_owned(), format!("Basic {credentials}").into_bytes()),
                ("Content-Type".to_owned(), b"application/x-www-form-urlencoded".to_vec()),
            ],
            body: Some(body.to_vec()),
        };
        self.shared.exchange(&sent)
    }

    /// Begins a request; `path` is below the base and may hold a query.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let mut sent = Sent { method: method.to_owned(), target: format!("{BASE}{path}"), ..Sent::default() };
        if let Some(token) = self.token() {
            sent.headers.push(("Authorization".to_owned(), format!("Bearer {token}").into_bytes()));
        }
        Request { shared: Arc::clone(&self.shared), sent }
    }

    /// Reads a document or list.
    pub fn reads(&self, path: &str) -> Answer {
        self.request("GET", path).goes()
    }

    /// Lists follow-up requests.
    pub fn lists(&self, query: &str) -> Vec<Value> {
        let body = self.reads(&format!("/followUpRequests?{query}")).is(200);
        body["items"].as_array().unwrap().clone()
    }

    /// Reads what another answer told of, as it is now.
    pub fn sees(&self, document: &Value) -> Value {
        self.reads(&path_of(document)).is(200)
    }

    /// Creates something.
    pub fn creates(&self, path: &str, body: &Value) -> Answer {
        let key = self.shared.new_key();
        self.request("POST", path).with("Idempotency-Key", &key).json(body).goes()
    }

    /// Does a verb with a document, on the version that was read last.
    pub fn tries(&self, verb: &str, document: &Value, body: &Value) -> Answer {
        let etag = self.shared.etag(id_of(document));
        self.request("POST", &format!("{}/{verb}", path_of(document)))
            .with("If-Match", &etag)
            .json(body)
            .goes()
    }

    /// Does a verb that must succeed.
    pub fn does(&self, verb: &str, document: &Value, body: &Value) -> Value {
        self.tries(verb, document, body).is(200)
    }

    /// Edits a document with a merge patch.
    pub fn edits(&self, document: &Value, patch: &Value) -> Answer {
        let etag = self.shared.etag(id_of(document));
        self.request("PATCH", &path_of(document))
            .with("If-Match", &etag)
            .with("Content-Type", "application/merge-patch+json")
            .bytes(patch.to_string().into_bytes())
            .goes()
    }

    /// Signals a case.
    pub fn signals(&self, title: &str) -> Value {
        self.creates("/cases", &a_case(title)).is(201)
    }

    /// Takes a case up under the lead of the city.
    pub fn opens(&self, case: &Value) -> Value {
        self.does("open", case, &json!({"leadOrganisationId": world::CITY}))
    }

    /// Signals a case that is open at once.
    pub fn admits(&self, title: &str) -> Value {
        let mut body = a_case(title);
        body["admit"] = json!(true);
        body["leadOrganisationId"] = json!(world::CITY);
        self.creates("/cases", &body).is(201)
    }

    /// Sends a request about a case to a service.
    pub fn sends(&self, case: &Value, organisation: Uuid) -> Value {
        let mut body = a_question(case, organisation);
        body["send"] = json!(true);
        self.creates("/followUpRequests", &body).is(201)
    }

    /// Drafts a request about a case to a service.
    pub fn drafts(&self, case: &Value, organisation: Uuid) -> Value {
        self.creates("/followUpRequests", &a_question(case, organisation)).is(201)
    }

    /// Writes an action about a case, or about none.
    pub fn agrees(&self, case: Option<&Value>, owner: Uuid) -> Value {
        self.creates("/actions", &an_action(case, owner)).is(201)
    }

    pub fn receives(&self, request: &Value) -> Value {
        self.does("receive", request, &json!({}))
    }

    pub fn accepts(&self, request: &Value) -> Value {
        self.does("accept", request, &json!({}))
    }

    pub fn refuses(&self, request: &Value) -> Value {
        self.does(
            "refuse",
            request,
            &json!({"refusalReason": "notCompetent", "text": "Dit is een gewestweg."}),
        )
    }

    pub fn redirects(&self, request: &Value, organisation: Uuid) -> Value {
        self.does("redirect", request, &json!({"organisationId": organisation, "text": "Niet voor ons."}))
    }

    pub fn asks_back(&self, request: &Value) -> Value {
        self.does("askBack", request, &json!({"text": "Welke hoek van het plein?"}))
    }

    pub fn replies(&self, request: &Value) -> Value {
        self.does("reply", request, &json!({"text": "De hoek met het speelplein."}))
    }

    pub fn answers(&self, request: &Value) -> Value {
        self.does("answer", request, &json!({"outcome": "done", "text": "Opgeruimd."}))
    }

    pub fn verifies(&self, request: &Value) -> Value {
        self.does("verify", request, &json!({}))
    }

    pub fn reopens(&self, document: &Value) -> Value {
        self.does("reopen", document, &json!({"text": "Er ligt opnieuw afval."}))
    }

    pub fn withdraws(&self, request: &Value) -> Value {
        self.does("withdraw", request, &json!({"text": "Niet meer nodig."}))
    }

    pub fn reminds(&self, request: &Value) -> Value {
        self.does("remind", request, &json!({}))
    }
}

/// The body of a small case.
pub fn a_case(title: &str) -> Value {
    json!({
        "consultationId": world::KROONWIJK,
        "kind": "situation",
        "category": "AFV.SLUIK",
        "title": title,
        "source": "guard",
        "location": {"kind": "pointOfInterest", "address": format!("Plein {title}")}
    })
}

/// The body of an action of the guards, about a case or none.
pub fn an_action(case: Option<&Value>, owner: Uuid) -> Value {
    let mut body = json!({
        "consultationId": world::KROONWIJK,
        "kind": "presence",
        "title": "Elke avond langs het plein",
        "ownerOrganisationId": owner,
        "ownerFunction": function_of(owner),
        "dueOn": "2026-03-09"
    });
    if let Some(case) = case {
        body["caseId"] = case["id"].clone();
    }
    body
}

/// Gives the function of a member of Kroonwijk.
fn function_of(organisation: Uuid) -> &'static str {
    match organisation {
        world::POLICE => "chiefInspector",
        world::GUARDS => "guard",
        world::HOUSING_TEAM | world::HOUSING_COMPANY => "housingOfficer",
        _ => "neighbourhoodManager",
    }
}

/// The body of a normal question that is not sent yet.
pub fn a_question(case: &Value, organisation: Uuid) -> Value {
    json!({
        "caseId": case["id"],
        "organisationId": organisation,
        "questionKind": "cleanOrRepair",
        "urgency": "normal",
        "subject": "Sluikstort aan de glasbol",
        "question": "Graag het sluikstort opruimen."
    })
}

/// The body of a contact with the police.
pub fn a_contact() -> Value {
    json!({
        "contactedOn": "2026-02-27",
        "partnerOrganisationId": world::POLICE,
        "channel": "phone",
        "purpose": "Nagaan of er extra toezicht kan komen."
    })
}

/// The body of a shift of two guards in Kroonwijk.
pub fn a_shift(started_at: &str, ended_at: &str) -> Value {
    json!({
        "guardGroupId": world::GUARD_GROUP,
        "areaId": world::AREA,
        "startedAt": started_at,
        "endedAt": ended_at,
        "task": "dissuasivePresence",
        "guards": 2,
        "contacts": 5
    })
}

/// Gives the path below the base of a document.
pub fn path_of(document: &Value) -> String {
    let href = document["href"].as_str().expect("a document has an address");
    href.split_once(BASE).expect("an address of this API").1.to_owned()
}

pub fn id_of(document: &Value) -> &str {
    document["id"].as_str().expect("a document has an id")
}

/// A request that can still be dressed up.
pub struct Request {
    shared: Arc<Shared>,
    pub sent: Sent,
}

impl Request {
    /// Adds a header.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.with_bytes(name, value.as_bytes())
    }

    /// Adds a header that may not even be text.
    pub fn with_bytes(mut self, name: &str, value: &[u8]) -> Self {
        self.sent.headers.push((name.to_owned(), value.to_vec()));
        self
    }

    /// Takes a header away.
    pub fn without(mut self, name: &str) -> Self {
        self.sent.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Adds a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.with("Content-Type", "application/json").bytes(body.to_string().into_bytes())
    }

    /// Adds a body.
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.sent.body = Some(body);
        self
    }

    /// Sends it.
    pub fn goes(self) -> Answer {
        self.shared.exchange(&self.sent)
    }

    /// Sends it to an application that may end before it answers.
    pub fn attempted(self) -> std::io::Result<Answer> {
        self.shared.attempt(&self.sent)
    }
}

/// An answer that follows the contract.
#[derive(Clone)]
pub struct Answer {
    sent: String,
    pub received: Received,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.received.status
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.received.header(name)
    }

    pub fn etag(&self) -> String {
        self.header("ETag").expect("an ETag").to_owned()
    }

    /// Gives the body; null when there is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.received.body).unwrap_or_default()
    }

    /// Gives the page of an answer that must be one.
    #[track_caller]
    pub fn text(&self) -> String {
        assert_eq!(self.status(), 200, "{self}");
        String::from_utf8(self.received.body.clone()).expect("UTF-8")
    }

    /// Gives the body of an answer that must have this status.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status(), status, "{self}");
        self.json()
    }

    /// Gives the problem of an answer that must be of this type.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        let body = self.is(status);
        let kind = body["type"].as_str().unwrap_or_default();
        assert_eq!(kind.rsplit(':').next(), Some(code), "{self}");
        body
    }

    /// Gives the faults of the input, each as place, name and the end of its type.
    pub fn issues(&self) -> Vec<String> {
        let body = self.json();
        let issues = body["issues"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        issues
            .iter()
            .map(|issue| {
                let kind = text(&issue["type"]);
                let kind = kind.rsplit(':').next().unwrap_or_default();
                format!("{} {} {kind}", text(&issue["in"]), text(&issue["name"]))
            })
            .collect()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.received.body);
        write!(f, "{}\n{} {body}", self.sent, self.received.status)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Received {
    pub fn header(&self, wanted: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.as_str())
    }
}
