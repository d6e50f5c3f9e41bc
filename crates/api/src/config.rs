//! Configuration: a TOML file, then the environment; every fault is told at once, naming the key.

mod reader;
mod webhooks;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, io};

use jiff::SignedDuration;
use persistence::{DatabaseUrl, PoolSizes, Store};
pub use reader::Fault;
use reader::Reader;
pub use webhooks::Webhooks;

use crate::issuer::{Algorithm, SigningAlgorithm};

/// The settings of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The address by which callers reach the server, without path.
    pub public_url: String,
    /// The folder for files, and for the SQLite database when no other is named.
    pub data_dir: PathBuf,
    /// The address of the database.
    pub database_url: Secret,
    /// The address and port for metrics alone; none when they are not served there.
    pub metrics_listen: Option<SocketAddr>,
    /// The number of threads that handle requests.
    pub workers: usize,
    /// How the log is written.
    pub log: Log,
    /// What requests are held to.
    pub limits: Limits,
    /// The number of connections to the database.
    pub pool: Pool,
    /// How often the server looks whether a step of the rules is due; absent when it does not.
    pub sweep_interval: Option<Duration>,
    /// For how long the change feed keeps what it told.
    pub feed_retention: SignedDuration,
    /// The service that events say they come from: the first part of their types.
    pub event_service: String,
    /// How webhooks are delivered, and where they may go.
    pub webhooks: Webhooks,
    /// How long an access token of the built-in issuer is good.
    pub token_lifetime: Duration,
    /// How the built-in issuer signs, what signatures are believed, and who may try how often.
    pub issuer: Issuer,
}

/// How the built-in issuer signs, what signatures are believed, and who may try how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The algorithm of new keys.
    pub signing: SigningAlgorithm,
    /// The algorithms that an access token may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// How long a key signs.
    pub key_period: Duration,
    /// How many failed attempts a minute one address may make as one client.
    pub failures_per_minute: u32,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// How the log is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// What is written: a level, or directives such as `info,access=warn`.
    pub filter: String,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

/// What requests are held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a JSON body.
    pub body_bytes: usize,
    /// The most bytes of path and query.
    pub uri_bytes: usize,
    /// The most bytes of all headers.
    pub header_bytes: usize,
    /// The longest time for the head of a request to arrive.
    pub head_time: Duration,
    /// The longest time for the body of a request to arrive.
    pub body_time: Duration,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// How long requests may go on after the server is asked to stop.
    pub shutdown_time: Duration,
    /// The most connections per worker.
    pub connections: usize,
    /// How many tokens that cannot be trusted one address may send in a minute; 0 for any number.
    pub failed_tokens_per_minute: u32,
    /// How many calls a minute one client may make; 0 for any number.
    pub requests_per_minute: u32,
    /// How many calls of one client are worked on at once; 0 for any number.
    pub concurrent_per_client: usize,
    /// How many calls of one client may wait for news at once; 0 for any number.
    pub waiting_per_client: usize,
}

impl Limits {
    /// How many tokens that cannot be trusted one address may send in a minute, when nothing is set.
    const FAILED_TOKENS_PER_MINUTE: u32 = 600;
    /// How many calls a minute one client may make, when nothing is set.
    const REQUESTS_PER_MINUTE: u32 = 6_000;
    /// How many calls of one client are worked on at once, when nothing is set.
    const CONCURRENT_PER_CLIENT: usize = 64;
    /// How many calls of one client may wait for news at once, when nothing is set.
    const WAITING_PER_CLIENT: usize = 1_000;

    /// Takes away those limits of callers that nobody set.
    pub(crate) fn be_generous(&mut self) {
        if self.failed_tokens_per_minute == Self::FAILED_TOKENS_PER_MINUTE {
            self.failed_tokens_per_minute = 0;
        }
        if self.requests_per_minute == Self::REQUESTS_PER_MINUTE {
            self.requests_per_minute = 0;
        }
        if self.concurrent_per_client == Self::CONCURRENT_PER_CLIENT {
            self.concurrent_per_client = 0;
        }
        if self.waiting_per_client == Self::WAITING_PER_CLIENT {
            self.waiting_per_client = 0;
        }
    }
}

