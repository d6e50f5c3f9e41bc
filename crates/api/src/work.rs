//! Units of work of a call: on the blocking pool, in one transaction, once per idempotency key.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web;
use domain::change::{Actor, Version};
use domain::id::{ClientId, OrganisationId};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    AnyConnection, Circumstances, Failure, ReferenceData, StoreError, Transaction, idempotency,
};
use uuid::Uuid;

use crate::auth::Permit;
use crate::call::{Call, Idempotency};
use crate::endpoint::Operates;
use crate::etag::Precondition;
use crate::fingerprint;
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::state::State;

/// Why a unit of work comes to nothing.
#[derive(Debug)]
pub enum Refusal {
    /// The caller is told.
    Problem(Problem),
    /// The store failed.
    Store(StoreError),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure for Refusal {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Problem(_) => None,
            Self::Store(error) => Some(error),
        }
    }
}

/// After how long a caller has waited enough for the first one with its idempotency key. On SQLite every writer waits for
/// the one before it, whatever its key, so that nobody can tell what for: there it stays at 503.
const LONG: Duration = Duration::from_secs(5);

/// How long answers are kept for repeated requests.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Gives the moment since which answers are kept.
pub fn kept_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(KEPT).unwrap_or(now)
}

/// How long a caller is advised to wait when the database is away or busy, in seconds.
const RETRY_AFTER: u32 = 2;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Problem(problem) => problem,
            Refusal::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::new(Code::ResourceNotFound),
            StoreError::Stale => Self::new(Code::PreconditionFailed),
            StoreError::Taken { .. } => Self::new(Code::Conflict).caused_by(error),
            StoreError::Busy | StoreError::Unavailable(_) => Self::unavailable(error, RETRY_AFTER),
            StoreError::Dangling { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Unwritable(_)
            | StoreError::Failed(_) => Self::internal(error),
        }
    }
}

/// A unit of work that writes.
pub struct Unit<'a, 't> {
    transaction: &'a mut Transaction<'t>,
    /// The reference data, at most a second old.
    pub reference: &'a ReferenceData,
    precondition: &'a Precondition,
    once: Option<&'a Once>,
    replayed: bool,
}

impl<'t> std::ops::Deref for Unit<'_, 't> {
    type Target = Transaction<'t>;

    fn deref(&self) -> &Transaction<'t> {
        self.transaction
    }
}

impl<'t> std::ops::DerefMut for Unit<'_, 't> {
    fn deref_mut(&mut self) -> &mut Transaction<'t> {
        self.transaction
    }
}

impl Unit<'_, '_> {
    /// Gives the answer that an earlier request with the same key got; to be asked once it is clear that the caller may
    /// see what the answer tells.
    pub fn earlier_reply(&mut self) -> Result<Option<Reply>, Refusal> {
        let Some(once) = self.once else { return Ok(None) };
        let since = kept_since(self.transaction.now());
        let kept = idempotency::find(self.transaction, once.client, &once.key, since)?;
        let reply = once.reply(kept)?;
        self.replayed = reply.is_some();
        Ok(reply)
    }

    /// Fails with 412 unless the present version is one that the caller knows.
    pub fn check_version(&self, present: Version) -> Result<(), Refusal> {
        Ok(self.precondition.check(present)?)
    }
}

/// What makes an effect happen once.
#[derive(Debug, Clone)]
struct Once {
    client: ClientId,
    key: String,
    digest: String,
}

impl Once {
    fn of(idempotency: &Idempotency, client: ClientId) -> Self {
        let digest = fingerprint::hex(&idempotency.digest);
        Self { client, key: idempotency.key.clone(), digest }
    }

    /// Gives the answer that was kept again, unless it answered another request.
    fn reply(&self, kept: Option<idempotency::KeptAnswer>) -> Result<Option<Reply>, Refusal> {
        let Some(kept) = kept else { return Ok(None) };
        if kept.digest != self.digest {
            return Err(Problem::new(Code::IdempotencyKeyReused).into());
        }
        let reply: Reply = serde_json::from_str(&kept.body).map_err(Problem::internal)?;
        Ok(Some(reply.replayed()))
    }
}

