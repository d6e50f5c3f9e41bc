//! The client credentials grant (RFC 6749 §4.4): from a proof to a token; blocks.

use std::collections::BTreeSet;

use domain::access::Scope;
use domain::change::Actor;
use domain::id::{ClientId, OrganisationId};
use jiff::Timestamp;
use persistence::clients::{self, Client};
use persistence::{Circumstances, StoreError};
use uuid::Uuid;

use super::assertion::{self, Single};
use super::credentials::{Credentials, is_secret_of};
use super::mint::AccessToken;
use super::token::TokenError;
use super::{Issuer, KeyError};
use crate::problem::Problem;
use crate::work::own_circumstances;

/// How long a client is advised to wait for a key, in seconds.
const RETRY_AFTER: u32 = 5;

/// What a client asks for.
pub(super) struct Asked {
    pub(super) credentials: Credentials,
    pub(super) scope: Option<String>,
    pub(super) request_id: Uuid,
}

impl Issuer {
    /// Gives a token to a client that proves itself.
    pub(super) fn grant(&self, asked: &Asked) -> Result<AccessToken, TokenError> {
        let client = self.prove(asked)?;
        if client.scopes.is_empty() {
            return Err(TokenError::UnauthorizedClient);
        }
        let scopes = scopes(asked.scope.as_deref(), &client)?;
        let token = self.sign(&client, scopes, self.settings.token_lifetime)?;
        tracing::info!(request_id = %asked.request_id, client = %client.id, scope = token.scope(), "issued a token");
        Ok(token)
    }

    fn prove(&self, asked: &Asked) -> Result<Client, TokenError> {
        let now = self.now();
        // Where there can be no such client one is looked for all the same: it takes as long.
        let id = asked.credentials.client().unwrap_or(ClientId::new(Uuid::nil()));
        let client = self.store.read(|connection| clients::find(connection, id))?;
        let client = client.filter(|client| client.revoked_at.is_none());
        match &asked.credentials {
            Credentials::Secret { secret, .. } => {
                let is_genuine = is_secret_of(client.as_ref(), secret, now);
                client.filter(|_| is_genuine).ok_or(TokenError::InvalidClient)
            }
            Credentials::Assertion { assertion, .. } => {
                let (Some(client), Some(assertion)) = (client, assertion) else {
                    return Err(TokenError::InvalidClient);
                };
                let single =
                    assertion::check(assertion, &client, &self.settings, now).map_err(|rejection| {
                        tracing::debug!(client = %client.id, ?rejection, "assertion of a client refused");
                        TokenError::InvalidClient
                    })?;
                self.use_up(&client, &single, asked.request_id, now)?;
                Ok(client)
            }
        }
    }

    /// Marks an assertion as used; on one replica only does this succeed, and only once.
    fn use_up(
        &self,
        client: &Client,
        single: &Single,
        request_id: Uuid,
        now: Timestamp,
    ) -> Result<(), TokenError> {
        let first = client.organisations.first().copied();
        let circumstances = Circumstances {
            actor: Actor {
                client_id: client.id,
                user: None,
                organisation_id: first.unwrap_or(OrganisationId::new(Uuid::nil())),
            },
            request_id,
            ..own_circumstances(now, "issueToken", std::sync::Arc::clone(&self.ids))
        };
        let used = self.store.write(&circumstances, |transaction| {
            clients::use_assertion(transaction, client.id, &single.jti, single.expires_at)
        });
        match used {
            Err(StoreError::Taken { .. }) => Err(TokenError::InvalidClient),
            other => Ok(other?),
        }
    }
}

/// Gives the scopes that are asked for: all that the client has when it names none, and none that it has not.
fn scopes(asked: Option<&str>, client: &Client) -> Result<BTreeSet<Scope>, TokenError> {
    let Some(asked) = asked else { return Ok(client.scopes.clone()) };
    let scopes: Option<BTreeSet<Scope>> = asked.split(' ').map(Scope::from_code).collect();
    scopes.filter(|scopes| scopes.is_subset(&client.scopes)).ok_or(TokenError::InvalidScope)
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Problem(Problem::from(error))
    }
}

impl From<KeyError> for TokenError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => error.into(),
            // Without a key that signs nobody gets a token; the next look may make one.
            KeyError::Unmade(_) => Self::Problem(Problem::unavailable(error, RETRY_AFTER)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn without_a_key_the_client_is_to_come_back() {
        let error = TokenError::from(KeyError::Unmade("no key signs now".to_owned()));
        assert!(matches!(error, TokenError::Problem(problem) if problem.code() == Code::ServiceUnavailable));
    }
}
