//! How fast an endpoint is told what happened, beside a client that does nothing but send.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::json;

use super::stage::{History, Programs, Stage, free_port, start};
use crate::home::{Database, Home};
use crate::supervised::Supervised;
use crate::{http, shell};

/// How many requests are in the database.
const REQUESTS: u32 = 20_000;

/// How many messages are sent before it is measured.
const BEFORE: u64 = 500;

/// Endpoints: for how many milliseconds each works on a message, and over how many messages it is measured.
const ENDPOINTS: [(u32, u64); 2] = [(0, 40_000), (1, 8_000)];

/// How many messages are sent at once; what the program does by itself.
const AT_ONCE: u32 = 4;

/// The share of the bare client's rate that is reached.
const AT_LEAST: f64 = 0.5;

/// How long it may take at the most.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Deserialize)]
struct Sent {
    messages: f64,
    seconds: f64,
}

#[derive(Deserialize)]
struct Taken {
    messages: u64,
    microseconds: u64,
}

/// Prints how fast deliveries and a bare client are to each endpoint, and returns what is not as it must be.
pub(super) fn compare(programs: &Programs, database: Database) -> Result<Vec<String>> {
    let mut failures = Vec::new();
    for (milliseconds, messages) in ENDPOINTS {
        failures.extend(compare_at(programs, database, milliseconds, messages)?);
    }
    Ok(failures)
}

fn compare_at(
    programs: &Programs,
    database: Database,
    milliseconds: u32,
    messages: u64,
) -> Result<Option<String>> {
    let (_receiver, address) = receiver(&programs.bench, milliseconds)?;
    let bare = bare(&programs.bench, &address, messages)?;
    let home = Home::new(database)?;
    let mut stage = Stage::set(programs, &home.url(), home.folder(), History::of(REQUESTS))?;
    let before = taken(&address)?.messages;
    subscribe(&stage, &address)?;
    let from = wait_for(&address, before + BEFORE)?;
    let until = wait_for(&address, before + BEFORE + messages)?;
    stage.check()?;
    let count = u32::try_from(until.messages - from.messages).map_or(f64::MAX, f64::from);
    let delivered = count / Duration::from_micros(until.microseconds - from.microseconds).as_secs_f64();
    let ratio = delivered / bare;
    println!(
        "\nwebhooks: {delivered:.0} messages/s to an endpoint that works {milliseconds} ms on each; a bare client \
         {bare:.0}/s; ratio {ratio:.2}, asked {AT_LEAST}"
    );
    let is_slow = ratio < AT_LEAST;
    Ok(is_slow.then(|| {
        format!("webhooks on {database:?} are {ratio:.2} × a bare client, to an endpoint that works {milliseconds} ms")
    }))
}

fn receiver(bench: &Path, milliseconds: u32) -> Result<(Supervised, String)> {
    let port = free_port()?;
    let address = format!("127.0.0.1:{port}");
    let mut command = shell::command(bench);
    command.args(["receive", "--port", &port.to_string(), "--milliseconds", &milliseconds.to_string()]);
    let mut receiver = start(&command, "bench-receive.log")?;
    receiver.wait_until(Duration::from_secs(30), || http::get(&address, "/count").ok())?;
    Ok((receiver, address))
}

/// Gives how many messages a second a bare client sends.
fn bare(bench: &Path, address: &str, messages: u64) -> Result<f64> {
    let mut command = shell::command(bench);
    command.args(["post", "--url", &format!("http://{address}/hook"), "--messages", &messages.to_string()]);
    command.args(["--concurrency", &AT_ONCE.to_string()]);
    let sent: Sent = serde_json::from_str(&shell::read(&mut command)?)?;
    Ok(sent.messages / sent.seconds)
}

fn taken(address: &str) -> Result<Taken> {
    Ok(serde_json::from_str(&http::get(address, "/count")?)?)
}

/// Has the endpoint told everything that there is, from the first event on.
fn subscribe(stage: &Stage, address: &str) -> Result<()> {
    let (program, token) = (stage.address(), stage.manager_token());
    let first = http::read(program, "/wijkoverleg/v1/events?pageSize=1", token)?;
    let next = first.get("next").and_then(|next| next.as_str()).context("the feed has no next page")?;
    let (_, rest) = next.split_once("after=").context("the next page has no place")?;
    let after = rest.split('&').next().unwrap_or_default();
    let body = json!({"organisationId": stage.prepared.city_id, "url": format!("http://{address}/hook"), "after": after});
    http::post(program, "/wijkoverleg/v1/webhookSubscriptions", token, "", &body.to_string())
}

fn wait_for(address: &str, messages: u64) -> Result<Taken> {
    let started = Instant::now();
    loop {
        let taken = taken(address)?;
        if taken.messages >= messages {
            return Ok(taken);
        }
        if started.elapsed() > PATIENCE {
            bail!("only {} of {messages} messages came", taken.messages);
        }
        sleep(Duration::from_millis(20));
    }
}
