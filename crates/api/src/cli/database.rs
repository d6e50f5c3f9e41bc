//! The database for a command: its folder is made, its schema is checked or brought up to date.

use std::io::{self, Write as _};

use clap::Args;
use persistence::{DatabaseUrl, Store};

use super::Failure;
use crate::config::Config;

/// Opens the database; makes the folder of a SQLite file.
pub(super) fn open(config: &Config) -> Result<Store, Failure> {
    let store = config.open_store();
    if let DatabaseUrl::Sqlite(path) = store.url()
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    }
    Ok(store)
}

/// Tells whether the database is a SQLite file that is still to be made: then nobody has anything to lose in it.
pub(super) fn is_new(store: &Store) -> bool {
    match store.url() {
        DatabaseUrl::Sqlite(path) => std::fs::metadata(path).map_or(true, |file| file.len() == 0),
        DatabaseUrl::Postgresql(_) => false,
    }
}

/// Opens the database for work; fails when its schema is not the one of this program.
pub(super) fn open_current(config: &Config) -> Result<Store, Failure> {
    let store = open(config)?;
    store.check()?;
    Ok(store)
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// On PostgreSQL: gives this role what the server needs, which is not to change or remove what stands in the audit trail.
    /// Run it as the owner of the schema, after each update.
    #[arg(long, value_name = "ROLE")]
    application_role: Option<String>,
}

/// Brings the schema up to date and tells what was done.
pub(super) fn migrate(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let store = open(config)?;
    let applied = store.migrate()?;
    if let Some(role) = &arguments.application_role {
        store.grant_to(role)?;
    }
    let mut out = io::stdout().lock();
    for name in &applied {
        writeln!(out, "applied {name}")?;
    }
    writeln!(out, "the schema is up to date")?;
    Ok(())
}