/// The number of connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Connections; on SQLite for reading, beside the one that writes.
    pub connections: u32,
}

/// A text that never appears in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text, for use where it is needed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Config {
    /// Opens the database; the first use connects.
    pub fn open_store(&self) -> Store {
        let sizes = PoolSizes { readers: self.pool.connections, ..PoolSizes::default() };
        Store::open(&DatabaseUrl::parse(self.database_url.reveal()), sizes)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: io::Error,
    },
    /// The file is no TOML.
    #[error("the configuration {} is no TOML: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The reason, with line and column.
        reason: String,
    },
    /// Some keys have no usable value.
    #[error("the configuration has {} fault(s):{}", .0.len(), listed(.0))]
    Faults(Vec<Fault>),
}

fn listed(faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(|fault| format!("\n  - {fault}")).collect();
    lines.concat()
}

impl Config {
    /// Reads the file that is named, or the one in `WIJKOVERLEG_CONFIG`, or none; then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let environment: Vec<_> = environment().collect();
        let named = environment.iter().find(|(name, _)| name == "WIJKOVERLEG_CONFIG");
        let file = file.map(Path::to_path_buf).or_else(|| named.map(|(_, path)| PathBuf::from(path)));
        let text = match &file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|reason| ConfigError::Unreadable { path: path.clone(), reason })?,
            None => String::new(),
        };
        let table = text.parse().map_err(|reason: toml::de::Error| ConfigError::Malformed {
            path: file.unwrap_or_default(),
            reason: reason.to_string(),
        })?;
        Self::read(table, environment)
    }

    /// Reads settings from a parsed file and an environment.
    pub fn read(
        file: toml::Table,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(file, environment);
        let listen = reader.address("listen").unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let data_dir = PathBuf::from(reader.text("data_dir").unwrap_or_else(|| "data".to_owned()));
        let database_url = reader
            .text("database_url")
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("wijkoverleg.sqlite").display()));
        let public_url = reader.parsed(
            "public_url",
            "an http or https address without path, such as https://wijk.example.org",
            public_url,
        );
        let seconds = |reader: &mut Reader, key, default| {
            Duration::from_secs(reader.number(key, 1, 86_400).unwrap_or(default))
        };
        let size = |reader: &mut Reader, key, least: u64, most: u64, default: usize| {
            reader.number(key, least, most).and_then(|given| usize::try_from(given).ok()).unwrap_or(default)
        };
        let config = Self {
            public_url: public_url.unwrap_or_else(|| format!("http://{listen}")),
            listen,
            database_url: Secret(database_url),
            data_dir,
            metrics_listen: reader.address("metrics_listen"),
            workers: size(&mut reader, "workers", 1, 1_024, available_workers()),
            log: Log {
                format: reader
                    .choice("log.format", &[("json", LogFormat::Json), ("pretty", LogFormat::Pretty)])
                    .unwrap_or(LogFormat::Json),
                filter: reader
                    .parsed(
                        "log.level",
                        "a level or directives, such as info or info,access=warn",
                        log_filter,
                    )
                    .unwrap_or_else(|| "info".to_owned()),
            },
            limits: Limits {
                body_bytes: size(&mut reader, "limits.body_bytes", 1_024, 64 << 20, 1 << 20),
                uri_bytes: size(&mut reader, "limits.uri_bytes", 256, 64 << 10, 8 << 10),
                header_bytes: size(&mut reader, "limits.header_bytes", 1_024, 100 << 10, 32 << 10),
                head_time: seconds(&mut reader, "limits.head_seconds", 10),
                body_time: seconds(&mut reader, "limits.body_seconds", 30),
                keep_alive: seconds(&mut reader, "limits.keep_alive_seconds", 75),
                shutdown_time: seconds(&mut reader, "limits.shutdown_seconds", 30),
                connections: size(&mut reader, "limits.connections_per_worker", 1, 1_000_000, 25_000),
                failed_tokens_per_minute: reader
                    .number("limits.failed_tokens_per_minute", 0, 1_000_000)
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(Limits::FAILED_TOKENS_PER_MINUTE),
                requests_per_minute: reader
                    .number("limits.requests_per_minute", 0, 1_000_000)
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(Limits::REQUESTS_PER_MINUTE),
                concurrent_per_client: size(
                    &mut reader,
                    "limits.concurrent_per_client",
                    0,
                    100_000,
                    Limits::CONCURRENT_PER_CLIENT,
                ),
                waiting_per_client: size(
                    &mut reader,
                    "limits.waiting_per_client",
                    0,
                    100_000,
                    Limits::WAITING_PER_CLIENT,
                ),
            },
            pool: Pool {
                connections: reader
                    .number("pool.connections", 1, 1_000)
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(8),
            },
            sweep_interval: Some(Duration::from_secs(
                reader.number("sweep.interval_seconds", 0, 86_400).unwrap_or(60),
            ))
            .filter(|interval| !interval.is_zero()),
            feed_retention: SignedDuration::from_hours(
                24 * i64::try_from(reader.number("events.retention_days", 1, 3_650).unwrap_or(90))
                    .unwrap_or(90),
            ),
            event_service: reader
                .parsed(
                    "events.service",
                    "words of lower-case letters and digits with dots between",
                    service_name,
                )
                .unwrap_or_else(|| "be.example.wijkoverleg.v1".to_owned()),
            webhooks: Webhooks::read(&mut reader),
            token_lifetime: seconds(&mut reader, "token_lifetime_seconds", 900),
            issuer: issuer(&mut reader),
        };
        let faults = reader.finish();
        if faults.is_empty() { Ok(config) } else { Err(ConfigError::Faults(faults)) }
    }
}

