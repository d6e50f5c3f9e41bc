//! The few requests that a chore itself sends, over a plain socket.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn exchange(address: &str, head: &str, body: &str) -> Result<(String, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let length = body.len();
    write!(stream, "{head}Host: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    if !head.starts_with("HTTP/1.1 2") {
        bail!("{address} answered {}: {body}", head.lines().next().unwrap_or_default());
    }
    Ok((head.to_owned(), body.to_owned()))
}

/// Gets a path; fails unless the answer is a success.
pub(crate) fn get(address: &str, path: &str) -> Result<String> {
    exchange(address, &format!("GET {path} HTTP/1.1\r\n"), "").map(|(_, body)| body)
}

/// Gets a JSON document as a client; fails unless the answer is a success.
pub(crate) fn read(address: &str, path: &str, token: &str) -> Result<serde_json::Value> {
    let head = format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n");
    let (_, body) = exchange(address, &head, "")?;
    serde_json::from_str(&body).with_context(|| format!("{path} is no JSON"))
}

/// Posts a JSON document as a client, with more header lines; fails unless the answer is a success.
pub(crate) fn post(address: &str, path: &str, token: &str, headers: &str, body: &str) -> Result<()> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n{headers}"
    );
    exchange(address, &head, body).map(drop)
}

/// Gets the entity tag of a path.
pub(crate) fn etag(address: &str, path: &str, token: &str) -> Result<String> {
    let (head, _) =
        exchange(address, &format!("GET {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"), "")?;
    let tag = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("etag").then(|| value.trim().to_owned())
    });
    tag.with_context(|| format!("{path} has no ETag"))
}

/// Fetches a token with client credentials.
pub(crate) fn token(address: &str, id: &str, secret: &str) -> Result<String> {
    let credentials = STANDARD.encode(format!("{id}:{secret}"));
    let head = format!(
        "POST /oauth2/token HTTP/1.1\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n"
    );
    let (_, body) = exchange(address, &head, "grant_type=client_credentials")?;
    let answer: serde_json::Value = serde_json::from_str(&body)?;
    Ok(answer.get("access_token").and_then(|token| token.as_str()).context("no access_token")?.to_owned())
}
