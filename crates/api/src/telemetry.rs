//! The log: structured lines, written by a thread of its own.

use std::io::{self, BufWriter, Write};
use std::time::Duration;
use std::{fmt, thread};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// For how long lines are gathered before they are written together.
const PAUSE: Duration = Duration::from_millis(10);

/// How much of the log is written at once, in bytes.
const GATHERED: usize = 64 << 10;

/// Writes many lines at once: whoever writes here rests after each time it had nothing left to write, and what comes
/// meanwhile waits in its queue, without waking it for every line.
struct Gathered<W: Write> {
    writer: BufWriter<W>,
    pause: Duration,
}

impl<W: Write> Gathered<W> {
    fn new(writer: W, pause: Duration) -> Self {
        Self { writer: BufWriter::with_capacity(GATHERED, writer), pause }
    }
}

impl<W: Write> Write for Gathered<W> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.writer.write(lines)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()?;
        thread::sleep(self.pause);
        Ok(())
    }
}

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
    let (writer, guard) = tracing_appender::non_blocking(Gathered::new(io::stderr(), PAUSE));
    let builder =
        tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(&log.filter)?).with_writer(writer);
    match log.format {
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .finish()
            .try_init()?,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts how often it is written to.
    #[derive(Default)]
    struct Counted {
        text: Vec<u8>,
        times: usize,
    }

    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.times += 1;
            self.text.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_gathered_until_nothing_more_comes() {
        let mut gathered = Gathered::new(Counted::default(), Duration::ZERO);
        for _ in 0..3 {
            for number in 0..100 {
                writeln!(gathered, "line {number}").unwrap();
            }
            gathered.flush().unwrap();
        }
        let counted = gathered.writer.get_ref();
        assert_eq!((counted.times, counted.text.split(|byte| *byte == b'\n').count()), (3, 301));
    }
}
