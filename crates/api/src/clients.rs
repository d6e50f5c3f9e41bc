//! Registering, rotating and revoking client applications: what the command line does with them.

mod default_scopes;
mod public_keys;

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::access::{Role, Scope};
use domain::change::{Actor, Version};
use domain::id::{ClientId, OrganisationId};
use jiff::{SignedDuration, Timestamp};
use persistence::clients::{self, Client};
use persistence::{Circumstances, Failure, Store, StoreError, organisations};
use serde_json::Value;

pub use default_scopes::{default_scopes, default_scopes_of};
pub use public_keys::KeySetFault;

use crate::clock::{Clock, Ids};
use crate::config::Secret;
use crate::issuer::secret_hash;
use crate::secret;
use crate::work::own_circumstances;

/// The longest name of a client, in characters.
const LONGEST_NAME: usize = 200;

/// A client that is to be registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewClient {
    /// What it is called.
    pub name: String,
    /// The organisations that it acts for.
    pub organisations: Vec<OrganisationId>,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// What it may ask for; the default scopes of its roles when nothing is said.
    pub scopes: Option<BTreeSet<Scope>>,
    /// Its JWK set, when it signs assertions; then it has no secret.
    pub public_keys: Option<Value>,
}

/// Why clients stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The name is empty or too long.
    #[error("a name has 1 to {LONGEST_NAME} characters")]
    Name,
    /// The client would act for nobody.
    #[error("a client acts for at least one organisation")]
    NoOrganisation,
    /// An organisation does not exist.
    #[error("there is no organisation {0}")]
    UnknownOrganisation(OrganisationId),
    /// The client would have nothing to do.
    #[error("a client has at least one role")]
    NoRole,
    /// The client could ask for nothing.
    #[error("a client has at least one scope")]
    NoScope,
    /// The JWK set is unusable.
    #[error("the JWK set is unusable: {0}")]
    Keys(#[from] KeySetFault),
    /// There is no such client.
    #[error("there is no such client")]
    Unknown,
    /// The client is revoked for good.
    #[error("the client is revoked")]
    Revoked,
    /// The client signs assertions instead.
    #[error("the client has no secret; it signs assertions")]
    HasNoSecret,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

impl Failure for ClientError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// The register of clients; every function blocks.
pub struct Register<'a> {
    /// Where the clients are kept.
    pub store: &'a Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who changes the register, for the audit trail; the account of the system, say.
    pub operator: Option<String>,
}

