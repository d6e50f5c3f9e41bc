//! Clients that write one thing after another, and what must be true of it whatever happens to the program or to its
//! database meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{io, thread};

use serde_json::{Value, json};

use crate::client::{Answer, Client, Shared, a_case, a_question, id_of, path_of};
use crate::database::Database;
use crate::intact::nothing_is_half;
use crate::world::{AGENT, CITY, CLEANING, MANAGER, Registered};

/// A source of chance that repeats itself (SplitMix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// A write that can be sent again as it was.
#[derive(Clone)]
struct Write {
    by: &'static Registered,
    verb: &'static str,
    path: String,
    if_match: Option<Value>,
    key: String,
    body: Value,
}

impl Write {
    fn goes(&self, shared: &Arc<Shared>) -> io::Result<Answer> {
        let call = Client::new(shared, Some(self.by)).request("POST", &self.path);
        let call = call.with("Idempotency-Key", &format!("\"{}\"", self.key)).json(&self.body);
        match &self.if_match {
            Some(etag) => call.with("If-Match", etag.as_str().unwrap()).attempted(),
            None => call.attempted(),
        }
    }
}

/// Somebody who takes one case after another through its life, each write with a key of its own.
struct Writer {
    number: u64,
    chance: Chance,
    keys: u64,
    case: Option<Value>,
    request: Option<Value>,
    /// What was sent last, while nobody knows what became of it.
    in_doubt: Option<Write>,
    acknowledged: Vec<(Write, Value)>,
}

impl Writer {
    fn new(number: u64) -> Self {
        let chance = Chance(number);
        Self { number, chance, keys: 0, case: None, request: None, in_doubt: None, acknowledged: Vec::new() }
    }

    fn next(&mut self) -> Write {
        self.keys += 1;
        let key = format!("{}-{}", self.number, self.keys);
        let creates = |path: &str, mut body: Value, members: Value| {
            body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
            let (by, path) = (&MANAGER, path.to_owned());
            Write { by, verb: "create", path, if_match: None, key: key.clone(), body }
        };
        let Some(case) = &self.case else {
            return creates("/cases", a_case(&key), json!({"admit": true, "leadOrganisationId": CITY}));
        };
        let Some(request) = &self.request else {
            return creates("/followUpRequests", a_question(case, CLEANING), json!({"send": true}));
        };
        let possible: &[(&Registered, &str)] = match request["state"].as_str().unwrap() {
            "sent" => &[(&AGENT, "receive"), (&AGENT, "accept"), (&AGENT, "askBack"), (&MANAGER, "remind")],
            "received" => &[(&AGENT, "accept"), (&AGENT, "askBack"), (&MANAGER, "amend")],
            "accepted" => &[(&AGENT, "answer"), (&AGENT, "answer"), (&MANAGER, "remind")],
            "waiting" => &[(&MANAGER, "reply")],
            "answered" => &[(&MANAGER, "verify"), (&MANAGER, "verify"), (&MANAGER, "reopen")],
            state => panic!("nobody writes to a request that is {state}"),
        };
        let chosen = self.chance.below(possible.len().try_into().unwrap());
        let (by, verb) = possible[usize::try_from(chosen).unwrap()];
        let body = match verb {
            "receive" | "accept" => json!({"externalReference": key}),
            "answer" => json!({"outcome": "done", "text": key}),
            "amend" => json!({"subject": key, "question": key, "text": key}),
            _ => json!({"text": key}),
        };
        let path = format!("{}/{verb}", path_of(request));
        Write { by, verb, path, if_match: Some(request["etag"].clone()), key, body }
    }

    /// Writes until nobody answers or the database is away, and tells of each write that was acknowledged.
    fn writes(&mut self, shared: &Arc<Shared>, told: &mpsc::Sender<()>) {
        loop {
            let write = self.next();
            self.in_doubt = Some(write.clone());
            match write.goes(shared) {
                Ok(answer) if answer.status() != 503 => self.takes_note(&answer),
                _ => return,
            }
            // Nobody listens any more once the end is near.
            let _ = told.send(());
        }
    }

    fn takes_note(&mut self, answer: &Answer) {
        let write = self.in_doubt.take().expect("something was sent");
        let document = answer.is(if write.verb == "create" { 201 } else { 200 });
        match (write.path.as_str(), document["state"].as_str()) {
            ("/cases", _) => self.case = Some(document.clone()),
            (_, Some("closed")) => (self.case, self.request) = (None, None),
            _ => self.request = Some(document.clone()),
        }
        self.acknowledged.push((write, document));
    }