fn service_name(text: &str) -> Option<String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    (text.len() <= 100 && text.split('.').all(is_word)).then(|| text.to_owned())
}

fn issuer(reader: &mut Reader) -> Issuer {
    const ALGORITHMS: &str = "issuer.accepted_algorithms";
    let signing = reader
        .choice("issuer.signing_algorithm", &SigningAlgorithm::ALL.map(|one| (one.algorithm().name(), one)))
        .unwrap_or_default();
    let accepted = |name: &str| Algorithm::ACCEPTED.into_iter().find(|one| one.name() == name);
    let algorithms = reader.list(ALGORITHMS, "one or more of ES256, RS256 and EdDSA", accepted);
    if algorithms.as_ref().is_some_and(|accepted| !accepted.contains(&signing.algorithm())) {
        let name = signing.algorithm().name();
        reader.fault(ALGORITHMS, format!("expected {name} among them, as the built-in issuer signs with it"));
    }
    Issuer {
        signing,
        algorithms: algorithms.unwrap_or_else(|| Algorithm::ACCEPTED.to_vec()),
        key_period: Duration::from_hours(24 * reader.number("issuer.key_period_days", 1, 366).unwrap_or(30)),
        failures_per_minute: reader
            .number("issuer.failures_per_minute", 1, 10_000)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(10),
        trusted_proxies: reader
            .list("issuer.trusted_proxies", "addresses such as 10.0.0.1", |text| {
                text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
            })
            .unwrap_or_default(),
    }
}

fn available_workers() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn public_url(text: &str) -> Option<String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = host.strip_suffix('/').unwrap_or(host);
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'));
    is_host.then(|| text.trim_end_matches('/').to_owned())
}

fn log_filter(text: &str) -> Option<String> {
    tracing_subscriber::EnvFilter::try_new(text).ok().map(|_| text.to_owned())
}

#[allow(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

#[cfg(test)]
mod tests;
