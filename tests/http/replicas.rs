//! Three replicas on one database that are killed at random: whoever follows the change feed misses nothing and is told nothing
//! twice, and every endpoint is told everything at least once and in order, whatever it does.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use persistence::Backend;
use serde_json::{Value, json};

use crate::client::a_case;
use crate::contract::BASE;
use crate::database::Database;
use crate::events::below_base;
use crate::program::Program;
use crate::webhooks::receiver::{Manner, Message, Receiver};
use crate::wire::{self, Received, Sent};
use crate::world::{self, Registered};
use crate::writers::Chance;

/// How much is done; `cargo xtask chaos` asks for more.
fn measure(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |given| given.parse().unwrap())
}

/// How long all of them may need to be told what is left.
const AFTERWARDS: Duration = Duration::from_mins(3);

/// The replicas: where they are now, some of them just dead.
struct Replicas {
    url: String,
    programs: Mutex<Vec<Program>>,
    addresses: RwLock<Vec<SocketAddr>>,
}

impl Replicas {
    fn start(url: &str, number: usize) -> Self {
        let programs: Vec<Program> = (0..number).map(|_| serve(url)).collect();
        let addresses = programs.iter().map(|program| program.shared.address).collect();
        Self { url: url.to_owned(), programs: Mutex::new(programs), addresses: RwLock::new(addresses) }
    }

    /// Kills one and starts it again elsewhere.
    fn kill(&self, place: usize) {
        let mut programs = self.programs.lock().unwrap();
        programs.remove(place).dies();
        programs.insert(place, serve(&self.url));
        self.addresses.write().unwrap()[place] = programs[place].shared.address;
    }

    /// Sends a request to one of them; absent when that is dead or not yet up.
    fn ask(&self, chance: &mut Chance, token: &str, sent: Sent) -> Option<Received> {
        let address = {
            let addresses = self.addresses.read().unwrap();
            addresses[usize::try_from(chance.below(addresses.len() as u64)).unwrap()]
        };
        let mut sent = Sent { target: format!("{BASE}{}", sent.target), ..sent };
        sent.headers.push(("Authorization".to_owned(), format!("Bearer {token}").into_bytes()));
        let answer = wire::exchange(address, &sent).ok();
        if answer.is_none() {
            thread::park_timeout(Duration::from_millis(20));
        }
        answer
    }
}

fn serve(url: &str) -> Program {
    let settings = [
        ("WIJKOVERLEG_WEBHOOKS_LOOPBACK", "allowed"),
        ("WIJKOVERLEG_WEBHOOKS_REQUEST_SECONDS", "1"),
        ("WIJKOVERLEG_WEBHOOKS_INTERVAL_MILLISECONDS", "100"),
    ];
    Program::serve_with(url, &settings)
}

fn get(target: &str) -> Sent {
    Sent { method: "GET".to_owned(), target: target.to_owned(), ..Sent::default() }
}

/// Writes until it is over: cases that are admitted and edited, so that each subject is told of more than once.
fn write(replicas: &Replicas, token: &str, number: u64, is_over: &AtomicBool) -> u64 {
    let mut chance = Chance(number);
    let pause = Duration::from_millis(measure("REPLICAS_PAUSE_MILLISECONDS", 0));
    let mut written = 0;
    let mut last: Option<(String, Value)> = None;
    for key in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let idempotency = ("Idempotency-Key".to_owned(), format!("\"replica-{number}-{key}\"").into_bytes());
        let media = |of: &str| ("Content-Type".to_owned(), of.as_bytes().to_vec());
        let sent = match &last {
            Some((path, etag)) if chance.below(4) > 0 => Sent {
                method: "PATCH".to_owned(),
                target: path.clone(),
                headers: vec![
                    media("application/merge-patch+json"),
                    ("If-Match".to_owned(), etag.as_str().unwrap().as_bytes().to_vec()),
                ],
                body: Some(json!({"title": format!("Plein {key}")}).to_string().into_bytes()),
            },
            _ => Sent {
                method: "POST".to_owned(),
                target: "/cases".to_owned(),
                headers: vec![media("application/json"), idempotency],
                body: Some(a_case(&format!("Plein {number}")).to_string().into_bytes()),
            },
        };
        thread::park_timeout(pause);
        match replicas.ask(&mut chance, token, sent) {
            Some(answer) if matches!(answer.status, 200 | 201) => {
                let seen: Value = serde_json::from_slice(&answer.body).unwrap();
                last = Some((format!("/cases/{}", seen["id"].as_str().unwrap()), seen["etag"].clone()));
                written += 1;
            }
            // What was written without an answer has another version by now.
            Some(answer) if answer.status == 412 => last = None,
            Some(answer) => assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body)),
            None => last = None,
        }
    }
    written
}

