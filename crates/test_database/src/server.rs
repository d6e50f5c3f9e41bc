//! The PostgreSQL server for tests, on which they may create databases.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use persistence::DatabaseUrl;

use crate::{NumberRow, Template};

/// Creates a copy of a template and names it.
pub(crate) fn create(template: &Template) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = format!("{}_{}_{number}", template.name, std::process::id());
    administer(&format!("CREATE DATABASE {name} TEMPLATE {}", ready(template)));
    name
}

/// Drops a database, whoever uses it.
pub(crate) fn drop_database(name: &str) {
    administer(&format!("DROP DATABASE {name} WITH (FORCE)"));
}

/// Ends every session of a database.
pub(crate) fn end_sessions(name: &str) {
    administer(&format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
}

/// Gives the address of a database on the server.
pub(crate) fn url_to(name: &str) -> String {
    let server = server();
    let (address, options) = server.split_once('?').map_or((server.as_str(), ""), |(it, rest)| (it, rest));
    let (host, _) = address.rsplit_once('/').expect("TEST_DATABASE_URL names a database");
    let joint = if options.is_empty() { "" } else { "?" };
    format!("{host}/{name}{joint}{options}")
}

/// The address of the maintenance database.
fn server() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        panic!(
            "TEST_DATABASE_URL is not set: these tests need a PostgreSQL server on which they may create databases; \
             `cargo xtask test` starts one"
        )
    })
}

fn administer(sql: &str) {
    let mut connection = PgConnection::establish(&server()).unwrap();
    connection.batch_execute("SET client_min_messages = warning").unwrap();
    connection.batch_execute(sql).unwrap();
}

/// Names the database that is copied; it stays on the server and serves until its source or a migration changes.
fn ready(template: &Template) -> String {
    static READY: LazyLock<Mutex<HashMap<&str, String>>> = LazyLock::new(Mutex::default);
    let mut ready = READY.lock().unwrap();
    ready.entry(template.name).or_insert_with(|| make(template)).clone()
}

fn make(template: &Template) -> String {
    let mut hasher = DefaultHasher::new();
    hash_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgresql"), &mut hasher);
    template.source.hash(&mut hasher);
    let name = format!("{}_template_{:016x}", template.name, hasher.finish());

    // Other test programs may be about to make the same one.
    let mut server = PgConnection::establish(&server()).unwrap();
    server.batch_execute("SELECT pg_advisory_lock(42)").unwrap();
    let known = diesel::sql_query("SELECT count(*) AS value FROM pg_database WHERE datname = $1")
        .bind::<Text, _>(&name)
        .get_result::<NumberRow>(&mut server)
        .unwrap();
    if known.value == 0 {
        let draft = format!("{name}_draft");
        server.batch_execute("SET client_min_messages = warning").unwrap();
        server.batch_execute(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).unwrap();
        server.batch_execute(&format!("CREATE DATABASE {draft}")).unwrap();
        template.make(&DatabaseUrl::Postgresql(url_to(&draft)));
        server.batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {name}")).unwrap();
    }
    name
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
