//! The program as a process: it starts on nothing, and stops when it has finished what it began.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use api::clock::{Clock as _, ManualClock, SystemClock};
use diesel::connection::SimpleConnection as _;
use persistence::{AnyConnection, Backend};
use serde_json::json;

use crate::client::{Client, Shared, a_case};
use crate::contract::BASE;
use crate::database::Database;
use crate::wire::{self, Sent};
use crate::world;

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts the program on any free port and reads from its output where it is.
    fn start(data: &Path, database: Option<&str>) -> Self {
        let program: PathBuf = std::env::var_os("WIJKOVERLEG")
            .unwrap_or_else(|| panic!("WIJKOVERLEG is not set: run `cargo xtask test`"))
            .into();
        let mut command = Command::new(program);
        command.args(["serve", "--port", "0", "--data"]).arg(data).env_remove("DATABASE_URL");
        if let Some(database) = database {
            command.env("DATABASE_URL", database);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap();
        let address = address.parse().unwrap_or_else(|error| panic!("{line:?}: {error}"));
        Self { child, address }
    }

    fn asks_to_stop(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    fn exit_code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_server_needs_nothing_to_start_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new");
    for _ in 0..2 {
        let server = Server::start(&data, None);
        let ready =
            Sent { method: "GET".to_owned(), target: format!("{BASE}/health/ready"), ..Sent::default() };
        // It listens before it serves: the answer comes once it does.
        assert_eq!(wire::exchange(server.address, &ready).unwrap().status, 200);
        server.asks_to_stop();
        assert_eq!(server.exit_code(), Some(0));
        assert!(data.join("wijkoverleg.sqlite").exists());
    }
}

#[test]
fn a_server_that_is_asked_to_stop_finishes_what_it_began() {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        let database = Database::new(backend);
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(folder.path(), Some(&database.url()));
        let shared = Shared::new(server.address, Arc::new(ManualClock::at(SystemClock.now())));
        let manager = Client::new(&shared, Some(&world::MANAGER));
        let service = Client::new(&shared, Some(&world::AGENT));
        manager.token();
        let etag = service.reads("/followUpRequests").etag();
        let mut in_the_way = database.connect();
        let lock = match &in_the_way {
            AnyConnection::Sqlite(_) => "BEGIN IMMEDIATE",
            AnyConnection::Postgresql(_) => "BEGIN; LOCK TABLE cases IN EXCLUSIVE MODE",
        };
        in_the_way.batch_execute(lock).unwrap();

        let (written, polled) = thread::scope(|scope| {
            let writing = scope.spawn(|| manager.creates("/cases", &a_case("Bijna te laat")));
            let polling = scope.spawn(|| {
                let call = service.request("GET", "/followUpRequests").with("If-None-Match", &etag);
                call.with("Prefer", "wait=60").goes()
            });
            thread::sleep(Duration::from_secs(1));
            server.asks_to_stop();
            thread::sleep(Duration::from_secs(1));
            in_the_way.batch_execute("COMMIT").unwrap();
            (writing.join().unwrap(), polling.join().unwrap())
        });

        assert_eq!(written.is(201)["title"], json!("Bijna te laat"));
        assert_eq!(polled.status(), 304);
        assert_eq!(server.exit_code(), Some(0), "{backend:?}");
        assert_eq!(database.number("SELECT count(*) AS value FROM cases"), 1);
    }
}
