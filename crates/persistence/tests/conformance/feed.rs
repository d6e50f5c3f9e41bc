//! The change feed: positions after the commit, without a gap and without a repetition, whoever writes, reads and gives them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use domain::change::{Change, Version};
use domain::feed::Channel;
use domain::organisation::Kind as OrganisationKind;
use jiff::civil::date;
use persistence::feed::{self, Notice, Sequenced};
use persistence::organisations::StoredOrganisation;
use persistence::{Backend, Circumstances, Edit, ReferenceData, Store, StoreError, Transaction};
use uuid::Uuid;

use crate::database::Database;
use crate::world::*;

const TERM: Duration = Duration::from_secs(5);

/// Gives positions to at most `size` events.
fn sequence(world: &World<'_>, store: &Store, holder: u128, size: i64) -> Result<Sequenced, StoreError> {
    let reference = store.snapshot(|c| ReferenceData::load(c, date(2026, 3, 2)))?;
    store.write(&world.circumstances(now()), |transaction| {
        feed::sequence(transaction, &reference, Uuid::from_u128(holder), TERM, size)
    })
}

/// Reads reference data from the beginning, `size` at a time.
fn told(store: &Store, size: i64) -> Vec<Notice> {
    let mut all: Vec<Notice> = Vec::new();
    loop {
        let after = all.last().map_or(0, |notice| notice.position);
        let page =
            store.read(|c| feed::after(c, &[Channel::Reference.only()], after, i64::MAX, size)).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

fn a_service(id: Uuid) -> StoredOrganisation {
    organisation(id, OrganisationKind::CityService, "Dienst", true)
}

/// Edits an organisation once more.
fn edit(transaction: &mut Transaction<'_>, state: &mut StoredOrganisation) -> Result<(), StoreError> {
    let before = state.clone();
    state.organisation.version = before.organisation.version.next();
    let events = vec![Edit { verb: "update", at: now() }];
    transaction.save(&Change { before: Some(before), state: state.clone(), events })
}

/// Checks that each thing is told from its first change to its last, each once and in order.
fn is_whole(notices: &[Notice], changes: &BTreeMap<Uuid, i64>) {
    let mut positions: Vec<i64> = notices.iter().map(|notice| notice.position).collect();
    let sorted = positions.is_sorted();
    positions.dedup();
    assert!(sorted && positions.len() == notices.len(), "positions grow");
    let mut told: BTreeMap<Uuid, i64> = BTreeMap::new();
    for notice in notices {
        let last = told.entry(notice.subject_id).or_default();
        let (_, sequence) = notice.after.expect("nothing is hidden");
        assert_eq!(sequence, *last + 1, "{} at {}", notice.subject_id, notice.position);
        *last = sequence;
    }
    for (id, count) in changes {
        assert_eq!(told.get(id), Some(count), "{id}");
    }
}

/// Gives the store of another process; on SQLite that of the same, as one file has one writer anyhow.
fn another(database: &Database) -> Store {
    match database.backend() {
        Backend::Sqlite => database.store.clone(),
        Backend::Postgresql => database.another_store(),
    }
}

const WRITERS: u128 = 8;
const THINGS: u128 = 10;

/// How often each thing changes; `cargo xtask chaos` asks for more.
#[allow(clippy::disallowed_methods, reason = "how much a test does")]
fn rounds() -> i64 {
    std::env::var("FEED_ROUNDS").map_or(250, |given| given.parse().unwrap())
}

on_both! {
    fn twenty_thousand_events_of_eight_writers_are_told_once_and_in_order_to_every_reader(database) {
        let world = World::new(database);
        let id = |writer: u128, thing: u128| Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + writer * 1000 + thing);
        let is_done = AtomicBool::new(false);
        let changes: BTreeMap<Uuid, i64> = (0..WRITERS)
            .flat_map(|writer| (0..THINGS).map(move |thing| (id(writer, thing), rounds())))
            .collect();
        thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS).map(|writer| {
                let (world, store) = (&world, another(database));
                scope.spawn(move || {
                    let things = 0..THINGS;
                    let mut states: Vec<_> = things.map(|thing| a_service(id(writer, thing))).collect();
                    store.write::<_, StoreError>(&world.circumstances(now()), |transaction| {
                        states.iter().try_for_each(|state| transaction.save(&created(state.clone())))
                    }).unwrap();
                    for round in 1..rounds() {
                        // What is tried again begins with the same.
                        let before = states.clone();
                        states = store.write::<_, StoreError>(&world.circumstances(now()), |transaction| {
                            let mut states = before.clone();
                            for (number, state) in states.iter_mut().enumerate() {
                                edit(transaction, state)?;
                                // Held open in the middle now and then, on PostgreSQL beside the others.
                                if number == 4 && round % 50 == i64::try_from(writer).unwrap() {
                                    thread::sleep(Duration::from_millis(40));
                                }
                            }
                            Ok(states)
                        }).unwrap();
                    }
                })
            }).collect();
            let sequencers: Vec<_> = [1, 2].map(|holder| {
                let (world, store, is_done) = (&world, another(database), &is_done);
                scope.spawn(move || {
                    loop {
                        let was_done = is_done.load(Ordering::SeqCst);
                        // A small batch, so that events of one thing are spread over several.
                        let done = sequence(world, &store, holder, 97).unwrap();
                        if was_done && !store.read(feed::is_behind).unwrap() {
                            break;
                        }
                        if done.events == 0 {
                            thread::sleep(Duration::from_millis(5));
                        }
                    }
                })
            }).into_iter().collect();
            let readers: Vec<_> = [7, 100, 1000].map(|size| {
                let (store, is_done, changes) = (another(database), &is_done, &changes);
                scope.spawn(move || {
                    let mut read: Vec<Notice> = Vec::new();
                    loop {
                        let was_done = is_done.load(Ordering::SeqCst) && !store.read(feed::is_behind).unwrap();
                        let after = read.last().map_or(0, |notice| notice.position);
                        let page = store.read(|c| feed::after(c, &[Channel::Reference.only()], after, i64::MAX, size)).unwrap();
                        if page.is_empty() {
                            if was_done {
                                break;
                            }
                            thread::sleep(Duration::from_millis(3));
                        }
                        read.extend(page);
                    }
                    is_whole(&read, changes);
                    read
                })
            }).into_iter().collect();
            for writer in writers {
                writer.join().unwrap();
            }
            is_done.store(true, Ordering::SeqCst);
            for sequencer in sequencers {
                sequencer.join().unwrap();
            }
            let read: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
            assert!(read.iter().all(|one| *one == read[0]), "every reader is told the same");
            let count = usize::try_from(rounds()).unwrap() * changes.len();
            assert!(read[0].len() >= count, "{} of {count}", read[0].len());
            assert_eq!(told(&database.store, 500), read[0]);
        });
    }

    fn a_transaction_that_is_held_open_delays_its_own_events_only(database) {
        if database.backend() == Backend::Sqlite {
            // One writer: nobody else writes meanwhile.
            return;
        }
        let world = World::new(database);
        sequence(&world, world.store(), 1, 100).unwrap();
        let before = told(world.store(), 100).len();
        let (held, other) = (database.new_id(), database.new_id());
        thread::scope(|scope| {
            let (open, opened) = mpsc::channel();
            let (go_on, wait) = mpsc::channel::<()>();
            let (world, store) = (&world, another(database));
            let holder = scope.spawn(move || {
                let mut first = Some(wait);
                store.write::<_, StoreError>(&world.circumstances(now()), |transaction| {
                    transaction.save(&created(a_service(held)))?;
                    if let Some(wait) = first.take() {
                        open.send(()).unwrap();
                        wait.recv().unwrap();
                    }
                    Ok(())
                }).unwrap();
            });
            opened.recv().unwrap();
            // Written and told while the first one is open.
            world.write(now(), |transaction| transaction.save(&created(a_service(other)))).unwrap();
            sequence(world, world.store(), 1, 100).unwrap();
            let told_meanwhile = told(world.store(), 100);
            assert_eq!(told_meanwhile.len(), before + 1);
            assert_eq!(told_meanwhile.last().unwrap().subject_id, other);
            go_on.send(()).unwrap();
            holder.join().unwrap();
            sequence(world, world.store(), 1, 100).unwrap();
            let all = told(world.store(), 100);
            assert_eq!(all[..told_meanwhile.len()], told_meanwhile, "what was told stays as it is");
            assert_eq!(all.last().unwrap().subject_id, held);
        });
    }

    fn one_process_gives_positions_and_another_takes_over_when_it_dies(database) {
        let world = World::new(database);
        assert!(sequence(&world, world.store(), 1, 1).unwrap().held);
        assert_eq!(sequence(&world, world.store(), 2, 1).unwrap(), Sequenced::default(), "the first one holds the lease");
        let release = || world.write(now(), |transaction| persistence::leases::release(transaction.connection(), "feed", Uuid::from_u128(1)));
        release().unwrap();
        assert!(sequence(&world, world.store(), 2, 1000).unwrap().held);
        assert!(!sequence(&world, world.store(), 1, 1).unwrap().held);
        // Nobody gives it back: it runs out, by the time of the database.
        let short = Duration::from_millis(300);
        let hold = |holder: u128| {
            world.write(now(), |transaction| persistence::leases::hold(transaction.connection(), "other", Uuid::from_u128(holder), short)).unwrap()
        };
        assert!(hold(1));
        assert!(!hold(2));
        let started = Instant::now();
        while !hold(2) {
            assert!(started.elapsed() < Duration::from_secs(10), "it never runs out");
            thread::sleep(Duration::from_millis(20));
        }
        assert!(!hold(1));
    }

    fn the_events_of_a_thing_keep_their_order_whatever_the_clocks_say(database) {
        let world = World::new(database);
        let id = database.new_id();
        let mut state = a_service(id);
        let at = |minute: i64| Circumstances { recorded_at: minutes(minute), ..world.circumstances(now()) };
        // The second replica's clock is behind.
        for minute in [50, 10, 40, 5] {
            let before = state.clone();
            state = database.store.write::<_, StoreError>(&at(minute), |transaction| {
                let mut state = before.clone();
                if minute == 50 {
                    transaction.save(&created(state.clone()))?;
                } else {
                    edit(transaction, &mut state)?;
                }
                Ok(state)
            }).unwrap();
        }
        assert_eq!(state.organisation.version, Version(4));
        // Two at a time: what belongs together comes together.
        while sequence(&world, world.store(), 1, 2).unwrap().events > 0 {}
        is_whole(&told(world.store(), 3), &[(id, 4)].into());
    }

    fn what_is_forgotten_leaves_the_rest_and_tells_where_it_begins(database) {
        let world = World::new(database);
        sequence(&world, world.store(), 1, 1000).unwrap();
        let all = told(world.store(), 100);
        let span = || world.store().read(feed::span).unwrap();
        assert_eq!((span().first, span().last), (1, all.last().unwrap().position));
        let prune = |before, size| {
            world.write(now(), |transaction| feed::prune(transaction, Uuid::from_u128(1), TERM, before, size)).unwrap()
        };
        assert!(!prune(now(), 100), "nothing is old enough");
        assert_eq!(told(world.store(), 100), all);
        assert!(prune(minutes(1), 2), "there is more");
        assert_eq!(span().first, 3);
        assert!(!prune(minutes(1), 100));
        assert!(told(world.store(), 100).is_empty());
        assert_eq!((span().first, span().last), (all.last().unwrap().position + 1, all.last().unwrap().position));
    }
}
