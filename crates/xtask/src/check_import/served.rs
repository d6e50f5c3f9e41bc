//! What the services are told, each polled by a client of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::expected::{Expected, Request};
use crate::home::Home;
use crate::program::Demo;
use crate::{http, shell};

/// A request as a service is told it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    id: String,
    state: String,
    pub(super) late: bool,
    seriously_late: bool,
    sent_at: Option<Timestamp>,
    received_at: Option<Timestamp>,
    answered_at: Option<Timestamp>,
    original_answer_due_at: Option<Timestamp>,
    external_reference: Option<String>,
    #[serde(skip)]
    organisation: String,
}

/// What the team sees of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SeenByTeam {
    imported: bool,
    never_seen: bool,
    first_seen_at: Option<Timestamp>,
}

/// What all services were told.
pub(super) struct Served {
    /// By the reference of the file.
    pub(super) requests: BTreeMap<String, Told>,
    pub(super) services: usize,
    differences: Vec<String>,
}

/// A server that is called, and as whom.
struct Caller<'a> {
    address: &'a str,
    token: &'a str,
}

impl Caller<'_> {
    /// Reads a list to its last page.
    fn list(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut next = Some(format!("/wijkoverleg/v1{path}"));
        while let Some(path) = next {
            let mut page = http::read(self.address, &path, self.token)?;
            let found = page.get_mut("items").and_then(Value::as_array_mut).context("no items")?;
            items.append(found);
            let link = page.get("next").and_then(Value::as_str);
            next = link.map(|link| {
                link.find("/wijkoverleg/").and_then(|at| link.get(at..)).unwrap_or(link).to_owned()
            });
        }
        Ok(items)
    }
}

impl Served {
    /// Polls as each service that the file names, and as the team.
    pub(super) fn poll(program: &Path, home: &Home, demo: &Demo, expected: &Expected) -> Result<Self> {
        let address = demo.base_url().split('/').nth(2).context("no address")?;
        let administrator = Caller { address, token: &demo.client("administrator")?.access_token };
        let organisations = administrator.list("/organisations?pageSize=500")?;
        let names: BTreeSet<&str> =
            expected.requests.values().map(|request| request.organisation.as_str()).collect();
        let mut served = Self { requests: BTreeMap::new(), services: names.len(), differences: Vec::new() };
        for name in names {
            let is_named = |it: &&Value| it.pointer("/name/nl").and_then(Value::as_str) == Some(name);
            let found =
                organisations.iter().find(is_named).with_context(|| format!("no organisation {name}"))?;
            let id = found.get("id").and_then(Value::as_str).context("an organisation without an id")?;
            let token = register(program, home, address, id)?;
            served.take(name, &Caller { address, token: &token }, expected)?;
        }
        let manager = Caller { address, token: &demo.client("neighbourhoodManager")?.access_token };
        served.hear(&manager, expected)?;
        Ok(served)
    }

    /// Takes down what a service is told; what it has of the demonstration is left out.
    fn take(&mut self, name: &str, service: &Caller<'_>, expected: &Expected) -> Result<()> {
        let mut late = BTreeSet::new();
        for item in service.list("/followUpRequests?pageSize=500")? {
            let told: Told = serde_json::from_value(item).context("an unexpected item")?;
            let known = told.external_reference.clone().filter(|it| expected.requests.contains_key(it));
            if told.late {
                late.insert(told.id.clone());
            }
            let Some(reference) = known else { continue };
            let told = Told { organisation: name.to_owned(), ..told };
            if self.requests.insert(reference.clone(), told).is_some() {
                self.differences.push(format!("{reference} is there twice"));
            }
        }
        let mut filtered = BTreeSet::new();
        for item in service.list("/followUpRequests?pageSize=500&late=true")? {
            filtered.extend(item.get("id").and_then(Value::as_str).map(str::to_owned));
        }
        if late != filtered {
            let (items, filter) = (late.len(), filtered.len());
            self.differences.push(format!("{name}: {items} items are late, by the filter {filter}"));
        }
        Ok(())
    }

    /// Takes down what the team is told of what was imported: who saw it is unknown, and stays out of the figures.
    fn hear(&mut self, manager: &Caller<'_>, expected: &Expected) -> Result<()> {
        let mut imported = 0;
        for item in manager.list("/followUpRequests?pageSize=500")? {
            let seen: SeenByTeam = serde_json::from_value(item).context("an unexpected item")?;
            if !seen.imported {
                continue;
            }
            imported += 1;
            if seen.never_seen || seen.first_seen_at.is_some() {
                self.differences.push("the team is told of a sighting, or that there was none".to_owned());
            }
        }
        if imported != expected.requests.len() {
            self.differences.push(format!("the team is told of {imported} imported requests"));
        }
        Ok(())
    }

    /// Lists everything that the file says otherwise.
    pub(super) fn differences(&self, expected: &Expected) -> Vec<String> {
        let missing = expected.requests.keys().filter(|reference| !self.requests.contains_key(*reference));
        let mut differences = self.differences.clone();
        differences.extend(missing.map(|reference| format!("{reference} is told to nobody")));
        for (reference, told) in &self.requests {
            let Some(request) = expected.requests.get(reference) else { continue };
            let wrong = told.differences(request);
            differences.extend(wrong.into_iter().map(|member| format!("{reference}: {member} differs")));
        }
        differences
    }
}

impl Told {
    fn differences(&self, request: &Request) -> Vec<&'static str> {
        let answered_at = request.ended_at.filter(|_| request.state == "closed");
        let equal = [
            ("organisation", self.organisation == request.organisation),
            ("state", self.state == request.state),
            ("late", self.late == request.is_late()),
            ("seriouslyLate", !self.seriously_late),
            ("sentAt", self.sent_at == Some(request.created_at)),
            ("receivedAt", self.received_at.is_none()),
            ("answeredAt", self.answered_at == answered_at),
            ("originalAnswerDueAt", self.original_answer_due_at == request.due_at),
        ];
        equal.into_iter().filter(|(_, is_equal)| !is_equal).map(|(member, _)| member).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    client_id: String,
    client_secret: String,
}

/// Registers an agent of a service and fetches a token for it.
fn register(program: &Path, home: &Home, address: &str, organisation: &str) -> Result<String> {
    let mut command = shell::command(program);
    command.args(["client", "create", "--json", "--name", "check-import", "--role", "serviceAgent"]);
    command.args(["--organisation", organisation]).env("DATABASE_URL", home.url());
    command.env("WIJKOVERLEG_DATA_DIR", home.folder());
    let registered: Registered = serde_json::from_str(&shell::read(&mut command)?)
        .context("`client create` printed something unexpected")?;
    http::token(address, &registered.client_id, &registered.client_secret)
}
