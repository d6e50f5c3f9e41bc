//! The change feed: who is told of what, in which order, and from which place one goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::access::Call;
use crate::app::{TestApp, at, on_both};
use crate::client::{Client, a_shift, id_of, path_of};
use crate::contract::BASE;
use crate::world::{
    ANALYST, AREA, CITY_TEAM, CLEANING, GUARD_GROUP, HIGHER, KROONWIJK, LIGHTING, MOLENWIJK, OTHER_CITY,
};

const SERVICE: &str = "be.example.wijkoverleg.v1";

/// Gives a call of an operation of the change feed that succeeds for whoever may make it.
pub fn call_of(operation: &str) -> Option<Call> {
    Some(match operation {
        "listEvents" => Call::reading("/events"),
        "streamEvents" => Call::reading("/events/stream?seconds=0"),
        _ => return None,
    })
}

impl Client {
    /// Walks the feed from its beginning to its end.
    pub fn feed(&self) -> Vec<Value> {
        self.feed_from("/events?pageSize=500").0
    }

    /// Walks the feed from a place to its end; gives the place behind it, too.
    fn feed_from(&self, path: &str) -> (Vec<Value>, String) {
        let (mut path, mut all) = (path.to_owned(), Vec::new());
        loop {
            let page = self.reads(&path).is(200);
            let items = page["items"].as_array().unwrap().clone();
            path = below_base(page["next"].as_str().unwrap());
            if items.is_empty() {
                return (all, path);
            }
            all.extend(items);
        }
    }
}

/// Gives what follows the base of the API in an address.
pub fn below_base(address: &str) -> String {
    address.split_once(BASE).expect("an address of the API").1.to_owned()
}

/// What is told of a thing, in order.
pub fn told(feed: &[Value], thing: &Value) -> Vec<String> {
    let of_it = feed.iter().filter(|event| event["subject"] == thing["id"]);
    of_it.map(|event| event["type"].as_str().unwrap().rsplit('.').next().unwrap().to_owned()).collect()
}

/// Writes a note on a case.
fn note(who: &Client, case: &Value, visibility: &str) -> Value {
    let body = json!({"visibility": visibility, "text": "Een woord uitleg."});
    who.creates(&format!("{}/notes", path_of(case)), &body).is(201)
}

#[test]
fn a_change_is_told_once_to_whoever_may_see_it() {
    on_both(|app| {
        let case = app.manager.admits("Stroom");
        let request = app.manager.drafts(&case, CLEANING);
        assert!(app.manager.feed().is_empty(), "nothing has a position yet");
        app.sequences();
        assert_eq!(told(&app.manager.feed(), &request), ["created"]);
        assert!(told(&app.service.feed(), &request).is_empty(), "a draft stays in the team");

        let sent = app.manager.does("send", &request, &json!({}));
        let received = app.service.receives(&sent);
        app.sequences();
        let (team, service) = (app.manager.feed(), app.service.feed());
        assert_eq!(told(&team, &request), ["created", "sent", "received"]);
        assert_eq!(told(&service, &request), ["sent", "received"]);
        assert!(told(&service, &case).is_empty());
        let last = service.iter().rfind(|event| event["subject"] == request["id"]).unwrap();
        assert_eq!(last["type"], format!("{SERVICE}.followUpRequest.notify.received"));
        assert_eq!((&last["specversion"], &last["service"]), (&json!("1.0"), &json!(SERVICE)));
        assert_eq!(last["data"]["state"], "received");
        assert_eq!(
            (&last["data"]["version"], &last["data"]["href"]),
            (&received["version"], &received["href"])
        );
        let same = team.iter().find(|event| event["id"] == last["id"]).unwrap();
        assert_eq!(same, last, "one event has one id and one text, whoever reads it");
        let ids: BTreeSet<&str> = team.iter().map(id_of).collect();
        assert_eq!(ids.len(), team.len());
    });
}

