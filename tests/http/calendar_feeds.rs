//! Calendar feeds: what calendar programs read at a secret address, and that it is one.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::sync::Arc;

use api::clock::SystemClock;
use icalendar::{Calendar, Component as _, Event};
use persistence::Backend;
use serde_json::{Value, json};

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, Shared, id_of, path_of};
use crate::contract::BASE;
use crate::database::Database;
use crate::program::{Running, command, wait_for};
use crate::wire::{self, Sent};
use crate::world::{self, CITY_TEAM, HIGHER, KROONWIJK, MOLENWIJK, OTHER_MANAGER};

impl Client {
    /// Makes a calendar feed of Kroonwijk.
    fn shares(&self, body: &Value) -> Answer {
        self.request("POST", &format!("/consultations/{KROONWIJK}/calendarFeeds")).json(body).goes()
    }

    /// Lists the feeds of Kroonwijk.
    fn feeds(&self) -> Vec<Value> {
        let list = self.reads(&format!("/consultations/{KROONWIJK}/calendarFeeds")).is(200);
        list["items"].as_array().unwrap().clone()
    }

    /// Revokes a feed.
    fn revokes(&self, feed: &Value) -> Answer {
        let etag = feed["etag"].as_str().unwrap();
        self.request("DELETE", &path_of(feed)).with("If-Match", etag).goes()
    }
}

/// Gives the path of the calendar below the base.
fn calendar_of(feed: &Value) -> String {
    let address = feed["address"].as_str().unwrap();
    address.split_once(BASE).unwrap().1.to_owned()
}

fn secret_of(feed: &Value) -> String {
    calendar_of(feed).trim_start_matches("/calendars/").trim_end_matches(".ics").to_owned()
}

/// Gives a call of an operation on calendar feeds that would succeed for whoever may make it.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    let feeds = format!("/consultations/{KROONWIJK}/calendarFeeds");
    let made = || app.manager.shares(&json!({"label": "Outlook"})).is(201);
    Some(match operation {
        "listCalendarFeeds" => {
            made();
            Call::reading(format!("{feeds}?pageSize=1"))
        }
        "getCalendarFeed" => Call::reading(path_of(&made())),
        "createCalendarFeed" => Call::creating(feeds, json!({"label": "Outlook"})),
        "deleteCalendarFeed" => {
            let feed = made();
            let if_match = Some(app.shared.etag(id_of(&feed)));
            Call { method: "DELETE", path: path_of(&feed), if_match, body: None }
        }
        "getCalendar" => Call::reading(calendar_of(&made())),
        _ => return None,
    })
}

fn text_of(answer: &Answer) -> String {
    assert_eq!(answer.status(), 200, "{answer}");
    String::from_utf8(answer.received.body.clone()).unwrap()
}

fn events_of(answer: &Answer) -> Vec<Event> {
    let calendar: Calendar = text_of(answer).parse().unwrap();
    calendar.events().cloned().collect()
}

fn uids(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| event.get_uid().unwrap().to_owned()).collect()
}

fn uid(meeting: &Value) -> String {
    format!("{}@wijkoverleg", id_of(meeting))
}

