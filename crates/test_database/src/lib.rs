//! Databases that belong to one test each: copies of one that was made ready once.
//!
//! SQLite is a file in a folder of its own. PostgreSQL is found through `TEST_DATABASE_URL`, which `cargo xtask test`
//! sets.

mod server;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use persistence::{AnyConnection, Backend, DatabaseUrl, PoolSizes, Store};
use tempfile::TempDir;

/// What the databases of some tests hold when a test begins.
#[derive(Debug)]
pub struct Template {
    /// Begins the names of the databases on the server.
    pub name: &'static str,
    /// The source of what is written, so that a change of it makes the template anew; the migrations count anyway.
    pub source: &'static str,
    /// Writes it into a migrated database.
    pub settle: fn(&Store),
    /// Whether the files of SQLite wait for a disk, as those of the program do.
    pub on_disk: bool,
}

/// Files that are ready, by the name of their template.
type Files = HashMap<&'static str, Arc<[u8]>>;

impl Template {
    /// Makes a folder for a file.
    fn folder(&self) -> TempDir {
        let folder = if self.on_disk { tempfile::tempdir() } else { tempfile::tempdir_in("/dev/shm") };
        folder.or_else(|_| tempfile::tempdir()).unwrap()
    }

    fn make(&self, url: &DatabaseUrl) {
        let store = Store::open(url, PoolSizes::default());
        store.migrate().unwrap();
        (self.settle)(&store);
    }

    /// Gives the bytes of a file that is ready.
    fn file(&self) -> Arc<[u8]> {
        static READY: LazyLock<Mutex<Files>> = LazyLock::new(Mutex::default);
        let mut ready = READY.lock().unwrap();
        let file = ready.entry(self.name).or_insert_with(|| {
            let folder = self.folder();
            let file = folder.path().join("template.sqlite");
            self.make(&DatabaseUrl::Sqlite(file.clone()));
            let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            Arc::from(fs::read(&file).unwrap())
        });
        Arc::clone(file)
    }
}

/// A database that belongs to one test, and goes with it.
#[derive(Debug)]
pub struct TestDatabase {
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder { _folder: TempDir, file: PathBuf },
    Server { name: String },
}

impl TestDatabase {
    /// Makes a database that holds what the template says.
    pub fn new(backend: Backend, template: &Template) -> Self {
        let place = match backend {
            Backend::Sqlite => {
                let folder = template.folder();
                let file = folder.path().join("wijkoverleg.sqlite");
                fs::write(&file, template.file()).unwrap();
                Place::Folder { _folder: folder, file }
            }
            Backend::Postgresql => Place::Server { name: server::create(template) },
        };
        Self { place }
    }

    /// Gives the address of the database as settings have it.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Folder { file, .. } => format!("sqlite://{}", file.display()),
            Place::Server { name } => server::url_to(name),
        }
    }

    /// Gives the file of SQLite.
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder { file, .. } => Some(file),
            Place::Server { .. } => None,
        }
    }

    /// Connects past the program.
    pub fn connect(&self) -> AnyConnection {
        match &self.place {
            Place::Folder { file, .. } => {
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
                AnyConnection::Sqlite(connection)
            }
            Place::Server { name } => {
                AnyConnection::Postgresql(PgConnection::establish(&server::url_to(name)).unwrap())
            }
        }
    }

    /// Executes SQL past the program.
    pub fn execute(&self, sql: &str) {
        self.connect().batch_execute(sql).unwrap();
    }

    /// Gives the texts of the column `value`.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let rows: Vec<TextRow> = diesel::sql_query(sql).load(&mut self.connect()).unwrap();
        rows.into_iter().map(|row| row.value).collect()
    }

    /// Gives the number in the column `value`.
    pub fn number(&self, sql: &str) -> i64 {
        diesel::sql_query(sql).get_result::<NumberRow>(&mut self.connect()).unwrap().value
    }

    /// Counts the rows of a table; what follows its name may narrow them.
    pub fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS value FROM {table}"))
    }

    /// Names the tables, without those that SQLite keeps for itself.
    pub fn tables(&self) -> Vec<String> {
        self.texts(match &self.place {
            Place::Folder { .. } => {
                "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                 AND name NOT LIKE 'case_search_%' ORDER BY name"
            }
            Place::Server { .. } => {
                "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        })
    }

    /// Counts the sessions of others; SQLite has none.
    pub fn sessions(&self) -> i64 {
        match &self.place {
            Place::Folder { .. } => 0,
            Place::Server { .. } => self.number(
                "SELECT count(*) AS value FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            ),
        }
    }

    /// Ends every session; SQLite has none.
    pub fn end_sessions(&self) {
        if let Place::Server { name } = &self.place {
            server::end_sessions(name);
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Server { name } = &self.place {
            server::drop_database(name);
        }
    }
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}