#[test]
fn whatever_is_told_can_be_read_and_what_cannot_be_read_is_not_told() {
    on_both(|app| {
        let case = app.manager.admits("Alles");
        note(&app.manager, &case, "team");
        let hidden = [note(&app.police, &case, "policeOnly"), note(&app.housing_team, &case, "housingOnly")];
        let request = app.manager.sends(&case, CLEANING);
        app.service.accepts(&app.service.receives(&request));
        app.manager.agrees(Some(&case), crate::world::GUARDS);
        app.guard.signals("Van een wacht");
        let mut shift = a_shift("2026-03-01T18:00:00Z", "2026-03-01T20:00:00Z");
        shift["areaId"] = json!(AREA);
        shift["guardGroupId"] = json!(GUARD_GROUP);
        app.guard.creates("/presenceRecords", &shift).is(201);
        let meeting = json!({"consultationId": KROONWIJK, "startsAt": "2026-03-10T13:00:00Z", "endsAt": "2026-03-10T15:00:00Z"});
        app.manager.creates("/meetings", &meeting).is(201);
        app.it_is("2026-04-20T09:00:00Z");
        app.sweeps();
        app.sequences();

        let analyst = app.client(&ANALYST);
        let readers = [
            &app.manager,
            &app.police,
            &app.housing_team,
            &app.service,
            &app.head,
            &app.stranger,
            &analyst,
            &app.administrator,
        ];
        let mut readers_of: BTreeMap<String, usize> = BTreeMap::new();
        for (number, reader) in readers.iter().enumerate() {
            for event in reader.feed() {
                let Some(href) = event["data"]["href"].as_str() else { continue };
                reader.reads(&below_base(href)).is(200);
                let kind = event["data"]["subjectKind"].as_str().unwrap();
                *readers_of.entry(kind.to_owned()).or_default() |= 1 << number;
            }
        }
        let kinds =
            ["case", "caseNote", "followUpRequest", "action", "presenceRecord", "meeting", "escalation"];
        for kind in kinds {
            assert!(readers_of.get(kind).is_some_and(|readers| readers & 1 > 0), "{kind}: {readers_of:?}");
        }
        let sees = |who: &Client, thing: &Value| !told(&who.feed(), thing).is_empty();
        let [police_note, housing_note] = &hidden;
        assert!(sees(&app.police, police_note) && sees(&app.housing_team, housing_note));
        for (who, thing) in [
            (&app.manager, police_note),
            (&app.manager, housing_note),
            (&app.police, housing_note),
            (&app.housing_team, police_note),
            (&app.service, &case),
            (&app.stranger, &case),
            (&analyst, &case),
            (&app.administrator, &case),
            (&app.stranger, &request),
        ] {
            assert!(!sees(who, thing), "{}", thing["href"]);
        }
        // A note that the police releases begins for the team with its release.
        let released = app.police.does("release", police_note, &json!({}));
        app.sequences();
        assert_eq!(told(&app.manager.feed(), &released), ["released"]);
        assert_eq!(told(&app.police.feed(), &released).last().map(String::as_str), Some("released"));
    });
}

