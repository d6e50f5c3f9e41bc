//! Answers that are kept, so that a repeated request has one effect.

use diesel::prelude::*;
use domain::id::ClientId;
use jiff::Timestamp;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::schema::idempotency_keys::{self, dsl};
use crate::transaction::Transaction;
use crate::types::{Instant, Json, key};

/// An answer that was given under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The digest of the request that it answered.
    pub digest: String,
    /// The status code.
    pub status: u16,
    /// The headers that belong to it, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// Finds the answer that was given under a key since a moment; an older one is forgotten, so that the key is free again.
pub fn find(
    transaction: &mut Transaction<'_>,
    client: ClientId,
    name: &str,
    since: Timestamp,
) -> Result<Option<KeptAnswer>, StoreError> {
    let kept = load(transaction.connection(), client, name)?;
    if kept.as_ref().is_some_and(|(_, given_at)| *given_at < since) {
        diesel::delete(dsl::idempotency_keys.find((key(client), name))).execute(transaction.connection())?;
        return Ok(None);
    }
    Ok(kept.map(|(kept, _)| kept))
}

/// Finds the same without forgetting anything.
pub fn look_up(
    connection: &mut AnyConnection,
    client: ClientId,
    name: &str,
    since: Timestamp,
) -> Result<Option<KeptAnswer>, StoreError> {
    let kept = load(connection, client, name)?;
    Ok(kept.filter(|(_, given_at)| *given_at >= since).map(|(kept, _)| kept))
}

/// Loads an answer with the moment at which it was given.
fn load(
    connection: &mut AnyConnection,
    client: ClientId,
    name: &str,
) -> Result<Option<(KeptAnswer, Timestamp)>, StoreError> {
    let row: Option<(String, i32, Json, String, Instant)> = dsl::idempotency_keys
        .find((key(client), name))
        .select((dsl::digest, dsl::status, dsl::headers, dsl::body, dsl::created_at))
        .first(connection)
        .optional()?;
    let Some((digest, status, headers, body, created_at)) = row else { return Ok(None) };
    let status = u16::try_from(status)
        .map_err(|_| StoreError::corrupt("idempotency_keys", "status", client.uuid(), "no status code"))?;
    let headers = headers.read("idempotency_keys", "headers", client.uuid())?;
    Ok(Some((KeptAnswer { digest, status, headers, body }, created_at.0)))
}

/// Keeps an answer with its effect; [`StoreError::Taken`] when another request with this key came first, which undoes
/// the effect.
pub fn keep(
    transaction: &mut Transaction<'_>,
    client: ClientId,
    name: &str,
    answer: &KeptAnswer,
) -> Result<(), StoreError> {
    let now = Instant(transaction.now());
    diesel::insert_into(idempotency_keys::table)
        .values((
            dsl::client_id.eq(key(client)),
            dsl::idempotency_key.eq(name),
            dsl::digest.eq(&answer.digest),
            dsl::status.eq(i32::from(answer.status)),
            dsl::headers.eq(Json::of(&answer.headers)?),
            dsl::body.eq(&answer.body),
            dsl::created_at.eq(now),
        ))
        .execute(transaction.connection())?;
    Ok(())
}

/// Forgets the answers given before a moment.
pub fn forget(transaction: &mut Transaction<'_>, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(idempotency_keys::table.filter(dsl::created_at.lt(Instant(before))))
        .execute(transaction.connection())?)
}
