//! Change counters: a write moves those of whom it concerns, and every store on the database comes to know.

use domain::follow_up::Accept;
use persistence::{REFERENCE_DATA, Store};
use uuid::Uuid;

use crate::world::*;

/// Tells which of some scopes moved during some work.
fn moved(store: &Store, scopes: &[Uuid], work: impl FnOnce()) -> Vec<bool> {
    let views = store.views();
    let fingerprints = || scopes.iter().map(|scope| views.fingerprint([*scope])).collect::<Vec<_>>();
    let before = fingerprints();
    work();
    before.iter().zip(fingerprints()).map(|(before, after)| *before != after).collect()
}

on_both! {
    fn a_write_moves_the_counters_of_its_scopes_and_no_others(database) {
        let world = World::new(database);
        let scopes = [
            world.kroonwijk.uuid(), world.molenwijk.uuid(), world.green.uuid(), world.roads.uuid(), REFERENCE_DATA,
        ];
        let store = world.store();
        let case = world.case("Sluikstort");

        let by_case = moved(store, &scopes, || drop(world.case("Nog een")));
        let by_request = moved(store, &scopes, || drop(world.send(now(), world.ask(&case))));
        let by_case_that_is_asked_about = moved(store, &scopes, || {
            let closed = world.close(case.clone(), now());
            world.write(now(), |transaction| transaction.save(&closed)).unwrap();
        });
        let by_reference_data = moved(store, &scopes, || {
            let third = created(consultation(database.new_id(), "DRIE", Vec::new()));
            world.write(now(), |transaction| transaction.save(&third)).unwrap();
        });
        let by_audit = moved(store, &scopes, || {
            world.write(now(), |transaction| transaction.audit(persistence::Subject::Case, case.id.into(), None)).unwrap();
        });

        assert_eq!(by_case, [true, false, false, false, false]);
        assert_eq!(by_request, [true, false, true, false, false]);
        assert_eq!(by_case_that_is_asked_about, [true, false, true, false, false]);
        assert_eq!(by_reference_data, [false, false, false, false, true]);
        assert_eq!(by_audit, [false; 5]);
    }

    fn what_was_rolled_back_moves_nothing(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let closed = world.close(case, now());

        let moves = moved(world.store(), &[world.kroonwijk.uuid()], || {
            let outcome: Result<(), _> = world.write(now(), |transaction| {
                transaction.save(&closed)?;
                Err(persistence::StoreError::NotFound)
            });
            assert!(outcome.is_err());
        });

        assert_eq!(moves, [false]);
    }

    fn another_store_comes_to_know_when_it_looks(database) {
        let world = World::new(database);
        let other = database.another_store();
        other.refresh_views().unwrap();
        let scope = world.kroonwijk.uuid();
        world.case("Sluikstort");

        let unaware = moved(&other, &[scope], || ());
        let aware = moved(&other, &[scope], || other.refresh_views().unwrap());
        let unmoved = moved(&other, &[scope], || other.refresh_views().unwrap());

        assert_eq!((unaware, aware, unmoved), (vec![false], vec![true], vec![false]));
    }

    fn two_stores_give_the_same_fingerprint(database) {
        let world = World::new(database);
        let other = database.another_store();
        let sent = world.sent(now());
        world.act(minutes(1), sent, |it, stamp| it.accept(&Accept::default(), stamp));

        other.refresh_views().unwrap();

        for scopes in [vec![world.kroonwijk.uuid()], vec![world.green.uuid(), REFERENCE_DATA], Vec::new()] {
            let own = world.store().views().fingerprint(scopes.clone());
            assert_eq!(own, other.views().fingerprint(scopes));
        }
        let views = world.store().views();
        assert_ne!(views.fingerprint([world.kroonwijk.uuid()]), views.fingerprint([world.green.uuid()]));
    }

    fn what_several_threads_wrote_is_counted_whole(database) {
        let world = World::new(database);
        let other = database.another_store();
        other.refresh_views().unwrap();
        let sum = || database.number(&format!(
            "SELECT CAST(sum(version) AS BIGINT) AS value FROM view_versions WHERE scope_id = '{}'", world.kroonwijk
        ));
        let before = sum();

        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..5).for_each(|_| drop(world.case("Sluikstort"))));
            }
        });
        other.refresh_views().unwrap();

        assert_eq!(sum() - before, 40);
        let scope = world.kroonwijk.uuid();
        assert_eq!(world.store().views().fingerprint([scope]), other.views().fingerprint([scope]));
    }

    fn counters_are_fresh_once_they_were_read(database) {
        let world = World::new(database);
        let other = database.another_store();
        world.case("Sluikstort");

        let before = other.views().are_fresh();
        other.refresh_views().unwrap();

        assert!(!before, "nothing was read yet");
        assert!(other.views().are_fresh());
        assert!(!world.store().views().are_fresh(), "its own writes do not tell what others did");
    }

    fn a_watched_store_comes_to_know_by_itself(database) {
        let world = World::new(database);
        let other = database.another_store();
        let before = other.views().fingerprint([world.kroonwijk.uuid()]);
        other.watch(std::time::Duration::from_millis(1)).unwrap();

        world.case("Sluikstort");

        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while other.views().fingerprint([world.kroonwijk.uuid()]) == before {
            assert!(std::time::Instant::now() < deadline, "it never did");
            std::thread::yield_now();
        }
    }
}
