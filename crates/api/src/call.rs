//! A call of an operation: who, where, what; all of it checked before the handler starts.
//!
//! In this order: who calls (401), scope and role (403), media types and size (415, 413, 406), every fault of path,
//! query, headers and body together (400), and whether the change names its version (428).

mod body;
mod headers;
mod media;

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use domain::audit::Purpose;
use domain::id::ClientId;
use futures_util::future::{Either, LocalBoxFuture};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use headers::{Idempotency, Prefer};

use crate::auth::{Admission, Admit as _};
use crate::contract::{Need, OperationContract};
use crate::endpoint::Endpoint;
use crate::envelope::Context;
use crate::etag::{EntityTag, Known, Precondition};
use crate::language::Language;
use crate::problem::{Code, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::state::State;

/// A call of an operation that the caller may make, with input that follows the contract.
pub struct Call<E: Endpoint> {
    /// The key to data.
    pub permit: E::Permit,
    /// The parameters in the path.
    pub path: E::Path,
    /// The parameters in the query.
    pub query: E::Query,
    /// The body.
    pub body: E::Body,
    /// What the caller demands of the version.
    pub precondition: Precondition,
    /// The key under which the effect of the call is to happen once.
    pub idempotency: Option<Idempotency>,
    /// What the caller would like.
    pub prefer: Prefer,
    /// What the caller does it for, where that is asked; it stands beside each audit record of the call.
    pub purpose: Option<Box<Purpose>>,
    /// The language for texts in the answer.
    pub language: Language,
    /// The request itself.
    pub request: RequestInfo,
    /// What every request shares.
    pub state: Arc<State>,
    http: HttpRequest,
}

/// Facts of a request that end up beside what it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestInfo {
    /// Its id, also its trace id.
    pub id: Uuid,
    /// When it came; the one `now` of everything that it does.
    pub now: Timestamp,
    /// Whether only the head of the answer was asked for.
    pub head_only: bool,
    /// The client that calls.
    pub client_id: Option<ClientId>,
}

impl<E: Endpoint> Call<E> {
    /// Tells whether the caller has this representation already.
    pub fn has(&self, tag: &EntityTag) -> bool {
        Known::to(&self.http).has(tag)
    }

    /// Tells whether the caller prefers a media type over JSON, as one of those that the contract lists.
    pub fn prefers(&self, media_type: &str) -> bool {
        media::prefers(&self.http, media_type)
    }

    /// Returns the trace id that the caller gave, when it is fit to be repeated.
    pub fn related_trace_id(&self) -> Option<&str> {
        crate::envelope::related_trace_id(self.http.headers())
    }

    /// Returns a header of the request, when it is a text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.http.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns a handle on the request, for what goes on after the answer began.
    pub(crate) fn http_request(&self) -> HttpRequest {
        self.http.clone()
    }

    /// Tells whether the caller has what an answer gives.
    pub(crate) fn has_shown(&self, reply: &Reply) -> bool {
        reply.entity_tag().is_some_and(|tag| Known::to(&self.http).has_text(tag))
    }

    /// Returns the path and raw query of the request.
    pub(crate) fn target(&self) -> (&str, &str) {
        (self.http.path(), self.http.query_string())
    }

    /// Returns what the envelope knows of the request.
    pub(crate) fn context(&self) -> Result<Rc<Context>, Problem> {
        Context::of(&self.http).ok_or_else(|| Problem::internal("no envelope"))
    }