#[test]
fn who_leads_a_case_follows_it_as_long_as_it_leads() {
    on_both(|app| {
        let (lower, upper) = (&app.stranger, app.client(&CITY_TEAM));
        let body = json!({"title": "Heen en terug", "kind": "situation", "category": "AFV.SLUIK", "source": "neighbourhoodManager",
            "consultationId": MOLENWIJK, "admit": true, "leadOrganisationId": OTHER_CITY,
            "location": {"kind": "pointOfInterest", "address": "Plein Molenwijk"}});
        let case = lower.creates("/cases", &body).is(201);
        let request = lower.sends(&case, CLEANING);
        let word = note(lower, &case, "team");
        let (_, place) = upper.feed_from("/events");
        let proposed = lower
            .creates(
                "/escalations",
                &json!({"caseId": case["id"], "toConsultationId": HIGHER, "reason": "Steeds weer."}),
            )
            .is(201);
        app.sequences();
        assert!(told(&upper.feed(), &proposed).is_empty(), "what is proposed is not known above");
        let submitted = lower.does("submit", &proposed, &json!({"text": "Graag overnemen."}));
        app.sequences();
        assert_eq!(told(&upper.feed(), &proposed), ["submitted"]);
        assert!(told(&upper.feed(), &case).is_empty());

        let accepted = upper.does("accept", &submitted, &json!({}));
        app.sequences();
        for thing in [&case, &request, &word] {
            assert_eq!(told(&upper.feed(), thing), ["appeared"], "{}", thing["href"]);
            assert!(!told(&lower.feed(), thing).contains(&"appeared".to_owned()));
        }
        let edited = upper.edits(&upper.sees(&case), &json!({"title": "Overgenomen"})).is(200);
        app.sequences();
        assert_eq!(told(&upper.feed(), &edited), ["appeared", "edited"]);

        upper.does("giveOutcome", &accepted, &json!({"text": "Gesloten."}));
        lower.edits(&lower.sees(&case), &json!({"title": "Weer van ons"})).is(200);
        app.sequences();
        let (feed, _) = upper.feed_from(&place);
        for thing in [&case, &request, &word] {
            assert_eq!(told(&feed, thing), ["disappeared"], "what was told before is not told again");
        }
        let gone = feed.iter().find(|event| event["subject"] == case["id"]).unwrap();
        assert!(
            ["href", "version", "state", "sequence"].iter().all(|name| gone["data"].get(name).is_none()),
            "{gone}"
        );
        assert_eq!(told(&feed, &proposed), ["submitted", "accepted", "outcomeGiven"]);
        assert!(told(&lower.feed(), &case).ends_with(&["edited".to_owned()]));
        assert!(!told(&app.service.feed(), &request).contains(&"disappeared".to_owned()));
    });
}

#[test]
fn pages_follow_each_other_and_the_end_is_where_one_goes_on() {
    on_both(|app| {
        for number in 0..7 {
            app.manager.admits(&format!("Zaak {number}"));
        }
        app.sequences();
        let all = app.manager.feed();
        let (by_two, place) = app.manager.feed_from("/events?pageSize=2");
        assert_eq!(by_two, all);
        let answer = app.manager.reads(&place);
        assert!(answer.is(200)["items"].as_array().unwrap().is_empty());
        let poll = || app.manager.request("GET", &place).with("If-None-Match", &answer.etag()).goes();
        assert_eq!(poll().status(), 304);
        let case = app.manager.admits("Nog een");
        assert_eq!(poll().status(), 304, "it has no position yet");
        app.sequences();
        let news = poll().is(200);
        assert!(news["items"].as_array().unwrap().iter().all(|event| event["subject"] == case["id"]));
        assert!(told(news["items"].as_array().unwrap(), &case).contains(&"created".to_owned()));

        // Of another consultation: nothing changed for who follows this one.
        let (_, place) = app.manager.feed_from(&place);
        let answer = app.manager.reads(&place);
        let mut elsewhere = crate::client::a_case("Elders");
        elsewhere["consultationId"] = json!(MOLENWIJK);
        app.stranger.creates("/cases", &elsewhere).is(201);
        app.sequences();
        let poll = app.manager.request("GET", &place).with("If-None-Match", &answer.etag()).goes();
        assert_eq!(poll.status(), 304);
        // The end can be asked for without reading all that was.
        let now = app.manager.reads("/events?start=now").is(200);
        assert!(now["items"].as_array().unwrap().is_empty());
        let last = app.manager.admits("De laatste");
        app.sequences();
        let (after, _) = app.manager.feed_from(&below_base(now["next"].as_str().unwrap()));
        assert!(!after.is_empty() && after.iter().all(|event| event["subject"] == last["id"]));
    });
}

