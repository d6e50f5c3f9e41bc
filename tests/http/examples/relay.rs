//! What stands between a client and the program: it passes on, answers itself, or leaves the client in the dark.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::client::Shared;
use crate::wire::{Received, Sent};

/// What becomes of an exchange.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// It reaches the program, and the answer the client.
    PassOn,
    /// It is answered with this status and `Retry-After`.
    Answer(u16, &'static str),
    /// It does not reach the program, and the client hears nothing more.
    StopBefore,
    /// It reaches the program, but the client never hears of it.
    StopAfter,
}

/// An exchange that took place.
#[derive(Debug, Clone)]
pub struct Heard {
    pub sent: Sent,
    /// What the program answered, when it was asked.
    pub received: Option<Received>,
}

impl Heard {
    pub fn status(&self) -> Option<u16> {
        self.received.as_ref().map(|it| it.status)
    }

    /// Gives a header of the answer.
    pub fn answered(&self, name: &str) -> Option<&str> {
        self.received.as_ref().and_then(|it| it.header(name))
    }

    /// Gives a header of the request.
    pub fn asked(&self, name: &str) -> Option<String> {
        let of_name = |(known, _): &&(String, Vec<u8>)| known.eq_ignore_ascii_case(name);
        let header = self.sent.headers.iter().find(of_name);
        header.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }
}

type Rule = dyn Fn(usize, &Sent) -> Deed + Send + Sync;

/// A relay to a program; requests and answers that pass it are held to the contract.
pub struct Relay {
    pub address: SocketAddr,
    inside: Arc<Inside>,
    listening: Option<JoinHandle<()>>,
}

struct Inside {
    shared: Arc<Shared>,
    rule: Box<Rule>,
    count: AtomicUsize,
    heard: Mutex<Vec<Heard>>,
    has_stopped: AtomicBool,
    is_over: AtomicBool,
}

impl Relay {
    /// Stands before a program; the rule says what becomes of the exchange of this number.
    pub fn to(shared: &Arc<Shared>, rule: impl Fn(usize, &Sent) -> Deed + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inside = Arc::new(Inside {
            shared: Arc::clone(shared),
            rule: Box::new(rule),
            count: AtomicUsize::default(),
            heard: Mutex::default(),
            has_stopped: AtomicBool::default(),
            is_over: AtomicBool::default(),
        });
        let own = Arc::clone(&inside);
        let listening = thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                if own.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let own = Arc::clone(&own);
                // The client may be gone before it has its answer: that is what the tests are about.
                thread::spawn(move || drop(own.serves(&caller)));
            }
        });
        Self { address, inside, listening: Some(listening) }
    }

    /// Gives what took place until now.
    pub fn heard(&self) -> Vec<Heard> {
        self.inside.heard.lock().unwrap().clone()
    }

    /// Tells whether a client waits for an answer that never comes.
    pub fn has_stopped(&self) -> bool {
        self.inside.has_stopped.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.inside.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        if let Some(listening) = self.listening.take() {
            drop(listening.join());
        }
    }
}

impl Inside {
    fn serves(&self, caller: &TcpStream) -> std::io::Result<()> {
        caller.set_read_timeout(Some(Duration::from_mins(1)))?;
        let Some(sent) = read(&mut BufReader::new(caller))? else { return Ok(()) };
        let deed = (self.rule)(self.count.fetch_add(1, Ordering::SeqCst), &sent);
        let received = match deed {
            Deed::PassOn | Deed::StopAfter => Some(self.shared.attempt(&sent)?.received),
            Deed::Answer(..) | Deed::StopBefore => None,
        };
        self.heard.lock().unwrap().push(Heard { sent, received: received.clone() });
        match (deed, received) {
            (Deed::Answer(status, retry_after), _) => {
                let headers = vec![("Retry-After".to_owned(), retry_after.to_owned())];
                answer(caller, &Received { status, headers, body: Vec::new() })
            }
            (Deed::PassOn, Some(received)) => answer(caller, &received),
            _ => {
                self.has_stopped.store(true, Ordering::SeqCst);
                // Until the client is killed, which closes the connection.
                let mut rest: &TcpStream = caller;
                rest.read_to_end(&mut Vec::new()).map(drop)
            }
        }
    }
}

/// Reads a request; nothing when the caller has none.
fn read(caller: &mut BufReader<&TcpStream>) -> std::io::Result<Option<Sent>> {
    let mut line = String::new();
    if caller.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (mut headers, mut length) = (Vec::new(), None);
    loop {
        let mut line = String::new();
        caller.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "host" | "connection" => {}
            "content-length" => length = value.trim().parse().ok(),
            _ => headers.push((name.to_owned(), value.trim().as_bytes().to_vec())),
        }
    }
    let mut body = length.map(|length| vec![0; length]);
    caller.read_exact(body.as_deref_mut().unwrap_or_default())?;
    Ok(Some(Sent { method, target, headers, body }))
}

fn answer(mut caller: &TcpStream, received: &Received) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} As Told\r\nConnection: close\r\n", received.status);
    for (name, value) in &received.headers {
        if !["connection", "content-length", "transfer-encoding"]
            .contains(&name.to_ascii_lowercase().as_str())
        {
            head.extend([name, ": ", value, "\r\n"]);
        }
    }
    if received.status != 304 {
        head.extend(["Content-Length: ", &received.body.len().to_string(), "\r\n"]);
    }
    caller.write_all(format!("{head}\r\n").as_bytes())?;
    caller.write_all(&received.body)
}
