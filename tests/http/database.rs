//! A database per test, in which the world of the tests is settled.

use std::ops::Deref;

use persistence::Backend;
use test_database::{Template, TestDatabase};

use crate::world;

static SETTLED: Template = Template {
    name: "http",
    source: include_str!("world.rs"),
    settle: world::settle,
    // What is killed in the middle of a write is to be killed where writing takes its time.
    on_disk: true,
};

/// A database that belongs to one test, and goes with it.
pub struct Database(TestDatabase);

impl Deref for Database {
    type Target = TestDatabase;

    fn deref(&self) -> &TestDatabase {
        &self.0
    }
}

impl Database {
    pub fn new(backend: Backend) -> Self {
        Self(TestDatabase::new(backend, &SETTLED))
    }

    /// Counts the rows of every table, but for those that change without a request.
    pub fn rows(&self) -> Vec<String> {
        let tables = self.tables().into_iter().filter(|table| table != "signing_keys");
        let counts: Vec<String> =
            tables.map(|table| format!("SELECT '{table} ' || count(*) AS value FROM {table}")).collect();
        self.texts(&counts.join(" UNION ALL "))
    }

    /// Writes every row of every table as a text.
    pub fn everything(&self) -> Vec<String> {
        let rows_of = |table: &String| {
            let row = match self.file() {
                Some(_) => {
                    let columns = format!("SELECT name AS value FROM pragma_table_info('{table}')");
                    let columns = self.texts(&columns);
                    let texts = columns.iter().map(|column| format!("coalesce(CAST({column} AS TEXT), '')"));
                    texts.collect::<Vec<_>>().join(" || ' ' || ")
                }
                None => "t::text".to_owned(),
            };
            self.texts(&format!("SELECT {row} AS value FROM {table} AS t"))
        };
        self.tables().iter().flat_map(rows_of).collect()
    }
}