/// Follows the feed from its beginning to the end that it has once it is over; gives the ids of what it was told.
fn follow(replicas: &Replicas, token: &str, number: u64, is_over: &AtomicBool) -> Vec<String> {
    let mut chance = Chance(number);
    let (mut told, mut place) = (Vec::new(), format!("/events?pageSize={}", 5 + chance.below(200)));
    loop {
        let was_over = is_over.load(Ordering::SeqCst);
        let mut sent = get(&place);
        if !was_over {
            sent.headers.push(("Prefer".to_owned(), b"wait=2".to_vec()));
        }
        let Some(answer) = replicas.ask(&mut chance, token, sent) else { continue };
        if answer.status != 200 {
            assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
            continue;
        }
        let page: Value = serde_json::from_slice(&answer.body).unwrap();
        let items = page["items"].as_array().unwrap();
        told.extend(items.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        place = below_base(page["next"].as_str().unwrap());
        if was_over && items.is_empty() {
            return told;
        }
    }
}

/// Fails unless what an endpoint took holds all of a feed, for each subject in its order: what comes once more comes after what
/// it took before, and nothing comes before what precedes it.
fn is_complete_and_in_order(feed: &[Value], receiver: &Receiver) -> usize {
    let mut of_subject: HashMap<&str, Vec<&str>> = HashMap::new();
    for event in feed {
        of_subject.entry(event["subject"].as_str().unwrap()).or_default().push(event["id"].as_str().unwrap());
    }
    let messages = receiver.messages();
    let mut reached: HashMap<&str, usize> = HashMap::new();
    let mut repeated = 0;
    for message in messages.iter().filter(|message| message.taken) {
        let order = of_subject.get(message.subject()).expect("what it was told is in the feed");
        let at = order.iter().position(|id| *id == message.id()).expect("what it was told is in the feed");
        let reached = reached.entry(message.subject()).or_default();
        assert!(at <= *reached, "{} came before what precedes it", message.kind());
        if at == *reached {
            *reached += 1;
        } else {
            repeated += 1;
        }
    }
    for (subject, order) in &of_subject {
        assert_eq!(reached.get(subject), Some(&order.len()), "not everything was told about {subject}");
    }
    repeated
}

/// Waits until an endpoint took everything.
fn takes_everything(receiver: &Receiver, feed: &[Value]) {
    let wanted: BTreeSet<&str> = feed.iter().map(|event| event["id"].as_str().unwrap()).collect();
    let started = Instant::now();
    loop {
        let messages = receiver.messages();
        let taken = messages.iter().filter(|message| message.taken).map(Message::id);
        let taken: BTreeSet<&str> = taken.collect();
        let missing = wanted.difference(&taken).count();
        if missing == 0 {
            return;
        }
        assert!(started.elapsed() < AFTERWARDS, "{missing} of {} events were not told", wanted.len());
        thread::park_timeout(Duration::from_millis(250));
    }
}

#[test]
fn replicas_that_are_killed_lose_nothing_of_the_feed_and_of_what_endpoints_are_told() {
    let seconds = measure("REPLICAS_SECONDS", 10);
    let followers = measure("REPLICAS_FOLLOWERS", 24);
    let database = Database::new(Backend::Postgresql);
    let replicas = Replicas::start(&database.url(), 3);
    let with = |registered: &'static Registered| replicas.programs.lock().unwrap()[0].client(registered);
    let manager = with(&world::MANAGER);
    let tokens: Vec<String> = [&world::MANAGER, &world::POLICE_OFFICER, &world::AGENT, &world::HEAD]
        .map(|registered| with(registered).token().unwrap())
        .to_vec();
    let (sound, ailing) = (Receiver::start(), Receiver::start());
    manager.subscribes(&sound, &["case.notify.*"]);
    let ailing_one = manager.subscribes(&ailing, &["case.notify.*"]);

    let (is_written, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut kills = 0;
    let (written, followed, feed) = thread::scope(|scope| {
        let (replicas, tokens, is_written, is_over) = (&replicas, &tokens, &is_written, &is_over);
        let writers: Vec<_> = (0..4)
            .map(|number| scope.spawn(move || write(replicas, &tokens[0], number, is_written)))
            .collect();
        let follows = |number: u64| {
            let token = &tokens[usize::try_from(number).unwrap() % tokens.len()];
            scope.spawn(move || follow(replicas, token, number, is_over))
        };
        let following: Vec<_> = (0..followers).map(follows).collect();

        let (started, mut chance) = (Instant::now(), Chance(2026));
        let manners = [Manner::Fails(30), Manner::Hangs, Manner::Fails(30), Manner::HangsUp];
        while started.elapsed() < Duration::from_secs(seconds) {
            let phase = started.elapsed().as_secs() * 4 / seconds;
            ailing.behaves(manners[usize::try_from(phase).unwrap().min(3)].clone());
            thread::park_timeout(Duration::from_millis(300 + chance.below(1_500)));
            replicas.kill(usize::try_from(chance.below(3)).unwrap());
            kills += 1;
        }
        ailing.behaves(Manner::Takes);
        is_written.store(true, Ordering::SeqCst);
        let written: u64 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        crate::program::wait_for("position of every event", || {
            let waiting = database.number("SELECT count(*) AS value FROM feed_pending");
            (waiting == 0).then_some(())
        });
        is_over.store(true, Ordering::SeqCst);
        let followed: Vec<_> = following.into_iter().map(|follower| follower.join().unwrap()).collect();
        let feed = replicas.programs.lock().unwrap()[1].client(&world::MANAGER).feed();
        (written, followed, feed)
    });

    let of_each = [&world::MANAGER, &world::POLICE_OFFICER, &world::AGENT, &world::HEAD]
        .map(|registered| ids(&replicas.programs.lock().unwrap()[2].client(registered).feed()));
    for (number, told) in followed.iter().enumerate() {
        let expected = &of_each[number % of_each.len()];
        assert_eq!(told.len(), expected.len(), "follower {number}");
        assert!(told == expected, "follower {number} was told something else, or in another order");
    }
    let of_cases: Vec<Value> = feed.iter().filter(|event| is_about_a_case(event)).cloned().collect();
    takes_everything(&sound, &of_cases);
    let repeated = is_complete_and_in_order(&of_cases, &sound);
    // Its owner need not wait for the next attempts.
    let client = replicas.programs.lock().unwrap()[0].client(&world::MANAGER);
    client.hooks("pause", &ailing_one).is(200);
    client.hooks("resume", &ailing_one).is(200);
    takes_everything(&ailing, &of_cases);
    let repeated_to_ailing = is_complete_and_in_order(&of_cases, &ailing);
    println!(
        "{kills} kills in {seconds} s, {written} writes acknowledged, {} events; {followers} followers; {repeated} and \
         {repeated_to_ailing} messages were taken twice",
        feed.len()
    );
    assert!(
        written > 50 && u64::try_from(of_cases.len()).unwrap() >= written,
        "{written} {}",
        of_cases.len()
    );
    assert!(kills > 1);
}

fn is_about_a_case(event: &Value) -> bool {
    event["type"].as_str().unwrap().contains(".case.notify.")
}

fn ids(feed: &[Value]) -> Vec<String> {
    feed.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}
