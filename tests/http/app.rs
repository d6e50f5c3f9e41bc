//! The application under test: the real one, on a real port, with a clock that the test moves.

use std::net::TcpListener;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use api::audit::Sealer;
use api::clients::Register;
use api::clock::{Clock as _, Ids, ManualClock, TimeOrderedIds};
use api::config::Config;
use api::events::Sequencer;
use api::issuer::Issuer;
use api::reference::Reference;
use api::state::{Parts, State};
use api::sweep::{Sweep, Swept};
use api::webhooks::{Dispatched, Dispatcher};
use api::work::own_circumstances;
use api::{routes, server};
use domain::id::ClientId;
use jiff::{SignedDuration, Timestamp};
use persistence::feed::Sequenced;
use persistence::{Backend, Store, StoreError, Transaction, clients};
use uuid::Uuid;

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
    running: Running,
    pub database: Database,
}

/// A running application; it stops when it is dropped.
pub struct Running {
    pub shared: Arc<Shared>,
    /// The store that the application itself uses.
    pub store: Store,
    state: Arc<State>,
    public_url: String,
    server: ServerHandle,
    issuer: Arc<Issuer>,
    thread: Option<thread::JoinHandle<()>>,
}

impl TestApp {
    /// Starts the application on a database of its own.
    pub fn start(backend: Backend) -> Self {
        Self::start_with(backend, &Settings::default())
    }

    /// Starts it with other settings.
    pub fn start_with(backend: Backend, settings: &Settings<'_>) -> Self {
        let database = Database::new(backend);
        let clock = Arc::new(ManualClock::at(at(world::BEGIN)));
        let running = Running::start(&database.url(), &clock, None, settings);
        let shared = Arc::clone(&running.shared);
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
            running,
            database,
        }
    }

    /// Starts another application on the same database; like the program, it looks what others changed.
    pub fn another(&self) -> Running {
        let another = Running::start(
            &self.database.url(),
            &self.clock,
            Some(&self.running.public_url),
            &Settings::default(),
        );
        another.store.watch(WATCH).unwrap();
        another
    }

    /// Gives the store that the application itself uses.
    pub fn store(&self) -> &Store {
        &self.running.store
    }

    /// Changes how a client is registered.
    pub fn registers(&self, registered: &Registered, edit: impl Fn(&mut persistence::clients::Client)) {
        let circumstances = own_circumstances(self.now(), "register", Arc::new(TimeOrderedIds));
        let change = |transaction: &mut Transaction<'_>| {
            let id = ClientId::new(registered.id);
            let mut client = clients::find(transaction.connection(), id)?.expect("a client");
            edit(&mut client);
            client.version = client.version.next();
            clients::change(transaction, &client, "change")
        };
        self.running.store.write::<_, StoreError>(&circumstances, change).unwrap();
    }

    /// Gives the register of clients, as the command line has it.
    pub fn register(&self) -> Register<'_> {
        Register {
            store: &self.running.store,
            clock: &*self.clock,
            ids: Arc::new(TimeOrderedIds),
            operator: None,
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

    /// Has the rules look at everything that is due, as the program does from time to time.
    pub fn sweeps(&self) -> Swept {
        self.running.sweeps(self.now())
    }

    /// Gives positions to what was done, as the program does at once.
    pub fn sequences(&self) -> Sequenced {
        self.running.sequencer(|sequencer| sequencer.run(self.now(), || true).unwrap())
    }

    /// Seals the audit trail, as the program does each second.
    pub fn seals(&self) -> usize {
        self.running.seals(1)
    }

    /// Forgets what got its position before an instant, as the program does from time to time.
    pub fn forgets_events(&self, before: Timestamp) {
        self.running.sequencer(|sequencer| sequencer.prune(self.now(), before, || true).unwrap());
    }

    /// Delivers to webhooks whatever is due, after giving positions to what was done, as the program does at once.
    pub fn dispatches(&self) -> Dispatched {
        self.sequences();
        self.running.dispatches()
    }

    /// Does what the program does from time to time: a key that signs no more gets a successor.
    fn keys_are_renewed(&self) {
        self.running.issuer.rotate_if_due().unwrap();
    }
}

