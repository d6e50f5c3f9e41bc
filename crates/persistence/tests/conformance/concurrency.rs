//! Many writers at once: nobody overwrites another, nothing is lost, nobody waits in a circle.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use diesel::connection::SimpleConnection;
use domain::case::{Case, CaseReference, ConsultationCode};
use domain::follow_up::{Accept, RefusalReason, Refuse};
use domain::id::CaseId;
use persistence::{Backend, StoreError, cases};

use crate::database::Database;
use crate::world::*;

on_both! {
    fn of_two_writers_with_one_version_one_succeeds(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let accept = changed(sent.clone().accept(&Accept::default(), &world.stamp(minutes(1))));
        let refuse = Refuse { refusal_reason: RefusalReason::NoCapacity, text: remark("geen volk") };
        let calendar = domain::calendar::Calendar::default();
        let refuse = changed(sent.clone().refuse(&refuse, &calendar, &world.stamp(minutes(1))));
        let start = Barrier::new(2);
        let save = |change: &domain::follow_up::Change| {
            start.wait();
            world.write(minutes(1), |transaction| transaction.save(change))
        };

        let outcomes = thread::scope(|scope| {
            let (one, two) = (scope.spawn(|| save(&accept)), scope.spawn(|| save(&refuse)));
            [one.join().unwrap(), two.join().unwrap()]
        });

        let winner = match &outcomes {
            [Ok(()), Err(StoreError::Stale)] => &accept,
            [Err(StoreError::Stale), Ok(())] => &refuse,
            other => panic!("{other:?}"),
        };
        assert_eq!(world.load(sent.id), winner.state);
    }

    fn a_thousand_cases_get_a_thousand_references(database) {
        let world = World::new(database);
        let code = ConsultationCode::parse("KRO").unwrap();
        let create = || {
            let mut number = cases::Number::prepare(world.store(), world.kroonwijk, 2026).unwrap();
            world.write(now(), |transaction| {
                let number = cases::next_number(transaction, &mut number, world.kroonwijk, 2026)?;
                let mut command = world.create_case("Sluikstort");
                command.reference = CaseReference::new(&code, 2026, number);
                let change = Case::create(command, &transaction.stamp()).unwrap();
                transaction.save(&change)?;
                Ok(change.state.reference.clone())
            })
        };

        let references: HashSet<CaseReference> = thread::scope(|scope| {
            let writers: Vec<_> =
                (0..16).map(|writer| {
                    let share = 1_000 / 16 + usize::from(writer < 1_000 % 16);
                    scope.spawn(move || (0..share).map(|_| create().unwrap()).collect::<Vec<_>>())
                }).collect();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });

        assert_eq!(references.len(), 1_000);
        assert_eq!(database.count("cases"), 1_000);
    }

    fn who_fails_or_panics_among_many_writers_takes_nobody_with_it(database) {
        let world = World::new(database);
        let write = |writer: usize, round: usize| {
            let command = world.create_case("Samen");
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                world.write(now(), |transaction| {
                    let change = Case::create(command.clone(), &transaction.stamp()).unwrap();
                    transaction.save(&change)?;
                    match (writer + round) % 4 {
                        0 => Err(StoreError::NotFound),
                        1 => panic!("in the middle"),
                        _ => Ok(change.state.id),
                    }
                })
            }));
            outcome.ok().and_then(Result::ok)
        };

        let acknowledged: HashSet<CaseId> = thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|writer| scope.spawn(move || (0..12).filter_map(|round| write(writer, round)).collect::<Vec<_>>()))
                .collect();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });

        assert_eq!(acknowledged.len(), 8 * 12 / 2);
        assert_eq!(database.count("cases"), 8 * 12 / 2);
        assert_eq!(database.count("events WHERE subject_kind = 'case'"), 8 * 12 / 2);
        for id in acknowledged {
            world.load_case(id);
        }
    }

    fn each_consultation_and_year_counts_for_itself_and_a_number_that_was_not_used_is_not_used_again(database) {
        let world = World::new(database);
        let take = |consultation, year| {
            let mut number = cases::Number::prepare(world.store(), consultation, year).unwrap();
            world.write(now(), |transaction| cases::next_number(transaction, &mut number, consultation, year)).unwrap()
        };

        assert_eq!(take(world.kroonwijk, 2026), 1);
        assert_eq!(take(world.kroonwijk, 2026), 2);
        assert_eq!(take(world.kroonwijk, 2027), 1);
        assert_eq!(take(world.molenwijk, 2026), 1);
    }

    fn a_prepared_number_is_used_once_also_when_the_unit_of_work_is_tried_again(database) {
        let world = World::new(database);
        let mut number = cases::Number::prepare(world.store(), world.kroonwijk, 2026).unwrap();
        let mut numbers = Vec::new();

        world.write(now(), |transaction| {
            numbers.push(cases::next_number(transaction, &mut number, world.kroonwijk, 2026)?);
            if numbers.len() == 1 { Err(StoreError::Busy) } else { Ok(()) }
        }).unwrap();

        let expected = if database.backend() == Backend::Sqlite { vec![1, 1] } else { vec![1, 2] };
        assert_eq!(numbers, expected, "the number of the first attempt was rolled back, or is lost");
    }

    fn writers_that_touch_the_same_scopes_in_another_order_do_not_wait_in_a_circle(database) {
        let world = World::new(database);
        let case = |consultation| {
            let mut command = world.create_case("Sluikstort");
            command.consultation_id = consultation;
            Case::create(command, &world.stamp(now())).unwrap()
        };
        let attempts = std::sync::atomic::AtomicUsize::new(0);
        let write = |first, second| {
            for _ in 0..40 {
                world.write(now(), |transaction| {
                    attempts.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    transaction.save(&case(first))?;
                    transaction.save(&case(second))
                }).unwrap();
            }
        };

        thread::scope(|scope| {
            for writer in 0..8 {
                let (one, two) = (world.kroonwijk, world.molenwijk);
                scope.spawn(move || if writer % 2 == 0 { write(one, two) } else { write(two, one) });
            }
        });

        assert_eq!(database.count("cases"), 8 * 40 * 2);
        assert_eq!(attempts.into_inner(), 8 * 40, "none had to be tried again");
    }

    fn a_unit_of_work_that_was_in_the_way_of_another_is_tried_again(database) {
        let world = World::new(database);
        let mut tries = 0;

        let outcome = world.write(now(), |transaction| {
            tries += 1;
            transaction.audit(persistence::Subject::Case, uuid::Uuid::nil(), None)?;
            if tries < 3 { Err(StoreError::Busy) } else { Ok(tries) }
        });

        assert_eq!(outcome.unwrap(), 3);
        let left = "SELECT count(*) AS value FROM audit_records WHERE version IS NULL";
        assert_eq!(database.number(left), 1, "what was tried before left nothing");
    }

    fn two_who_wait_for_each_other_are_told_apart_and_both_succeed(database) {
        if database.backend() == Backend::Sqlite {
            return; // One writer at a time waits for nobody.
        }
        let world = World::new(database);
        let (a, b) = (world.green, world.roads);
        let met = Barrier::new(2);
        let write = |first: domain::id::OrganisationId, second: domain::id::OrganisationId| {
            let mut tries = 0;
            world.write(now(), |transaction| {
                tries += 1;
                let lock = |id| format!("SELECT 1 FROM organisations WHERE id = '{id}' FOR UPDATE");
                transaction.connection().batch_execute(&lock(first))?;
                if tries == 1 {
                    met.wait();
                }
                transaction.connection().batch_execute(&lock(second))?;
                Ok(tries)
            })
        };

        let tries = thread::scope(|scope| {
            let (one, two) = (scope.spawn(|| write(a, b)), scope.spawn(|| write(b, a)));
            [one.join().unwrap().unwrap(), two.join().unwrap().unwrap()]
        });

        assert_eq!(tries.iter().sum::<i32>(), 3, "one of them was tried again: {tries:?}");
    }

    fn a_panic_leaves_no_open_transaction_behind(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let closed = world.close(case.clone(), now());

        for _ in 0..20 {
            let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                world.write(now(), |transaction| -> Result<(), StoreError> {
                    transaction.save(&closed)?;
                    std::panic::resume_unwind(Box::new("in the middle"));
                })
            }));
            assert!(panics.is_err());
        }

        assert_eq!(world.load_case(case.id), case);
        world.write(now(), |transaction| transaction.save(&closed)).unwrap();
        assert_eq!(world.load_case(case.id), closed.state);
    }
}

/// Another process holds the write lock of the file, and lets go while this one waits for it.
#[test]
fn who_meets_another_process_on_the_file_waits_for_it() {
    let database = Database::new(Backend::Sqlite);
    let world = World::new(&database);
    let mut other = database.connect();
    other
        .batch_execute("BEGIN IMMEDIATE; INSERT INTO case_numbers SELECT id, 1999, 7 FROM consultations")
        .unwrap();
    let waiting = Barrier::new(2);

    let case = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            waiting.wait();
            world.case("Sluikstort")
        });
        waiting.wait();
        other.batch_execute("COMMIT").unwrap();
        writer.join().unwrap()
    });

    assert_eq!(world.load_case(case.id), case);
    assert_eq!(database.count("case_numbers"), 2);
}
