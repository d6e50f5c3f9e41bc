//! A place for the data of a chore, on either database.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::postgres::{Cluster, Durability};

/// The database under the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    /// A file of its own.
    Sqlite,
    /// A throw-away cluster that waits for the disk.
    Postgresql,
}

/// A place for data that goes away with this value.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    cluster: Option<Cluster>,
}

impl Home {
    /// Makes a place; on PostgreSQL it starts a cluster.
    pub(crate) fn new(database: Database) -> Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("xtask-data-").tempdir().context("cannot make a folder")?;
        let cluster = match database {
            Database::Sqlite => None,
            Database::Postgresql => Some(Cluster::start(Durability::Full)?),
        };
        Ok(Self { folder, cluster })
    }

    /// Returns the address of the database.
    pub(crate) fn url(&self) -> String {
        match &self.cluster {
            Some(cluster) => cluster.url(),
            None => self.folder.path().join("data.sqlite").display().to_string(),
        }
    }

    /// Returns a folder for whatever else is needed.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}
