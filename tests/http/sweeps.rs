//! Several processes sweep one database, and some are killed: the ledger is that of a single sweep.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use persistence::Backend;

use crate::app::TestApp;
use crate::client::id_of;
use crate::program::command;
use crate::world::CLEANING;
use crate::writers::Chance;

/// How many requests are due; `cargo xtask chaos` asks for more.
fn subjects() -> u32 {
    std::env::var("SWEEP_SUBJECTS").map_or(3_000, |given| given.parse().unwrap())
}

/// A database with requests that nobody ever answered, the same ones each time.
fn unanswered(number: u32) -> TestApp {
    let app = TestApp::start(Backend::Postgresql);
    let request = app.manager.sends(&app.manager.admits("Stilte"), CLEANING);
    let (case, request) = (request["caseId"].as_str().unwrap(), id_of(&request));
    // What the first request has of its own is taken out, so that only the copies are left to judge.
    app.database.execute(&format!(
        "INSERT INTO cases SELECT copy.* FROM cases AS base, generate_series(1, {number}) AS n,
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', md5('case ' || n)::uuid, 'next_step_at', NULL,
                 'reference', 'KRO-1990-' || n)) AS copy WHERE base.id = '{case}';
         INSERT INTO follow_up_requests SELECT copy.* FROM follow_up_requests AS base, generate_series(1, {number}) AS n,
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', md5('request ' || n)::uuid,
                 'case_id', md5('case ' || n)::uuid)) AS copy WHERE base.id = '{request}';
         UPDATE follow_up_requests SET next_step_at = NULL WHERE id = '{request}';
         UPDATE cases SET next_step_at = NULL;
         ANALYZE;"
    ));
    app
}

/// What is the same for every way to sweep, in one value.
fn ledger(app: &TestApp) -> Vec<String> {
    app.database.texts(
        "SELECT count(*) || ' ' || md5(string_agg(concat_ws(' ', subject_id, step, round, effective_at, policy_id), ','
             ORDER BY subject_id, effective_at, step)) AS value FROM escalation_ledger
         UNION ALL SELECT count(*) || ' events' FROM events WHERE data ->> 'step' IS NOT NULL
         UNION ALL SELECT count(*) || ' still due' FROM follow_up_requests WHERE next_step_at IS NOT NULL
         UNION ALL SELECT count(*) || ' uneven' FROM follow_up_requests AS r WHERE r.sequence <> 2 + (SELECT count(*)
             FROM events AS e WHERE e.subject_id = r.id AND e.data ->> 'step' IS NOT NULL)
                 AND r.next_step_at IS NULL AND r.id IN (SELECT follow_up_request_id FROM escalation_ledger)",
    )
}

fn sweep(app: &TestApp) -> Child {
    let mut command = command(&app.database.url(), &["sweep", "--once"]);
    command.stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn several_sweeps_of_which_some_are_killed_make_the_ledger_of_one() {
    let number = subjects();
    let alone = unanswered(number);
    let started = Instant::now();
    assert!(sweep(&alone).wait().unwrap().success());
    let expected = ledger(&alone);
    println!("{number} subjects in {:.1} s by one process", started.elapsed().as_secs_f64());
    assert!(expected[0].starts_with(&format!("{} ", number * 6)), "{expected:?}");
    assert!(
        expected.contains(&"0 still due".to_owned()) && expected.contains(&"0 uneven".to_owned()),
        "{expected:?}"
    );

    let together = unanswered(number);
    let mut chance = Chance(2026);
    let started = Instant::now();
    let mut running: Vec<Child> = (0..3).map(|_| sweep(&together)).collect();
    let mut kills = 0;
    while !running.is_empty() {
        thread::park_timeout(Duration::from_millis(20 + chance.below(150)));
        running.retain_mut(|child| match child.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success(), "a sweep fails: {status}");
                false
            }
            None => true,
        });
        // One is killed in the middle of its work, and started again.
        if kills < 10
            && let Some(victim) = running.first_mut()
        {
            victim.kill().unwrap();
            victim.wait().unwrap();
            *victim = sweep(&together);
            running.rotate_left(1);
            kills += 1;
        }
    }
    // What a killed one held is free once the server has noticed.
    assert!(sweep(&together).wait().unwrap().success());
    println!("{kills} kills in {:.1} s", started.elapsed().as_secs_f64());
    assert!(kills > 0, "all was over before anybody was killed");
    assert_eq!(ledger(&together), expected);
}
