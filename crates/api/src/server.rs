//! The server: the application that `main` and the tests share, and how it starts and stops.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpResponse, HttpServer};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::envelope::Envelope;
use crate::problem::Problem;
use crate::routes::{self, BASE_PATH, Routes, read_only};
use crate::state::State;
use crate::{health, openapi};

/// Makes the application.
pub fn app(
    state: Arc<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let routes = state.routes;
    app_with(state, routes)
}

/// Makes the application with other routes.
pub(crate) fn app_with(
    state: Arc<State>,
    routes: Routes,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let issuer = state.issuer.clone();
    App::new()
        .app_data(Data::from(Arc::clone(&state)))
        .configure(move |config| {
            if let Some(issuer) = &issuer {
                issuer.serve(config);
            }
        })
        .service(
            web::scope(BASE_PATH)
                .configure(openapi::serve_documents)
                .service(read_only("/health/live", web::get().to(health::live)))
                .service(read_only("/health/ready", web::get().to(health::ready_for_requests)))
                .configure(move |config| routes(&mut ServiceConfig::new(config))),
        )
        .default_service(web::to(routes::fallback))
        .wrap(Envelope(state))
}

/// Serves until the process is asked to stop (SIGTERM or SIGINT), then lets running requests finish.
pub async fn run(state: Arc<State>) -> io::Result<()> {
    run_on(state, None).await
}

/// Serves on a socket that listens already, or else on the address of the settings.
pub async fn run_on(state: Arc<State>, listener: Option<TcpListener>) -> io::Result<()> {
    let config = &state.config;
    let listen = config.listen;
    let shared = Arc::clone(&state);
    let server = HttpServer::new(move || app(Arc::clone(&shared)))
        .workers(config.workers)
        .keep_alive(config.limits.keep_alive)
        .client_request_timeout(config.limits.head_time)
        .max_connections(config.limits.connections)
        .shutdown_timeout(config.limits.shutdown_time.as_secs())
        .shutdown_signal(stop_asked(Arc::clone(&state)));
    let server = match listener {
        Some(listener) => server.listen(listener),
        None => server.bind(listen),
    }
    .map_err(|error| named(listen, error))?;
    tracing::info!(addresses = ?server.addrs(), base_url = state.base_url, "serving");
    let metrics =
        config.metrics_listen.map(|address| serve_metrics(address, Arc::clone(&state))).transpose()?;
    let outcome = server.run().await;
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    tracing::info!("stopped");
    outcome
}

fn named(address: SocketAddr, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
}

/// Serves the figures on an address of their own.
fn serve_metrics(address: SocketAddr, state: Arc<State>) -> io::Result<actix_web::dev::ServerHandle> {
    let data = Data::from(state);
    let server =
        HttpServer::new(move || App::new().app_data(data.clone()).route("/metrics", web::get().to(metrics)))
            .workers(1)
            .disable_signals()
            .bind(address)
            .map_err(|error| named(address, error))?
            .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Ok(handle)
}

async fn metrics(state: Data<State>) -> Result<HttpResponse, Problem> {
    let text = state.metrics.render().map_err(Problem::internal)?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, media_type)).body(text))
}

/// Waits until the process is asked to stop; from then on it is not ready for requests.
async fn stop_asked(state: Arc<State>) {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            futures_util::future::select(std::pin::pin!(interrupt), std::pin::pin!(terminate.recv())).await;
        }
        Err(error) => {
            tracing::warn!(%error, "only an interrupt stops the server");
            if interrupt.await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
    state.stopping.store(true, Ordering::Relaxed);
    tracing::info!("stopping");
}