/// Reads an instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// How often an application reads anew what others changed, where it does.
const WATCH: Duration = Duration::from_millis(250);

/// Lines of the configuration that a test may want otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Of the table `limits`.
    pub limits: &'a str,
    /// Of the table `webhooks`.
    pub webhooks: &'a str,
}

impl Default for Settings<'_> {
    /// No limit for a client, as tests call as fast as they can, and endpoints on this machine.
    fn default() -> Self {
        Self {
            limits: "failed_tokens_per_minute = 0\nrequests_per_minute = 0\nconcurrent_per_client = 0\nwaiting_per_client = 0\n",
            webhooks: "loopback = \"allowed\"\nrequest_seconds = 1\nanswer_bytes = 4096\n",
        }
    }
}

impl Running {
    /// Starts an application; those with one public address believe each other's tokens.
    fn start(
        database_url: &str,
        clock: &Arc<ManualClock>,
        public_url: Option<&str>,
        lines: &Settings<'_>,
    ) -> Self {
        let Settings { limits, webhooks } = lines;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let public_url = public_url.map_or_else(|| format!("http://{address}"), str::to_owned);
        let settings = format!(
            "listen = \"{address}\"\npublic_url = \"{public_url}\"\ndatabase_url = \"{database_url}\"\nworkers = 2\n\
             [pool]\nconnections = 8\n[webhooks]\n{webhooks}\n[limits]\n{limits}"
        );
        let config = Config::read(settings.parse().unwrap(), []).unwrap();
        let store = config.open_store();
        let clock = Arc::<ManualClock>::clone(clock);
        let shared = Shared::new(address, Arc::<ManualClock>::clone(&clock));
        let parts = Parts::of_program(config, store.clone(), clock, Arc::new(TimeOrderedIds));
        let issuer = Arc::clone(parts.issuer.as_ref().expect("the program has an issuer"));
        issuer.rotate_if_due().unwrap();
        let state = Arc::new(State::new(parts, routes::routes).unwrap());
        let kept = Arc::clone(&state);
        let (started, starting) = mpsc::channel();
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
        let server = starting.recv().expect("the application starts");
        Self { shared, store, state: kept, public_url, server, issuer, thread: Some(thread) }
    }

    /// Gives a client of the register.
    pub fn client(&self, registered: &'static Registered) -> Client {
        Client::new(&self.shared, Some(registered))
    }

    /// Has the rules look at everything that is due at a moment.
    pub fn sweeps(&self, now: Timestamp) -> Swept {
        let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
        let sweep = Sweep { store: &self.store, reference: &Reference::default(), ids: &ids };
        sweep.run(now, || true).unwrap_or_else(|refusal| panic!("the sweep failed: {refusal:?}"))
    }

    /// Seals the audit trail under a name; nothing while another one does.
    pub fn seals(&self, holder: u128) -> usize {
        let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
        let sealer = Sealer { store: &self.store, ids: &ids, holder: Uuid::from_u128(holder) };
        sealer.run(at(world::BEGIN), || true).unwrap().records
    }

    fn sequencer<T>(&self, work: impl FnOnce(Sequencer<'_>) -> T) -> T {
        let ids: Arc<dyn Ids> = Arc::new(TimeOrderedIds);
        let (store, reference) = (&self.store, &Reference::default());
        work(Sequencer { store, reference, ids: &ids, holder: Uuid::from_u128(1) })
    }
}

impl Running {
    /// Delivers to webhooks whatever is due.
    pub fn dispatches(&self) -> Dispatched {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Dispatcher::new(&self.state).run()).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Stopping is asked for by calling; what it returns only waits.
        drop(self.server.stop(false));
        drop(self.thread.take().map(thread::JoinHandle::join));
    }
}
