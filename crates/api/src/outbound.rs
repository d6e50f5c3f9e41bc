//! Requests that we send to addresses of others: only where they may go, and never for longer or for more than is allowed.

mod guard;
mod network;

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Url};

pub use guard::{Guard, UrlFault};
pub use network::{Network, is_public};

use crate::config::Webhooks;

/// Sends requests within the limits of the settings.
pub struct Outbound {
    /// Absent where the system trusts no certificate authority at all.
    client: Option<Client>,
    guard: Arc<Guard>,
    time: Duration,
    answer_bytes: usize,
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer, in words that the owner of an endpoint may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No request can be sent from here.
    #[error("no request can be sent from here")]
    Unable,
    /// The address may not be reached.
    #[error("the address may not be reached")]
    Refused,
    /// The name has no address.
    #[error("the name of the host cannot be resolved")]
    Unresolved,
    /// There is no connection, or its certificate is not trusted.
    #[error("no connection, or no trusted certificate")]
    NoConnection,
    /// It took too long.
    #[error("no complete answer in time")]
    TimedOut,
    /// The answer is too large.
    #[error("the answer is too large")]
    TooLarge,
    /// The connection broke, or what came is no answer.
    #[error("the connection broke, or no HTTP answer came")]
    Broken,
}

/// Why requests cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The file of certificate authorities cannot be read.
    #[error("the certificate authorities cannot be read: {0}")]
    Authorities(std::io::Error),
    /// The file of certificate authorities is no PEM.
    #[error("the certificate authorities are no PEM: {0}")]
    Pem(reqwest::Error),
}

impl Outbound {
    /// Makes what sends requests.
    pub fn new(settings: &Webhooks) -> Result<Self, OutboundError> {
        let guard = Arc::new(Guard::new(settings));
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .https_only(!settings.loopback)
            .connect_timeout(settings.connect_time)
            .timeout(settings.request_time)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("wijkoverleg/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(GuardedNames(Arc::clone(&guard)));
        if let Some(path) = &settings.certificate_authorities {
            let pem = std::fs::read(path).map_err(OutboundError::Authorities)?;
            builder =
                builder.tls_certs_merge(Certificate::from_pem_bundle(&pem).map_err(OutboundError::Pem)?);
        }
        let client = builder.build();
        if let Err(error) = &client {
            tracing::warn!(?error, "no webhook can be delivered: there is no client for requests");
        }
        Ok(Self {
            client: client.ok(),
            guard,
            time: settings.request_time,
            answer_bytes: settings.answer_bytes,
        })
    }

    /// Checks an address as far as its text tells.
    pub fn check(&self, url: &str) -> Result<Url, UrlFault> {
        self.guard.check(url)
    }

    /// Posts JSON to an address; gives what came and how long it took.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        media_type: &'static str,
        body: Vec<u8>,
    ) -> (Result<Answer, Failure>, Duration) {
        let started = Instant::now();
        // The whole of it, name and answer included, whatever the client counts.
        let sent = tokio::time::timeout(self.time, self.send(url, headers, media_type, body)).await;
        (sent.unwrap_or(Err(Failure::TimedOut)), started.elapsed())
    }

    async fn send(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Answer, Failure> {
        // The host of a name is checked when it is connected to, an address is only here.
        let url = self.guard.check(url).map_err(|_| Failure::Refused)?;
        let client = self.client.as_ref().ok_or(Failure::Unable)?;
        let mut request = client.post(url).header("content-type", media_type).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len().saturating_add(chunk.len()) > self.answer_bytes {
                return Err(Failure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        match inner.downcast_ref::<NameFault>() {
            Some(NameFault::Refused) => return Failure::Refused,
            Some(NameFault::Unresolved) => return Failure::Unresolved,
            None => cause = inner.source(),
        }
    }
    if error.is_timeout() {
        Failure::TimedOut
    } else if error.is_connect() {
        Failure::NoConnection
    } else {
        Failure::Broken
    }
}

/// Why a name leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum NameFault {
    #[error("an address of the host may not be reached")]
    Refused,
    #[error("the host has no address")]
    Unresolved,
}

/// Resolves names when a connection is made, and gives no address that may not be reached: between a check and a connection
/// a name could come to lead elsewhere.
struct GuardedNames(Arc<Guard>);

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await;
            let found: Vec<_> = found.map_err(|_| NameFault::Unresolved)?.collect();
            if found.is_empty() {
                return Err(NameFault::Unresolved.into());
            }
            // One that may not be reached makes all of them suspect.
            if !found.iter().all(|address| guard.may_reach(Some(&host), address.ip())) {
                return Err(NameFault::Refused.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}
