//! The stage of a measurement: a database with a history, the program and the floor on it, and tokens.

use std::cell::Cell;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::scenarios::{Caller, Scenario};
use crate::program::Memory;
use crate::supervised::{Start, Supervised};
use crate::{http, shell};

/// The programs that take part.
pub(crate) struct Programs {
    /// `wijkoverleg`.
    pub(crate) program: std::path::PathBuf,
    /// `bench`.
    pub(crate) bench: std::path::PathBuf,
}

/// What `bench prepare` tells of the data.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prepared {
    pub(crate) consultation_id: String,
    pub(crate) city_id: String,
    pub(crate) service_ids: Vec<String>,
    pub(crate) open_request_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    client_id: String,
    client_secret: String,
}

/// A database with the program and the floor on it.
pub(crate) struct Stage {
    pub(crate) prepared: Prepared,
    program: Supervised,
    _floor: Supervised,
    address: String,
    floor_address: String,
    service_token: String,
    manager_token: String,
    used: Cell<usize>,
}

/// How large a history is.
#[derive(Clone, Copy)]
pub(crate) struct History {
    /// How many requests it holds.
    pub(crate) requests: u32,
    /// How many of them are about one case.
    pub(crate) per_case: u32,
}

impl History {
    /// Gives the history of this many requests that most is measured on.
    pub(crate) const fn of(requests: u32) -> Self {
        Self { requests, per_case: 5 }
    }
}

/// Fills a database.
pub(crate) fn prepare(bench: &Path, database: &str, history: History) -> Result<Prepared> {
    let mut command = shell::command(bench);
    command.args(["--database", database, "prepare", "--requests", &history.requests.to_string()]);
    command.args(["--per-case", &history.per_case.to_string()]);
    serde_json::from_str(&shell::read(&mut command)?).context("`bench prepare` printed something unexpected")
}

/// How many open requests the floor has for itself.
const FLOORS: usize = 1_000;

/// Shares open requests out between the program and the floor.
fn split(ids: &[String]) -> (&[String], &[String]) {
    ids.split_at(ids.len().saturating_sub(FLOORS))
}

impl Stage {
    /// Fills a database and starts both servers on it.
    pub(crate) fn set(programs: &Programs, database: &str, folder: &Path, history: History) -> Result<Self> {
        let prepared = prepare(&programs.bench, database, history)?;
        let service = prepared.service_ids.first().context("no service")?;
        let register = |role: &str, organisation: &str| -> Result<Registered> {
            let mut command = shell::command(&programs.program);
            command.args(["client", "create", "--json", "--name", role, "--role", role]);
            command.args(["--organisation", organisation]).env("DATABASE_URL", database);
            command.env("WIJKOVERLEG_DATA_DIR", folder);
            serde_json::from_str(&shell::read(&mut command)?)
                .context("`client create` printed something unexpected")
        };
        let service_client = register("serviceAgent", service)?;
        let manager_client = register("neighbourhoodManager", &prepared.city_id)?;

        let (port, floor_port) = (free_port()?, free_port()?);
        let address = format!("127.0.0.1:{port}");
        let mut serve = shell::command(&programs.program);
        serve.arg("serve").env("DATABASE_URL", database).env("WIJKOVERLEG_LISTEN", &address);
        serve.env("WIJKOVERLEG_PUBLIC_URL", format!("http://{address}")).env("WIJKOVERLEG_DATA_DIR", folder);
        serve.env("WIJKOVERLEG_TOKEN_LIFETIME_SECONDS", "43200");
        // What the program bears is measured, not what one client may ask of it.
        for limit in ["REQUESTS_PER_MINUTE", "CONCURRENT_PER_CLIENT", "WAITING_PER_CLIENT"] {
            serve.env(format!("WIJKOVERLEG_LIMITS_{limit}"), "0");
        }
        // The endpoint of a measurement is on this machine.
        serve.env("WIJKOVERLEG_WEBHOOKS_LOOPBACK", "allowed");
        // What a hundred thousand requests have due is measured by itself.
        serve.env("WIJKOVERLEG_SWEEP_INTERVAL_SECONDS", "0");
        let mut program = start(&serve, "bench-serve.log")?;
        program.wait_until(Duration::from_secs(30), || {
            http::get(&address, "/wijkoverleg/v1/health/ready").ok()
        })?;

        let floor_address = format!("127.0.0.1:{floor_port}");
        let mut floor = shell::command(&programs.bench);
        floor.args(["--database", database, "floor", "--port", &floor_port.to_string()]);
        let mut floor = start(&floor, "bench-floor.log")?;
        floor.wait_until(Duration::from_secs(30), || http::get(&floor_address, "/empty").ok())?;

        let token = |client: &Registered| http::token(&address, &client.client_id, &client.client_secret);
        Ok(Self {
            service_token: token(&service_client)?,
            manager_token: token(&manager_client)?,
            prepared,
            program,
            _floor: floor,
            address,
            floor_address,
            used: Cell::new(0),
        })
    }