impl Register<'_> {
    /// Registers a client; its secret is shown this once and kept nowhere.
    ///
    /// Whether the organisations have the seats that its roles live from is not checked: those come and go.
    pub fn create(&self, new: NewClient) -> Result<(Client, Option<Secret>), ClientError> {
        let name = new.name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
            return Err(ClientError::Name);
        }
        if new.organisations.is_empty() {
            return Err(ClientError::NoOrganisation);
        }
        if new.roles.is_empty() {
            return Err(ClientError::NoRole);
        }
        let scopes = new.scopes.unwrap_or_else(|| default_scopes_of(&new.roles));
        if scopes.is_empty() {
            return Err(ClientError::NoScope);
        }
        new.public_keys.as_ref().map(public_keys::check).transpose()?;
        let secret = if new.public_keys.is_some() { None } else { Some(new_secret()?) };
        let now = self.clock.now();
        let organisations: BTreeSet<OrganisationId> = new.organisations.into_iter().collect();
        let client = Client {
            id: self.ids.next().into(),
            version: Version::FIRST,
            name: name.to_owned(),
            secret_hash: secret.as_ref().map(|secret| secret_hash(secret.reveal())),
            previous_secret: None,
            public_keys: new.public_keys,
            organisations: organisations.into_iter().collect(),
            roles: new.roles,
            scopes,
            created_at: now,
            tokens_valid_from: whole_second(now.as_second(), now),
            revoked_at: None,
        };
        self.store.write(&self.circumstances(now, "createClient"), |transaction| {
            let known =
                organisations::find_all(transaction.connection(), client.organisations.iter().copied())?;
            let is_known = |id: &OrganisationId| known.iter().any(|stored| stored.organisation.id == *id);
            match client.organisations.iter().find(|id| !is_known(id)) {
                Some(unknown) => Err(ClientError::UnknownOrganisation(*unknown)),
                None => Ok(clients::register(transaction, &client)?),
            }
        })?;
        Ok((client, secret))
    }

    /// Gives a client another secret, shown this once; the one before counts for `overlap` more.
    ///
    /// Without any overlap the secret was lost to somebody: then all tokens of the client are void as well.
    pub fn rotate(&self, id: ClientId, overlap: SignedDuration) -> Result<(Client, Secret), ClientError> {
        let secret = new_secret()?;
        let hash = secret_hash(secret.reveal());
        let now = self.clock.now();
        let client = self.change(id, now, "rotateClientSecret", "rotate", |client| {
            let before = client.secret_hash.replace(hash.clone()).ok_or(ClientError::HasNoSecret)?;
            if overlap.is_positive() {
                let until = now.saturating_add(overlap).unwrap_or(Timestamp::MAX);
                client.previous_secret = Some((before, until));
            } else {
                client.previous_secret = None;
                make_tokens_void(client, now);
            }
            Ok(())
        })?;
        Ok((client, secret))
    }

    /// Gives a client that signs assertions another JWK set; for an overlap, one with the old keys and the new.
    pub fn replace_keys(&self, id: ClientId, public_keys: &Value) -> Result<Client, ClientError> {
        public_keys::check(public_keys)?;
        self.change(id, self.clock.now(), "replaceClientKeys", "replaceKeys", |client| {
            client.public_keys = Some(public_keys.clone());
            Ok(())
        })
    }

    /// Revokes a client for good, and with it all of its tokens, within a second everywhere; revoking it again changes
    /// nothing.
    pub fn revoke(&self, id: ClientId) -> Result<Client, ClientError> {
        let now = self.clock.now();
        let revoked = self.change(id, now, "revokeClient", "revoke", |client| {
            client.revoked_at = Some(now);
            make_tokens_void(client, now);
            client.previous_secret = None;
            Ok(())
        });
        match revoked {
            Err(ClientError::Revoked) => {
                let client = self.store.read(|connection| clients::find(connection, id))?;
                client.ok_or(ClientError::Unknown)
            }
            other => other,
        }
    }

    /// Lists all clients, oldest first, revoked ones included.
    pub fn list(&self) -> Result<Vec<Client>, ClientError> {
        Ok(self.store.read(clients::list)?)
    }

    fn change(
        &self,
        id: ClientId,
        now: Timestamp,
        operation: &'static str,
        verb: &'static str,
        edit: impl Fn(&mut Client) -> Result<(), ClientError>,
    ) -> Result<Client, ClientError> {
        self.store.write(&self.circumstances(now, operation), |transaction| {
            let mut client = clients::find(transaction.connection(), id)?.ok_or(ClientError::Unknown)?;
            if client.revoked_at.is_some() {
                return Err(ClientError::Revoked);
            }
            edit(&mut client)?;
            client.version = client.version.next();
            clients::change(transaction, &client, verb)?;
            Ok(client)
        })
    }

    fn circumstances(&self, now: Timestamp, operation: &'static str) -> Circumstances {
        let own = own_circumstances(now, operation, Arc::clone(&self.ids));
        Circumstances { actor: Actor { user: self.operator.clone(), ..own.actor }, ..own }
    }
}

fn new_secret() -> Result<Secret, ClientError> {
    secret::random().ok_or(ClientError::NoRandomness)
}

/// Makes every token void that was issued until now.
///
/// Tokens count in whole seconds, so those of the present second are void too, and those that look later because it
/// happened before in the same second; the issuer dates the next one later still.
fn make_tokens_void(client: &mut Client, now: Timestamp) {
    let latest = now.as_second().max(client.tokens_valid_from.as_second());
    client.tokens_valid_from = whole_second(latest.saturating_add(1), now);
}

fn whole_second(second: i64, otherwise: Timestamp) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests;
