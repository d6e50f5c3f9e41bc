//! Connections to either database behind one type, and the pools that hold them.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::result::ConnectionError;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::convoy::WriterConnector;
use crate::error::StoreError;
use crate::pool::{Connect, Pool};

/// A connection to SQLite or PostgreSQL; every query is written once for both.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    /// The embedded default.
    Sqlite(SqliteConnection),
    /// For several replicas.
    Postgresql(PgConnection),
}

/// Where the data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as a connection URL; it may hold a password and is never shown.
    Postgresql(String),
}

impl DatabaseUrl {
    /// Parses `postgres://…`, `postgresql://…`, `sqlite:PATH` or a bare path.
    pub fn parse(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Self::Postgresql(text.to_owned());
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        Self::Sqlite(PathBuf::from(path))
    }

    /// Tells which database it is.
    pub const fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgresql(_) => Backend::Postgresql,
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgresql(_) => f.write_str("Postgresql(…)"),
        }
    }
}

/// Which database is behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgresql,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
    /// Bringing the schema up to date; makes the file of SQLite when it is not there.
    Migrate,
    /// Short transactions beside a running one: handing out numbers.
    Aside,
}

/// Opens connections for one use.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    url: DatabaseUrl,
    purpose: Use,
}

impl Connect for Connector {
    type Connection = AnyConnection;

    fn connect(&self) -> Result<AnyConnection, StoreError> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let shown = path.display();
                let failed = |error: &dyn fmt::Display| {
                    StoreError::Unavailable(format!("the SQLite file {shown} cannot be opened: {error}"))
                };
                let path = path.to_str().ok_or_else(|| failed(&"its name is not UTF-8"))?;
                let address = sqlite_address(path, self.purpose == Use::Migrate);
                let mut connection = SqliteConnection::establish(&address).map_err(|error| failed(&error))?;
                connection.batch_execute(sqlite_settings(self.purpose)).map_err(|error| failed(&error))?;
                Ok(AnyConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgresql(url) => {
                let failed = |error: &dyn fmt::Display| {
                    StoreError::Unavailable(format!("PostgreSQL cannot be reached: {error}"))
                };
                let mut connection = PgConnection::establish(&with_limits(url))
                    .map_err(|error| failed(&without_secrets(error)))?;
                connection.batch_execute(POSTGRESQL_SETTINGS).map_err(|error| failed(&error))?;
                if self.purpose == Use::Aside {
                    // Whatever is committed later makes it durable as well.
                    connection
                        .batch_execute("SET synchronous_commit = off")
                        .map_err(|error| failed(&error))?;
                }
                Ok(AnyConnection::Postgresql(connection))
            }
        }
    }
}

/// Writes the address of a file for SQLite, which would put an empty file in the place of one that is away.
fn sqlite_address(path: &str, create: bool) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "file:" };
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let mode = if create { "rwc" } else { "rw" };
    format!("{scheme}{path}?mode={mode}")
}

/// The time to wait for a lock comes first: already the second statement may meet another process.
const fn sqlite_settings(purpose: Use) -> &'static str {
    match purpose {
        // FULL: what was acknowledged survives a power cut.
        Use::Write | Use::Aside | Use::Migrate => {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; \
             PRAGMA wal_autocheckpoint = 4000;"
        }
        Use::Read => {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
             PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;"
        }
    }
}

const POSTGRESQL_SETTINGS: &str = "SET TIME ZONE 'UTC'; SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '60s';";

/// Limits how long a server that does not answer is waited for, unless the URL says so itself.
fn with_limits(url: &str) -> String {
    let mut limited = url.to_owned();
    for (name, value) in [("connect_timeout", "5"), ("tcp_user_timeout", "35000")] {
        if !url.contains(name) {
            let joint = if limited.contains('?') { '&' } else { '?' };
            limited = format!("{limited}{joint}{name}={value}");
        }
    }
    limited
}

/// Keeps the password of a connection URL out of messages: those about the URL itself quote it.
fn without_secrets(error: ConnectionError) -> ConnectionError {
    match error {
        ConnectionError::BadConnection(message)
            if message.starts_with("connection to server") || message.starts_with("could not") =>
        {
            ConnectionError::BadConnection(message)
        }
        ConnectionError::BadConnection(_) | ConnectionError::InvalidConnectionUrl(_) => {
            ConnectionError::InvalidConnectionUrl("DATABASE_URL is not a connection URL".to_owned())
        }
        other => other,
    }
}

/// How many connections a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSizes {
    /// Connections for reading; on PostgreSQL for reading and writing.
    pub readers: u32,
    /// How long a caller waits for a connection.
    pub wait: Duration,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { readers: 8, wait: Duration::from_secs(5) }
    }
}