impl<E: Operates<Permit = Permit<E>>> Call<E> {
    /// Reads with single statements.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.state.store.clone();
        reading(&self.state, move || store.read(work)).await
    }

    /// Reads with several statements that see one state of the database.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut AnyConnection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        snapshot(Arc::clone(&self.state), work).await
    }

    /// Writes in one transaction, and keeps the answer in it when the caller gave an idempotency key.
    pub async fn write(
        &self,
        work: impl FnMut(&mut Unit<'_, '_>) -> Result<Reply, Refusal> + Send + 'static,
    ) -> Result<Reply, Problem> {
        self.write_prepared(|_| Ok(()), with_nothing(work)).await
    }

    /// Writes in one transaction, after preparing something outside of it.
    pub async fn write_prepared<P: Send + 'static>(
        &self,
        prepare: impl FnOnce(&State) -> Result<P, Refusal> + Send + 'static,
        mut work: impl FnMut(&mut Unit<'_, '_>, &mut P) -> Result<Reply, Refusal> + Send + 'static,
    ) -> Result<Reply, Problem> {
        let state = Arc::clone(&self.state);
        let circumstances = self.circumstances();
        let precondition = self.precondition.clone();
        let once = self.once();
        blocking(move || {
            let started = Instant::now();
            let reference = state.reference.get(&state.store, circumstances.at)?;
            let mut prepared = prepare(&state)?;
            state.store.write(&circumstances, |transaction| {
                let mut unit = Unit {
                    transaction,
                    reference: &reference,
                    precondition: &precondition,
                    once: once.as_ref(),
                    replayed: false,
                };
                let reply = work(&mut unit, &mut prepared)?;
                if let Some(once) = unit.once
                    && !unit.replayed
                {
                    let body = serde_json::to_string(&reply).map_err(Problem::internal)?;
                    let kept = idempotency::KeptAnswer {
                        digest: once.digest.clone(),
                        status: reply.status(),
                        headers: Vec::new(),
                        body,
                    };
                    match idempotency::keep(unit.transaction, once.client, &once.key, &kept) {
                        // The first caller with this key is what was waited for, and it takes too long.
                        Err(StoreError::Busy) if started.elapsed() >= LONG => {
                            return Err(Problem::new(Code::IdempotencyConflict).into());
                        }
                        kept => kept?,
                    }
                }
                Ok(reply)
            })
        })
        .await
    }

    /// Gives the answer that an earlier request with the same key got, or else the problem that this one has by itself: what
    /// was sound then may not be so now.
    pub async fn earlier_reply_or(&self, problem: Problem) -> Result<Reply, Problem> {
        let Some(once) = self.once() else { return Err(problem) };
        let since = kept_since(self.request.now);
        let kept = self.read(move |connection| {
            let kept = idempotency::look_up(connection, once.client, &once.key, since)?;
            once.reply(kept)
        });
        kept.await?.ok_or(problem)
    }

    fn once(&self) -> Option<Once> {
        self.idempotency.as_ref().map(|key| Once::of(key, self.permit.principal().client_id))
    }

    /// Writes something small that belongs to a reading: a sighting, an audit record.
    pub async fn note(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<(), Problem> {
        let store = self.state.store.clone();
        let circumstances = self.circumstances();
        blocking(move || store.write(&circumstances, work)).await
    }

    /// Gives the reference data, at most a second old.
    pub async fn reference(&self) -> Result<Arc<ReferenceData>, Problem> {
        if let Some(known) = self.state.reference.known(&self.state.store, self.request.now) {
            return Ok(known);
        }
        let state = Arc::clone(&self.state);
        let now = self.request.now;
        blocking(move || state.reference.get(&state.store, now)).await
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            at: self.request.now,
            recorded_at: self.request.now,
            actor: self.permit.principal().actor_of(E::OPERATION),
            roles: self.permit.principal().role_codes(),
            purpose: self.purpose.as_deref().cloned(),
            operation: E::ID,
            request_id: self.request.id,
            ids: Arc::clone(&self.state.ids),
        }
    }
}

/// Reads with several statements that see one state of the database; for who has a right to what is read by something else
/// than a permit.
pub(crate) async fn snapshot<T: Send + 'static>(
    state: Arc<State>,
    work: impl FnMut(&mut AnyConnection) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    let store = state.store.clone();
    reading(&state, move || store.snapshot(work)).await
}

/// Runs work that needs a connection for reading, once there is a place for it.
async fn reading<T: Send + 'static>(
    state: &State,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    let place = Arc::clone(&state.reading).acquire_owned().await.map_err(Problem::internal)?;
    blocking(move || {
        // Kept until the work is done, also when nobody waits for it any more.
        let _place = place;
        work()
    })
    .await
}

fn with_nothing(
    mut work: impl FnMut(&mut Unit<'_, '_>) -> Result<Reply, Refusal>,
) -> impl FnMut(&mut Unit<'_, '_>, &mut ()) -> Result<Reply, Refusal> {
    move |unit, ()| work(unit)
}

/// Runs work that waits for the database where waiting harms nobody.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    match web::block(work).await {
        Ok(outcome) => outcome.map_err(Problem::from),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// Names the actor, moment and request of work that no call asked for: jobs and the command line.
pub fn own_circumstances(
    at: Timestamp,
    operation: &'static str,
    ids: Arc<dyn persistence::NewIds>,
) -> Circumstances {
    Circumstances {
        at,
        recorded_at: at,
        actor: Actor {
            client_id: ClientId::new(Uuid::nil()),
            user: None,
            organisation_id: OrganisationId::new(Uuid::nil()),
        },
        roles: String::new(),
        purpose: None,
        operation,
        request_id: ids.next(),
        ids,
    }
}
