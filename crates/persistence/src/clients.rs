//! Client applications, the keys of the built-in issuer, and used assertions.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::access::{Role, Scope};
use domain::change::Version;
use domain::id::{ClientId, OrganisationId};
use jiff::Timestamp;
use serde_json::Value;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::reference_data::{Edit, reference_record};
use crate::schema::{clients, signing_keys, used_assertions};
use crate::transaction::{Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "clients";

/// A registered client application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its name in the system: the `client_id` of OAuth 2.
    pub id: ClientId,
    /// The number of its changes.
    pub version: Version,
    /// What it is called.
    pub name: String,
    /// The SHA-256 of its secret, in hexadecimal.
    pub secret_hash: Option<String>,
    /// The hash of the secret before, and until when it still counts.
    pub previous_secret: Option<(String, Timestamp)>,
    /// The JWK set of a client that signs its assertions.
    pub public_keys: Option<Value>,
    /// The organisations that it acts for.
    pub organisations: Vec<OrganisationId>,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// What it may ask for.
    pub scopes: BTreeSet<Scope>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Tokens issued before this moment are void.
    pub tokens_valid_from: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = clients, treat_none_as_null = true)]
struct Row {
    id: Key,
    version: i64,
    name: String,
    secret_hash: Option<String>,
    previous_secret_hash: Option<String>,
    previous_secret_until: Option<Instant>,
    public_keys: Option<Json>,
    organisations: Json,
    roles: Json,
    scopes: Json,
    created_at: Instant,
    tokens_valid_from: Instant,
    revoked_at: Option<Instant>,
}

impl TryFrom<Row> for Client {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        Ok(Self {
            id: id.into(),
            version: Version(row.version),
            name: row.name,
            secret_hash: row.secret_hash,
            previous_secret: row.previous_secret_hash.zip(row.previous_secret_until.map(|at| at.0)),
            public_keys: row.public_keys.map(|keys| keys.value()),
            organisations: row.organisations.read(TABLE, "organisations", id)?,
            roles: row.roles.read(TABLE, "roles", id)?,
            scopes: row.scopes.read(TABLE, "scopes", id)?,
            created_at: row.created_at.0,
            tokens_valid_from: row.tokens_valid_from.0,
            revoked_at: row.revoked_at.map(|at| at.0),
        })
    }
}

fn row(client: &Client) -> Result<Row, StoreError> {
    let (previous_secret_hash, previous_secret_until) = client.previous_secret.clone().unzip();
    Ok(Row {
        id: key(client.id),
        version: client.version.0,
        name: client.name.clone(),
        secret_hash: client.secret_hash.clone(),
        previous_secret_hash,
        previous_secret_until: previous_secret_until.map(Instant),
        public_keys: client.public_keys.as_ref().map(Json::from),
        organisations: Json::of(&client.organisations)?,
        roles: Json::of(&client.roles)?,
        scopes: Json::of(&client.scopes)?,
        created_at: Instant(client.created_at),
        tokens_valid_from: Instant(client.tokens_valid_from),
        revoked_at: client.revoked_at.map(Instant),
    })
}

/// Registers a client.
pub fn register(transaction: &mut Transaction<'_>, client: &Client) -> Result<(), StoreError> {
    diesel::insert_into(clients::table).values(row(client)?).execute(transaction.connection())?;
    tell(transaction, client, "create")
}

/// Changes a client that still has the version before.
pub fn change(
    transaction: &mut Transaction<'_>,
    client: &Client,
    verb: &'static str,
) -> Result<(), StoreError> {
    let updated = diesel::update(clients::table)
        .filter(clients::id.eq(key(client.id)))
        .filter(clients::version.eq(client.version.0 - 1))
        .set(row(client)?)
        .execute(transaction.connection())?;
    if updated != 1 {
        return Err(StoreError::Stale);
    }
    tell(transaction, client, verb)
}

