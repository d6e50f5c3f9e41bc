//! An endpoint of webhooks, and a client that does nothing but send to it: what deliveries are compared with.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::Failure;

/// Options of the endpoint.
#[derive(clap::Args)]
pub(crate) struct ReceiveOptions {
    /// The port of this machine.
    #[arg(long)]
    port: u16,
    /// For how many milliseconds it works on a message before it answers.
    #[arg(long, default_value_t = 0)]
    milliseconds: u64,
}

/// Options of the bare client.
#[derive(clap::Args)]
pub(crate) struct PostOptions {
    /// The address of the endpoint.
    #[arg(long)]
    url: String,
    /// How many messages.
    #[arg(long)]
    messages: u64,
    /// How many at once.
    #[arg(long)]
    concurrency: usize,
}

/// What was taken.
struct Taken {
    since: Instant,
    messages: AtomicU64,
    works: Duration,
}

/// Serves the endpoint until it is stopped: `POST /hook` takes a message or echoes a challenge, `GET /count` tells how much was
/// taken and when it is.
pub(crate) fn receive(options: &ReceiveOptions) -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", options.port))?;
    let taken = Data::new(Taken {
        since: now(),
        messages: AtomicU64::new(0),
        works: Duration::from_millis(options.milliseconds),
    });
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            App::new()
                .app_data(Data::clone(&taken))
                .route("/hook", web::post().to(take))
                .route("/count", web::get().to(count))
        })
        .workers(1)
        .listen(listener)?
        .run()
        .await
    })?;
    Ok(())
}

async fn take(taken: Data<Taken>, body: Bytes) -> Result<HttpResponse, actix_web::Error> {
    let message: Value = serde_json::from_slice(&body)?;
    if let Some(challenge) = message.get("challenge") {
        return Ok(HttpResponse::Ok().json(json!({"challenge": challenge})));
    }
    if !taken.works.is_zero() {
        actix_web::rt::time::sleep(taken.works).await;
    }
    taken.messages.fetch_add(1, Ordering::Relaxed);
    Ok(HttpResponse::NoContent().finish())
}

async fn count(taken: Data<Taken>) -> HttpResponse {
    let microseconds = u64::try_from(taken.since.elapsed().as_micros()).unwrap_or(u64::MAX);
    HttpResponse::Ok()
        .json(json!({"messages": taken.messages.load(Ordering::Relaxed), "microseconds": microseconds}))
}

/// Sends messages as large as those of the program, and prints how long that took.
pub(crate) fn post(options: &PostOptions) -> Result<(), Failure> {
    let body = json!({
        "specversion": "1.0",
        "id": "019a9d3e-0000-7000-8000-000000000001",
        "type": "be.example.wijkoverleg.v1.followUpRequest.notify.sent",
        "source": "http://127.0.0.1:8080/wijkoverleg/v1",
        "subject": "019a9d3e-0000-7000-8000-000000000002",
        "time": "2026-03-02T09:00:00.000000Z",
        "datacontenttype": "application/json",
        "data": {"href": "http://127.0.0.1:8080/wijkoverleg/v1/followUpRequests/019a9d3e-0000-7000-8000-000000000002",
            "version": 3, "sequence": 3, "state": "sent", "recordedAt": "2026-03-02T09:00:00.000000Z"},
    })
    .to_string();
    let seconds = actix_web::rt::System::new().block_on(async {
        let client =
            reqwest::Client::builder().no_proxy().http1_only().timeout(Duration::from_secs(10)).build()?;
        let started = now();
        let sends = (0..options.messages).map(|_| {
            client
                .post(&options.url)
                .header("content-type", "application/cloudevents+json")
                .body(body.clone())
                .send()
        });
        let mut sends = stream::iter(sends).buffer_unordered(options.concurrency);
        while let Some(sent) = sends.next().await {
            sent?.error_for_status()?;
        }
        Ok::<_, reqwest::Error>(started.elapsed().as_secs_f64())
    })?;
    serde_json::to_writer(std::io::stdout(), &json!({"messages": options.messages, "seconds": seconds}))?;
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "what takes time is measured with the real clock")]
fn now() -> Instant {
    Instant::now()
}
