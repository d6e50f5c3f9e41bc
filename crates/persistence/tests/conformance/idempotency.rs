//! A request that comes again has one effect and one answer.

use std::thread;

use persistence::idempotency::{self, KeptAnswer};
use persistence::{StoreError, Transaction};

use crate::world::*;

fn answer(body: &str) -> KeptAnswer {
    KeptAnswer {
        digest: "sha-256".to_owned(),
        status: 201,
        headers: vec![("ETag".to_owned(), "\"1\"".to_owned())],
        body: body.to_owned(),
    }
}

on_both! {
    fn an_answer_is_kept_with_its_effect(database) {
        let world = World::new(database);
        let kept = answer("{\"naam\":\"é\"}");

        world.write(now(), |transaction| idempotency::keep(transaction, client(), "abc", &kept)).unwrap();

        let find = |client, name| {
            world.write(now(), |transaction| idempotency::find(transaction, client, name, now())).unwrap()
        };
        assert_eq!(find(client(), "abc"), Some(kept));
        assert_eq!(find(client(), "ABC"), None);
        assert_eq!(find(domain::id::ClientId::new(uuid::Uuid::from_u128(2)), "abc"), None);
    }

    fn an_old_answer_makes_room_for_a_new_one(database) {
        let world = World::new(database);
        let keep = |at, body| {
            world.write(at, |transaction| idempotency::keep(transaction, client(), "abc", &answer(body)))
        };
        let find = |since| {
            world.write(now(), |transaction| idempotency::find(transaction, client(), "abc", since)).unwrap()
        };
        keep(now(), "first").unwrap();
        assert_eq!(find(now()), Some(answer("first")));

        assert_eq!(find(minutes(1)), None);

        keep(minutes(1), "second").unwrap();
        assert_eq!(find(minutes(1)), Some(answer("second")));
    }

    fn the_same_key_from_eight_callers_at_once_has_one_effect(database) {
        let world = World::new(database);
        let create = |transaction: &mut Transaction<'_>| -> Result<String, StoreError> {
            if let Some(kept) = idempotency::find(transaction, client(), "abc", now())? {
                return Ok(kept.body);
            }
            let command = world.create_case("Sluikstort");
            let change = domain::case::Case::create(command, &transaction.stamp()).unwrap();
            transaction.save(&change)?;
            let body = change.state.id.to_string();
            idempotency::keep(transaction, client(), "abc", &answer(&body))?;
            Ok(body)
        };

        let bodies: Vec<String> = thread::scope(|scope| {
            let callers: Vec<_> = (0..8).map(|_| scope.spawn(|| world.write(now(), create).unwrap())).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });

        assert_eq!(database.count("cases"), 1);
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    }

    fn old_answers_are_forgotten(database) {
        let world = World::new(database);
        for (minute, name) in [(0, "old"), (10, "border"), (20, "new")] {
            world.write(minutes(minute), |transaction| {
                idempotency::keep(transaction, client(), name, &answer("{}"))
            }).unwrap();
        }

        let forgotten = world.write(minutes(30), |transaction| idempotency::forget(transaction, minutes(10))).unwrap();

        assert_eq!(forgotten, 1);
        assert_eq!(
            database.texts("SELECT idempotency_key AS value FROM idempotency_keys ORDER BY created_at"),
            ["border", "new"]
        );
    }
}
