//! The floor: the same HTTP stack and each scenario's one main statement, with no token, permission, event or audit.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::TcpListener;

use actix_web::web::{self, Data, Path};
use actix_web::{App, HttpResponse, HttpServer, error};
use domain::access::{OwnOrganisation, Principal, Regime, Role, Scope};
use domain::calendar::local_date;
use domain::id::{ClientId, ConsultationId, OrganisationId};
use jiff::Timestamp;
use persistence::{Store, StoreError, agenda, floor};
use uuid::Uuid;

use crate::Failure;

/// Options of the floor.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The port; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The number of threads that handle requests; as many as processors when absent.
    #[arg(long)]
    workers: Option<usize>,
}

/// Serves until it is stopped.
pub(crate) fn run(store: Store, options: &Options) -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", options.port))?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    std::io::stdout().flush()?;
    let workers = options.workers.unwrap_or(std::thread::available_parallelism()?.get());
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            App::new()
                .app_data(Data::new(store.clone()))
                .route("/empty", web::get().to(HttpResponse::Ok))
                .route("/get/{id}", web::get().to(get))
                .route("/page/{organisation}", web::get().to(page))
                .route("/feed/{organisation}", web::get().to(feed))
                .route("/proposal/{consultation}", web::get().to(proposal))
                .route("/answer/{id}", web::post().to(answer))
                .route("/case/{consultation}", web::post().to(insert_case))
        })
        .workers(workers)
        .listen(listener)?
        .run()
        .await
    })?;
    Ok(())
}

type Answer = Result<HttpResponse, actix_web::Error>;

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, actix_web::Error> {
    web::block(work).await?.map_err(error::ErrorInternalServerError)
}

async fn get(store: Data<Store>, id: Path<Uuid>) -> Answer {
    let id = id.into_inner();
    let found = blocking(move || store.read(|connection| floor::get(connection, id.into()))).await?;
    Ok(HttpResponse::Ok().json(found))
}

async fn page(store: Data<Store>, organisation: Path<Uuid>) -> Answer {
    let id = organisation.into_inner();
    let found = blocking(move || store.read(|connection| floor::page(connection, id.into(), 50))).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Reads the first page of the feed of a service.
async fn feed(store: Data<Store>, organisation: Path<Uuid>) -> Answer {
    let channels: Vec<Uuid> =
        of_service(organisation.into_inner().into()).readership().channels.into_iter().collect();
    let found = blocking(move || store.read(|connection| floor::feed(connection, &channels, 50))).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// Gives the application of a service.
fn of_service(id: OrganisationId) -> Principal {
    Principal {
        client_id: ClientId::new(Uuid::nil()),
        user: None,
        organisations: vec![OwnOrganisation { id, regime: Regime::City }],
        roles: [Role::ServiceAgent].into(),
        scopes: Scope::ALL.iter().copied().collect(),
        seats: Vec::new(),
    }
}

/// Reads what a proposal for an agenda is made of, and makes none.
async fn proposal(store: Data<Store>, consultation: Path<Uuid>) -> Answer {
    let id: ConsultationId = consultation.into_inner().into();
    let now = now();
    let read = move || {
        store.snapshot(|connection| {
            agenda::snapshot(connection, id, BTreeSet::new(), now, local_date(now))
                .map(|it| it.unanswered.len())
        })
    };
    Ok(HttpResponse::Ok().json(blocking(read).await?))
}

async fn answer(store: Data<Store>, id: Path<Uuid>, body: web::Bytes) -> Answer {
    let (id, _) = (id.into_inner(), body);
    let now = now();
    let written =
        blocking(move || store.write_plainly(|connection| floor::answer(connection, id.into(), now))).await?;
    Ok(HttpResponse::Ok().json(written))
}

async fn insert_case(store: Data<Store>, consultation: Path<Uuid>, body: web::Bytes) -> Answer {
    let (consultation, _) = (consultation.into_inner(), body);
    let (id, now) = (new_id(), now());
    let written = blocking(move || {
        store.write_plainly(|connection| floor::insert_case(connection, id, consultation.into(), now))
    })
    .await?;
    Ok(HttpResponse::Created().json(written))
}

#[allow(clippy::disallowed_methods, reason = "the floor measures with the real clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

#[allow(clippy::disallowed_methods, reason = "the floor makes real ids")]
fn new_id() -> Uuid {
    Uuid::now_v7()
}
