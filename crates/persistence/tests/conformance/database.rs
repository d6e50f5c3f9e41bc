//! A database per test.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use persistence::{Backend, DatabaseUrl, NewIds, PoolSizes, Store};
use test_database::{Template, TestDatabase};
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

static MIGRATED: Template = Template { name: "conformance", source: "", settle: |_| {}, on_disk: false };

/// A migrated database that belongs to one test, and goes with it.
pub(crate) struct Database {
    pub(crate) store: Store,
    ids: Arc<Sequence>,
    own: TestDatabase,
}

impl Deref for Database {
    type Target = TestDatabase;

    fn deref(&self) -> &TestDatabase {
        &self.own
    }
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
        let own = TestDatabase::new(backend, &MIGRATED);
        let store = Store::open(&DatabaseUrl::parse(&own.url()), POOL);
        Self { store, ids: Arc::default(), own }
    }

    /// Gives another store on the same database, as another process has one.
    pub(crate) fn another_store(&self) -> Store {
        Store::open(&DatabaseUrl::parse(&self.url()), POOL)
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
}