#[test]
fn a_calendar_program_reads_when_the_consultation_meets() {
    on_both(|app| {
        let consultation = app.administrator.reads(&format!("/consultations/{KROONWIJK}")).is(200);
        let name = "Wijkoverleg Kroonwijk, met café en ruimte voor iedereen die erbij wil zijn";
        app.administrator.edits(&consultation, &json!({"name": {"nl": name}})).is(200);
        let meeting = app.manager.plans("2026-03-10");
        let off = app.manager.plans("2026-04-14");
        let text = json!({"text": "Jan is ziek."});
        app.manager.does("cancel", &off, &text);
        let mut elsewhere = json!({"consultationId": MOLENWIJK});
        for (member, at) in [("startsAt", "2026-03-10T12:00:00Z"), ("endsAt", "2026-03-10T13:00:00Z")] {
            elsewhere[member] = json!(at);
        }
        let elsewhere = app.stranger.creates("/meetings", &elsewhere).is(201);
        let feed = app.manager.shares(&json!({})).is(201);

        let answer = app.nobody.reads(&calendar_of(&feed));

        let text = text_of(&answer);
        assert_eq!(answer.header("Content-Type"), Some("text/calendar; charset=utf-8"));
        assert_eq!(answer.header("Cache-Control"), Some("private, no-cache"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
        assert!(text.replace("\r\n ", "").contains(r"SUMMARY:Wijkoverleg Kroonwijk\, met café en ruimte"));
        assert!(!text.contains("METHOD") && !text.contains("Jan"), "{text}");
        let calendar: Calendar = text.parse().unwrap();
        assert_eq!(calendar.get_name(), Some(name));
        let events = events_of(&answer);
        assert_eq!(uids(&events), [uid(&meeting), uid(&off)]);
        let of = |event: &Event, name: &str| event.property_value(name).unwrap().to_owned();
        assert_eq!(of(&events[0], "DTSTART"), "20260310T120000Z");
        assert_eq!(of(&events[0], "DTEND"), "20260310T160000Z");
        assert_eq!(of(&events[0], "LOCATION"), "Administratief centrum");
        assert_eq!(of(&events[0], "SUMMARY"), name);
        assert!(of(&events[0], "DESCRIPTION").contains("4 × neighbourhoodInspector"));
        assert_eq!((of(&events[0], "STATUS"), of(&events[0], "SEQUENCE")), ("CONFIRMED".into(), "0".into()));
        assert_eq!((of(&events[1], "STATUS"), of(&events[1], "SEQUENCE")), ("CANCELLED".into(), "1".into()));
        assert!(!text.contains(id_of(&elsewhere)));
    });
}

#[test]
fn a_change_of_a_meeting_changes_the_tag_and_nothing_else_does() {
    on_both(|app| {
        let meeting = app.manager.plans("2026-03-10");
        let path = calendar_of(&app.manager.shares(&json!({})).is(201));
        let asks = |tag: &str| app.nobody.request("GET", &path).with("If-None-Match", tag).goes();
        let first = app.nobody.reads(&path).etag();
        app.minutes_pass(60 * 24);
        let same = asks(&first);
        assert_eq!((same.status(), same.received.body.len()), (304, 0));
        assert_eq!(same.header("Cache-Control"), Some("private, no-cache"));
        assert_eq!(app.nobody.request("HEAD", &path).goes().header("ETag"), Some(first.as_str()));

        app.manager
            .edits(&meeting, &json!({"startsAt": "2026-03-11T12:00:00Z", "endsAt": "2026-03-11T16:00:00Z"}));
        let moved = asks(&first);
        let event = &events_of(&moved)[0];
        assert_eq!(event.property_value("DTSTART"), Some("20260311T120000Z"));
        assert_eq!(event.get_sequence(), Some(1));
        assert_eq!(event.property_value("LAST-MODIFIED"), Some("20260303T090000Z"));
        assert_eq!(asks(&moved.etag()).status(), 304);
    });
}

#[test]
fn meetings_are_shown_from_a_year_ago_to_two_years_ahead() {
    on_both(|app| {
        for day in ["2025-03-01", "2025-03-02", "2028-03-02", "2028-03-03"] {
            app.manager.plans(day);
        }
        let path = calendar_of(&app.manager.shares(&json!({})).is(201));
        let days = || -> Vec<String> {
            let events = events_of(&app.nobody.reads(&path));
            events.iter().map(|event| event.property_value("DTSTART").unwrap()[..8].to_owned()).collect()
        };
        assert_eq!(days(), ["20250302", "20280302"]);
        app.minutes_pass(60 * 24);
        assert_eq!(days(), ["20280302", "20280303"]);
    });
}

#[test]
fn a_revoked_feed_is_gone_at_once_everywhere_and_another_stays() {
    on_both(|app| {
        app.manager.plans("2026-03-10");
        let first = app.manager.shares(&json!({"label": " Outlook van het team "})).is(201);
        let second = app.police.shares(&json!({"label": "Telefoon"})).is(201);
        assert_ne!(secret_of(&first), secret_of(&second));
        assert_eq!(first["label"], "Outlook van het team");
        let another = app.another();
        let there = |feed: &Value| {
            let sent = Sent {
                method: "GET".into(),
                target: format!("{BASE}{}", calendar_of(feed)),
                ..Sent::default()
            };
            another.shared.exchange(&sent)
        };
        assert_eq!(text_of(&there(&first)), text_of(&app.nobody.reads(&calendar_of(&second))));

        assert_eq!(app.manager.revokes(&first).status(), 204);

        there(&first).is_problem(404, "resourceNotFound");
        app.nobody.reads(&calendar_of(&first)).is_problem(404, "resourceNotFound");
        assert_eq!(events_of(&there(&second)).len(), 1);
        app.manager.revokes(&first).is_problem(404, "resourceNotFound");
        app.manager.reads(&path_of(&first)).is_problem(404, "resourceNotFound");
        let left = app.manager.feeds();
        assert_eq!(left, [app.manager.sees(&second)]);
        assert_eq!(left[0]["createdBy"]["organisationId"], json!(world::POLICE));
    });
}

#[test]
fn what_is_no_secret_of_a_feed_is_not_there() {
    on_both(|app| {
        let feed = app.manager.shares(&json!({})).is(201);
        let secret = secret_of(&feed);
        let unknown = "A".repeat(secret.len());
        let problem = |path: &str| {
            let answer = app.nobody.reads(path);
            answer.is_problem(404, "resourceNotFound");
            let mut body = answer.json();
            body.as_object_mut().unwrap().remove("instance");
            assert!(!body.to_string().contains(&secret[..20]), "{body}");
            body
        };
        let expected = problem(&format!("/calendars/{unknown}.ics"));
        for file in [
            secret.clone(),
            format!("{secret}.ICS"),
            format!("{secret}.ics.ics"),
            format!("{}.ics", &secret[1..]),
            format!("{secret}A.ics"),
            format!("{}.ics", secret.to_lowercase()),
            ".ics".to_owned(),
            "x".to_owned(),
            "%20.ics".to_owned(),
            "%ff.ics".to_owned(),
            format!("{secret}%FF.ics"),
            format!("{}%C3%A9.ics", &secret[2..]),
            "a".repeat(5_000),
        ] {
            assert_eq!(problem(&format!("/calendars/{file}")), expected, "{file}");
        }
        for other in [format!("/calendars/{secret}.ics/x"), "/calendars".to_owned()] {
            problem(&other);
        }
        // What is no address by any measure is told so, without repeating it.
        for file in [format!("{secret}%.ics"), format!("{secret}%00.ics")] {
            let answer = app.nobody.reads(&format!("/calendars/{file}"));
            let problem = answer.is_problem(400, "badRequest");
            assert!(!problem.to_string().contains(&secret[..20]), "{problem}");
        }
        let written = app.manager.request("POST", &calendar_of(&feed)).goes();
        written.is_problem(405, "methodNotAllowed");
        // Neither what identifies a feed nor what is kept of its secret opens it.
        for text in app.database.texts("SELECT secret_hash AS value FROM calendar_feeds") {
            problem(&format!("/calendars/{text}.ics"));
            problem(&format!("/calendars/{}.ics", &text[..43]));
        }
        problem(&format!("/calendars/{}.ics", id_of(&feed)));
    });
}

#[test]
fn the_secret_is_shown_once_and_kept_nowhere() {
    on_both(|app| {
        let path = format!("/consultations/{KROONWIJK}/calendarFeeds");
        let shares = || {
            let call = app.manager.request("POST", &path).with("Idempotency-Key", "\"agenda\"");
            call.with("Prefer", "return=minimal").json(&json!({"label": "Outlook"})).goes()
        };
        let answer = shares();
        let feed = answer.is(201);
        let secret = secret_of(&feed);
        assert_eq!(secret.len(), 43);
        assert_eq!(answer.header("Cache-Control"), Some("no-store"));
        assert_eq!(answer.header("Preference-Applied"), None);
        // The same request again is another feed: an answer with a secret is not kept.
        let again = shares();
        assert_eq!(again.header("Idempotency-Replayed"), None);
        assert_ne!(secret_of(&again.is(201)), secret);
        text_of(&app.nobody.reads(&calendar_of(&feed)));
        app.manager.revokes(&app.manager.sees(&feed));

        let rows = app.database.everything();
        assert!(rows.iter().any(|row| row.contains(id_of(&feed))));
        assert_eq!(rows.iter().find(|row| row.contains(&secret)), None);
        let listed = app.manager.reads(&path).is(200);
        assert!(!listed.to_string().contains("address") && !listed.to_string().contains(&secret));
        let audited = app.dpo.reads("/auditRecords?pageSize=500").is(200);
        let of_feed: Vec<&Value> = audited["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|record| record["subjectId"] == feed["id"])
            .map(|record| &record["operation"])
            .collect();
        assert_eq!(of_feed, ["deleteCalendarFeed", "createCalendarFeed"]);
        let events = format!(
            "SELECT verb AS value FROM events WHERE subject_id = '{}' ORDER BY sequence",
            id_of(&feed)
        );
        assert_eq!(app.database.texts(&events), ["create", "revoke"]);
    });
}

#[test]
fn members_of_the_team_make_list_and_revoke_feeds_of_their_own_consultations() {
    on_both(|app| {
        let feed = app.manager.shares(&json!({})).is(201);
        for reader in [&app.manager, &app.police, &app.client(&CITY_TEAM)] {
            assert_eq!(reader.feeds().len(), 1);
            assert_eq!(reader.sees(&feed)["id"], feed["id"]);
        }
        for reader in [&app.guard, &app.housing_team, &app.service, &app.administrator] {
            reader.shares(&json!({})).is_problem(403, "missingPermission");
            reader.reads(&path_of(&feed)).is_problem(403, "missingPermission");
            reader.revokes(&feed).is_problem(403, "missingPermission");
        }
        let elsewhere = app.client(&OTHER_MANAGER);
        elsewhere.shares(&json!({})).is_problem(404, "resourceNotFound");
        elsewhere.reads(&path_of(&feed)).is_problem(404, "resourceNotFound");
        elsewhere.revokes(&feed).is_problem(404, "resourceNotFound");
        for consultation in [HIGHER, MOLENWIJK] {
            let path = format!("/consultations/{consultation}/calendarFeeds");
            app.manager.reads(&path).is_problem(404, "resourceNotFound");
        }
        let stale = app.manager.request("DELETE", &path_of(&feed)).with("If-Match", "\"9-k\"").goes();
        stale.is_problem(412, "preconditionFailed");
        let long = app.manager.shares(&json!({"label": "é".repeat(201), "colour": 1}));
        assert_eq!(long.issues(), ["body label schemaViolation", "body colour unknownInput"]);
        app.manager.shares(&json!({"label": "é".repeat(200)})).is(201);
        assert_eq!(app.manager.feeds().len(), 2);
    });
}

fn told(log: &mut File) -> String {
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_log_and_the_figures_of_the_program_do_not_tell_a_secret() {
    let database = Database::new(Backend::Sqlite);
    let [address, metrics] =
        [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let mut log = tempfile::tempfile().unwrap();
    let mut program = command(&database.url(), &["serve"]);
    // As talkative as it can be.
    program.env("WIJKOVERLEG_LOG_LEVEL", "trace").env("WIJKOVERLEG_LISTEN", address.to_string());
    program.env("WIJKOVERLEG_METRICS_LISTEN", metrics.to_string());
    program.env("WIJKOVERLEG_PUBLIC_URL", format!("http://{address}"));
    program.stdout(log.try_clone().unwrap()).stderr(log.try_clone().unwrap());
    let running = Running(program.spawn().unwrap());
    let get = |at, target: String| {
        wire::exchange(at, &Sent { method: "GET".to_owned(), target, ..Sent::default() })
    };
    wait_for("program that is ready", || {
        get(address, format!("{BASE}/health/ready")).ok().filter(|answer| answer.status == 200)
    });
    let manager = Client::new(&Shared::new(address, Arc::new(SystemClock)), Some(&world::MANAGER));
    let feed = manager.shares(&json!({"label": "Outlook"})).is(201);
    let secret = secret_of(&feed);

    for (target, status) in [
        (format!("{BASE}/calendars/{secret}.ics"), 200),
        (format!("{BASE}/%63alendars/{secret}.ics"), 200),
        (format!("{BASE}/calendars/{secret}"), 404),
        (format!("{BASE}/calendars/{secret}.ics?a={}", "b".repeat(9_000)), 414),
        (format!("/calendar/{secret}.ics"), 404),
    ] {
        assert_eq!(get(address, target.clone()).unwrap().status, status, "{target}");
    }
    let figures = get(metrics, "/metrics".to_owned()).unwrap();
    let figures = String::from_utf8(figures.body).unwrap();

    assert!(figures.contains("getCalendar") && !figures.contains(&secret), "{figures}");
    let logged = wait_for("line of the last request", || {
        let text = told(&mut log);
        (text.matches("[secret]").count() >= 5).then_some(text)
    });
    let line = logged.lines().find(|line| line.contains(&secret[..20]));
    assert_eq!(line, None);
    assert!(logged.contains("getCalendar"));
    drop(running);
}
