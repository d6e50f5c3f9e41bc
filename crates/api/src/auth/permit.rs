//! Permits: the only key to data. A handler gets one from its [`Call`](crate::call::Call), never makes one.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::HttpRequest;
use domain::access::{Principal, Sight};
use domain::change::Actor;
use domain::id::{ClientId, ConsultationId, OrganisationId};
use futures_util::future::LocalBoxFuture;

use super::{AuthFailure, Authentication};
use crate::endpoint::Operates;
use crate::envelope::Context;
use crate::problem::{Code, Problem};
use crate::state::State;

/// A permit to carry out one operation, with the records that it may touch.
#[derive(Debug)]
pub struct Permit<E> {
    principal: Arc<Principal>,
    sight: Sight,
    operation: PhantomData<fn(E)>,
}

impl<E> Permit<E> {
    /// Returns who calls.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns a handle on who calls that can outlive the request, for work on another thread.
    pub fn shared_principal(&self) -> Arc<Principal> {
        Arc::clone(&self.principal)
    }

    /// Returns the records that the operation may touch; never blind.
    pub fn sight(&self) -> &Sight {
        &self.sight
    }
}

impl<E: Operates> Permit<E> {
    /// Lets in whoever keeps to the limits of its client; a call that is refused afterwards counted too.
    fn grant(
        answer: Result<Arc<Principal>, AuthFailure>,
        context: &Context,
        state: &State,
    ) -> Result<Self, Problem> {
        let principal = answer?;
        context.client.set(Some(principal.client_id));
        // It is set once in a call.
        let _ = context.principal.set(Arc::clone(&principal));
        state.limits.enter(context, principal.client_id, state.clock.now())?;
        Self::of(principal)
    }

    fn of(principal: Arc<Principal>) -> Result<Self, Problem> {
        if !principal.has_scope(E::OPERATION) {
            return Err(Problem::missing_scope(E::OPERATION.scopes()));
        }
        let sight = principal.sight(E::OPERATION);
        if sight.is_blind() {
            return Err(Problem::new(Code::MissingPermission));
        }
        Ok(Self { principal, sight, operation: PhantomData })
    }

    /// Finds the organisation in whose name the operation may work on a record of a consultation.
    pub fn seat(&self, consultation: ConsultationId) -> Option<OrganisationId> {
        self.principal.seat(E::OPERATION, consultation)
    }

    /// Names the caller as the actor for one of its organisations.
    pub fn actor(&self, organisation: OrganisationId) -> Actor {
        self.principal.actor(organisation)
    }
}

/// What an operation that is open to everybody has in place of a permit.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

/// Whether a caller may come in: decided at once, or after finding out who it is.
pub enum Admission<P> {
    /// Decided.
    Known(Result<P, Problem>),
    /// Whoever knows is being asked.
    Pending(LocalBoxFuture<'static, Result<P, Problem>>),
}

/// What a caller needs to come in.
pub trait Admit: Sized + 'static {
    /// Decides whether the caller of a request may come in.
    fn admit(request: &HttpRequest, state: &Arc<State>) -> Admission<Self>;

    /// Returns the client that came in.
    fn client_id(&self) -> Option<ClientId>;
}

impl Admit for Anyone {
    fn admit(_: &HttpRequest, _: &Arc<State>) -> Admission<Self> {
        Admission::Known(Ok(Self))
    }

    fn client_id(&self) -> Option<ClientId> {
        None
    }
}

impl<E: Operates> Admit for Permit<E> {
    fn admit(request: &HttpRequest, state: &Arc<State>) -> Admission<Self> {
        let Some(context) = Context::of(request) else {
            return Admission::Known(Err(Problem::internal("no envelope")));
        };
        match state.authenticate.authenticate(request) {
            Authentication::Known(answer) => Admission::Known(Self::grant(answer, &context, state)),
            Authentication::Pending(answer) => {
                let state = Arc::clone(state);
                Admission::Pending(Box::pin(async move { Self::grant(answer.await, &context, &state) }))
            }
        }
    }

    fn client_id(&self) -> Option<ClientId> {
        Some(self.principal.client_id)
    }
}
