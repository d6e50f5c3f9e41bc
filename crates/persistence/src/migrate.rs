//! Schema migrations, embedded in the program; the two folders hold the same names.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationName, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::AnyConnection;
use crate::error::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRESQL: EmbeddedMigrations = embed_migrations!("../../migrations/postgresql");

/// Any number, as long as no other program uses it for an advisory lock in this database.
const LOCK: i64 = 7_241_926_011;

/// Applies what is missing and names it; replicas that start together wait for each other.
///
/// On PostgreSQL it takes the time it needs and leaves its lock on the connection, which is to be closed afterwards.
pub(crate) fn up(connection: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    match connection {
        AnyConnection::Sqlite(connection) => {
            connection.exclusive_transaction(|connection| run(connection, SQLITE))
        }
        AnyConnection::Postgresql(connection) => {
            connection.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0")?;
            connection.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
            run(connection, POSTGRESQL)
        }
    }
}

/// What the server adds to, and neither changes nor removes.
const ONLY_ADDED_TO: &[&str] = &["audit_records", "audit_seals"];

/// What the server reads only.
const ONLY_READ: &[&str] = &["audit_checkpoints", "__diesel_schema_migrations"];

/// Gives a role of PostgreSQL what the server needs, and takes from it what it must not do.
pub(crate) fn grant(connection: &mut AnyConnection, name: &str) -> Result<(), StoreError> {
    let AnyConnection::Postgresql(connection) = connection else {
        return Err(StoreError::Unavailable("SQLite has no roles".to_owned()));
    };
    let role = quoted(name);
    let (added, read) = (ONLY_ADDED_TO.join(", "), ONLY_READ.join(", "));
    connection.batch_execute(&format!(
        "GRANT USAGE ON SCHEMA public TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
         REVOKE UPDATE, DELETE, TRUNCATE ON {added} FROM {role};
         REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {read} FROM {role};"
    ))?;
    // An owner, a superuser and who belongs to them may do whatever they like.
    for table in ONLY_ADDED_TO.iter().chain(&["audit_checkpoints"]) {
        let may = sql::<Bool>("has_table_privilege(")
            .bind::<Text, _>(name)
            .sql(", ")
            .bind::<Text, _>(*table)
            .sql(", 'UPDATE, DELETE, TRUNCATE')");
        if diesel::select(may).get_result::<bool>(connection)? {
            return Err(StoreError::Unavailable(format!(
                "{name} may change {table} all the same: it owns the schema, or belongs to who does"
            )));
        }
    }
    Ok(())
}

/// Writes a name as an identifier of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Takes every migration back, newest first; for tests of the schema.
pub fn down(connection: &mut AnyConnection) -> Result<(), StoreError> {
    match connection {
        AnyConnection::Sqlite(connection) => connection.revert_all_migrations(SQLITE).map(|_| ()),
        AnyConnection::Postgresql(connection) => connection.revert_all_migrations(POSTGRESQL).map(|_| ()),
    }
    .map_err(|error| unavailable(&*error))
}

/// Fails when the database cannot be reached or lacks a migration.
pub(crate) fn check(connection: &mut AnyConnection) -> Result<(), StoreError> {
    use diesel_schema_migrations::{table, version};

    let wanted = versions(match connection {
        AnyConnection::Sqlite(_) => crate::Backend::Sqlite,
        AnyConnection::Postgresql(_) => crate::Backend::Postgresql,
    });
    let applied: Vec<String> = match table.select(version).load(connection) {
        Ok(applied) => applied,
        Err(error) => match StoreError::from(error) {
            // No table of migrations: nothing was applied.
            StoreError::Failed(_) => Vec::new(),
            other => return Err(other),
        },
    };
    if wanted.iter().all(|wanted| applied.contains(wanted)) {
        Ok(())
    } else {
        Err(StoreError::Unavailable("the schema is not up to date; run `wijkoverleg migrate`".to_owned()))
    }
}

table! {
    /// Diesel's own table of applied migrations.
    #[sql_name = "__diesel_schema_migrations"]
    diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Names the migrations of a backend, in their order.
pub fn names(backend: crate::Backend) -> Vec<String> {
    migrations(backend, |name| name.to_string())
}

fn versions(backend: crate::Backend) -> Vec<String> {
    migrations(backend, |name| name.version().to_string())
}

fn migrations(backend: crate::Backend, told: impl Fn(&dyn MigrationName) -> String) -> Vec<String> {
    fn of<DB: diesel::backend::Backend>(
        source: &EmbeddedMigrations,
        told: impl Fn(&dyn MigrationName) -> String,
    ) -> Vec<String> {
        let migrations: Vec<Box<dyn Migration<DB>>> = source.migrations().unwrap_or_default();
        migrations.iter().map(|migration| told(migration.name())).collect()
    }
    match backend {
        crate::Backend::Sqlite => of::<diesel::sqlite::Sqlite>(&SQLITE, told),
        crate::Backend::Postgresql => of::<diesel::pg::Pg>(&POSTGRESQL, told),
    }
}

fn run<DB, C>(connection: &mut C, source: EmbeddedMigrations) -> Result<Vec<String>, StoreError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    let done = connection.run_pending_migrations(source).map_err(|error| unavailable(&*error))?;
    Ok(done.iter().map(ToString::to_string).collect())
}

fn unavailable(error: &(dyn std::error::Error + Send + Sync)) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
