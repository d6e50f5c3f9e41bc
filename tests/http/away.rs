//! The database is away for a while: callers are told so, and when to ask again; once it is back, the same process
//! serves them.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use persistence::Backend;
use serde_json::json;

use crate::client::{Answer, Client, a_case, path_of};
use crate::database::Database;
use crate::intact::nothing_is_half;
use crate::line::Line;
use crate::program::{Program, wait_for};
use crate::world::{AGENT, CLEANING, MANAGER, SECRET};
use crate::writers::{Chance, Writers};

/// How a database goes away.
enum Outage {
    /// The line to the server is cut.
    Line(Line),
    /// The file is moved.
    File { file: PathBuf, elsewhere: PathBuf },
}

/// A program on a database that can go away.
struct Scene {
    program: Program,
    outage: Outage,
    database: Database,
}

impl Scene {
    fn new(backend: Backend) -> Self {
        let database = Database::new(backend);
        let (outage, url) = if let Some(file) = database.file() {
            let (file, elsewhere) = (file.to_owned(), file.with_extension("elsewhere"));
            (Outage::File { file, elsewhere }, database.url())
        } else {
            let (line, url) = Line::to(&database.url());
            (Outage::Line(line), url)
        };
        Self { program: Program::serve(&url), outage, database }
    }

    /// Gives the manager, an agent of a service, and nobody.
    fn clients(&self) -> (Client, Client, Client) {
        let nobody = Client::new(&self.program.shared, None);
        (self.program.client(&MANAGER), self.program.client(&AGENT), nobody)
    }

    fn the_database_goes_away(&mut self) {
        self.outage.begins();
    }

    fn the_database_comes_back(&mut self) {
        // The server ends what it was asked before the line was cut; until then nobody can tell what is written.
        wait_for("end of the sessions", || (self.database.sessions() == 0).then_some(()));
        self.outage.ends();
        let (manager, _, nobody) = self.clients();
        wait_for("program that is ready", || (nobody.reads("/health/ready").status() == 200).then_some(()));
        wait_for("answer", || (manager.reads("/cases").status() == 200).then_some(()));
        assert!(self.program.is_running(), "it is the same process");
    }
}

impl Outage {
    fn begins(&mut self) {
        match self {
            Self::Line(line) => line.is_cut(),
            Self::File { file, elsewhere } => std::fs::rename(file, elsewhere).unwrap(),
        }
    }

    fn ends(&mut self) {
        match self {
            Self::Line(line) => line.is_mended(),
            Self::File { file, elsewhere } => {
                assert!(!file.exists(), "nothing takes its place");
                std::fs::rename(elsewhere, file).unwrap();
            }
        }
    }
}

fn on_both(story: impl Fn(&mut Scene)) {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        println!("on {backend:?}");
        story(&mut Scene::new(backend));
    }
}

/// Fails unless the caller is told that the database is away, and when to ask again.
#[track_caller]
fn is_told(answer: &Answer) {
    answer.is_problem(503, "serviceUnavailable");
    let seconds: u32 = answer.header("Retry-After").expect("Retry-After").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{answer}");
}

#[test]
fn while_the_database_is_away_callers_are_told_and_afterwards_they_are_served() {
    on_both(|scene| {
        let (manager, service, nobody) = scene.clients();
        let request = manager.sends(&manager.admits("Weg"), CLEANING);
        let etag = service.reads("/followUpRequests").etag();
        let polls = || service.request("GET", "/followUpRequests").with("If-None-Match", &etag).goes();
        let creates = || {
            let call = manager.request("POST", "/cases").with("Idempotency-Key", "\"weg\"");
            call.json(&a_case("Onderweg")).goes()
        };
        let document = service.reads(&path_of(&request)).etag();
        let polls_document =
            || service.request("GET", &path_of(&request)).with("If-None-Match", &document).goes();
        assert_eq!((polls().status(), polls_document().status()), (304, 304));

        scene.the_database_goes_away();

        let away = Instant::now();
        // For a second, the counters in memory may still be right.
        while away.elapsed() < Duration::from_secs(1) {
            assert!([304, 503].contains(&polls().status()));
            assert!([304, 503].contains(&polls_document().status()));
        }
        for answer in [
            polls(),
            polls_document(),
            service.reads("/followUpRequests"),
            service.reads(&path_of(&request)),
            manager.reads("/cases"),
            creates(),
            service.tries("accept", &request, &json!({})),
        ] {
            is_told(&answer);
        }
        let token = nobody.asks_token(AGENT.id, SECRET);
        assert_eq!(token.status(), 503, "{token}");
        assert!(token.header("Retry-After").is_some(), "{token}");
        assert_eq!(nobody.reads("/health/live").status(), 200);
        assert_eq!(nobody.reads("/health/ready").status(), 503);
        assert_eq!(nobody.reads("/health").is(503)["status"], "DOWN");

        scene.the_database_comes_back();

        assert_eq!((polls().status(), polls_document().status()), (304, 304), "nothing changed");
        let late = creates();
        late.is(201);
        assert_eq!(late.header("Idempotency-Replayed"), None, "it was not done while the database was away");
        assert_eq!(service.accepts(&request)["state"], "accepted");
        assert_eq!(polls().status(), 200);
        nothing_is_half(&scene.database);
    });
}

