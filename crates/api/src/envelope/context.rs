//! What is known of a request from its first moment on.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::Method;
use actix_web::{HttpMessage as _, HttpRequest};
use domain::access::Principal;
use domain::id::ClientId;
use uuid::Uuid;

use crate::language::Language;
use crate::limits::{Place, Standing};

/// What the envelope knows of a request; the call adds who and what.
pub(crate) struct Context {
    pub(crate) request_id: Uuid,
    pub(crate) started: Instant,
    pub(crate) language: Language,
    pub(crate) method: Method,
    /// Set when the method is HEAD; the handler sees GET.
    pub(crate) head_only: bool,
    /// The operation, once the router has found it.
    pub(crate) operation: Cell<&'static str>,
    /// The client, once it is known.
    pub(crate) client: Cell<Option<ClientId>>,
    /// Who calls, once that is known.
    pub(crate) principal: OnceCell<Arc<Principal>>,
    /// How the client stands with its limit, once it is known.
    pub(crate) standing: Cell<Option<Standing>>,
    /// The place that the call takes until it is answered.
    pub(crate) place: Cell<Option<Place>>,
}

impl Context {
    /// Returns the context of a request.
    pub(crate) fn of(request: &HttpRequest) -> Option<Rc<Self>> {
        request.extensions().get::<Rc<Self>>().cloned()
    }
}
