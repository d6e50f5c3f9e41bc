//! What the tests of issuer and clients share: a database of its own, a clock that stands, an organisation.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::access::{Principal, Regime, Role};
use domain::change::{Change, Version};
use domain::id::{ClientId, OrganisationId};
use domain::labels::Labels;
use domain::organisation::{Kind, Organisation};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::EncodingKey;
use persistence::clients::{self, Client, SigningKey};
use persistence::organisations::StoredOrganisation;
use persistence::{DatabaseUrl, Edit, PoolSizes, Store};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Algorithm, Authenticator, Issuer, IssuerSettings};
use crate::auth::{AuthFailure, Authenticate, Authentication};
use crate::clients::{NewClient, Register};
use crate::clock::{Clock, Ids, ManualClock, TimeOrderedIds};
use crate::config::Secret;
use crate::work::own_circumstances;

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) organisation: OrganisationId,
    folder: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&url(&folder), PoolSizes::default());
        store.migrate().unwrap();
        let clock = Arc::new(ManualClock::at("2026-01-15T10:00:00.25Z".parse().unwrap()));
        let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
        let organisation = ids.next().into();
        let fixture = Self { store, clock, ids, organisation, folder };
        fixture.add_organisation(organisation, Regime::City);
        fixture.refresh();
        fixture
    }

    /// Gives another store on the same database, as another replica has one.
    pub(crate) fn another_store(&self) -> Store {
        Store::open(&url(&self.folder), PoolSizes::default())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Reads the counters, as the thread does that watches them.
    pub(crate) fn refresh(&self) {
        self.store.refresh_views().unwrap();
    }

    pub(crate) fn settings() -> IssuerSettings {
        IssuerSettings::at("https://wijk.example.org", "/wijkoverleg/v1")
    }

    pub(crate) fn issuer(&self) -> Arc<Issuer> {
        self.issuer_with(Self::settings())
    }

    pub(crate) fn issuer_with(&self, settings: IssuerSettings) -> Arc<Issuer> {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let issuer = Issuer::new(settings, self.store.clone(), clock, Arc::clone(&self.ids));
        issuer.rotate_if_due().unwrap();
        self.refresh();
        issuer
    }

    pub(crate) fn register(&self) -> Register<'_> {
        Register { store: &self.store, clock: &*self.clock, ids: Arc::clone(&self.ids), operator: None }
    }

    pub(crate) fn new_client(&self) -> NewClient {
        NewClient {
            name: "Middleware".to_owned(),
            organisations: vec![self.organisation],
            roles: BTreeSet::from([Role::NeighbourhoodManager]),
            ..NewClient::default()
        }
    }

    pub(crate) fn client(&self) -> (Client, Secret) {
        let (client, secret) = self.register().create(self.new_client()).unwrap();
        (client, secret.unwrap())
    }

    pub(crate) fn add_organisation(&self, id: OrganisationId, regime: Regime) {
        let at = self.now();
        let organisation = Organisation {
            id,
            version: Version::FIRST,
            kind: Kind::City,
            regime,
            name: Labels { nl: "Stad".to_owned(), fr: None, en: None },
            enterprise_number: None,
            ovo_code: None,
            takes_requests: false,
            contact_function: None,
            valid_from: "2020-01-01".parse().unwrap(),
            valid_to: None,
            successor_id: None,
        };
        let state = StoredOrganisation { organisation, created_at: at };
        let change = Change { before: None, state, events: vec![Edit { verb: "create", at }] };
        let circumstances = own_circumstances(at, "createOrganisation", Arc::clone(&self.ids));
        self.store.write(&circumstances, |transaction| transaction.save(&change)).unwrap();
    }

    pub(crate) fn keys(&self) -> Vec<SigningKey> {
        let now = self.now();
        self.store.read(|connection| clients::keys(connection, now)).unwrap()
    }

    /// Gives the private half of the key that signs now.
    pub(crate) fn private_key(&self) -> EncodingKey {
        EncodingKey::from_ec_der(&STANDARD.decode(&self.keys()[0].private_key).unwrap())
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "typ": "at+jwt", "alg": "ES256", "kid": self.keys()[0].kid })
    }

    /// Gives the claims of a good token.
    pub(crate) fn claims(&self, client: ClientId) -> Value {
        let now = self.now().as_second();
        json!({
            "iss": "https://wijk.example.org",
            "aud": "https://wijk.example.org/wijkoverleg/v1",
            "sub": client,
            "client_id": client,
            "jti": "1",
            "iat": now + 1,
            "nbf": now,
            "exp": now + 900,
            "scope": "cases:read unknown:scope admin",
        })
    }
}

fn url(folder: &TempDir) -> DatabaseUrl {
    DatabaseUrl::Sqlite(folder.path().join("wijk.db"))
}

pub(crate) fn later(fixture: &Fixture, by: SignedDuration) {
    fixture.clock.advance(by);
}

pub(crate) fn encoded(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// Signs a text of any header and claims.
pub(crate) fn signed(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    signed_text(&header.to_string(), &claims.to_string(), key, algorithm)
}

pub(crate) fn signed_text(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", encoded(header), encoded(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm.jose()).unwrap();
    format!("{message}.{signature}")
}

/// Gives an object with a member set to something else, or taken away by null.
pub(crate) fn with(object: &Value, member: &str, value: Value) -> Value {
    let mut object = object.clone();
    if value.is_null() {
        object.as_object_mut().unwrap().remove(member).unwrap();
    } else {
        object[member] = value;
    }
    object
}

/// Asks who calls with a token; tells besides whether the answer was at hand.
pub(crate) async fn ask(
    authenticator: &Authenticator,
    token: &str,
) -> (Result<Arc<Principal>, AuthFailure>, bool) {
    let request = TestRequest::default().insert_header(("Authorization", format!("Bearer {token}")));
    match authenticator.authenticate(&request.to_http_request()) {
        Authentication::Known(answer) => (answer, true),
        Authentication::Pending(answer) => (answer.await, false),
    }
}
