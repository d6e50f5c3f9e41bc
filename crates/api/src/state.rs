//! What every request shares.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::Data;
use domain::category::{self, Category};
use jiff::SignedDuration;
use persistence::Store;
use tokio::sync::Semaphore;

use crate::audit::Sensitive;
use crate::auth::Authenticate;
use crate::clock::{Clock, Ids};
use crate::code_lists::{self, Shipped};
use crate::config::Config;
use crate::contract::Contract;
use crate::follow_ups::{Pages, Renderings};
use crate::health::{DatabaseProbe, Probe};
use crate::issuer::{Authenticator, Issuer, IssuerSettings};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::news::News;
use crate::openapi::Documents;
use crate::outbound::Outbound;
use crate::reference::Reference;
use crate::routes::Routes;
use crate::sandbox::SandboxClock;
use crate::unchanged::Unchanged;

/// What every request shares: settings, clock, ids, identity, contract, figures.
pub struct State {
    /// The settings.
    pub config: Config,
    /// The address of the API without a slash at its end, as callers write it.
    pub base_url: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who calls.
    pub authenticate: Arc<dyn Authenticate>,
    /// The built-in issuer, where there is one.
    pub issuer: Option<Arc<Issuer>>,
    /// Whether what the API depends on is there.
    pub probe: Arc<dyn Probe>,
    /// The database.
    pub store: Store,
    /// A place for each connection that reads: whoever waits for one does so without keeping a thread.
    pub reading: Arc<Semaphore>,
    /// The reference data in memory.
    pub reference: Reference,
    /// What changed for whom.
    pub news: News,
    /// The documents that callers have.
    pub unchanged: Unchanged,
    /// What each client may take.
    pub limits: Limits,
    /// The requests that were read last, as their readers saw them.
    pub renderings: Renderings,
    /// The pages of requests that several ask for at once.
    pub pages: Pages,
    /// The categories that come with the program.
    pub categories: Vec<Category>,
    /// Those of them whose readings are written down.
    pub sensitive: Sensitive,
    /// The code lists with their names.
    pub code_lists: Vec<Shipped>,
    /// What every operation takes.
    pub contract: Contract,
    /// The documents that describe the API, ready to be served.
    pub documents: Documents,
    /// The routes that are served.
    pub routes: Routes,
    /// What sends requests to others.
    pub outbound: Outbound,
    /// The clock that a sandbox moves; absent everywhere else.
    pub sandbox: Option<Arc<SandboxClock>>,
    /// The figures for the operator.
    pub metrics: Metrics,
    /// Set once the server is asked to stop, so that no load balancer sends more.
    pub stopping: AtomicBool,
}

/// What a state is made of.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who calls.
    pub authenticate: Arc<dyn Authenticate>,
    /// The built-in issuer, where there is one.
    pub issuer: Option<Arc<Issuer>>,
    /// Whether what the API depends on is there.
    pub probe: Arc<dyn Probe>,
    /// The database.
    pub store: Store,
    /// The clock that a sandbox moves; absent everywhere else.
    pub sandbox: Option<Arc<SandboxClock>>,
}

impl Parts {
    /// Puts together what the program runs with: the built-in issuer and a probe of the database.
    pub fn of_program(config: Config, store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let issuer = issuer_of(&config, &store, &clock, &ids);
        Self::with_issuer(config, store, issuer, clock, ids)
    }

    /// Puts the same together around an issuer that is at work already.
    pub fn with_issuer(
        config: Config,
        store: Store,
        issuer: Arc<Issuer>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
    ) -> Self {
        Self {
            authenticate: Arc::new(Authenticator::new(Arc::clone(&issuer))),
            issuer: Some(issuer),
            probe: Arc::new(DatabaseProbe(store.clone())),
            config,
            clock,
            ids,
            store,
            sandbox: None,
        }
    }
}

/// Makes the built-in issuer that the settings describe.
pub fn issuer_of(config: &Config, store: &Store, clock: &Arc<dyn Clock>, ids: &Arc<dyn Ids>) -> Arc<Issuer> {
    let given = &config.issuer;
    // What is within the bounds of the settings fits.
    let duration = |given: Duration| SignedDuration::try_from(given).unwrap_or(SignedDuration::MAX);
    let settings = IssuerSettings {
        token_lifetime: duration(config.token_lifetime),
        signing: given.signing,
        algorithms: given.algorithms.clone(),
        key_period: duration(given.key_period),
        failures_per_minute: given.failures_per_minute,
        failed_tokens_per_minute: config.limits.failed_tokens_per_minute,
        trusted_proxies: given.trusted_proxies.clone(),
        ..IssuerSettings::at(&config.public_url, crate::routes::BASE_PATH)
    };
    Issuer::new(settings, store.clone(), Arc::clone(clock), Arc::clone(ids))
}

impl State {
    /// Puts the parts together and compiles the contract of the routes that will be served.
    ///
    /// Fails when the contract cannot be compiled or the categories that come with the program are broken.
    pub fn new(parts: Parts, routes: Routes) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let Parts { config, clock, ids, authenticate, issuer, probe, store, sandbox } = parts;
        let document = crate::openapi::document_of(routes);
        let base_url = format!("{}{}", config.public_url.trim_end_matches('/'), crate::routes::BASE_PATH);
        let categories = category::shipped()?;
        Ok(Self {
            contract: Contract::compile(&document)?,
            documents: Documents::new(&document),
            routes,
            outbound: Outbound::new(&config.webhooks)?,
            sandbox,
            metrics: Metrics::default(),
            issuer,
            store,
            reading: Arc::new(Semaphore::new(usize::try_from(config.pool.connections)?)),
            reference: Reference::default(),
            news: News::default(),
            unchanged: Unchanged::default(),
            limits: Limits::new(&config.limits),
            renderings: Renderings::default(),
            pages: Pages::default(),
            sensitive: Sensitive::of(&categories),
            categories,
            code_lists: code_lists::shipped()?,
            stopping: AtomicBool::new(false),
            config,
            base_url,
            clock,
            ids,
            authenticate,
            probe,
        })
    }

    /// Returns the state behind a request.
    pub fn of(request: &HttpRequest) -> Option<&Arc<Self>> {
        request.app_data::<Data<Self>>().map(std::ops::Deref::deref)
    }
}
