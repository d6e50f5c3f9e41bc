//! Demo data: a city's neighbourhood consultation with a year behind it.
//!
//! The organisations, cases and requests are told as stories in working days before today (`story`) and lived through
//! by the verbs of the domain (`play`), so that everything adds up: terms, breaches, threads, timelines. The same
//! moment gives the same data.

mod client;
mod org;
mod play;
mod protocols;
mod rates;
mod reference;
mod story;
#[cfg(test)]
mod tests;
mod timeline;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::Sight;
use domain::calendar::local_date;
use domain::case::CaseError;
use domain::follow_up::FollowUpError;
use domain::id::{ClientId, OrganisationId};
use jiff::Timestamp;
use persistence::organisations::{self, Filter};
use persistence::{Direction, Failure, PageRequest, ReferenceData, Store, StoreError};

pub use client::{DemoClient, clients};
pub use org::Org;

use crate::clients::{ClientError, NewClient, Register};
use crate::clock::{Ids, ManualClock};
use crate::config::Secret;
use crate::work::own_circumstances;

/// A client as it was registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Who it is.
    pub client: DemoClient,
    /// Its id.
    pub id: ClientId,
    /// Its secret.
    pub secret: Secret,
    /// The organisation that it acts for.
    pub organisation: OrganisationId,
}

/// Why there is no demo data.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A client cannot be registered.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A story does what the domain does not allow.
    #[error("the story of the demo does not work: {0}")]
    Story(String),
}

impl Failure for SeedError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            Self::Client(error) => error.store(),
            Self::Story(_) => None,
        }
    }
}

impl From<CaseError> for SeedError {
    fn from(error: CaseError) -> Self {
        Self::Story(error.to_string())
    }
}

impl From<FollowUpError> for SeedError {
    fn from(error: FollowUpError) -> Self {
        Self::Story(error.to_string())
    }
}

fn everything() -> Sight {
    Sight::everything()
}

/// Tells whether a database holds nothing yet.
pub fn is_empty(store: &Store) -> Result<bool, StoreError> {
    let one = PageRequest { direction: Direction::Ascending, after: None, size: 1 };
    let page =
        store.read(|connection| organisations::list(connection, &everything(), &Filter::default(), one))?;
    Ok(page.items.is_empty())
}

/// Fills an empty database; gives the clients with their secrets.
pub fn seed(store: &Store, now: Timestamp, ids: Arc<dyn Ids>) -> Result<Vec<Registered>, SeedError> {
    let timeline = timeline::Timeline::before(now);
    let (begin, today) = (timeline.begin(), local_date(now));
    let organisations: BTreeMap<Org, OrganisationId> =
        Org::ALL.into_iter().map(|org| (org, ids.next().into())).collect();
    let circumstances = own_circumstances(begin, "seedDemo", Arc::clone(&ids));
    let (bodies, guard_group) = store.write(&circumstances, |transaction| {
        let written = reference::write(transaction, &organisations, today)?;
        if let Some((consultation, _)) = written.0.get(&story::Body::Kro) {
            rates::write(transaction, *consultation, today)?;
        }
        protocols::write(transaction, &organisations, today)?;
        Ok::<_, SeedError>(written)
    })?;
    let clock = ManualClock::at(begin);
    let register = Register {
        store,
        clock: &clock,
        ids: Arc::clone(&ids),
        operator: Some("wijkoverleg demo".to_owned()),
    };
    let registered = register_all(&register, &organisations)?;
    let reference = store.snapshot(|connection| ReferenceData::load(connection, today))?;
    let clients = registered.iter().map(|known| (known.client.key.clone(), known.id)).collect();
    let scene = play::Scene { store, reference, organisations, bodies, clients, today };
    play::play(&scene, timeline, now, &ids)?;
    play::shifts(&scene, guard_group, begin, now, &ids)?;
    Ok(registered)
}

fn register_all(
    register: &Register<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
) -> Result<Vec<Registered>, SeedError> {
    let mut registered = Vec::new();
    for client in clients() {
        let Some(organisation) = organisations.get(&client.org).copied() else { continue };
        let new = NewClient {
            name: client.name(),
            organisations: vec![organisation],
            roles: [client.role].into(),
            ..NewClient::default()
        };
        let (known, secret) = register.create(new)?;
        let secret = secret.ok_or(ClientError::HasNoSecret)?;
        registered.push(Registered { client, id: known.id, secret, organisation });
    }
    Ok(registered)
}
