//! An endpoint as a city has one: it takes messages, or does what endpoints do otherwise.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::writers::Chance;

/// A message as it arrived.
#[derive(Debug, Clone)]
pub struct Message {
    pub headers: HashMap<String, String>,
    pub raw: Vec<u8>,
    pub body: Value,
    /// Whether the endpoint took it.
    pub taken: bool,
}

impl Message {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn subject(&self) -> &str {
        self.body["subject"].as_str().unwrap()
    }

    /// The type without the service.
    pub fn kind(&self) -> String {
        let kind = self.body["type"].as_str().unwrap();
        kind.strip_prefix("be.example.wijkoverleg.v1.").unwrap().to_owned()
    }

    /// Tells whether it is signed with a secret or verified by a public key, as a library of Standard Webhooks does.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let mut text = format!("{}.{}.", self.id(), self.headers["webhook-timestamp"]).into_bytes();
        text.extend(&self.raw);
        let key = STANDARD.decode(secret.split_once('_').unwrap().1).unwrap();
        let is_public = secret.starts_with("whpk_");
        assert!(is_public || secret.starts_with("whsec_"), "not a key of Standard Webhooks");
        self.headers["webhook-signature"].split(' ').any(|signature| {
            let (version, signature) = signature.split_once(',').unwrap();
            let signature = STANDARD.decode(signature).unwrap();
            match version {
                "v1" if !is_public => {
                    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), &text, &signature).is_ok()
                }
                "v1a" if is_public => {
                    UnparsedPublicKey::new(&ED25519, &key).verify(&text, &signature).is_ok()
                }
                "v1" | "v1a" => false,
                other => panic!("no signature of Standard Webhooks: {other}"),
            }
        })
    }
}

/// What the endpoint does with a message; challenges are echoed unless it says otherwise.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Takes it.
    Takes,
    /// Answers with a status.
    Answers(u16),
    /// Answers with a status, after half a second.
    AnswersLate(u16),
    /// Sends the sender elsewhere.
    Redirects(String),
    /// Answers without an end.
    Babbles,
    /// Does not answer.
    Hangs,
    /// Hangs up.
    HangsUp,
    /// Refuses what is about one subject.
    RefusesAbout(String),
    /// Takes two of three.
    TakesSome,
    /// Fails at a part of them, in percent.
    Fails(u64),
    /// Takes messages and echoes something else than the challenge.
    Misunderstands,
}

pub struct Receiver {
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    messages: Arc<Mutex<Vec<Message>>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        Self::listen(listener, url, None)
    }

    /// Starts one that speaks TLS on a port of this machine.
    pub fn with_tls(listener: TcpListener, tls: ServerConfig) -> Self {
        let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
        Self::listen(listener, url, Some(Arc::new(tls)))
    }

    fn listen(listener: TcpListener, url: String, tls: Option<Arc<ServerConfig>>) -> Self {
        let manner = Arc::new(Mutex::new(Manner::Takes));
        let messages = Arc::new(Mutex::new(Vec::new()));
        let (shared, kept) = (Arc::clone(&manner), Arc::clone(&messages));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (manner, messages) = (Arc::clone(&shared), Arc::clone(&kept));
                let (stream, tls) = (stream.unwrap(), tls.clone());
                thread::spawn(move || match tls {
                    None => answer(stream, &manner, &messages),
                    Some(tls) => {
                        answer(
                            StreamOwned::new(ServerConnection::new(tls).unwrap(), stream),
                            &manner,
                            &messages,
                        );
                    }
                });
            }
        });
        Self { url, manner, messages }
    }

    pub fn behaves(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Everything that came, challenges left out.
    pub fn messages(&self) -> Vec<Message> {
        let all = self.messages.lock().unwrap().clone();
        all.into_iter().filter(|message| message.body.get("challenge").is_none()).collect()
    }

    pub fn challenges(&self) -> Vec<Message> {
        let all = self.messages.lock().unwrap().clone();
        all.into_iter().filter(|message| message.body.get("challenge").is_some()).collect()
    }

    /// The types of what it took about something, in the order in which that came.
    pub fn taken_about(&self, subject: &str) -> Vec<String> {
        let all = self.messages().into_iter();
        all.filter(|message| message.taken && message.subject() == subject)
            .map(|message| message.kind())
            .collect()
    }

    pub fn forgets(&self) {
        self.messages.lock().unwrap().clear();
    }
}

fn answer(stream: impl Read + Write, manner: &Mutex<Manner>, messages: &Mutex<Vec<Message>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    // Who does not trust a certificate hangs up.
    if reader.read_line(&mut line).is_err() || !line.starts_with("POST /hook") {
        return;
    }
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut raw = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut raw).unwrap();
    let body: Value = serde_json::from_slice(&raw).unwrap();
    let challenge = body.get("challenge").cloned();
    let subject = body["subject"].as_str().unwrap_or_default().to_owned();
    let manner = manner.lock().unwrap().clone();
    let count = messages.lock().unwrap().len();
    let status = match &manner {
        Manner::Takes | Manner::Misunderstands | Manner::Babbles => Some(200),
        Manner::Answers(status) | Manner::AnswersLate(status) => Some(*status),
        Manner::Redirects(_) => Some(307),
        Manner::RefusesAbout(refused) => Some(if *refused == subject { 503 } else { 200 }),
        Manner::Fails(percent) => Some(if Chance(count as u64).below(100) < *percent { 500 } else { 200 }),
        Manner::TakesSome => Some(if count % 3 == 2 { 500 } else { 200 }),
        Manner::Hangs | Manner::HangsUp => None,
    };
    let taken = matches!(status, Some(200..=299)) && !matches!(manner, Manner::Babbles);
    messages.lock().unwrap().push(Message { headers, raw, body, taken });
    let stream = reader.get_mut();
    let echo = match (&manner, challenge) {
        (Manner::Misunderstands, _) => json!({"challenge": "something else"}),
        (_, Some(challenge)) => json!({"challenge": challenge}),
        (_, None) => json!({}),
    };
    match manner {
        Manner::AnswersLate(status) => {
            thread::sleep(Duration::from_millis(500));
            let _ = write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
        Manner::Hangs => thread::sleep(Duration::from_secs(3)),
        Manner::HangsUp => {}
        Manner::Babbles => {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n")
                .unwrap();
            while stream.write_all(&[b'a'; 4096]).is_ok() {}
        }
        _ => {
            let location = match manner {
                Manner::Redirects(to) => format!("location: {to}\r\n"),
                _ => String::new(),
            };
            let text = echo.to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 {} X\r\ncontent-type: application/json\r\n{location}content-length: {}\r\nconnection: close\r\n\r\n{text}",
                status.unwrap_or(500),
                text.len()
            );
        }
    }
}