    /// Fails when the program has stopped.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.program.check()
    }

    /// Returns the memory of the program.
    pub(crate) fn memory(&self) -> Option<Memory> {
        Memory::of(self.program.pid())
    }

    /// Returns how long the program has kept processors busy.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.program.pid()))?;
        // After the name in parentheses; ticks of a hundredth of a second in user and system mode.
        let fields = stat.rsplit_once(')').context("no name")?.1.split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Returns the address that the program listens on.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Returns a token of the application of a service.
    pub(crate) fn service_token(&self) -> &str {
        &self.service_token
    }

    /// Returns a token of the neighbourhood manager.
    pub(crate) fn manager_token(&self) -> &str {
        &self.manager_token
    }

    /// Returns the address of the floor's server.
    pub(crate) fn floor_url(&self) -> String {
        format!("http://{}", self.floor_address)
    }

    /// Returns the address of the program's server.
    pub(crate) fn program_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Writes the script of the load generator for a scenario, on the program or on its floor.
    pub(crate) fn script(&self, scenario: &Scenario, on_floor: bool) -> Result<String> {
        let (method, path) = if on_floor { scenario.floor } else { scenario.program };
        let path = self.filled(&if on_floor { path.to_owned() } else { format!("/wijkoverleg/v1{path}") })?;
        let mut headers = String::new();
        if !on_floor {
            let token = match scenario.caller {
                Caller::Service => &self.service_token,
                Caller::Manager => &self.manager_token,
            };
            headers.push_str(&format!("wrk.headers[\"Authorization\"] = \"Bearer {token}\"\n"));
            for (name, value) in scenario.headers {
                let value = match *value {
                    "{etag}" => http::etag(&self.address, &path, token)?,
                    value => value.to_owned(),
                };
                headers.push_str(&format!("wrk.headers[\"{name}\"] = {value:?}\n"));
            }
        }
        let body = self.filled(scenario.body)?;
        // The floor writes the same rows again and again; the program answers each request once.
        let (own, floors) = split(&self.prepared.open_request_ids);
        let open = if on_floor { floors } else { own.get(self.used.get()..).unwrap_or_default() };
        let mut script = format!("wrk.method = \"{method}\"\nwrk.body = {body:?}\n{headers}");
        if path.contains("{open}") || headers.contains("{key}") {
            let list: Vec<String> = open.iter().map(|id| format!("{id:?}")).collect();
            let list = if path.contains("{open}") { list.join(",") } else { String::new() };
            script.push_str(&format!(
                "local open = {{{list}}}\nlocal n = 0\nlocal path = {path:?}\nlocal body = wrk.body\n\
                 local seed = \"{}-\" .. tostring(os.time())\n\
                 request = function()\n  n = n + 1\n\
                 \x20 if #open > 0 and n > #open then {} end\n\
                 \x20 local p = path:gsub(\"{{open}}\", open[n] or \"\")\n\
                 \x20 if wrk.headers[\"Idempotency-Key\"] then\n\
                 \x20   wrk.headers[\"Idempotency-Key\"] = \"\\\"\" .. seed .. \"-\" .. n .. \"\\\"\"\n  end\n\
                 \x20 local b = body:gsub(\"{{number}}\", tostring(n % 300))\n\
                 \x20 return wrk.format(wrk.method, p, wrk.headers, b)\nend\n",
                if on_floor { "floor" } else { "program" },
                if on_floor { "n = 1" } else { "wrk.thread:stop()" },
            ));
        } else {
            script.push_str(&format!("wrk.path = {path:?}\n"));
        }
        Ok(script)
    }

    /// Takes the requests that a scenario answered out of the list.
    pub(crate) fn use_up(&self, answered: usize) {
        self.used.set(self.used.get() + answered);
    }

    fn filled(&self, text: &str) -> Result<String> {
        let service = self.prepared.service_ids.first().context("no service")?;
        let request = self.prepared.open_request_ids.last().context("no open request")?;
        Ok(text
            .replace("{service}", service)
            .replace("{consultation}", &self.prepared.consultation_id)
            .replace("{request}", request))
    }
}

pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

pub(super) fn start(command: &std::process::Command, log: &str) -> Result<Supervised> {
    let path = shell::work_path(log)?;
    let log = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    Supervised::start(Start { program: command, stop: "TERM", folder: None, user: None, log })
}
