//! A database per test.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use persistence::{AnyConnection, Backend, DatabaseUrl, NewIds, PoolSizes, Store};
use tempfile::TempDir;
use uuid::Uuid;

/// Makes two tests of each function: one on a database of SQLite, one on a database of PostgreSQL.
macro_rules! on_both {
    ($(fn $name:ident($database:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn run($database: &$crate::database::Database) $body

            #[test]
            fn on_sqlite() {
                run(&$crate::database::Database::new(persistence::Backend::Sqlite));
            }

            #[test]
            fn on_postgresql() {
                run(&$crate::database::Database::new(persistence::Backend::Postgresql));
            }
        }
    )*};
}

/// A migrated database that belongs to one test, and goes with it.
pub(crate) struct Database {
    pub(crate) store: Store,
    ids: Arc<Sequence>,
    place: Place,
}

enum Place {
    Folder { _folder: TempDir, file: PathBuf },
    Server { name: String },
}

/// Counts ids up; they look like those of one moment.
#[derive(Default)]
struct Sequence(AtomicU64);

const FIRST_ID: u128 = 0x019c_a000_0000_7000_8000_0000_0000_0001;

impl NewIds for Sequence {
    fn next(&self) -> Uuid {
        Uuid::from_u128(FIRST_ID + u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }
}

const POOL: PoolSizes = PoolSizes { readers: 8, wait: Duration::from_secs(30) };

impl Database {
    pub(crate) fn new(backend: Backend) -> Self {
        let place = match backend {
            Backend::Sqlite => {
                let folder = folder_in_memory();
                let file = folder.path().join("wijk.db");
                fs::write(&file, sqlite_template()).unwrap();
                Place::Folder { _folder: folder, file }
            }
            Backend::Postgresql => {
                let name = format!("conformance_{}_{}", std::process::id(), count());
                let template = postgresql_template();
                administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
                Place::Server { name }
            }
        };
        let store = Store::open(&url_of(&place), POOL);
        Self { store, ids: Arc::default(), place }
    }

    /// Gives another store on the same database, as another process has one.
    pub(crate) fn another_store(&self) -> Store {
        Store::open(&url_of(&self.place), POOL)
    }

    pub(crate) fn backend(&self) -> Backend {
        self.store.backend()
    }

    pub(crate) fn ids(&self) -> Arc<dyn NewIds> {
        Arc::<Sequence>::clone(&self.ids)
    }

    pub(crate) fn new_id(&self) -> Uuid {
        self.ids.next()
    }

    /// Connects past the store.
    pub(crate) fn connect(&self) -> AnyConnection {
        match url_of(&self.place) {
            DatabaseUrl::Sqlite(file) => {
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
                AnyConnection::Sqlite(connection)
            }
            DatabaseUrl::Postgresql(url) => AnyConnection::Postgresql(PgConnection::establish(&url).unwrap()),
        }
    }

    /// Executes SQL past the store.
    pub(crate) fn execute(&self, sql: &str) {
        self.connect().batch_execute(sql).unwrap();
    }

    /// Gives the texts of the column `value`.
    pub(crate) fn texts(&self, sql: &str) -> Vec<String> {
        let rows: Vec<TextRow> = diesel::sql_query(sql).load(&mut self.connect()).unwrap();
        rows.into_iter().map(|row| row.value).collect()
    }

    /// Gives the number in the column `value`.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        diesel::sql_query(sql).get_result::<NumberRow>(&mut self.connect()).unwrap().value
    }

    pub(crate) fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS value FROM {table}"))
    }

    /// Ends every session of the database but the one that asks; SQLite has none.
    pub(crate) fn end_sessions(&self) {
        if let Place::Server { name } = &self.place {
            administer(&format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
            ));
        }
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

fn count() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::SeqCst)
}

fn url_of(place: &Place) -> DatabaseUrl {
    match place {
        Place::Folder { file, .. } => DatabaseUrl::Sqlite(file.clone()),
        Place::Server { name } => DatabaseUrl::Postgresql(url_to(name)),
    }
}

/// The address of the maintenance database of the server for tests.
#[expect(clippy::disallowed_methods, reason = "it is how `cargo xtask test` tells the address")]
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

/// A folder where nothing waits for the disk, if there is such a place: no test takes the power away.
fn folder_in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The bytes of a migrated file.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = folder_in_memory();
        let file = folder.path().join("template.db");
        Store::open(&DatabaseUrl::Sqlite(file.clone()), POOL).migrate().unwrap();
        let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        fs::read(&file).unwrap()
    })
}

/// The name of a migrated database; it stays on the server and serves until a migration changes.
fn postgresql_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let mut hasher = DefaultHasher::new();
        hash_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgresql"), &mut hasher);
        let template = format!("conformance_template_{:016x}", hasher.finish());

        let mut server = PgConnection::establish(&server()).unwrap();
        server.batch_execute("SELECT pg_advisory_lock(42)").unwrap();
        let known = diesel::sql_query("SELECT count(*) AS value FROM pg_database WHERE datname = $1")
            .bind::<Text, _>(&template)
            .get_result::<NumberRow>(&mut server)
            .unwrap();
        if known.value == 0 {
            let draft = format!("{template}_draft");
            server.batch_execute(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).unwrap();
            server.batch_execute(&format!("CREATE DATABASE {draft}")).unwrap();
            Store::open(&DatabaseUrl::Postgresql(url_to(&draft)), POOL).migrate().unwrap();
            server.batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {template}")).unwrap();
        }
        template
    })
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