#[test]
fn who_waits_for_news_is_told_when_the_database_goes_away() {
    on_both(|scene| {
        let (_, service, _) = scene.clients();
        let etag = service.reads("/followUpRequests").etag();
        let waits = || {
            let call = service.request("GET", "/followUpRequests").with("If-None-Match", &etag);
            call.with("Prefer", "wait=60").goes()
        };

        let (answer, waited) = thread::scope(|scope| {
            let waiting = scope.spawn(waits);
            scene.the_database_goes_away();
            let away = Instant::now();
            (waiting.join().unwrap(), away.elapsed())
        });

        is_told(&answer);
        assert!(waited < Duration::from_secs(30), "{waited:?}");
        scene.the_database_comes_back();
    });
}

#[test]
fn no_acknowledged_write_is_lost_and_none_is_half_when_the_database_goes_away() {
    on_both(|scene| {
        let mut chance = Chance(2026);
        let mut writers = Writers::new(6);
        let shared = Arc::clone(&scene.program.shared);
        for _ in 0..10 {
            writers.write_until(&shared, 1 + chance.below(40), || {
                thread::park_timeout(Duration::from_micros(chance.below(5_000)));
                scene.the_database_goes_away();
            });
            scene.the_database_comes_back();

            writers.check(&scene.database);
            writers.ask_again(&shared, &scene.database);
        }

        writers.check(&scene.database);
        writers.everything_is_served(&shared);
        let Writers { done, undone, .. } = writers;
        println!(
            "{} acknowledged writes stayed; of those without, {done} had been done, {undone} not",
            writers.acknowledged()
        );
    });
}

#[test]
fn while_another_program_writes_to_the_file_writers_are_told_and_readers_are_served() {
    let scene = Scene::new(Backend::Sqlite);
    let (manager, service, nobody) = scene.clients();
    let seen = manager.sends(&manager.admits("Gezien"), CLEANING);
    service.sees(&seen);
    let unseen = manager.sends(&manager.admits("Ongezien"), CLEANING);
    let creates = || {
        let call = manager.request("POST", "/cases").with("Idempotency-Key", "\"bezet\"");
        call.json(&a_case("Bezet")).goes()
    };
    let mut other = scene.database.connect();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    // Counted once nobody else writes: the program gives positions to its events in its own time.
    let before = scene.database.rows();

    let told = thread::scope(|scope| {
        let writers = [
            scope.spawn(creates),
            scope.spawn(|| service.tries("accept", &seen, &json!({}))),
            // What is seen for the first time is written down before it is shown.
            scope.spawn(|| service.reads(&path_of(&unseen))),
        ];
        let etag = manager.reads("/followUpRequests").etag();
        let polls = manager.request("GET", "/followUpRequests").with("If-None-Match", &etag);
        assert_eq!(polls.goes().status(), 304);
        service.reads(&path_of(&seen)).is(200);
        assert_eq!(nobody.reads("/health/live").status(), 200);
        writers.map(|writer| writer.join().unwrap())
    });

    told.iter().for_each(is_told);
    assert_eq!(scene.database.rows(), before);
    other.batch_execute("ROLLBACK").unwrap();
    let late = creates();
    late.is(201);
    assert_eq!(late.header("Idempotency-Replayed"), None);
    service.accepts(&seen);
    service.sees(&unseen);
    nothing_is_half(&scene.database);
}
