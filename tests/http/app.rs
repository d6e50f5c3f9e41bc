//! The application under test: the real one, on a real port, with a clock that the test moves.

use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use api::clock::{Clock as _, ManualClock, TimeOrderedIds};
use api::config::Config;
use api::issuer::Issuer;
use api::state::{Parts, State};
use api::{routes, server};
use jiff::{SignedDuration, Timestamp};
use persistence::Backend;

use crate::client::{Client, Shared};
use crate::database::Database;
use crate::world::{self, Registered};

/// Tells a story on both databases.
pub fn on_both(story: impl Fn(&TestApp)) {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        println!("on {backend:?}");
        story(&TestApp::start(backend));
    }
}

/// A running application with its clients.
pub struct TestApp {
    pub clock: Arc<ManualClock>,
    pub shared: Arc<Shared>,
    pub manager: Client,
    pub police: Client,
    pub guard: Client,
    pub housing_team: Client,
    pub housing_company: Client,
    pub service: Client,
    pub head: Client,
    pub lighting: Client,
    pub green: Client,
    pub dpo: Client,
    pub administrator: Client,
    pub stranger: Client,
    pub nobody: Client,
    running: Option<Running>,
    pub database: Database,
}

struct Running {
    server: ServerHandle,
    issuer: Arc<Issuer>,
    thread: thread::JoinHandle<()>,
}

impl TestApp {
    /// Starts the application on a database of its own.
    pub fn start(backend: Backend) -> Self {
        let database = Database::new(backend);
        let url = database.url();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(ManualClock::at(at(world::BEGIN)));
        let settings = format!(
            "listen = \"{address}\"\npublic_url = \"http://{address}\"\ndatabase_url = \"{url}\"\nworkers = 2\n\
             [pool]\nconnections = 8\n"
        );
        let config = Config::read(settings.parse().unwrap(), []).unwrap();
        let running = run(config, Arc::clone(&clock), listener);
        let shared = Shared::new(address, Arc::clone(&clock));
        let client = |registered: &'static Registered| Client::new(&shared, Some(registered));
        Self {
            manager: client(&world::MANAGER),
            police: client(&world::POLICE_OFFICER),
            guard: client(&world::GUARD),
            housing_team: client(&world::CITY_HOUSING),
            housing_company: client(&world::HOUSING_PARTNER),
            service: client(&world::AGENT),
            head: client(&world::HEAD),
            lighting: client(&world::LIGHTING_AGENT),
            green: client(&world::GREEN_AGENT),
            dpo: client(&world::DPO),
            administrator: client(&world::ADMINISTRATOR),
            stranger: client(&world::OTHER_MANAGER),
            nobody: Client::new(&shared, None),
            clock,
            shared,
            running: Some(running),
            database,
        }
    }

    /// Gives a client of the register.
    pub fn client(&self, registered: &'static Registered) -> Client {
        Client::new(&self.shared, Some(registered))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sets the clock to an instant.
    pub fn it_is(&self, instant: &str) {
        self.clock.set(at(instant));
        self.keys_are_renewed();
    }

    /// Moves the clock on.
    pub fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    /// Does what the program does from time to time: a key that signs no more gets a successor.
    fn keys_are_renewed(&self) {
        self.running.as_ref().unwrap().issuer.rotate_if_due().unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(Running { server, thread, .. }) = self.running.take() {
            // Stopping is asked for by calling; what it returns only waits.
            drop(server.stop(false));
            drop(thread.join());
        }
    }
}

/// Reads an instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn run(config: Config, clock: Arc<ManualClock>, listener: TcpListener) -> Running {
    let (started, starting) = mpsc::channel();
    let store = config.open_store();
    let parts = Parts::of_program(config, store, clock, Arc::new(TimeOrderedIds));
    let issuer = Arc::clone(parts.issuer.as_ref().expect("the program has an issuer"));
    issuer.rotate_if_due().unwrap();
    let state = Arc::new(State::new(parts, routes::routes).unwrap());
    let thread = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let workers = state.config.workers;
            let server = HttpServer::new(move || server::app(Arc::clone(&state)))
                .workers(workers)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run();
            started.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    Running { server: starting.recv().expect("the application starts"), issuer, thread }
}
