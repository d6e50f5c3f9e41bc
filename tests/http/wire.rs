//! One HTTP exchange over a connection of its own: nothing is added to a request, nothing taken from an answer.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A request, byte for byte.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Received {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Sends a request and reads the answer to its end.
pub fn exchange(address: SocketAddr, sent: &Sent) -> std::io::Result<Received> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let mut bytes = format!("{} {} HTTP/1.1\r\nHost: {address}\r\n", sent.method, sent.target).into_bytes();
    for (name, value) in &sent.headers {
        bytes.extend(format!("{name}: ").as_bytes());
        bytes.extend(value);
        bytes.extend(b"\r\n");
    }
    if let Some(body) = &sent.body {
        bytes.extend(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend(b"Connection: close\r\n\r\n");
    bytes.extend(sent.body.iter().flatten());
    // Whoever refuses a request early closes before it has arrived; the answer tells.
    let written = stream.write_all(&bytes);
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    if let Some(received) = parsed(&answer, sent.method == "HEAD") {
        return Ok(received);
    }
    written?;
    read?;
    Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the answer is not complete"))
}

fn parsed(answer: &[u8], is_head: bool) -> Option<Received> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(':').expect("a header line has a colon");
            (name.to_owned(), value.trim().to_owned())
        })
        .collect();
    let header = |wanted: &str| {
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
    };
    let rest = &answer[end + 4..];
    let body = if header("transfer-encoding") == Some("chunked") {
        unchunked(rest)?
    } else if is_head {
        rest.to_vec()
    } else {
        let length = header("content-length").map_or(Ok(0), str::parse).ok()?;
        (rest.len() >= length).then(|| rest.to_vec())?
    };
    Some(Received { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        let chunk = rest.get(end + 2..end + 2 + size)?;
        if size == 0 {
            return Some(body);
        }
        body.extend(chunk);
        rest = rest.get(end + 4 + size..)?;
    }
}
