//! The credentials of a demo: ids and secrets that stay, tokens that are made anew at each start.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use domain::id::{ClientId, OrganisationId};
use jiff::SignedDuration;
use persistence::Store;
use persistence::clients::Client;
use serde::{Deserialize, Serialize};

use super::super::Failure;
use crate::clients::Register;
use crate::clock::{SystemClock, TimeOrderedIds};
use crate::issuer::{Issuer, secret_hash};
use crate::seed::{self, DemoClient, Registered};

/// How long a token of the demo is good.
const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// How long a secret that was replaced still counts.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// Everything that is needed to call the API.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credentials {
    /// The address of the API.
    pub(super) base_url: String,
    /// The clients by role, or by role and organisation.
    pub(super) clients: BTreeMap<String, Credential>,
}

/// What a client calls the API with.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credential {
    pub(super) client_id: ClientId,
    pub(super) client_secret: String,
    pub(super) access_token: String,
    pub(super) organisation_id: OrganisationId,
}

impl Credentials {
    /// Gives every client of the demo a token; a secret that is neither new nor in the file is replaced.
    pub(super) fn renew(
        store: &Store,
        issuer: &Issuer,
        base_url: String,
        file: &Path,
        registered: Vec<Registered>,
    ) -> Result<Self, Failure> {
        let register = Register { store, clock: &SystemClock, ids: Arc::new(TimeOrderedIds), operator: None };
        let known = register.list()?;
        let kept = Self::read(file);
        let mut secrets: BTreeMap<ClientId, String> = registered
            .into_iter()
            .map(|client| (client.id, client.secret.reveal().to_owned()))
            .chain(
                kept.into_iter()
                    .flat_map(|kept| kept.clients)
                    .map(|(_, kept)| (kept.client_id, kept.client_secret)),
            )
            .collect();
        let mut clients = BTreeMap::new();
        for wanted in seed::clients() {
            let Some(client) = find(&known, &wanted) else { continue };
            let Some(organisation_id) = client.organisations.first().copied() else { continue };
            let secret =
                secrets.remove(&client.id).filter(|secret| Some(secret_hash(secret)) == client.secret_hash);
            let client_secret = match secret {
                Some(secret) => secret,
                None => register.rotate(client.id, OVERLAP)?.1.reveal().to_owned(),
            };
            let token = issuer.token_for(client.id, TOKEN_LIFETIME)?;
            let credential = Credential {
                client_id: client.id,
                client_secret,
                access_token: token.token.reveal().to_owned(),
                organisation_id,
            };
            clients.insert(wanted.key, credential);
        }
        Ok(Self { base_url, clients })
    }

    /// Reads the file of an earlier run; none when it is not there or not what it should be.
    fn read(file: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(file).ok()?).ok()
    }

    /// Writes the file, for its owner alone.
    pub(super) fn write(&self, file: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| format!("cannot write {}: {error}", file.display());
        let text = serde_json::to_string_pretty(self)?;
        let unfinished = file.with_extension("json.new");
        // What an interrupted run left may be readable for others.
        let _ = fs::remove_file(&unfinished);
        let mut new =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished).map_err(failed)?;
        new.write_all(text.as_bytes()).and_then(|()| new.write_all(b"\n")).map_err(failed)?;
        Ok(fs::rename(&unfinished, file).map_err(failed)?)
    }
}

fn find<'c>(known: &'c [Client], wanted: &DemoClient) -> Option<&'c Client> {
    let name = wanted.name();
    known.iter().find(|client| client.name == name && client.revoked_at.is_none())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use domain::access::Role;
    use persistence::{DatabaseUrl, PoolSizes};

    use super::*;
    use crate::clock::Clock as _;
    use crate::issuer::IssuerSettings;

    #[test]
    fn secrets_stay_as_long_as_the_file_does_and_tokens_are_new() {
        let folder = tempfile::tempdir().unwrap();
        let store =
            Store::open(&DatabaseUrl::Sqlite(folder.path().join("demo.sqlite")), PoolSizes::default());
        store.migrate().unwrap();
        let registered = seed::seed(&store, SystemClock.now(), Arc::new(TimeOrderedIds)).unwrap();
        let settings = IssuerSettings::default();
        let issuer = Issuer::new(settings, store.clone(), Arc::new(SystemClock), Arc::new(TimeOrderedIds));
        issuer.rotate_if_due().unwrap();
        let file = folder.path().join("demo-credentials.json");
        let renew = |registered| {
            let made =
                Credentials::renew(&store, &issuer, "http://x/v1".to_owned(), &file, registered).unwrap();
            made.write(&file).unwrap();
            made
        };
        let secrets = |made: &Credentials| -> Vec<_> {
            made.clients.values().map(|client| client.client_secret.clone()).collect()
        };
        let first = renew(registered);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Role::ALL.iter().all(|role| first.clients.contains_key(role.code())));
        let second = renew(Vec::new());
        assert_eq!(secrets(&second), secrets(&first));
        let tokens = |made: &Credentials| made.clients.values().next().unwrap().access_token.clone();
        assert_ne!(tokens(&second), tokens(&first));
        fs::remove_file(&file).unwrap();
        let third = renew(Vec::new());
        assert!(secrets(&third).iter().all(|secret| !secrets(&first).contains(secret)));
        assert_eq!(secrets(&renew(Vec::new())), secrets(&third));
    }
}
