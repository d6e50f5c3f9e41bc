//! What one client may take: calls in a minute, calls at once, calls that wait; and what a slow sender may take.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use persistence::Backend;
use serde_json::json;

use crate::app::{Settings, TestApp};
use crate::client::{Answer, Client, a_case};
use crate::contract::BASE;
use crate::database::Database;
use crate::program::Program;
use crate::wire::{self, Sent};
use crate::world::{self, CLEANING, MANAGER};

fn on_both(limits: &str, story: impl Fn(&TestApp)) {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        println!("on {backend:?}");
        story(&TestApp::start_with(backend, &Settings { limits, ..Settings::default() }));
    }
}

/// Fails unless the caller has to wait for so many seconds.
#[track_caller]
fn must_wait(answer: &Answer, seconds: &str) {
    let problem = answer.is_problem(429, "tooManyRequests");
    assert_eq!(answer.header("Retry-After"), Some(seconds));
    assert_eq!(problem["retryAfterSec"].to_string(), seconds);
}

/// Reads the parameter of a structured field.
fn parameter(answer: &Answer, header: &str, name: &str) -> u64 {
    let value = answer.header(header).unwrap_or_else(|| panic!("no {header}"));
    let found = value.split(';').find_map(|part| part.strip_prefix(&format!("{name}=")));
    found.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {name} in {value}"))
}

#[test]
fn a_client_over_its_rate_is_told_when_to_try_again_and_others_are_served() {
    on_both("requests_per_minute = 6", |app| {
        let path = "/followUpRequests";
        let first = app.service.reads(path);
        first.is(200);
        assert_eq!(first.header("RateLimit-Policy"), Some("\"default\";q=6;w=60"));
        assert_eq!(first.header("RateLimit"), Some("\"default\";r=5;t=10"));
        let again = app.service.request("GET", path).with("If-None-Match", &first.etag()).goes();
        assert_eq!(again.status(), 304);
        assert_eq!(parameter(&again, "RateLimit", "r"), 4);
        // Refusals count too: what is not there, what is not allowed, what is not understood.
        for (path, status) in [("/followUpRequests?x=1", 400), ("/meetings", 403), ("/hourlyRates", 403)] {
            assert_eq!(app.service.reads(path).status(), status);
        }
        app.service.reads(path).is(200);

        let refused = app.service.reads(path);

        must_wait(&refused, "10");
        assert_eq!(refused.header("RateLimit"), Some("\"default\";r=0;t=10"));
        assert_eq!(parameter(&app.lighting.reads(path), "RateLimit", "r"), 5);
        // Who is nobody has no account.
        let nobody = app.nobody.reads(path);
        assert_eq!((nobody.status(), nobody.header("RateLimit")), (401, None));
        assert_eq!(app.nobody.reads("/health").header("RateLimit-Policy"), None);
    });
}

#[test]
fn without_a_limit_nothing_is_told_of_one() {
    let app = TestApp::start(Backend::Sqlite);
    for _ in 0..200 {
        assert_eq!(app.service.reads("/followUpRequests").header("RateLimit"), None);
    }
}

#[test]
fn a_client_over_its_limit_does_not_slow_others() {
    on_both("requests_per_minute = 100", |app| {
        let etag = app.service.reads("/followUpRequests").etag();
        app.manager.token();
        let polls = || {
            let started = Instant::now();
            let poll = app.service.request("GET", "/followUpRequests").with("If-None-Match", &etag).goes();
            assert_eq!(poll.status(), 304);
            started.elapsed()
        };
        let median = || {
            let mut times: Vec<_> = (0..30).map(|_| polls()).collect();
            times.sort();
            times[15]
        };
        let alone = median();
        let is_over = AtomicBool::new(false);
        let hammers = || {
            let (mut refused, started) = (0, Instant::now());
            while !is_over.load(Ordering::Relaxed) && started.elapsed() < Duration::from_secs(20) {
                refused += usize::from(app.manager.reads("/cases").status() == 429);
            }
            refused
        };

        let (beside, refused) = thread::scope(|scope| {
            let hammering: Vec<_> = (0..4).map(|_| scope.spawn(hammers)).collect();
            thread::sleep(Duration::from_millis(200));
            let beside = median();
            is_over.store(true, Ordering::Relaxed);
            (beside, hammering.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>())
        });

        assert!(refused > 5, "{refused}");
        // Four threads of the test itself share the machine with it.
        assert!(beside < alone * 10 + Duration::from_millis(50), "{alone:?} alone, {beside:?} beside");
    });
}

#[test]
fn who_waits_for_news_has_places_of_its_own() {
    on_both("requests_per_minute = 0\nconcurrent_per_client = 1\nwaiting_per_client = 2", |app| {
        let case = app.manager.admits("Wachten");
        let etag = app.service.reads("/followUpRequests").etag();
        let waits = |seconds: &str| {
            let call = app.service.request("GET", "/followUpRequests").with("If-None-Match", &etag);
            call.with("Prefer", &format!("wait={seconds}")).goes()
        };

        thread::scope(|scope| {
            let waiting: Vec<_> = (0..2)
                .map(|_| {
                    let waiting = scope.spawn(|| waits("30"));
                    // The next one comes once this one sits.
                    thread::sleep(Duration::from_millis(300));
                    waiting
                })
                .collect();
            app.service.reads("/followUpRequests").is(200);
            must_wait(&waits("30"), "5");
            assert_eq!(app.lighting.reads("/followUpRequests").status(), 200);
            app.manager.sends(&case, CLEANING);
            for answer in waiting {
                let answer = answer.join().unwrap();
                assert_eq!(answer.is(200)["items"].as_array().unwrap().len(), 1);
            }
        });
    });
}