#[test]
fn the_feed_is_narrowed_to_types_and_to_one_thing_without_losing_the_place() {
    on_both(|app| {
        let case = app.manager.admits("Filter");
        let request = app.manager.sends(&case, CLEANING);
        for number in 0..20 {
            app.manager.admits(&format!("Ander {number}"));
        }
        app.manager.sends(&case, LIGHTING);
        app.sequences();
        let types = |path: &str| -> BTreeSet<String> {
            let (events, _) = app.manager.feed_from(path);
            events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
        };
        let sent = format!("{SERVICE}.followUpRequest.notify.sent");
        assert_eq!(types(&format!("/events?type={sent}")), [sent.clone()].into());
        let requests = types(&format!("/events?type={SERVICE}.followUpRequest&pageSize=1"));
        assert!(
            requests.contains(&sent) && requests.iter().all(|it| it.contains(".followUpRequest.")),
            "{requests:?}"
        );
        assert!(types(&format!("/events?type={SERVICE}.followUp")).is_empty(), "a beginning ends at a dot");
        let (of_request, _) = app.manager.feed_from(&format!("/events?subject={}", id_of(&request)));
        assert_eq!(of_request.len(), told(&app.manager.feed(), &request).len());

        let batch = app
            .manager
            .request("GET", "/events?pageSize=3")
            .with("Accept", "application/cloudevents-batch+json")
            .goes();
        assert_eq!(batch.header("content-type"), Some("application/cloudevents-batch+json"));
        assert_eq!(batch.json().as_array().unwrap().len(), 3);
        let next =
            batch.header("link").unwrap().trim_start_matches('<').split('>').next().unwrap().to_owned();
        let page = app.manager.reads("/events?pageSize=3").is(200);
        assert_eq!(
            (batch.json(), &next),
            (page["items"].clone(), &page["next"].as_str().unwrap().to_owned())
        );
    });
}

#[test]
fn a_cursor_is_good_for_its_reader_and_as_long_as_what_followed_is_kept() {
    on_both(|app| {
        app.manager.sends(&app.manager.admits("Plaats"), CLEANING);
        app.sequences();
        let first = app.manager.reads("/events?pageSize=1").is(200);
        let place = below_base(first["next"].as_str().unwrap());
        app.service.reads(&place).is_problem(410, "goneCursor");
        app.police.reads(&place).is_problem(410, "goneCursor");
        for nonsense in ["AAAA", "eyJ2IjoyfQ", "-"] {
            app.manager.reads(&format!("/events?after={nonsense}")).is_problem(400, "badRequest");
        }
        app.manager.reads(&place).is(200);
        app.minutes_pass(60 * 24 * 91);
        app.manager.logs_in_again();
        app.forgets_events(at("2026-03-20T00:00:00Z"));
        app.manager.reads(&place).is_problem(410, "goneCursor");
        assert!(app.manager.feed().is_empty());
        let (_, place) = app.manager.feed_from("/events");
        app.manager.admits("Nadien");
        app.sequences();
        let (after, _) = app.manager.feed_from(&place);
        assert!(!after.is_empty(), "who was at the end goes on");

        // Other roles, another view: whatever was hidden or shown meanwhile, the lists tell.
        app.registers(&crate::world::MANAGER, |client| {
            client.roles.insert(domain::access::Role::Guard);
            client.tokens_valid_from = app.now();
        });
        app.minutes_pass(1);
        app.manager.logs_in_again();
        let answer = app.manager.reads(&place);
        assert!([200, 410].contains(&answer.status()));
    });
}

