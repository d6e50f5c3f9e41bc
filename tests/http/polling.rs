//! What costs a poll: documents, and waiting for news.

use std::thread;
use std::time::{Duration, Instant};

use domain::id::OrganisationId;
use serde_json::json;

use crate::access::{call_of, who_may};
use crate::app::on_both;
use crate::client::{Client, path_of};
use crate::world::{self, AGENT, CLEANING};

/// Reads that look at the database also when nothing changed: what is seen by something else than the counters of a view,
/// what is worked out for a moment, and what is audited.
const LOOKED_UP: &[&str] = &[
    "getAuditRecord",
    "getCalendarFeed",
    "getCalendar",
    "listCaseNotes",
    "getCaseNote",
    "getDataSharingProtocol",
    "getEscalationDossier",
    "getFollowUpRequestClock",
    "getMeetingCost",
    "getReport",
    "getPresenceRecord",
    "listPublishedDataSharingProtocols",
    "getWebhookSubscription",
    "listWebhookDeliveries",
    "getWebhookDelivery",
];

#[test]
fn what_did_not_change_costs_no_look_at_the_database() {
    on_both(|app| {
        let mut looked_up = Vec::new();
        for operation in app.shared.contract().operations.iter().filter(|it| it.method == "GET") {
            if operation.value["responses"].get("304").is_none() {
                continue;
            }
            let call = call_of(app, operation, CLEANING);
            let caller = who_may(app, operation);
            let etag = call.by(&caller).goes().etag();
            let polls = || {
                let poll = call.by(&caller).with("If-None-Match", &etag);
                let before = app.store().uses();
                let answer = poll.goes();
                assert_eq!((answer.status(), answer.etag()), (304, etag.clone()), "{}", operation.id);
                app.store().uses() - before
            };
            // The first one may have to find out what the next ones know.
            polls();
            if polls() + polls() > 0 {
                looked_up.push(operation.id.as_str());
            }
        }
        assert_eq!(looked_up, LOOKED_UP);
    });
}

fn polls(client: &Client, path: &str, etag: &str) -> u16 {
    client.request("GET", path).with("If-None-Match", etag).goes().status()
}

#[test]
fn a_document_that_changed_is_given_again() {
    on_both(|app| {
        let case = app.manager.admits("Document");
        let request = app.manager.sends(&case, CLEANING);
        let (of_case, of_request) = (path_of(&case), path_of(&request));
        let polled = |client: &Client, path: &str| {
            let etag = client.reads(path).etag();
            assert_eq!((polls(client, path, &etag), polls(client, path, &etag)), (304, 304), "{path}");
            etag
        };
        let (manager, service) = (polled(&app.manager, &of_request), polled(&app.service, &of_request));
        let whole = polled(&app.manager, &of_case);

        app.service.receives(&request);

        assert_eq!(polls(&app.manager, &of_request, &manager), 200);
        assert_eq!(polls(&app.service, &of_request, &service), 200);
        assert_eq!(polls(&app.manager, &of_case, &whole), 304);
        app.manager.edits(&app.manager.sees(&case), &json!({"title": "Anders"})).is(200);
        assert_eq!(polls(&app.manager, &of_case, &whole), 200);
        // A tag of one reader is none of another, and what is hidden stays so.
        assert_eq!(polls(&app.service, &of_request, &app.manager.reads(&of_request).etag()), 200);
        assert_eq!(polls(&app.lighting, &of_request, &service), 404);
        assert_eq!(polls(&app.lighting, &of_request, "*"), 404);
        assert_eq!(polls(&app.nobody, &of_request, &service), 401);
    });
}

#[test]
fn a_document_that_time_alone_changes_is_given_again() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Tijd"), CLEANING);
        let path = path_of(&request);
        let etag = app.service.reads(&path).etag();
        assert_eq!(polls(&app.service, &path, &etag), 304);
        app.minutes_pass(60);
        assert_eq!(polls(&app.service, &path, &etag), 304);

        app.minutes_pass(60 * 24 * 7);

        let late = app.service.request("GET", &path).with("If-None-Match", &etag).goes();
        assert!(late.is(200)["receiptBreachedAt"].is_string());
        assert_eq!(polls(&app.service, &path, &late.etag()), 304);
    });
}