fn tell(transaction: &mut Transaction<'_>, client: &Client, verb: &'static str) -> Result<(), StoreError> {
    let at = transaction.now();
    let id = client.id.into();
    transaction.log(&reference_record(Subject::Client, id, client.version, Edit { verb, at }))?;
    transaction.audit(Subject::Client, id, Some(client.version))?;
    transaction.touch([REFERENCE_DATA]);
    Ok(())
}

/// Finds a client, revoked or not.
pub fn find(connection: &mut AnyConnection, id: ClientId) -> Result<Option<Client>, StoreError> {
    let row: Option<Row> = clients::table.find(key(id)).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists all clients, oldest first.
pub fn list(connection: &mut AnyConnection) -> Result<Vec<Client>, StoreError> {
    let rows: Vec<Row> = clients::table.order((clients::created_at, clients::id)).load(connection)?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A key of the built-in issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name in tokens.
    pub kid: String,
    /// The algorithm of RFC 7518 or RFC 8037: `ES256` or `EdDSA`.
    pub algorithm: String,
    /// The private key, PKCS #8 in base64; never shown.
    pub private_key: String,
    /// The public key as a JWK.
    pub public_key: Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// The period in which it signs.
    pub signs_from: Timestamp,
    /// The end of that period.
    pub signs_until: Timestamp,
    /// Until when tokens that it signed are believed.
    pub verifies_until: Timestamp,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = signing_keys)]
struct SigningKeyRow {
    kid: String,
    algorithm: String,
    private_key: String,
    public_key: Json,
    created_at: Instant,
    signs_from: Instant,
    signs_until: Instant,
    verifies_until: Instant,
}

/// Adds a key.
pub fn add_key(transaction: &mut Transaction<'_>, signing_key: &SigningKey) -> Result<(), StoreError> {
    let row = SigningKeyRow {
        kid: signing_key.kid.clone(),
        algorithm: signing_key.algorithm.clone(),
        private_key: signing_key.private_key.clone(),
        public_key: (&signing_key.public_key).into(),
        created_at: Instant(signing_key.created_at),
        signs_from: Instant(signing_key.signs_from),
        signs_until: Instant(signing_key.signs_until),
        verifies_until: Instant(signing_key.verifies_until),
    };
    diesel::insert_into(signing_keys::table).values(row).execute(transaction.connection())?;
    transaction.touch([REFERENCE_DATA]);
    Ok(())
}

/// Lists the keys whose tokens are believed at a moment, newest first.
pub fn keys(connection: &mut AnyConnection, now: Timestamp) -> Result<Vec<SigningKey>, StoreError> {
    let rows: Vec<SigningKeyRow> = signing_keys::table
        .filter(signing_keys::verifies_until.gt(Instant(now)))
        .order((signing_keys::signs_from.desc(), signing_keys::kid.desc()))
        .load(connection)?;
    Ok(rows
        .into_iter()
        .map(|row| SigningKey {
            kid: row.kid,
            algorithm: row.algorithm,
            private_key: row.private_key,
            public_key: row.public_key.value(),
            created_at: row.created_at.0,
            signs_from: row.signs_from.0,
            signs_until: row.signs_until.0,
            verifies_until: row.verifies_until.0,
        })
        .collect())
}

/// Marks an assertion as used; [`StoreError::Taken`] when it was used before.
pub fn use_assertion(
    transaction: &mut Transaction<'_>,
    client: ClientId,
    jti: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let now = Instant(transaction.now());
    let connection = transaction.connection();
    diesel::delete(used_assertions::table.filter(used_assertions::expires_at.lt(now))).execute(connection)?;
    diesel::insert_into(used_assertions::table)
        .values((
            used_assertions::client_id.eq(key(client)),
            used_assertions::jti.eq(jti),
            used_assertions::expires_at.eq(Instant(expires_at)),
        ))
        .execute(connection)?;
    Ok(())
}
