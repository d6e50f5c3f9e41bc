//! How webhooks are delivered, and where they may go.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;
use crate::outbound::Network;

/// How webhooks are delivered, and where they may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhooks {
    /// How often the server looks whether something is to be delivered; absent when it delivers nothing.
    pub interval: Option<Duration>,
    /// The longest time for a request, its answer included.
    pub request_time: Duration,
    /// The longest time for a connection.
    pub connect_time: Duration,
    /// The most bytes of an answer.
    pub answer_bytes: usize,
    /// How many requests go to one endpoint at once.
    pub per_subscription: usize,
    /// How many requests there are at once.
    pub concurrency: usize,
    /// How many messages of a subscription wait at the most; the others stay in the feed.
    pub window: usize,
    /// How long what was delivered stays in the log of a subscription.
    pub kept: Duration,
    /// Names whose addresses may be private.
    pub allowed_hosts: Vec<String>,
    /// The ports that may be reached.
    pub allowed_ports: Vec<u16>,
    /// Networks that may be reached whatever they are.
    pub allowed_networks: Vec<Network>,
    /// Whether this machine may be reached, without TLS as well: for trials.
    pub loopback: bool,
    /// A PEM file with certificate authorities that are trusted beside those of the system.
    pub certificate_authorities: Option<PathBuf>,
}

impl Webhooks {
    /// Reads the settings.
    pub(super) fn read(reader: &mut Reader) -> Self {
        let size = |reader: &mut Reader, key, least, most, default: usize| {
            reader.number(key, least, most).and_then(|given| usize::try_from(given).ok()).unwrap_or(default)
        };
        let seconds = |reader: &mut Reader, key, most, default| {
            Duration::from_secs(reader.number(key, 1, most).unwrap_or(default))
        };
        let interval = reader.number("webhooks.interval_milliseconds", 0, 3_600_000).unwrap_or(500);
        Self {
            interval: Some(Duration::from_millis(interval)).filter(|interval| !interval.is_zero()),
            request_time: seconds(reader, "webhooks.request_seconds", 30, 15),
            connect_time: seconds(reader, "webhooks.connect_seconds", 30, 5),
            answer_bytes: size(reader, "webhooks.answer_bytes", 1_024, 1 << 20, 16 << 10),
            per_subscription: size(reader, "webhooks.per_subscription", 1, 64, 4),
            concurrency: size(reader, "webhooks.concurrency", 1, 1_024, 128),
            window: size(reader, "webhooks.window", 1, 10_000, 1_000),
            kept: Duration::from_hours(24 * reader.number("webhooks.log_days", 1, 366).unwrap_or(30)),
            allowed_hosts: reader
                .list("webhooks.allowed_hosts", "names such as hooks.stad.example", |text| {
                    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
                    (!text.is_empty() && text.bytes().all(is_name)).then(|| text.to_ascii_lowercase())
                })
                .unwrap_or_default(),
            allowed_ports: reader
                .list("webhooks.allowed_ports", "ports such as 443", |text| {
                    text.parse::<u16>().ok().filter(|port| *port > 0)
                })
                .unwrap_or_else(|| vec![443]),
            allowed_networks: reader
                .list("webhooks.allowed_networks", "networks such as 10.20.0.0/16", |text| text.parse().ok())
                .unwrap_or_default(),
            loopback: reader
                .choice("webhooks.loopback", &[("refused", false), ("allowed", true)])
                .unwrap_or(false),
            certificate_authorities: reader.text("webhooks.certificate_authorities").map(PathBuf::from),
        }
    }
}
