//! From what a token says to who calls: its client as it is registered now, narrowed by the token.

use domain::access::{OwnOrganisation, Principal};
use domain::webhook::Grant;
use jiff::Timestamp;
use persistence::clients::{self, Client};
use persistence::{AnyConnection, StoreError, consultations, organisations};

use super::jws::Rejection;
use super::validate::Said;

/// Gives who a client is now, at the most with what it had when it was given something; absent when it is revoked.
pub(crate) fn of_grant(
    connection: &mut AnyConnection,
    grant: &Grant,
) -> Result<Option<Principal>, StoreError> {
    let said = Said {
        client_id: grant.client_id,
        user: None,
        // What is void are tokens; what was granted lasts.
        issued_at: Timestamp::MAX,
        expires_at: Timestamp::MAX,
        scopes: grant.scopes.clone(),
        organisations: Some(grant.organisations.clone()),
        roles: Some(grant.roles.clone()),
    };
    Ok(assemble(connection, &said)?.ok())
}

/// Assembles the principal of a token.
///
/// A token gives nothing that its client has not: scopes, roles and organisations are those that both name. A list that
/// the token leaves out does not narrow.
pub(super) fn assemble(
    connection: &mut AnyConnection,
    said: &Said,
) -> Result<Result<Principal, Rejection>, StoreError> {
    let Some(client) = clients::find(connection, said.client_id)? else {
        return Ok(Err(Rejection::Invalid("no client that is registered here")));
    };
    if let Err(rejection) = check(&client, said) {
        return Ok(Err(rejection));
    }
    let mut own: Vec<OwnOrganisation> = organisations::find_all(connection, own(&client, said))?
        .into_iter()
        .map(|stored| OwnOrganisation { id: stored.organisation.id, regime: stored.organisation.regime })
        .collect();
    own.sort_unstable();
    let roles = client
        .roles
        .iter()
        .copied()
        .filter(|role| said.roles.as_ref().is_none_or(|named| named.contains(role)))
        .collect();
    let mut principal = Principal {
        client_id: client.id,
        user: said.user.clone(),
        roles,
        scopes: client.scopes.intersection(&said.scopes).copied().collect(),
        seats: consultations::seats(connection, own.iter().map(|organisation| organisation.id))?,
        organisations: own,
    };
    principal.seats.retain(|seat| principal.roles.contains(&seat.role));
    principal.seats.sort_unstable();
    Ok(Ok(principal))
}

fn check(client: &Client, said: &Said) -> Result<(), Rejection> {
    if client.revoked_at.is_some() {
        return Err(Rejection::Invalid("the client is revoked"));
    }
    if said.issued_at < client.tokens_valid_from {
        return Err(Rejection::Invalid("issued before the tokens of the client were made void"));
    }
    Ok(())
}

fn own(client: &Client, said: &Said) -> Vec<domain::id::OrganisationId> {
    let named =
        |id: &domain::id::OrganisationId| said.organisations.as_ref().is_none_or(|named| named.contains(id));
    client.organisations.iter().copied().filter(named).collect()
}
