//! The database of a demo: filled when it is empty, kept otherwise; one that holds anything else is not touched.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use persistence::{DatabaseUrl, Store, StoreError, clients, revert_migrations};

use super::super::{Failure, database};
use crate::clock::{Clock as _, SystemClock, TimeOrderedIds};
use crate::config::Config;
use crate::seed::{self, Registered};

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Demo,
    Other,
}

/// Opens the database and fills it when it is empty; then gives the clients with their secrets as well.
pub(super) fn prepare(config: &Config, reset: bool) -> Result<(Store, Vec<Registered>), Failure> {
    let mut store = database::open(config)?;
    let mut content = content(&store)?;
    if content == Content::Other {
        return Err("the database holds data that is not of a demo; --data DIR names another folder".into());
    }
    if reset && content == Content::Demo {
        store = wipe(config, store)?;
        content = Content::Nothing;
    }
    store.migrate()?;
    let registered = match content {
        Content::Nothing => seed::seed(&store, SystemClock.now(), Arc::new(TimeOrderedIds))?,
        Content::Demo | Content::Other => Vec::new(),
    };
    Ok((store, registered))
}

fn content(store: &Store) -> Result<Content, StoreError> {
    if let DatabaseUrl::Sqlite(path) = store.url()
        && !path.exists()
    {
        return Ok(Content::Nothing);
    }
    match seed::is_empty(store) {
        // Where there is no such table, nothing was ever written.
        Ok(true) | Err(StoreError::Failed(_)) => return Ok(Content::Nothing),
        Ok(false) => {}
        Err(error) => return Err(error),
    }
    let known = store.read(clients::list)?;
    let names: Vec<String> = seed::clients().iter().map(seed::DemoClient::name).collect();
    let is_demo = known.iter().any(|client| names.contains(&client.name));
    Ok(if is_demo { Content::Demo } else { Content::Other })
}

/// Removes everything; gives the store anew.
fn wipe(config: &Config, store: Store) -> Result<Store, Failure> {
    match store.url().clone() {
        DatabaseUrl::Sqlite(path) => {
            drop(store);
            for end in ["", "-wal", "-shm"] {
                remove(&with_end(&path, end))?;
            }
        }
        DatabaseUrl::Postgresql(_) => store.read(revert_migrations)?,
    }
    database::open(config)
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", path.display()).into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use domain::change::Change;
    use persistence::Edit;
    use persistence::organisations::StoredOrganisation;

    use super::*;
    use crate::work::own_circumstances;

    fn config(folder: &Path) -> Config {
        let table = format!("data_dir = '{}'", folder.display());
        Config::read(table.parse().unwrap(), []).unwrap()
    }

    #[test]
    fn a_demo_is_made_once_and_afresh_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let ids = |store: &Store| -> Vec<_> {
            store.read(clients::list).unwrap().into_iter().map(|client| client.id).collect()
        };
        let (store, registered) = prepare(&config, false).unwrap();
        assert!(!registered.is_empty());
        let first = ids(&store);
        let (store, registered) = prepare(&config, false).unwrap();
        assert!(registered.is_empty());
        assert_eq!(ids(&store), first);
        let (store, registered) = prepare(&config, true).unwrap();
        assert!(!registered.is_empty());
        assert_ne!(ids(&store), first);
    }

    #[test]
    fn a_database_with_other_data_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let store = database::open(&config).unwrap();
        store.migrate().unwrap();
        let now = SystemClock.now();
        let circumstances = own_circumstances(now, "test", Arc::new(TimeOrderedIds));
        let organisation = domain::organisation::Organisation {
            id: domain::id::OrganisationId::new(circumstances.request_id),
            version: domain::change::Version::FIRST,
            kind: domain::organisation::Kind::City,
            regime: domain::access::Regime::City,
            name: domain::labels::Labels { nl: "Echte stad".to_owned(), fr: None, en: None },
            enterprise_number: None,
            ovo_code: None,
            takes_requests: false,
            contact_function: None,
            valid_from: jiff::civil::date(2020, 1, 1),
            valid_to: None,
            successor_id: None,
        };
        let state = StoredOrganisation { organisation, created_at: now };
        let change = Change { before: None, state, events: vec![Edit { verb: "create", at: now }] };
        store.write(&circumstances, |transaction| transaction.save(&change)).unwrap();
        for reset in [false, true] {
            let refused = prepare(&config, reset).err().unwrap().to_string();
            assert!(refused.starts_with("the database holds data that is not of a demo"), "{refused}");
        }
        assert_eq!(content(&store).unwrap(), Content::Other);
    }
}
