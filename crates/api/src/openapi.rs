//! The OpenAPI document: made from the routes that are served, then completed with what follows from them.
//!
//! A handler documents what is its own. What follows from its shape (security, conditional headers, problems) and what
//! holds for all (no nulls, no unknown members) is added here, so that no handler can forget it.

mod components;
mod export;
mod names;
mod operation;
mod problem_schema;
mod schema;
mod security;
mod serve;
mod walk;

use actix_web::App;
use serde_json::{Value, json};
use utoipa_actix_web::AppExt as _;

use crate::routes::{BASE_PATH, Routes};

pub(crate) use serve::Documents;
pub(crate) use serve::configure as serve_documents;

/// The version of the API.
const VERSION: &str = "1.0.0";

/// Returns the document of the API.
pub fn document() -> Value {
    document_of(crate::routes::routes)
}

/// Returns the document of some routes.
pub fn document_of(routes: Routes) -> Value {
    let (_, collected) = App::new().into_utoipa_app().configure(routes).split_for_parts();
    // The types of the document cannot fail to become JSON.
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    complete(&mut document);
    document
}

/// Writes the document as it is committed: pretty JSON without a line end.
pub fn document_text() -> String {
    serde_json::to_string_pretty(&document()).unwrap_or_default()
}

fn complete(document: &mut Value) {
    set(document, "info", info());
    set(document, "servers", json!([{ "url": BASE_PATH, "description": "This server" }]));
    names::tidy(document);
    operation::complete(document);
    schema::complete(document);
    components::add(document);
    let tags = tags(document);
    set(document, "tags", tags);
}

fn set(document: &mut Value, member: &str, value: Value) {
    if let Some(members) = document.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

fn info() -> Value {
    json!({
        "title": "Wijkoverleg",
        "version": VERSION,
        "summary": "Neighbourhood consultations on nuisance, and the requests that come out of them.",
        "description": "Records situations of nuisance, the meetings that discuss them, and the follow-up requests to \
            city services, whose answers it keeps track of until they are verified.\n\n\
            Follows the [Belgian REST guide](https://www.belgif.be/specification/rest/api-guide/). A change needs \
            `If-Match`; a creation needs `Idempotency-Key`; every fault of an input is reported at once in `issues`.\n\n\
            What changes seldom is polled with `If-None-Match`; with `Prefer: wait=n` a poll of requests or of a document is \
            answered as soon as there is news. Each client has a limit of its own: `RateLimit-Policy` and `RateLimit` tell it, \
            429 with `Retry-After` when to try again.",
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
    })
}

/// Lists the tags that operations use, each with its description.
fn tags(document: &Value) -> Value {
    let mut used: Vec<&str> = walk::operations(document)
        .flat_map(|(_, _, operation)| operation.get("tags").and_then(Value::as_array).into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    used.sort_unstable();
    used.dedup();
    used.into_iter().map(|name| json!({ "name": name, "description": about(name) })).collect()
}

fn about(tag: &str) -> &str {
    match tag {
        "Cases" => "Situations of nuisance and needs, with their notes and history",
        "Meetings" => "Meetings of a consultation, one by one or in a series",
        "Calendars" => "When a consultation meets, for calendar programs that subscribe to a secret address",
        "Actions" => "Who does what by when, inside the team",
        "Escalations" => "A case goes to the consultation above, and back",
        "Follow-Up Requests" => "Questions to other services, their terms, answers and reminders",
        "Contacts" => "Consultations with internal and external partners on cases, and their number",
        "Presence" => "Shifts of groups of community guards in the areas of the city, and their hours",
        "Organisations" => "Services, police zones, housing companies and other partners",
        "Consultations" => "The bodies that meet, and what is proposed for their agenda",
        "Reference Data" => "Code lists and problem types",
        "Escalation" => "What happens when nobody answers: the rules, and the ledger of what they did",
        "Sandbox" => "Time that moves on when it is told to",
        "Monitoring" => "Health of the API",
        "Audit" => "Who saw and changed what",
        "Data Sharing" => "Protocols under which personal data is passed on, and their public register",
        other => other,
    }
}

#[cfg(test)]
mod tests;