#[test]
fn who_waits_is_told_as_soon_as_something_happened() {
    on_both(|app| {
        let (_, place) = app.manager.feed_from("/events");
        let answer = app.manager.reads(&place);
        thread::scope(|scope| {
            let waiting = [None, Some(answer.etag())].map(|tag| {
                let place = &place;
                scope.spawn(move || {
                    let started = Instant::now();
                    let request = app.manager.request("GET", place).with("Prefer", "wait=20");
                    let request = tag.iter().fold(request, |request, tag| request.with("If-None-Match", tag));
                    let answer = request.goes();
                    (
                        answer.is(200),
                        answer.header("preference-applied").map(str::to_owned),
                        started.elapsed(),
                    )
                })
            });
            thread::sleep(Duration::from_millis(400));
            let case = app.manager.admits("Wakker");
            app.sequences();
            for waiter in waiting {
                let (page, applied, waited) = waiter.join().unwrap();
                assert!(!told(page["items"].as_array().unwrap(), &case).is_empty());
                assert_eq!(applied.as_deref(), Some("wait=20"));
                assert!(waited < Duration::from_secs(10), "{waited:?}");
            }
        });
        let (_, place) = app.manager.feed_from(&place);
        let tag = app.manager.reads(&place).etag();
        let quiet =
            app.manager.request("GET", &place).with("Prefer", "wait=1").with("If-None-Match", &tag).goes();
        assert_eq!(quiet.status(), 304);
    });
}

/// A stream of server-sent events that a client reads.
struct Stream {
    socket: TcpStream,
    text: String,
}

impl Stream {
    fn of(app: &TestApp, who: &Client, path: &str, last: Option<&str>) -> Self {
        let mut socket = TcpStream::connect(app.shared.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let token = who.token().unwrap();
        write!(
            socket,
            "GET {BASE}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{last}Connection: close\r\n\r\n"
        )
        .unwrap();
        Self { socket, text: String::new() }
    }

    /// Reads until something was told, or the stream ended; tells whether it was.
    fn tells(&mut self, wanted: &str) -> bool {
        let started = Instant::now();
        let mut bytes = [0; 4096];
        while !self.text.contains(wanted) {
            match self.socket.read(&mut bytes) {
                Ok(0) => return false,
                Ok(read) => self.text.push_str(&String::from_utf8_lossy(&bytes[..read])),
                Err(_) if started.elapsed() < Duration::from_secs(20) => {}
                Err(error) => panic!("{wanted}: {error}; {}", self.text),
            }
        }
        true
    }

    fn last_id(&self) -> &str {
        let line = self.text.lines().rfind(|line| line.starts_with("id: ")).expect("an id");
        line.trim_start_matches("id: ")
    }
}

#[test]
fn a_stream_tells_what_happens_and_goes_on_where_it_was_lost() {
    on_both(|app| {
        app.manager.admits("Voordien");
        app.sequences();
        let mut stream = Stream::of(app, &app.manager, "/events/stream", None);
        assert!(stream.tells("event: cursor"));
        let case = app.manager.admits("Tijdens");
        app.sequences();
        assert!(stream.tells(&format!("event: {SERVICE}.case.notify.created")));
        assert!(stream.tells(id_of(&case)));
        assert!(stream.text.contains("content-type: text/event-stream"));
        assert!(!stream.text.contains("Voordien"), "no words, and nothing of before");
        let place = stream.last_id().to_owned();
        drop(stream);

        let missed = app.manager.admits("Gemist");
        app.sequences();
        let mut again = Stream::of(app, &app.manager, "/events/stream", Some(&place));
        assert!(again.tells(id_of(&missed)));
        let count = again.text.matches("event: ").count();
        let (after, _) = app.manager.feed_from(&format!("/events?after={place}"));
        assert!(count <= after.len() + 1);

        let mut foreign = Stream::of(app, &app.service, "/events/stream", Some(&place));
        assert!(foreign.tells("goneCursor"));
        // It ends with the right to read.
        app.registers(&crate::world::MANAGER, |client| {
            client.tokens_valid_from = app.now() + jiff::SignedDuration::from_mins(1);
        });
        assert!(!again.tells("never told"), "the stream ends");
    });
}