/// A request whose body comes slowly.
struct Slow(TcpStream);

impl Slow {
    /// Sends the head of a request and the beginning of its body.
    fn begins(address: SocketAddr, client: &Client, path: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let authorization = client.token().map(|token| format!("Authorization: Bearer {token}\r\n"));
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: \"slow\"\r\nContent-Length: 1000\r\n{}\r\n{{\"kind\"",
            authorization.unwrap_or_default()
        );
        stream.write_all(head.as_bytes()).unwrap();
        Self(stream)
    }

    /// Sends a little more.
    fn goes_on(&mut self) -> std::io::Result<()> {
        self.0.write_all(b" ")
    }

    /// Reads until the server closes the connection.
    fn ends(mut self) -> String {
        let mut answer = Vec::new();
        // Whoever closes with something unread resets the connection; what came before tells.
        drop(self.0.read_to_end(&mut answer));
        String::from_utf8(answer).unwrap()
    }
}

#[test]
fn a_slow_sender_loses_its_place_and_slows_nobody() {
    let limits = "requests_per_minute = 0\nconcurrent_per_client = 2\nbody_seconds = 2";
    on_both(limits, |app| {
        let path = format!("{BASE}/cases");
        app.service.token();
        app.manager.token();
        let mut slow = [(); 2].map(|()| Slow::begins(app.shared.address, &app.manager, &path));
        thread::sleep(Duration::from_millis(300));

        let third = app.manager.reads("/cases");
        let served: Vec<_> = (0..50).map(|_| app.service.reads("/followUpRequests").status()).collect();

        must_wait(&third, "1");
        assert_eq!(served, [200; 50]);
        // Sending a little now and then does not help.
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(200));
            for slow in &mut slow {
                drop(slow.goes_on());
            }
        }
        for slow in slow {
            let answer = slow.ends();
            assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
            assert!(answer.contains("urn:problem-type:wijkoverleg:requestTimeout"), "{answer}");
        }
        app.manager.creates("/cases", &a_case("Snel")).is(201);
    });
}

#[test]
fn whoever_sends_what_nobody_reads_is_let_go() {
    let app = TestApp::start(Backend::Sqlite);
    for (client, path, status) in [
        (&app.nobody, format!("{BASE}/cases"), 401),
        (&app.manager, format!("{BASE}/nothing"), 404),
        (&app.manager, format!("{BASE}/health"), 405),
    ] {
        let started = Instant::now();
        let answer = Slow::begins(app.shared.address, client, &path).ends();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(started.elapsed() < Duration::from_secs(10), "{path}: {:?}", started.elapsed());
    }
}

#[test]
fn a_head_that_comes_too_slowly_or_is_too_large_is_refused_and_others_are_served() {
    let database = Database::new(Backend::Sqlite);
    let settings = [("WIJKOVERLEG_LIMITS_HEAD_SECONDS", "1"), ("WIJKOVERLEG_LIMITS_HEADER_BYTES", "4096")];
    let program = Program::serve_with(&database.url(), &settings);
    let address = program.shared.address;
    let manager = program.client(&MANAGER);
    manager.reads("/cases").is(200);
    let heads: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream
                .write_all(format!("GET {BASE}/health HTTP/1.1\r\nHost: {address}\r\n").as_bytes())
                .unwrap();
            stream
        })
        .collect();
    let started = Instant::now();

    let served: Vec<_> = (0..20).map(|_| manager.reads("/cases").status()).collect();

    assert_eq!(served, [200; 20]);
    for mut head in heads {
        let mut answer = Vec::new();
        drop(head.read_to_end(&mut answer));
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    // Many small headers count as one large one.
    let small = (0..50).map(|number| (format!("X-Small-{number}"), vec![b'a'; 100]));
    let sent = Sent {
        method: "GET".to_owned(),
        target: format!("{BASE}/health"),
        headers: small.collect(),
        ..Sent::default()
    };
    let received = wire::exchange(address, &sent).unwrap();
    assert_eq!(received.status, 431);
    let problem: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
    assert_eq!(problem["limit"], json!(4_096), "{problem}");
}

#[test]
fn an_address_from_which_too_many_forged_tokens_come_has_to_wait() {
    let limits = Settings { limits: "failed_tokens_per_minute = 20", ..Settings::default() };
    let app = TestApp::start_with(Backend::Sqlite, &limits);
    let token = app.manager.token().unwrap();
    let forged = format!("{}x", &token[..token.len() - 1]);
    let asks = |token: &str| {
        let call = app.nobody.request("GET", "/cases");
        call.with("Authorization", &format!("Bearer {token}")).goes()
    };
    app.manager.reads("/cases").is(200);
    app.administrator.reads("/cases");
    for _ in 0..20 {
        assert_eq!(asks(&forged).status(), 401);
    }

    let refused = asks(&forged);

    refused.is_problem(429, "tooManyFailedRequests");
    assert!(refused.header("Retry-After").is_some());
    // Who proved itself before goes on, also when it has to be looked at again.
    app.manager.reads("/cases").is(200);
    let name = json!({"name": {"nl": "Anders"}});
    app.administrator
        .edits(&app.administrator.reads(&format!("/organisations/{}", world::LIGHTING)).is(200), &name)
        .is(200);
    app.manager.reads("/cases").is(200);
    app.minutes_pass(1);
    assert_eq!(asks(&forged).status(), 401);
}
