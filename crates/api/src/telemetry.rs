//! The log: structured lines, written by a thread of its own.

use std::fmt;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Writes what is still waiting when it is dropped: keep it until the program ends.
#[must_use]
pub struct LogGuard {
    _writer: WorkerGuard,
}

/// A log that cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is none.
    #[error("the log filter cannot be used: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// There is a log already.
    #[error("the log is started already: {0}")]
    Started(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts the log of the program on standard error; panics go there too.
pub fn start(log: &Log) -> Result<LogGuard, TelemetryError> {
    let (writer, guard) = tracing_appender::non_blocking(std::io::stderr());
    let builder =
        tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(&log.filter)?).with_writer(writer);
    match log.format {
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init()?,
        LogFormat::Pretty => builder.finish().try_init()?,
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(tracing::field::display);
        tracing::error!(place, "panic: {}", Payload(panic.payload()));
    }));
    Ok(LogGuard { _writer: guard })
}

struct Payload<'a>(&'a (dyn std::any::Any + Send));

impl fmt::Display for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.downcast_ref::<&str>().copied();
        f.write_str(
            text.or_else(|| self.0.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a text"),
        )
    }
}
