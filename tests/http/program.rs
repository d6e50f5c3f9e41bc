//! The program as it is delivered: started, ended with `kill -9`, started again.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use api::clock::SystemClock;

use crate::client::{Client, Shared};
use crate::contract::BASE;
use crate::wire::{self, Sent};
use crate::world::Registered;

/// Reads a setting that `cargo xtask test` gives.
pub fn setting(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`")).into()
}

/// Waits for something to be there, for at most half a minute.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "no {what}");
        thread::park_timeout(Duration::from_millis(5));
    }
}

/// Describes a command of the program on a database.
pub fn command(database_url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(setting("WIJKOVERLEG"));
    command.args(arguments).env("DATABASE_URL", database_url).env("WIJKOVERLEG_LOG_LEVEL", "warn");
    // What the program bears is measured, not what one client may ask of it.
    for limit in
        ["FAILED_TOKENS_PER_MINUTE", "REQUESTS_PER_MINUTE", "CONCURRENT_PER_CLIENT", "WAITING_PER_CLIENT"]
    {
        command.env(format!("WIJKOVERLEG_LIMITS_{limit}"), "0");
    }
    command.stdin(Stdio::null());
    command
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // On Unix this is SIGKILL: nothing of the process runs any more, not even what would tidy up.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The program serving a database; dropping it is `kill -9`.
pub struct Program {
    running: Running,
    pub shared: Arc<Shared>,
}

impl Program {
    /// Starts to serve a database and waits until the program is ready for requests.
    pub fn serve(database_url: &str) -> Self {
        Self::serve_with(database_url, &[])
    }

    /// Does so with more settings.
    pub fn serve_with(database_url: &str, settings: &[(&str, &str)]) -> Self {
        // Somebody else may take the free port before the program does; then another one is as good.
        let attempts = (0..3).map(|_| Self::try_to_serve(database_url, settings));
        let mut failures = String::new();
        for attempt in attempts {
            match attempt {
                Ok(program) => return program,
                Err(log) => failures = log,
            }
        }
        panic!("the program does not start: {failures}");
    }

    fn try_to_serve(database_url: &str, settings: &[(&str, &str)]) -> Result<Self, String> {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut log = tempfile::tempfile().unwrap();
        let mut command = command(database_url, &["serve"]);
        command.env("WIJKOVERLEG_LISTEN", address.to_string());
        // Addresses and tokens stay what they are when the program is started again on another port.
        command.env("WIJKOVERLEG_PUBLIC_URL", "http://wijkoverleg.example").env("WIJKOVERLEG_WORKERS", "2");
        command.envs(settings.iter().copied());
        command.stdout(log.try_clone().unwrap()).stderr(log.try_clone().unwrap());
        let mut running = Running(command.spawn().unwrap());
        let is_up = wait_for("program that is ready", || {
            if is_up(address) {
                return Some(true);
            }
            running.0.try_wait().unwrap().map(|_| false)
        });
        if !is_up {
            return Err(told(&mut log));
        }
        let shared = Shared::new(address, Arc::new(SystemClock));
        shared.contract();
        Ok(Self { running, shared })
    }

    /// Gives a client of the register.
    pub fn client(&self, registered: &'static Registered) -> Client {
        Client::new(&self.shared, Some(registered))
    }

    /// Tells whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.running.0.try_wait().unwrap().is_none()
    }

    /// Ends it as `kill -9` does.
    pub fn dies(self) {
        drop(self.running);
    }
}

fn is_up(address: SocketAddr) -> bool {
    let ready = Sent { method: "GET".to_owned(), target: format!("{BASE}/health/ready"), ..Sent::default() };
    wire::exchange(address, &ready).is_ok_and(|answer| answer.status == 200)
}

fn told(log: &mut File) -> String {
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    text
}