#[test]
fn a_form_or_language_that_was_not_read_is_not_what_the_reader_has() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Vorm"), CLEANING);
        let path = path_of(&request);
        let etag = app.service.reads(&path).etag();
        let polls = |header: &str, value: &str| {
            app.service.request("GET", &path).with("If-None-Match", &etag).with(header, value).goes()
        };
        for _ in 0..2 {
            assert_eq!(polls("Accept", "application/json").status(), 304);
            assert_eq!(polls("Accept", "text/html").status(), 200);
            let french = polls("Accept-Language", "fr");
            assert_eq!((french.status(), french.header("Content-Language")), (200, Some("fr")));
        }
    });
}

#[test]
fn a_document_that_another_application_changed_is_given_again_within_a_second() {
    on_both(|app| {
        let elsewhere = app.another();
        let there = elsewhere.client(&AGENT);
        let request = app.manager.sends(&app.manager.admits("Elders"), CLEANING);
        let path = path_of(&request);
        let etag = app.service.reads(&path).etag();
        let polls = || polls(&there, &path, &etag);
        while polls() != 304 {
            thread::sleep(Duration::from_millis(20));
        }
        app.service.receives(&request);
        let changed = Instant::now();

        while polls() != 200 {
            thread::sleep(Duration::from_millis(20));
        }

        assert!(changed.elapsed() < Duration::from_millis(1_500), "{:?}", changed.elapsed());
    });
}

#[test]
fn who_may_see_a_document_no_longer_is_not_told_that_it_has_it() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Weg"), CLEANING);
        let path = path_of(&request);
        let etag = app.service.reads(&path).etag();
        assert_eq!(polls(&app.service, &path, &etag), 304);

        app.registers(&world::AGENT, |client| {
            client.organisations = vec![OrganisationId::new(world::LIGHTING)];
        });
        app.service.logs_in_again();

        assert_eq!(polls(&app.service, &path, &etag), 404);
    });
}

#[test]
fn who_waits_for_news_of_a_document_is_told_of_its_own_news_only() {
    on_both(|app| {
        let case = app.manager.admits("Wachten");
        let path = path_of(&case);
        let etag = app.manager.reads(&path).etag();
        let waits = |seconds: &str| {
            let call = app.manager.request("GET", &path).with("If-None-Match", &etag);
            call.with("Prefer", &format!("wait={seconds}")).goes()
        };
        let unchanged = thread::scope(|scope| {
            let waiting = scope.spawn(|| waits("2"));
            thread::sleep(Duration::from_millis(300));
            app.manager.admits("Iets anders");
            waiting.join().unwrap()
        });
        assert_eq!((unchanged.status(), unchanged.header("Preference-Applied")), (304, Some("wait=2")));

        let started = Instant::now();
        let changed = thread::scope(|scope| {
            let waiting = scope.spawn(|| waits("30"));
            thread::sleep(Duration::from_millis(300));
            app.police.edits(&app.police.sees(&case), &json!({"title": "Nieuws"})).is(200);
            waiting.join().unwrap()
        });

        assert_eq!(changed.is(200)["title"], json!("Nieuws"));
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    });
}

#[test]
fn hundreds_who_wait_are_told_within_a_second_of_what_another_application_changed() {
    on_both(|app| {
        let elsewhere = app.another();
        let there = elsewhere.client(&AGENT);
        let case = app.manager.admits("Velen");
        let etag = there.reads("/followUpRequests").etag();
        let waits = || {
            let call = there.request("GET", "/followUpRequests").with("If-None-Match", &etag);
            let answer = call.with("Prefer", "wait=30").goes();
            (answer.is(200)["items"].as_array().unwrap().len(), Instant::now())
        };

        let (sent, told) = thread::scope(|scope| {
            let waiting: Vec<_> = (0..200).map(|_| scope.spawn(waits)).collect();
            thread::sleep(Duration::from_secs(2));
            app.manager.sends(&case, CLEANING);
            let sent = Instant::now();
            (sent, waiting.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>())
        });

        assert!(told.iter().all(|(items, _)| *items == 1));
        let last = told.iter().map(|(_, at)| at.saturating_duration_since(sent)).max().unwrap();
        assert!(last < Duration::from_secs(2), "{last:?}");
    });
}
