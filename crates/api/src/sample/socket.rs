//! The sample over a real connection: what the layers below the application add or take away.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;

use super::served::CASE;
use crate::routes::BASE_PATH;
use crate::server::app_with;

fn start(settings: &str) -> (SocketAddr, ServerHandle) {
    let state = super::state(settings);
    let server = HttpServer::new(move || app_with(Arc::clone(&state), super::routes))
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}

/// Sends text as it is and returns everything that comes back until the server closes.
async fn exchange(address: SocketAddr, head: &str, body: String) -> String {
    let head = head.replace("{case}", &format!("{BASE_PATH}{CASE}")).replace("{base}", BASE_PATH);
    let request = format!(
        "{head}\r\nAuthorization: Bearer manager\r\nHost: localhost\r\nConnection: close\r\n\r\n{body}"
    );
    actix_web::web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // The server may close before it has read a body that it refuses.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    })
    .await
    .unwrap()
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let (address, server) = start("");
    let get = exchange(address, "GET {case} HTTP/1.1", String::new()).await;
    let head = exchange(address, "HEAD {case} HTTP/1.1", String::new()).await;
    let (get_head, body) = get.split_once("\r\n\r\n").unwrap();
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    let length = format!("content-length: {}", body.len());
    for answer in [get_head, &head] {
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(&length) && answer.contains("etag: \"7-team\""), "{answer}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_panic_does_not_cost_the_connection_its_answer() {
    let (address, server) = start("");
    let answer = exchange(address, "GET {base}/explode HTTP/1.1", String::new()).await;
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(answer.contains("urn:problem-type:belgif:internalServerError"), "{answer}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let (address, server) = start("[limits]\nbody_seconds = 1");
    let head = "POST {base}/cases HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 10";
    let answer = exchange(address, head, "{".to_owned()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("urn:problem-type:wijkoverleg:requestTimeout"), "{answer}");
    server.stop(false).await;
}

#[actix_web::test]
async fn a_body_without_an_announced_length_has_the_same_limit() {
    let (address, server) = start("[limits]\nbody_bytes = 1024");
    let head = "POST {base}/cases HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked";
    let chunk = format!("800\r\n{}\r\n0\r\n\r\n", "a".repeat(2_048));
    let answer = exchange(address, head, chunk).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("\"limit\":1024"), "{answer}");
    server.stop(false).await;
}
