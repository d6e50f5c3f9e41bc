//! The program of this repository: builds it and starts it as a demonstration.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::shell;
use crate::supervised::{Start, Supervised};

/// How the program is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// As it is delivered.
    Release,
}

/// Builds the program and returns its path.
pub(crate) fn build(profile: Profile) -> Result<PathBuf> {
    build_binary("wijkoverleg", profile)
}

/// Builds a program of the workspace and returns its path.
pub(crate) fn build_binary(binary: &str, profile: Profile) -> Result<PathBuf> {
    let mut command = shell::cargo();
    // The whole workspace decides which features its dependencies have: the same ones as for the tests, compiled once.
    command.args(["build", "--workspace", "--bin", binary]);
    command.arg("--message-format=json-render-diagnostics");
    if profile == Profile::Release {
        command.arg("--release");
    }
    let messages = shell::read(&mut command)?;
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    executables.next_back().context("cargo built the program but does not say where")
}

/// Returns the path of a program that was built before.
pub(crate) fn built(binary: &str, profile: Profile) -> Result<PathBuf> {
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    let program = shell::root().join("target").join(folder).join(binary);
    fs::canonicalize(&program).with_context(|| format!("no {}", program.display()))
}

/// Access to the demonstration for one role.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Client {
    /// A bearer token of the role.
    pub(crate) access_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    base_url: String,
    clients: BTreeMap<String, Client>,
}

/// A running demonstration with fresh data, stopped and removed when this value is dropped.
pub(crate) struct Demo {
    server: Supervised,
    credentials: Credentials,
}

impl Demo {
    /// Starts the program with `demo` on a free port and waits until it has written its credentials.
    ///
    /// Its log goes to `log`. A `database` takes the place of the SQLite file of the demonstration.
    pub(crate) fn start(program: &Path, database: Option<&str>, log: &Path) -> Result<Self> {
        let log = File::options().read(true).write(true).create(true).truncate(true).open(log);
        let log = log.context("cannot write the log of the demonstration")?;
        let data = tempfile::Builder::new().prefix("xtask-demo-").tempdir();
        let data = data.context("cannot make a folder for the demonstration")?.keep();
        let mut command = shell::command(program);
        command.args([OsStr::new("demo"), "--data".as_ref(), data.as_os_str()]);
        command.args(["--port", "0", "--reset"]);
        match database {
            Some(url) => command.env("DATABASE_URL", url),
            None => command.env_remove("DATABASE_URL"),
        };
        let file = data.join("demo-credentials.json");
        let start = Start { program: &command, stop: "TERM", folder: Some(data), user: None, log };
        let mut server = Supervised::start(start)?;
        // A file that is still being written does not parse yet.
        let read = || serde_json::from_str(&fs::read_to_string(&file).ok()?).ok();
        let mut credentials: Credentials = server
            .wait_until(Duration::from_mins(1), read)
            .with_context(|| format!("no usable {}", file.display()))?;
        credentials.base_url.truncate(credentials.base_url.trim_end_matches('/').len());
        let demo = Self { server, credentials };
        println!("the demonstration answers on {}", demo.base_url());
        Ok(demo)
    }

    /// Returns the address under which the operations are, without a slash at its end.
    pub(crate) fn base_url(&self) -> &str {
        &self.credentials.base_url
    }

    /// Returns the access of a role.
    pub(crate) fn client(&self, role: &str) -> Result<&Client> {
        let known = || self.credentials.clients.keys().cloned().collect::<Vec<_>>().join(", ");
        self.credentials.clients.get(role).with_context(|| format!("no role {role}; there are {}", known()))
    }

    /// Fails when the program has stopped.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.server.check()
    }
}

/// Resident memory in MiB.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) peak: u64,
    /// What it uses now.
    pub(crate) resident: u64,
}

impl Memory {
    /// Reads the memory of a process, where the system tells.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        Some(Self { peak: parse_memory(&status, "VmHWM:")?, resident: parse_memory(&status, "VmRSS:")? })
    }
}

fn parse_memory(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024)
}

/// Returns what the program prints for a subcommand.
pub(crate) fn print(program: &Path, subcommand: &str) -> Result<String> {
    let mut command: Command = shell::command(program);
    shell::read(command.arg(subcommand).stdin(Stdio::null()))
}

#[cfg(test)]
mod tests {
    use super::parse_memory;

    #[test]
    fn memory_is_read_from_the_status_of_a_process() {
        let status = "Name:\twijkoverleg\nVmHWM:\t   40960 kB\nVmRSS:\t   20480 kB\n";
        assert_eq!(parse_memory(status, "VmRSS:"), Some(20));
        assert_eq!(parse_memory(status, "VmHWM:"), Some(40));
        assert_eq!(parse_memory("", "VmRSS:"), None);
    }
}
