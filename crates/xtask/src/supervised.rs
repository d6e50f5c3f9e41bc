//! A program in the background that never outlives the chore that started it.
//!
//! The program runs under a small shell script, the watcher, which holds the reading end of a pipe. When the chore
//! lets go of the writing end, the watcher stops the program and removes its folder. The system closes the pipe
//! however the chore ends: normally, by an error, a panic, Ctrl-C or a kill; so no signal handler is needed. The
//! watcher has a process group of its own, so that Ctrl-C in a terminal does not reach it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::shell;

/// First argument: the folder to remove; second: the signal that stops the program; then the program.
const WATCHER: &str = r#"
folder=$1 signal=$2
shift 2
exec 3<&0
"$@" </dev/null >&2 &
program=$!
echo "$program"
(
    cat <&3
    kill -s "$signal" "$program"
    sleep 20
    kill -s KILL "$program"
) >/dev/null 2>&1 &
leash=$!
wait "$program"
kill "$leash" 2>/dev/null
[ -z "$folder" ] || rm -rf -- "$folder"
"#;

/// The user that a program runs as, when that is not the user of the chore.
#[derive(Clone, Copy)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// What to run, and how to end it.
pub(crate) struct Start<'a> {
    /// The program with its arguments, environment and working folder.
    pub(crate) program: &'a Command,
    /// The signal that asks the program to stop, such as `TERM`; `KILL` follows after 20 seconds.
    pub(crate) stop: &'a str,
    /// A folder that is removed after the program has stopped.
    pub(crate) folder: Option<PathBuf>,
    /// Who the program runs as; only root can choose.
    pub(crate) user: Option<User>,
    /// Where standard output and error of the program go.
    pub(crate) log: File,
}

/// A running program that stops when this value is dropped.
pub(crate) struct Supervised {
    name: String,
    watcher: Child,
    leash: Option<ChildStdin>,
    log: File,
    pid: u32,
}

impl Supervised {
    /// Starts the program.
    pub(crate) fn start(start: Start<'_>) -> Result<Self> {
        let name = shell::describe(start.program);
        let mut command = Command::new("sh");
        command.args(["-c", WATCHER, "watcher"]);
        command.arg(start.folder.unwrap_or_default()).arg(start.stop);
        command.arg(start.program.get_program()).args(start.program.get_args());
        for (key, value) in start.program.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        if let Some(folder) = start.program.get_current_dir() {
            command.current_dir(folder);
        }
        if let Some(user) = start.user {
            command.uid(user.uid).gid(user.gid);
        }
        let log = start.log.try_clone().context("cannot share the log")?;
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut watcher = command.spawn().with_context(|| format!("cannot start `{name}`"))?;
        let leash = watcher.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = watcher.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).context("cannot read from the watcher")?;
        }
        let pid = line.trim().parse().with_context(|| format!("no process id of `{name}`: {line:?}"))?;
        Ok(Self { name, watcher, leash, log: start.log, pid })
    }

    /// Returns the process id of the program.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Asks `ready` again and again until it has an answer; fails when the program ends first or time runs out.
    pub(crate) fn wait_until<T>(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            if let Some(answer) = ready() {
                return Ok(answer);
            }
            if self.watcher.try_wait().context("cannot watch the watcher")?.is_some() {
                return Err(self.error("ended before it was ready"));
            }
            if start.elapsed() > limit {
                return Err(self.error(&format!("was not ready after {} s", limit.as_secs())));
            }
            sleep(Duration::from_millis(50));
        }
    }

    /// Fails when the program is not running any more.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.watcher.try_wait().context("cannot watch the watcher")? {
            None => Ok(()),
            Some(_) => bail!(self.error("has ended by itself")),
        }
    }

    /// Describes a failure of the program, with the end of its log.
    fn error(&mut self, what: &str) -> anyhow::Error {
        let mut log = Vec::new();
        let read = self.log.rewind().and_then(|()| self.log.read_to_end(&mut log));
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        let last = lines.iter().skip(lines.len().saturating_sub(20)).map(|line| format!("\n    {line}"));
        let end = if read.is_ok() { last.collect() } else { String::new() };
        anyhow!("`{}` {what}; its last lines:{end}", self.name)
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.leash.take());
        if let Err(error) = self.watcher.wait() {
            eprintln!("warning: cannot wait for the end of `{}`: {error}", self.name);
        }
    }
}