    fn asks_again(&mut self, shared: &Arc<Shared>, database: &Database) -> Option<bool> {
        if let Some((write, document)) = self.acknowledged.last() {
            let answer = write.goes(shared).unwrap();
            assert!(is_replayed(&answer), "{answer}");
            assert_eq!(answer.json(), *document);
        }
        let write = self.in_doubt.clone()?;
        let kept =
            format!("SELECT count(*) AS value FROM idempotency_keys WHERE idempotency_key = '{}'", write.key);
        let was_done = database.number(&kept) == 1;
        let answer = write.goes(shared).unwrap();
        assert_eq!(is_replayed(&answer), was_done, "{answer}");
        self.takes_note(&answer);
        Some(was_done)
    }
}

fn is_replayed(answer: &Answer) -> bool {
    answer.header("Idempotency-Replayed") == Some("true")
}

/// Several who write at once.
pub struct Writers {
    all: Vec<Writer>,
    /// How many writes that nobody acknowledged had been done.
    pub done: usize,
    /// How many writes that nobody acknowledged had not been done.
    pub undone: usize,
}

impl Writers {
    pub fn new(count: u64) -> Self {
        Self { all: (1..=count).map(Writer::new).collect(), done: 0, undone: 0 }
    }

    pub fn acknowledged(&self) -> usize {
        self.all.iter().map(|writer| writer.acknowledged.len()).sum()
    }

    /// Lets all of them write; after so many acknowledged writes `fault` happens, which has to end them.
    pub fn write_until(&mut self, shared: &Arc<Shared>, acknowledged: u64, fault: impl FnOnce()) {
        for registered in [&MANAGER, &AGENT] {
            Client::new(shared, Some(registered)).token();
        }
        thread::scope(|scope| {
            let (told, heard) = mpsc::channel();
            for writer in &mut self.all {
                let told = told.clone();
                scope.spawn(move || writer.writes(shared, &told));
            }
            for _ in 0..acknowledged {
                heard.recv_timeout(Duration::from_mins(1)).expect("the program answers");
            }
            fault();
        });
    }

    /// Fails when something acknowledged is lost or anything is half.
    pub fn check(&self, database: &Database) {
        nothing_is_half(database);
        self.nothing_is_lost(database);
        every_answer_has_its_effect(database);
    }

    /// Sends what nobody knows the end of once more: what had been done is answered as it was then, what had not is
    /// done now.
    pub fn ask_again(&mut self, shared: &Arc<Shared>, database: &Database) {
        for writer in &mut self.all {
            match writer.asks_again(shared, database) {
                Some(true) => self.done += 1,
                Some(false) => self.undone += 1,
                None => {}
            }
        }
    }

    /// Reads everything that was acknowledged back through the program.
    pub fn everything_is_served(&self, shared: &Arc<Shared>) {
        let manager = Client::new(shared, Some(&MANAGER));
        let mut last = HashMap::new();
        for (_, document) in self.all.iter().flat_map(|writer| &writer.acknowledged) {
            last.insert(id_of(document), document);
        }
        for document in last.values() {
            let served = manager.sees(document);
            for member in ["version", "state", "reference"] {
                assert_eq!(served.get(member), document.get(member), "{document}");
            }
        }
    }

    /// Fails when an acknowledged write left no event.
    fn nothing_is_lost(&self, database: &Database) {
        let happened = counted(database.texts(
            "SELECT CAST(subject_id AS TEXT) || ' ' || version || ' ' || verb AS value FROM events \
             WHERE subject_kind IN ('case', 'followUpRequest')",
        ));
        let acknowledged = self.all.iter().flat_map(|writer| &writer.acknowledged);
        let acknowledged = acknowledged
            .map(|(write, document)| format!("{} {} {}", id_of(document), document["version"], write.verb));
        for (write, times) in counted(acknowledged) {
            assert!(happened.get(&write).is_some_and(|known| *known >= times), "{write} is lost");
        }
    }
}

/// Fails when an answer is kept whose effect is not there, or an effect is there whose answer is not kept; everything
/// has to have been written with a key.
fn every_answer_has_its_effect(database: &Database) {
    let kept = database.texts("SELECT body AS value FROM idempotency_keys").into_iter().map(|reply| {
        let reply: Value = serde_json::from_str(&reply).unwrap();
        let document: Value = serde_json::from_str(reply["body"].as_str().unwrap()).unwrap();
        format!("{} {}", id_of(&document), document["version"])
    });
    let done = database.texts(
        "SELECT CAST(subject_id AS TEXT) || ' ' || version AS value FROM audit_records \
         WHERE subject_kind IN ('case', 'followUpRequest')",
    );
    let (kept, done) = (counted(kept), counted(done));
    for effect in kept.keys().chain(done.keys()) {
        assert_eq!(kept.get(effect), done.get(effect), "answers kept and effects of {effect}");
    }
}

fn counted(values: impl IntoIterator<Item = String>) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}
