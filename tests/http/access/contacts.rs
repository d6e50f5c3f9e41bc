//! Calls of operations on contacts.

use serde_json::{Value, json};

use super::Call;
use crate::app::TestApp;
use crate::client::{a_contact, id_of, path_of};
use crate::world::HOUSING_COMPANY;

/// Gives a call of an operation on contacts that would succeed for whoever may make it.
pub(super) fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    Some(match operation {
        "listCaseContacts" => {
            let path = format!("{}/contacts", path_of(&contacted(app)));
            Call::reading(format!("{path}?sort=contactedOn"))
        }
        "getCaseContact" => {
            let path = format!("{}/contacts", path_of(&open_to_housing(app)));
            let contact = app.housing_company.creates(&path, &a_contact()).is(201);
            Call::reading(path_of(&contact))
        }
        "createCaseContact" => {
            Call::creating(format!("{}/contacts", path_of(&open_to_housing(app))), a_contact())
        }
        "updateCaseContact" => {
            let path = format!("{}/contacts", path_of(&open_to_housing(app)));
            let contact = app.guard.creates(&path, &a_contact()).is(201);
            Call::edit(app, &contact, json!({"result": "Afgesproken."}))
        }
        "listContacts" => {
            let case = contacted(app);
            Call::reading(format!("/contacts?caseId={}", id_of(&case)))
        }
        "getContactTotals" => Call::reading("/contacts/totals"),
        _ => return None,
    })
}

/// A case that the housing company is asked about.
fn open_to_housing(app: &TestApp) -> Value {
    let case = app.manager.admits("Toegang");
    app.manager.sends(&case, HOUSING_COMPANY);
    case
}

/// Such a case with a contact of the manager and one of the housing company.
fn contacted(app: &TestApp) -> Value {
    let case = open_to_housing(app);
    let path = format!("{}/contacts", path_of(&case));
    for author in [&app.manager, &app.housing_company] {
        author.creates(&path, &a_contact()).is(201);
    }
    case
}
