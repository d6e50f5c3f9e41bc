//! A database per test: a copy of one that was migrated and settled once.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use persistence::{AnyConnection, Backend, DatabaseUrl, PoolSizes, Store};
use tempfile::TempDir;

use crate::world;

/// A database that belongs to one test, and goes with it.
pub struct Database {
    place: Place,
}

enum Place {
    Folder { _folder: TempDir, file: PathBuf },
    Server { name: String },
}

impl Database {
    /// Makes a database in which the world of the tests is settled.
    pub fn new(backend: Backend) -> Self {
        let place = match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("wijkoverleg.sqlite");
                fs::write(&file, sqlite_template()).unwrap();
                Place::Folder { _folder: folder, file }
            }
            Backend::Postgresql => {
                let name = format!("http_{}_{}", std::process::id(), count());
                let template = postgresql_template();
                administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
                Place::Server { name }
            }
        };
        Self { place }
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        match &self.place {
            Place::Folder { file, .. } => format!("sqlite://{}", file.display()),
            Place::Server { name } => url_to(name),
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
                AnyConnection::Postgresql(PgConnection::establish(&url_to(name)).unwrap())
            }
        }
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

    /// Counts the rows of every table, but for those that change without a request.
    pub fn rows(&self) -> Vec<(String, i64)> {
        let tables = match &self.place {
            Place::Folder { .. } => {
                "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                 AND name NOT LIKE 'case_search_%' ORDER BY name"
            }
            Place::Server { .. } => {
                "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        };
        let tables = self.texts(tables).into_iter().filter(|table| table != "signing_keys");
        let counts: Vec<String> =
            tables.map(|table| format!("SELECT '{table}' AS name, count(*) AS value FROM {table}")).collect();
        let rows: Vec<CountRow> =
            diesel::sql_query(counts.join(" UNION ALL ")).load(&mut self.connect()).unwrap();
        rows.into_iter().map(|row| (row.name, row.value)).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server { name } = &self.place {
            administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
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

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    value: i64,
}

fn count() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::SeqCst)
}

/// The address of the maintenance database of the server for tests.
fn server() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        panic!(
            "TEST_DATABASE_URL is not set: these tests need a PostgreSQL server on which they may create databases; \
             `cargo xtask test` starts one"
        )
    })
}

/// The address of another database on that server.
fn url_to(name: &str) -> String {
    let server = server();
    let (address, options) = server.split_once('?').map_or((server.as_str(), ""), |(it, rest)| (it, rest));
    let (host, _) = address.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
    let joint = if options.is_empty() { "" } else { "?" };
    format!("{host}/{name}{joint}{options}")
}

fn administer(sql: &str) {
    let mut connection = PgConnection::establish(&server()).unwrap();
    connection.batch_execute("SET client_min_messages = warning").unwrap();
    connection.batch_execute(sql).unwrap();
}

/// The bytes of a settled file.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("template.sqlite");
        settle(&DatabaseUrl::Sqlite(file.clone()));
        let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        fs::read(&file).unwrap()
    })
}

/// The name of a settled database; it stays on the server and serves until a migration or the world changes.
fn postgresql_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let mut hasher = DefaultHasher::new();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgresql");
        hash_folder(&migrations, &mut hasher);
        include_str!("world.rs").hash(&mut hasher);
        let template = format!("http_template_{:016x}", hasher.finish());

        let mut server = PgConnection::establish(&server()).unwrap();
        server.batch_execute("SELECT pg_advisory_lock(43)").unwrap();
        let known = diesel::sql_query("SELECT count(*) AS value FROM pg_database WHERE datname = $1")
            .bind::<Text, _>(&template)
            .get_result::<NumberRow>(&mut server)
            .unwrap();
        if known.value == 0 {
            let draft = format!("{template}_draft");
            server.batch_execute("SET client_min_messages = warning").unwrap();
            server.batch_execute(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).unwrap();
            server.batch_execute(&format!("CREATE DATABASE {draft}")).unwrap();
            settle(&DatabaseUrl::Postgresql(url_to(&draft)));
            server.batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {template}")).unwrap();
        }
        template
    })
}

fn settle(url: &DatabaseUrl) {
    let store = Store::open(url, PoolSizes::default());
    store.migrate().unwrap();
    world::settle(&store);
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            hash_folder(&entry, hasher);
        } else {
            (entry.file_name(), fs::read(&entry).unwrap()).hash(hasher);
        }
    }
}