/// The pools of a store.
#[derive(Clone)]
pub(crate) struct Pools {
    pub(crate) backend: Backend,
    pub(crate) readers: Pool<Connector>,
    pub(crate) writers: Writers,
    /// For the one connection that changes the schema.
    pub(crate) migrator: Connector,
    file: Option<Arc<DatabaseFile>>,
}

/// What a store writes with.
#[derive(Clone)]
pub(crate) enum Writers {
    /// One connection.
    Sqlite(Pool<WriterConnector>),
    /// The connections that read as well, and some for short transactions beside a running one.
    Postgresql { pool: Pool<Connector>, aside: Pool<Connector> },
}

impl Writers {
    /// Works outside of any unit of work.
    #[cfg(feature = "floor")]
    pub(crate) fn alone<T>(
        &self,
        fate: crate::pool::Fate,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(pool) => pool.lend(|writer, _| match writer.alone() {
                Some(connection) => (work(connection), fate),
                None => (Err(StoreError::Busy), crate::pool::Fate::Close),
            }),
            Self::Postgresql { pool, .. } => pool.lend(|connection, _| (work(connection), fate)),
        }?
    }

    /// Closes every connection that was opened before.
    pub(crate) fn renew(&self) {
        match self {
            Self::Sqlite(pool) => pool.renew(),
            Self::Postgresql { pool, .. } => pool.renew(),
        }
    }
}

/// The file of SQLite that the connections lead to.
struct DatabaseFile {
    path: PathBuf,
    /// The device and number of the file that was there last.
    known: Mutex<Option<(u64, u64)>>,
}

impl DatabaseFile {
    /// Tells whether the file is another one than before, or none.
    fn has_changed(&self) -> bool {
        let found = identity(&self.path);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *known, found) != found
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

impl Pools {
    pub(crate) fn new(url: &DatabaseUrl, sizes: PoolSizes) -> Self {
        let connector = |purpose| Connector { url: url.clone(), purpose };
        let pool = |purpose, size| Pool::new(connector(purpose), size, sizes.wait);
        let readers = pool(Use::Read, sizes.readers);
        let (writers, file) = match url {
            DatabaseUrl::Sqlite(path) => {
                let writers = Pool::new(WriterConnector(connector(Use::Write)), 1, sizes.wait);
                let file = DatabaseFile { path: path.clone(), known: Mutex::new(identity(path)) };
                (Writers::Sqlite(writers), Some(Arc::new(file)))
            }
            DatabaseUrl::Postgresql(_) => {
                (Writers::Postgresql { pool: readers.clone(), aside: pool(Use::Aside, 2) }, None)
            }
        };
        Self { backend: url.backend(), readers, writers, migrator: connector(Use::Migrate), file }
    }

    /// Closes the connections to a file that was moved or replaced: what they write would not be found there any more.
    pub(crate) fn follow_the_file(&self) {
        if self.file.as_ref().is_some_and(|file| file.has_changed()) {
            self.readers.renew();
            self.writers.renew();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_the_data_lives() {
        let sqlite = |path: &str| DatabaseUrl::Sqlite(PathBuf::from(path));
        assert_eq!(DatabaseUrl::parse("wijk.db"), sqlite("wijk.db"));
        assert_eq!(DatabaseUrl::parse("sqlite:data/wijk.db"), sqlite("data/wijk.db"));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/wijk.db"), sqlite("/var/wijk.db"));
        let url = "postgresql://wijk:geheim@db/wijk";
        assert_eq!(DatabaseUrl::parse(url), DatabaseUrl::Postgresql(url.to_owned()));
        assert_eq!(format!("{:?}", DatabaseUrl::parse(url)), "Postgresql(…)", "the password is never shown");
    }

    #[test]
    fn the_name_of_a_file_is_no_address_to_be_read_into() {
        assert_eq!(sqlite_address("/var/wijk.db", false), "file:///var/wijk.db?mode=rw");
        assert_eq!(sqlite_address("data/a?b#c%20.db", true), "file:data/a%3fb%23c%2520.db?mode=rwc");
    }

    #[test]
    fn a_server_that_does_not_answer_is_not_waited_for_for_ever() {
        let limits = "connect_timeout=5&tcp_user_timeout=35000";
        assert_eq!(with_limits("postgres://db/wijk"), format!("postgres://db/wijk?{limits}"));
        assert_eq!(
            with_limits("postgres://db/wijk?connect_timeout=60"),
            "postgres://db/wijk?connect_timeout=60&tcp_user_timeout=35000"
        );
    }
}