    fn assemble(
        request: &HttpRequest,
        state: &Arc<State>,
        context: &Context,
        permit: E::Permit,
        body: Option<&Bytes>,
    ) -> Result<Self, Problem> {
        let contract = contract_of::<E>(state)?;
        let mut issues = Vec::new();
        let path = contract.path.parse_path(request.match_info().iter(), &mut issues);
        let query = contract.query.parse_query(request.query_string(), &mut issues);
        let precondition = headers::precondition(request, contract, &mut issues);
        let key = headers::idempotency_key(request, contract, &mut issues);
        let value = body::value(contract, body, &mut issues);
        let typed = if issues.is_empty() {
            let path = typed(path, E::ID, Place::Path, &mut issues);
            let query = typed(query, E::ID, Place::Query, &mut issues);
            let body = typed(value, E::ID, Place::Body, &mut issues);
            path.zip(query).zip(body)
        } else {
            None
        };
        let Some(((path, query), body_value)) = typed else { return Err(Problem::bad_request(issues)) };
        if contract.if_match == Need::Required && precondition == Precondition::Absent {
            return Err(Problem::new(Code::PreconditionRequired));
        }
        let client_id = permit.client_id();
        Ok(Self {
            idempotency: key.map(|key| Idempotency::new(key, request, body, client_id)),
            permit,
            path,
            query,
            body: body_value,
            precondition,
            prefer: Prefer::of(request.headers()),
            purpose: None,
            language: context.language,
            request: RequestInfo {
                id: context.request_id,
                now: state.clock.now(),
                head_only: context.head_only,
                client_id,
            },
            state: Arc::clone(state),
            http: request.clone(),
        })
    }

    /// Decides without waiting, where nothing has to be waited for.
    fn begin(request: &HttpRequest, payload: &mut Payload) -> Result<Begun<E>, Problem> {
        let state = State::of(request).ok_or_else(|| Problem::internal("no state"))?;
        let context = Context::of(request).ok_or_else(|| Problem::internal("no envelope"))?;
        context.operation.set(E::ID);
        let contract = contract_of::<E>(state)?;
        let admission = E::Permit::admit(request, state);
        let reads_body = contract.body.as_ref().is_some_and(crate::contract::BodyContract::is_json);
        if !reads_body && let Admission::Known(permit) = admission {
            let permit = permit?;
            media::check(request, contract, most_bytes::<E>(state))?;
            return Self::assemble(request, state, &context, permit, None).map(Begun::Done);
        }
        let payload = if reads_body { payload.take() } else { Payload::None };
        let (request, state) = (request.clone(), Arc::clone(state));
        Ok(Begun::Waiting(Box::pin(async move {
            let permit = match admission {
                Admission::Known(permit) => permit?,
                Admission::Pending(permit) => permit.await?,
            };
            media::check(&request, contract_of::<E>(&state)?, most_bytes::<E>(&state))?;
            let body = if reads_body {
                Some(body::read(payload, most_bytes::<E>(&state), state.config.limits.body_time).await?)
            } else {
                None
            };
            Self::assemble(&request, &state, &context, permit, body.as_ref())
        })))
    }
}

enum Begun<E: Endpoint> {
    Done(Call<E>),
    Waiting(LocalBoxFuture<'static, Result<Call<E>, Problem>>),
}

impl<E: Endpoint> FromRequest for Call<E> {
    type Error = Problem;
    type Future = Either<Ready<Result<Self, Problem>>, LocalBoxFuture<'static, Result<Self, Problem>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        match Self::begin(request, payload) {
            Ok(Begun::Done(call)) => Either::Left(ready(Ok(call))),
            Ok(Begun::Waiting(call)) => Either::Right(call),
            Err(problem) => Either::Left(ready(Err(problem))),
        }
    }
}

fn contract_of<E: Endpoint>(state: &State) -> Result<&OperationContract, Problem> {
    state
        .contract
        .operation(E::ID)
        .ok_or_else(|| Problem::internal(format!("the operation {} is not in the contract", E::ID)))
}

/// Gives the most bytes of the body of an operation.
fn most_bytes<E: Endpoint>(state: &State) -> usize {
    state.config.limits.body_bytes.max(E::BODY_BYTES)
}

/// Gives a value that follows the contract its type; a type that asks for more than the contract is a fault of ours.
fn typed<T: DeserializeOwned>(
    value: Value,
    operation: &str,
    place: Place,
    issues: &mut Vec<Issue>,
) -> Option<T> {
    let typed = serde_json::from_value(value).ok();
    if typed.is_none() {
        tracing::warn!(operation, place = place.code(), "input follows the contract and not its type");
        issues.push(Issue::new(Kind::InvalidInput, place, ""));
    }
    typed
}

/// Stands for an input that an operation does not have.
fn nothing() -> Value {
    Value::Object(Map::new())
}
