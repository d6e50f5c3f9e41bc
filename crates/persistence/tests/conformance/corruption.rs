//! A row that does not hold what it should is told by table, column and row; it brings nothing down.

use domain::follow_up::Say;
use persistence::{Backend, StoreError, cases, consultations, follow_ups, idempotency, organisations};
use uuid::Uuid;

use crate::database::Database;
use crate::world::*;

fn corrupt<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> (&'static str, &'static str, Uuid) {
    match outcome {
        Err(StoreError::Corrupt { table, column, row, .. }) => (table, column, row),
        other => panic!("{other:?}"),
    }
}

/// Overwrites a column with a JSON document.
fn overwrite(database: &Database, table: &str, column: &str, id: Uuid, json: &str) {
    let cast = if database.backend() == Backend::Postgresql { "::jsonb" } else { "" };
    database.execute(&format!("UPDATE {table} SET {column} = '{json}'{cast} WHERE id = '{id}'"));
}

on_both! {
    fn a_case_with_an_unknown_code(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let find = || world.store().read(|c| cases::find(c, &everything(), case.id));

        for (column, value) in [
            ("status", "lost"),
            ("kind", "thing"),
            ("source", "nobody"),
            ("pattern", "zigzag"),
            ("category", "afv"),
            ("location_kind", "moon"),
            ("sector", "x"),
            ("address_uri", "http://elsewhere"),
        ] {
            let before = database.texts(&format!(
                "SELECT coalesce({column}, '') AS value FROM cases WHERE id = '{}'", case.id
            ));
            database.execute(&format!("UPDATE cases SET {column} = '{value}' WHERE id = '{}'", case.id));
            assert_eq!(corrupt(find()), ("cases", column, case.id.into()));
            let before = if before[0].is_empty() { "NULL".to_owned() } else { format!("'{}'", before[0]) };
            database.execute(&format!("UPDATE cases SET {column} = {before} WHERE id = '{}'", case.id));
        }
        assert_eq!(find().unwrap(), Some(case.clone()), "one corrupt row breaks itself only");
    }

    fn a_case_that_ended_in_two_ways_or_lies_nowhere(database) {
        let world = World::new(database);
        let (two, nowhere) = (world.case("Twee"), world.case("Nergens"));
        let find = |id| world.store().read(|c| cases::find(c, &everything(), id));

        database.execute(&format!("UPDATE cases SET close_reason = 'solved', check_on = 5 WHERE id = '{}'", two.id)
            .replace("= 5", if database.backend() == Backend::Sqlite { "= 5" } else { "= DATE '2026-01-01'" }));
        database.execute(&format!("UPDATE cases SET longitude = 400, latitude = 1 WHERE id = '{}'", nowhere.id));

        assert_eq!(corrupt(find(two.id)), ("cases", "ended_at", two.id.into()));
        assert_eq!(corrupt(find(nowhere.id)), ("cases", "longitude", nowhere.id.into()));
    }

    fn a_request_whose_details_do_not_fit(database) {
        let world = World::new(database);
        let say = Say { text: remark("welke?") };
        let waiting = world.act(minutes(1), world.sent(now()), |it, stamp| it.ask_back(&say, stamp));
        let find = || world.store().read(|c| follow_ups::find(c, &everything(), waiting.id));
        let row = ("follow_up_requests", "details", Uuid::from(waiting.id));

        overwrite(database, "follow_up_requests", "details", waiting.id.into(), "[]");
        assert_eq!(corrupt(find()), row);
        overwrite(database, "follow_up_requests", "details", waiting.id.into(), "{\"createdBy\": 5}");
        assert_eq!(corrupt(find()), row);
        let actor = serde_json::to_string(&waiting.created_by).unwrap();
        overwrite(database, "follow_up_requests", "details", waiting.id.into(), &format!("{{\"createdBy\": {actor}}}"));
        assert_eq!(corrupt(find()), row, "waiting, and nobody knows for what");
    }

    fn a_list_with_a_corrupt_row_names_it(database) {
        let world = World::new(database);
        let (_, bad) = (world.case("Goed"), world.case("Slecht"));
        database.execute(&format!("UPDATE cases SET category = 'x' WHERE id = '{}'", bad.id));
        let page = persistence::PageRequest { direction: persistence::Direction::Ascending, after: None, size: 50 };

        let outcome = world.store().read(|c| cases::list(c, &team_of(world.kroonwijk), &cases::Filter::default(), page));

        assert_eq!(corrupt(outcome), ("cases", "category", bad.id.into()));
    }

    fn reference_data_and_kept_answers_that_do_not_fit(database) {
        let world = World::new(database);
        overwrite(database, "organisations", "name", world.green.into(), "[1]");
        overwrite(database, "consultations", "area", world.kroonwijk.into(), "[\"x\"]");
        let answer = idempotency::KeptAnswer {
            digest: "d".to_owned(), status: 201, headers: Vec::new(), body: String::new(),
        };
        world.write(now(), |transaction| idempotency::keep(transaction, client(), "key", &answer)).unwrap();
        database.execute("UPDATE idempotency_keys SET status = -1");

        let organisation = world.store().read(|c| organisations::find(c, world.green));
        let consultation = world.store().read(|c| consultations::find(c, world.kroonwijk));
        let kept = world.write(now(), |transaction| idempotency::find(transaction, client(), "key", now()));

        assert_eq!(corrupt(organisation), ("organisations", "name", world.green.into()));
        assert_eq!(corrupt(consultation), ("consultations", "area", world.kroonwijk.into()));
        assert_eq!(corrupt(kept), ("idempotency_keys", "status", client().uuid()));
    }
}

/// PostgreSQL does not take what is no JSON, no UUID or no time; SQLite takes any text.
#[test]
fn a_file_that_holds_no_json_is_corrupt_too() {
    let database = Database::new(Backend::Sqlite);
    let world = World::new(&database);
    let case = world.case("Sluikstort");
    database.execute(&format!("UPDATE cases SET details = '{{broken' WHERE id = '{}'", case.id));

    let outcome = world.store().read(|c| cases::find(c, &everything(), case.id));

    assert_eq!(corrupt(outcome), ("cases", "details", case.id.into()));
}

/// What is read before the row is known is told by its column only.
#[test]
fn a_file_that_holds_no_id_or_an_impossible_time_names_the_column() {
    let database = Database::new(Backend::Sqlite);
    let world = World::new(&database);
    let case = world.case("Sluikstort");

    for (column, value) in [("consultation_id", "'nonsense'"), ("created_at", "9223372036854775807")] {
        database.execute(&format!("PRAGMA foreign_keys = OFF; UPDATE cases SET {column} = {value}"));
        let outcome = world.store().read(|c| cases::find(c, &everything(), case.id));
        let told = std::error::Error::source(&outcome.unwrap_err()).unwrap().to_string();
        assert!(told.contains(column), "{told}");
        database.execute(&format!("UPDATE cases SET consultation_id = '{}'", world.kroonwijk));
    }
}
