//! What a demo prints: where the documentation is, a token for each role, and three requests that do the main job.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;

use domain::access::{Role, Sight};
use domain::calendar::local_date;
use domain::follow_up::{Head, Status};
use jiff::Timestamp;
use persistence::follow_ups::{self, Filter, Order};
use persistence::{Direction, PageRequest, ReferenceData, Store, consultations};

use super::super::Failure;
use super::credentials::{Credential, Credentials};
use crate::follow_ups::{Hands, Viewing};
use crate::language::Language;

/// A request to show, with the tag that its next change needs.
struct Example {
    id: String,
    tag: String,
    subject: String,
}

/// Prints everything.
pub(super) fn print(
    store: &Store,
    credentials: &Credentials,
    file: &Path,
    now: Timestamp,
) -> Result<(), Failure> {
    let url = &credentials.base_url;
    let mut out = io::stdout().lock();
    writeln!(out, "Wijkoverleg, with made-up data.\n")?;
    writeln!(out, "Swagger UI   {url}/doc/")?;
    writeln!(out, "API          {url}")?;
    writeln!(
        out,
        "Credentials  {} (ids, secrets and tokens of {} clients)",
        file.display(),
        credentials.clients.len()
    )?;
    writeln!(out, "\nTokens, good for 12 hours; in Swagger UI, paste one under Authorize:")?;
    for role in Role::ALL {
        if let Some(client) = credentials.clients.get(role.code()) {
            writeln!(out, "\n{role}\n{}", client.access_token)?;
        }
    }
    let service = credentials.clients.get(Role::ServiceAgent.code());
    let manager = credentials.clients.get(Role::NeighbourhoodManager.code());
    if let (Some(service), Some(manager)) = (service, manager) {
        writeln!(out, "\nThree requests that do the main job; paste them into another terminal.")?;
        poll(&mut out, url, service)?;
        let addressed = Sight { addressed: [service.organisation_id].into(), ..Sight::default() };
        let open = [Status::Sent, Status::Received, Status::Accepted];
        if let Some(example) = example(store, addressed, &open, url, now)? {
            answer(&mut out, url, service, &example)?;
        }
        let seats = store.read(|connection| consultations::seats(connection, [manager.organisation_id]))?;
        let seats = seats.into_iter().filter(|seat| seat.role == Role::NeighbourhoodManager);
        let consultations: BTreeSet<_> = seats.map(|seat| seat.consultation_id).collect();
        let team = Sight { consultations, ..Sight::default() };
        if let Some(example) = example(store, team, &[Status::Answered], url, now)? {
            verify(&mut out, url, manager, &example)?;
        }
    }
    writeln!(out, "\nCtrl+C stops it; the next start keeps what happened, `--reset` starts afresh.")?;
    Ok(out.flush()?)
}

fn poll(out: &mut impl io::Write, url: &str, client: &Credential) -> io::Result<()> {
    writeln!(out, "\n# 1. A service asks what was sent to it; a fetched request counts as seen.")?;
    let token = &client.access_token;
    writeln!(out, "curl -sS '{url}/followUpRequests?state=sent' -H 'Authorization: Bearer {token}'")
}

fn answer(out: &mut impl io::Write, url: &str, client: &Credential, example: &Example) -> io::Result<()> {
    let Example { subject, .. } = example;
    writeln!(out, "\n# 2. The service answers a request ({subject}); that accepts it, too.")?;
    let body = r#"{"outcome": "done", "text": "Ter plaatse bekeken en in orde gebracht."}"#;
    change(out, url, client, example, "answer", body)
}

fn verify(out: &mut impl io::Write, url: &str, client: &Credential, example: &Example) -> io::Result<()> {
    let Example { subject, .. } = example;
    writeln!(out, "\n# 3. The neighbourhood manager confirms that an answer holds ({subject}).")?;
    change(out, url, client, example, "verify", r#"{"text": "Gezien, in orde."}"#)
}

fn change(
    out: &mut impl io::Write,
    url: &str,
    client: &Credential,
    example: &Example,
    verb: &str,
    body: &str,
) -> io::Result<()> {
    let (Example { id, tag, .. }, token) = (example, &client.access_token);
    writeln!(
        out,
        "curl -sS -X POST '{url}/followUpRequests/{id}/{verb}' -H 'Authorization: Bearer {token}' \
         -H 'If-Match: {tag}' -H 'Content-Type: application/json' -d '{body}'"
    )
}

/// Finds the newest request that a client sees in some states.
fn example(
    store: &Store,
    sight: Sight,
    states: &[Status],
    base_url: &str,
    now: Timestamp,
) -> Result<Option<Example>, Failure> {
    let reference = store.snapshot(|connection| ReferenceData::load(connection, local_date(now)))?;
    let page = PageRequest { direction: Direction::Descending, after: None, size: 1 };
    for state in states {
        let filter = Filter { states: vec![*state], ..Filter::default() };
        let found = store
            .read(|connection| follow_ups::list(connection, &sight, &filter, now, Order::CreatedAt, page))?;
        if let Some((request, case)) = found.items.first() {
            let viewing = Viewing {
                sight: &sight,
                hands: &Hands::default(),
                now,
                base_url,
                reference: &reference,
                language: Language::default(),
            };
            return Ok(Some(Example {
                id: request.id.to_string(),
                tag: viewing.tag(&Head::from(&**request), case).as_str().to_owned(),
                subject: request.subject.to_string(),
            }));
        }
    }
    Ok(None)
}
