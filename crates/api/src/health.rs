//! Health: whether the API works, for people, load balancers and orchestrators.

use std::sync::atomic::Ordering;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{HttpResponse, get, web};
use futures_util::future::{LocalBoxFuture, ready};
use persistence::Store;
use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Call;
use crate::endpoint;
use crate::state::State;

/// Tells whether what the API depends on is there.
pub trait Probe: Send + Sync {
    /// Looks, or says what is missing; the reason goes to the log only.
    fn check(&self) -> LocalBoxFuture<'static, Result<(), String>>;
}

/// Depends on nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Independent;

impl Probe for Independent {
    fn check(&self) -> LocalBoxFuture<'static, Result<(), String>> {
        Box::pin(ready(Ok(())))
    }
}

/// Depends on the database: it has to answer, and its schema to be the one of this program.
#[derive(Clone)]
pub struct DatabaseProbe(pub Store);

impl Probe for DatabaseProbe {
    fn check(&self) -> LocalBoxFuture<'static, Result<(), String>> {
        let store = self.0.clone();
        Box::pin(async move {
            match web::block(move || store.check()).await {
                Ok(outcome) => outcome.map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            }
        })
    }
}

/// The health of the API.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthStatus {
    /// `UP` when the API works, `DOWN` when it does not.
    #[schema(example = "UP")]
    status: &'static str,
}

endpoint!(
    /// Tells its health.
    pub(crate) CheckHealth, open = "checkHealth"
);

/// Check the health of the API.
///
/// Open to everybody. `DOWN` when the database cannot be reached.
#[utoipa::path(
    tag = "Monitoring",
    responses(
        (status = 200, description = "The API works", body = HealthStatus),
        (status = 503, description = "The API does not work", body = HealthStatus, example = json!({"status": "DOWN"})),
    )
)]
#[get("/health")]
pub(crate) async fn check_health(call: Call<CheckHealth>) -> HttpResponse {
    answer(is_healthy(&call.state).await)
}

/// Tells that the process runs, whatever it depends on.
pub(crate) async fn live() -> HttpResponse {
    answer(true)
}

/// Tells whether requests may be sent here: the API works and is not about to stop.
pub(crate) async fn ready_for_requests(state: actix_web::web::Data<State>) -> HttpResponse {
    answer(!state.stopping.load(Ordering::Relaxed) && is_healthy(&state).await)
}

async fn is_healthy(state: &State) -> bool {
    match state.probe.check().await {
        Ok(()) => true,
        Err(reason) => {
            tracing::warn!(reason, "not healthy");
            false
        }
    }
}

fn answer(healthy: bool) -> HttpResponse {
    let (status, body) = if healthy {
        (StatusCode::OK, r#"{"status":"UP"}"#)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"DOWN"}"#)
    };
    let mut response = HttpResponse::new(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.set_body(actix_web::body::BoxBody::new(body))
}
