//! `kill -9` while many write: what was acknowledged stays, what was not is there whole or not at all, and asking again
//! with the same key does it once.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use persistence::Backend;

use crate::database::Database;
use crate::program::Program;
use crate::writers::{Chance, Writers};

const KILLS: usize = 55;

/// The most writes that are acknowledged between a start and the next kill.
const MOST_BETWEEN: u64 = 40;

fn the_program_is_killed_while_it_writes(backend: Backend) {
    let started = Instant::now();
    let database = Database::new(backend);
    let url = database.url();
    let mut chance = Chance(2026);
    let mut writers = Writers::new(6);
    for _ in 0..KILLS {
        let program = Program::serve(&url);
        writers.check(&database);
        writers.ask_again(&program.shared, &database);

        let shared = Arc::clone(&program.shared);
        writers.write_until(&shared, 1 + chance.below(MOST_BETWEEN), || {
            thread::park_timeout(Duration::from_micros(chance.below(5_000)));
            program.dies();
        });
    }

    let program = Program::serve(&url);
    writers.check(&database);
    writers.ask_again(&program.shared, &database);
    writers.check(&database);
    writers.everything_is_served(&program.shared);
    let Writers { done, undone, .. } = writers;
    println!(
        "{backend:?}: {KILLS} kills in {:.0} s; {} acknowledged writes stayed; of those without an answer, {done} had \
         been done and {undone} had not",
        started.elapsed().as_secs_f64(),
        writers.acknowledged(),
    );
    assert!(done + undone >= KILLS, "the kills came when nobody wrote");
}

#[test]
fn no_acknowledged_write_is_lost_and_none_is_half_when_the_program_is_killed_on_sqlite() {
    the_program_is_killed_while_it_writes(Backend::Sqlite);
}

#[test]
fn no_acknowledged_write_is_lost_and_none_is_half_when_the_program_is_killed_on_postgresql() {
    the_program_is_killed_while_it_writes(Backend::Postgresql);
}
