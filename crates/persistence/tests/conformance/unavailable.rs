//! A database that is away is told as such, and served again once it is back.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use persistence::{Backend, DatabaseUrl, PoolSizes, Store, StoreError, cases, organisations};

use crate::database::Database;
use crate::world::*;

fn unavailable<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Unavailable(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

/// Opens a store whose callers would wait long for a connection, if they had to.
fn open(url: &str) -> Store {
    Store::open(&DatabaseUrl::parse(url), PoolSizes { readers: 2, wait: Duration::from_mins(10) })
}

on_both! {
    fn after_all_sessions_were_ended_the_next_calls_succeed(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let mut number = cases::Number::prepare(world.store(), world.kroonwijk, 2026).unwrap();
        world.write(now(), |transaction| cases::next_number(transaction, &mut number, world.kroonwijk, 2026)).unwrap();
        // Several connections lie idle.
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| world.load_case(case.id));
            }
        });

        for _ in 0..3 {
            database.end_sessions();
            assert_eq!(world.load_case(case.id), case);
            database.end_sessions();
            world.case("Na het lezen");
            database.end_sessions();
            world.store().snapshot(|c| cases::find(c, &everything(), case.id)).unwrap();
            database.end_sessions();
            world.store().refresh_views().unwrap();
            database.end_sessions();
            cases::Number::prepare(world.store(), world.kroonwijk, 2026).unwrap();
            database.end_sessions();
            world.store().check().unwrap();
        }

        assert_eq!(database.count("cases"), 4);
    }

    fn a_unit_of_work_whose_session_ends_in_the_middle_is_done_once(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let closed = world.close(case.clone(), minutes(1));
        let mut tries = 0;

        world.write(minutes(1), |transaction| {
            tries += 1;
            transaction.save(&closed)?;
            if tries == 1 {
                database.end_sessions();
            }
            Ok(())
        }).unwrap();

        assert_eq!(tries, if database.backend() == Backend::Postgresql { 2 } else { 1 });
        assert_eq!(world.load_case(case.id), closed.state);
        assert_eq!(database.count("events WHERE verb = 'close'"), 1);
    }

    fn a_session_that_ends_again_and_again_is_unavailable(database) {
        if database.backend() == Backend::Sqlite {
            return; // It has no sessions.
        }
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let closed = world.close(case.clone(), minutes(1));

        let outcome = world.write(minutes(1), |transaction| {
            transaction.save(&closed)?;
            database.end_sessions();
            Ok(())
        });

        unavailable(outcome);
        assert_eq!(world.load_case(case.id), case, "nothing of it took effect");
    }

    fn a_failed_statement_does_not_cost_the_connection(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let outcome: Result<(), StoreError> = world.write(now(), |transaction| {
            transaction.save(&created(consultation(database.new_id(), "KRO", Vec::new())))
        });

        assert!(matches!(outcome, Err(StoreError::Taken { .. })));
        assert_eq!(world.load_case(case.id), case);
        world.case("Nog een");
    }
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let store = open(&format!("postgres://wijk:geheim@127.0.0.1:{port}/wijk"));
    let started = Instant::now();

    let reasons = [
        unavailable(store.read(|c| organisations::find(c, uuid::Uuid::nil().into()))),
        unavailable(store.check()),
        unavailable(store.migrate()),
        unavailable(store.refresh_views()),
    ];

    assert!(started.elapsed() < Duration::from_mins(1));
    for reason in reasons {
        assert!(reason.contains("PostgreSQL cannot be reached") && !reason.contains("geheim"), "{reason}");
    }
    assert!(!store.views().are_fresh());
}

#[test]
fn a_url_that_is_none_is_told_without_its_password() {
    for url in [
        "postgres://wijk:geheim@[/wijk",
        "postgres://wijk:geheim%@db/wijk",
        "postgres://wijk:geheim@db/wijk?x",
    ] {
        let reason = unavailable(open(url).check());

        assert!(reason.contains("not a connection URL") && !reason.contains("geheim"), "{reason}");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = folder.path().join("garbage.db");
    std::fs::write(&garbage, "this is a text, and a long one at that: ".repeat(100)).unwrap();
    let missing = folder.path().join("no/such/folder/wijk.db");

    for path in [missing.as_path(), folder.path(), garbage.as_path()] {
        let store = open(path.to_str().unwrap());
        for reason in [unavailable(store.check()), unavailable(store.migrate())] {
            assert!(reason.contains(path.to_str().unwrap()), "{reason}");
        }
    }
}

#[test]
fn a_file_that_is_moved_away_is_unavailable_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (file, elsewhere) = (folder.path().join("wijk.db"), folder.path().join("elsewhere.db"));
    let store = open(file.to_str().unwrap());
    store.migrate().unwrap();
    store.check().unwrap();

    std::fs::rename(&file, &elsewhere).unwrap();
    let reason = unavailable(store.check());

    assert!(reason.contains("cannot be opened"), "{reason}");
    assert!(!file.exists(), "nothing new takes its place");
    std::fs::rename(&elsewhere, &file).unwrap();
    store.check().unwrap();
}

/// Nothing stops the superuser from writing; a file that it may not write stands for a folder that is read-only.
#[test]
fn a_file_that_cannot_be_written_is_unavailable() {
    let database = Database::new(Backend::Sqlite);
    let world = World::new(&database);
    let case = world.case("Sluikstort");

    let outcome: Result<(), StoreError> = world.write(now(), |transaction| {
        use diesel::connection::SimpleConnection;
        transaction.connection().batch_execute("PRAGMA query_only = ON")?;
        let closed = world.close(case.clone(), now());
        transaction.save(&closed)
    });

    let reason = unavailable(outcome);
    assert!(reason.contains("readonly"), "{reason}");
}
