//! The layer itself.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::future::{Ready, ready};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderMap, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use futures_util::future::LocalBoxFuture;

use super::context::Context;
use super::headers;
use super::path::without_secrets;
use crate::audit::refusal;
use crate::language;
use crate::problem::render::{Rendering, render};
use crate::problem::{Code, Problem};
use crate::state::State;

/// Puts the envelope around an application.
pub struct Envelope(pub Arc<State>);

impl<S, B> Transform<S, ServiceRequest> for Envelope
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = EnvelopeService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let is_https = self.0.config.public_url.starts_with("https:");
        ready(Ok(EnvelopeService { service: Rc::new(service), state: Arc::clone(&self.0), is_https }))
    }
}

/// The envelope around one application of one worker.
pub struct EnvelopeService<S> {
    service: Rc<S>,
    state: Arc<State>,
    is_https: bool,
}

impl<S, B> Service<ServiceRequest> for EnvelopeService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let method = request.method().clone();
        let head_only = method == Method::HEAD;
        if head_only {
            // The encoder leaves the body out; everything else is as for GET.
            request.head_mut().method = Method::GET;
        }
        let context = Rc::new(Context {
            request_id: self.state.ids.next(),
            started: Instant::now(),
            language: language::negotiate(request.headers()),
            method,
            head_only,
            operation: Cell::new("none"),
            client: Cell::new(None),
            principal: OnceCell::new(),
            standing: Cell::new(None),
            place: Cell::new(None),
        });
        request.extensions_mut().insert(Rc::clone(&context));
        let seal = Seal {
            related: headers::related(request.headers()),
            context,
            state: Arc::clone(&self.state),
            is_https: self.is_https,
        };
        let guard = self.state.metrics.in_flight();
        let service = Rc::clone(&self.service);
        Box::pin(async move {
            let answered = if let Some(problem) = oversize(&request, &seal.state) {
                // `into_response` would lose what the problem says of itself.
                let (request, _) = request.into_parts();
                Ok(ServiceResponse::new(request, HttpResponse::from_error(problem)))
            } else {
                caught(async { service.call(request).await.map(ServiceResponse::map_into_boxed_body) })
                    .await
                    .unwrap_or_else(|panic| Err(seal.panicked(panic.as_ref()).into()))
            };
            if let Ok(response) = &answered {
                refusal::note(&seal.state, &seal.context, response).await;
            }
            drop(guard);
            drop(seal.context.place.take());
            match answered {
                Ok(response) => Ok(seal.close(response)),
                Err(error) => Err(seal.close_error(error)),
            }
        })
    }
}

/// Lets a future fail with what it panicked with.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    std::future::poll_fn(|task| {
        // A panic ends the request; nothing of it is looked at afterwards.
        match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task))) {
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

fn oversize(request: &ServiceRequest, state: &State) -> Option<Problem> {
    let limits = &state.config.limits;
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.uri_bytes {
        return Some(Problem::new(Code::UriTooLong).member("limit", limits.uri_bytes));
    }
    let headers = request.headers().iter();
    let size = headers.fold(0_usize, |size, (name, value)| {
        size.saturating_add(name.as_str().len()).saturating_add(value.len())
    });
    (size > limits.header_bytes)
        .then(|| Problem::new(Code::HeadersTooLarge).member("limit", limits.header_bytes))
}

/// What turns an outcome into an answer.
struct Seal {
    context: Rc<Context>,
    state: Arc<State>,
    related: Option<HeaderValue>,
    is_https: bool,
}

impl Seal {
    /// Completes an answer.
    fn close(self, response: ServiceResponse) -> ServiceResponse {
        let mut response = self.with_problem(response);
        let headers = response.headers_mut();
        self.state.limits.tell(self.context.standing.get(), headers);
        headers::complete(headers, self.context.request_id, self.related.clone(), self.is_https);
        self.report(response.status(), Some(response.request()));
        response
    }

    /// Completes an answer whose request is gone.
    fn close_error(self, error: Error) -> Error {
        let status = error.as_response_error().status_code();
        let foreign;
        let problem = if let Some(problem) = error.as_error::<Problem>() {
            problem
        } else {
            foreign = Problem::new(Code::of_status(status)).caused_by(error.to_string());
            &foreign
        };
        let mut headers = HeaderMap::new();
        let body = self.render(problem, &mut headers);
        self.state.limits.tell(self.context.standing.get(), &mut headers);
        headers::complete(&mut headers, self.context.request_id, self.related.clone(), self.is_https);
        self.report(problem.code().status(), None);
        Sealed { status: problem.code().status(), headers, body }.into()
    }

    /// Writes the body of an answer that is an error and has no body yet.
    fn with_problem(&self, response: ServiceResponse) -> ServiceResponse {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return response;
        }
        let mut headers = HeaderMap::new();
        let error = response.response().error();
        let body = if let Some(problem) = error.and_then(|error| error.as_error::<Problem>()) {
            self.render(problem, &mut headers)
        } else if let Some(error) = error {
            let problem = Problem::new(Code::of_status(status)).caused_by(error.to_string());
            self.render(&problem, &mut headers)
        } else if matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0)) {
            self.render(&Problem::new(Code::of_status(status)), &mut headers)
        } else {
            return response;
        };
        let mut response = response.map_body(|_, _| BoxBody::new(body));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        response
    }

    fn render(&self, problem: &Problem, headers: &mut HeaderMap) -> Vec<u8> {
        let request_id = self.context.request_id;
        if problem.code().status().is_server_error() {
            let cause = problem.cause().unwrap_or_default();
            tracing::error!(%request_id, operation = self.context.operation.get(), cause, "{problem}");
        }
        headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
        let rendering =
            Rendering { language: self.context.language, request_id, base_url: &self.state.base_url };
        render(problem, rendering, headers)
    }

    fn panicked(&self, panic: &(dyn Any + Send)) -> Problem {
        self.state.metrics.panicked();
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Problem::internal(format!("panic: {}", text.unwrap_or("without a text")))
    }

    fn report(&self, status: StatusCode, request: Option<&HttpRequest>) {
        let context = &self.context;
        let latency = context.started.elapsed();
        let operation = context.operation.get();
        self.state.metrics.answered(operation, &context.method, status, latency);
        let client = context.client.get();
        tracing::info!(
            target: "access",
            request_id = %context.request_id,
            client = client.map(tracing::field::display),
            operation,
            method = context.method.as_str(),
            path = request.map(|request| without_secrets(request.path())).as_deref(),
            status = status.as_u16(),
            latency_us = microseconds(latency),
            related = self.related.as_ref().and_then(|related| related.to_str().ok()),
            traceparent = request.and_then(|request| headers::trace_parent(request.headers())),
        );
    }
}

fn microseconds(latency: Duration) -> u64 {
    u64::try_from(latency.as_micros()).unwrap_or(u64::MAX)
}

/// A finished answer that travels as an error, because the request that it belongs to is gone.
struct Sealed {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.status, f)
    }
}

impl ResponseError for Sealed {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status).set_body(BoxBody::new(self.body.clone()));
        for (name, value) in &self.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response
    }
}
