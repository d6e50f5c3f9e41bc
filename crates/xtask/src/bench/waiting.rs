//! What thousands of calls that wait for news cost, and how soon all of them are told.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::stage::{History, Programs, Stage};
use crate::home::{Database, Home};
use crate::http;

/// How many calls wait.
const WAITING: usize = 5_000;

/// How many requests are in the database.
const REQUESTS: u32 = 1_000;

/// How much more memory the program may use while they wait, in MiB.
const AT_MOST: u64 = 200;

/// How long it may take until the last of them is told.
const WITHIN: Duration = Duration::from_secs(1);

/// What they ask: the newest of what is sent.
const PATH: &str = "/wijkoverleg/v1/followUpRequests?state=sent&pageSize=1";

/// Prints what waiting costs and returns what is not as it must be.
pub(super) fn measure(programs: &Programs, database: Database) -> Result<Vec<String>> {
    let needed = WAITING + 200;
    if open_files()? < needed {
        bail!("{WAITING} calls at once need `ulimit -n {}` or more", needed.next_power_of_two());
    }
    let home = Home::new(database)?;
    let mut stage = Stage::set(programs, &home.url(), home.folder(), History::of(REQUESTS))?;
    let etag = http::etag(stage.address(), PATH, stage.service_token())?;
    let before = stage.memory().context("the system does not tell the memory of a process")?.resident;
    let asked = Instant::now();
    let calls = (0..WAITING).map(|_| waits(&stage, &etag)).collect::<Result<Vec<_>>>()?;
    // All of them sit once the last one does.
    std::thread::sleep(Duration::from_secs(2));
    let busy = stage.processor_time()?;
    std::thread::sleep(Duration::from_secs(3));
    let busy = stage.processor_time()?.saturating_sub(busy) / 3;
    let resident = stage.memory().context("the program has stopped")?.resident;
    let sat = asked.elapsed();

    let open = stage.prepared.open_request_ids.first().context("no open request")?;
    let path = format!("/wijkoverleg/v1/followUpRequests/{open}/receive");
    http::post(stage.address(), &path, stage.service_token(), "If-Match: *\r\n", "{}")?;
    let changed = Instant::now();
    let told = calls.into_iter().map(is_told).collect::<Result<Vec<_>>>()?;
    let woken = changed.elapsed();
    stage.check()?;

    let more = resident.saturating_sub(before);
    println!(
        "\nwaiting: {} calls after {:.1} s; {more} MiB more than the {before} MiB before, asked < {AT_MOST}; \
         {} ms of processor time a second; all told {:.2} s after a change, asked {:.0} s",
        told.len(),
        sat.as_secs_f64(),
        busy.as_millis(),
        woken.as_secs_f64(),
        WITHIN.as_secs_f64(),
    );
    let mut failures = Vec::new();
    if more >= AT_MOST {
        failures.push(format!("{WAITING} waiting calls on {database:?} took {more} MiB"));
    }
    if woken > WITHIN {
        failures
            .push(format!("the last of {WAITING} waiting calls on {database:?} was told after {woken:?}"));
    }
    Ok(failures)
}

/// Begins a call that waits for news.
fn waits(stage: &Stage, etag: &str) -> Result<TcpStream> {
    let (address, token) = (stage.address(), stage.service_token());
    let mut stream = TcpStream::connect(address).context("the program takes no more connections")?;
    stream.set_read_timeout(Some(Duration::from_secs(70)))?;
    let head = format!(
        "GET {PATH} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nIf-None-Match: {etag}\r\n\
         Prefer: wait=60\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}

/// Reads the answer to a call that waited; fails unless it brings news.
fn is_told(mut stream: TcpStream) -> Result<()> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).context("a waiting call was given no answer")?;
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        bail!("a waiting call was told {}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}

/// Tells how many files this process may have open.
fn open_files() -> Result<usize> {
    let limits = fs::read_to_string("/proc/self/limits").context("the system does not tell its limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).context("no limit on open files")?;
    Ok(soft.parse().unwrap_or(usize::MAX))
}
