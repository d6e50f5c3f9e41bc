//! Runs the load generator wrk and reads its report.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::{shell, tools};

/// A load on one address of this machine.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    /// Address, on the loopback interface only.
    pub(crate) url: &'a str,
    /// Header lines such as `Authorization: Bearer …`.
    pub(crate) headers: &'a [String],
    /// Lua script; empty for plain GET requests.
    pub(crate) script: &'a str,
    /// Connections that are open at once.
    pub(crate) connections: u32,
    /// Threads of wrk; not more than connections.
    pub(crate) threads: u32,
    /// How long it lasts.
    pub(crate) seconds: u32,
}

/// What wrk measured.
#[derive(Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) requests_per_second: f64,
    /// How many were sent and answered.
    pub(crate) requests: usize,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Connections that failed, broke or timed out.
    pub(crate) socket_errors: u64,
    /// Answers other than 2xx and 3xx.
    pub(crate) bad_statuses: u64,
}

/// Sends the load and returns what was measured.
pub(crate) fn run_wrk(load: &Load<'_>) -> Result<Measured> {
    if !["http://127.0.0.1:", "http://localhost:"].iter().any(|start| load.url.starts_with(start)) {
        bail!("a load goes to this machine only, not to {}", load.url);
    }
    let mut script = tempfile::Builder::new().suffix(".lua").tempfile().context("cannot make a script")?;
    script.write_all(load.script.as_bytes()).context("cannot write the script")?;
    let mut command = shell::command(tools::wrk()?);
    command.args(["--latency", "--timeout", "10s"]);
    command.args(["--connections", &load.connections.to_string()]);
    command.args(["--threads", &load.threads.min(load.connections).to_string()]);
    command.args(["--duration", &format!("{}s", load.seconds)]);
    for header in load.headers {
        command.args(["--header", header]);
    }
    command.arg("--script").arg(script.path()).arg(load.url);
    let report = shell::read(&mut command)?;
    parse(&report).with_context(|| format!("wrk reported something unexpected:\n{report}"))
}

fn parse(report: &str) -> Option<Measured> {
    let after = |start: &str| report.lines().find_map(|line| line.trim().strip_prefix(start)).map(str::trim);
    let socket_errors = match after("Socket errors:") {
        Some(counts) => counts.split(", ").map(|count| count.split(' ').nth(1)?.parse::<u64>().ok()).sum(),
        None => Some(0),
    };
    let bad_statuses = match after("Non-2xx or 3xx responses:") {
        Some(count) => count.parse().ok(),
        None => Some(0),
    };
    let requests = report.lines().find_map(|line| line.trim().split_once(" requests in "));
    Some(Measured {
        requests_per_second: after("Requests/sec:")?.parse().ok()?,
        requests: requests?.0.parse().ok()?,
        p50: parse_duration(after("50%")?)?,
        p99: parse_duration(after("99%")?)?,
        socket_errors: socket_errors?,
        bad_statuses: bad_statuses?,
    })
}

fn parse_duration(text: &str) -> Option<Duration> {
    let unit = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(unit)?;
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Measured, parse};

    const REPORT: &str = "\
Running 1s test @ http://127.0.0.1:8080/health
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.16ms    5.10ms  58.93ms   96.83%
    Req/Sec    19.47k     4.06k   24.21k    50.00%
  Latency Distribution
     50%  170.00us
     75%  225.00us
     90%  397.00us
     99%    1.25ms
  21315 requests in 1.10s, 17.28MB read
";

    #[test]
    fn a_report_without_errors_is_read() {
        let report = format!("{REPORT}Requests/sec:  19378.42\nTransfer/sec:     15.71MB\n");
        let expected = Measured {
            requests_per_second: 19378.42,
            requests: 21315,
            p50: Duration::from_micros(170),
            p99: Duration::from_micros(1250),
            socket_errors: 0,
            bad_statuses: 0,
        };
        assert_eq!(parse(&report), Some(expected));
    }

    #[test]
    fn errors_are_counted() {
        let errors =
            "  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 42\n";
        let measured = parse(&format!("{REPORT}{errors}Requests/sec:  1.00\n"));
        assert_eq!(measured.map(|it| (it.socket_errors, it.bad_statuses)), Some((7, 42)));
    }

    #[test]
    fn a_report_that_breaks_off_is_refused() {
        assert_eq!(parse(REPORT), None);
    }
}
