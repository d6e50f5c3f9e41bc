//! Calls of operations on reference data.

use serde_json::{Value, json};

use super::Call;
use crate::app::TestApp;
use crate::client::{id_of, path_of};
use crate::world::{AREA, CLEANING, GREEN, KROONWIJK, MOLENWIJK};

/// Gives a call of an operation on reference data that would succeed for whoever may make it.
pub(super) fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    Some(match operation {
        "listOrganisations" => Call::reading("/organisations?sort=createdAt"),
        "getOrganisation" => Call::reading(format!("/organisations/{CLEANING}")),
        "createOrganisation" => Call::creating(
            "/organisations",
            json!({"kind": "partner", "regime": "external", "name": {"nl": "Buurtwerk"}, "validFrom": "2026-01-01"}),
        ),
        "updateOrganisation" => {
            let known = app.administrator.reads(&format!("/organisations/{GREEN}")).is(200);
            Call::edit(app, &known, json!({"contactFunction": app.shared.new_key().replace('"', "")}))
        }
        "listConsultations" => Call::reading("/consultations?sort=createdAt"),
        "getConsultation" => Call::reading(format!("/consultations/{KROONWIJK}")),
        "createConsultation" => {
            let code: String = app.shared.new_key().chars().filter(char::is_ascii_digit).collect();
            let code: String = code.bytes().map(|digit| char::from(digit + 17)).collect();
            let body =
                json!({"code": format!("X{code:A>4}"), "level": "neighbourhood", "name": {"nl": "Nieuw"}});
            Call::creating("/consultations", body)
        }
        "updateConsultation" => {
            let known = app.administrator.reads(&format!("/consultations/{MOLENWIJK}")).is(200);
            Call::edit(app, &known, json!({"nuisanceRisk": known["nuisanceRisk"] != true}))
        }
        "listAreas" => Call::reading("/areas?sort=createdAt"),
        "getArea" => Call::reading(format!("/areas/{AREA}")),
        "importAreas" => Call::creating(
            "/areas/import?kind=neighbourhood&schemeVersion=2026&validFrom=2026-01-01",
            json!({"type": "FeatureCollection", "features": [{
                "type": "Feature",
                "properties": {"code": "41002W09", "nameNl": "Ver weg"},
                "geometry": {"type": "Polygon", "coordinates": [[[3.0, 51.0], [3.1, 51.0], [3.1, 51.1], [3.0, 51.0]]]}
            }]}),
        ),
        "listCategories" => Call::reading("/refData/categories"),
        "getCategory" => Call::reading("/refData/categories/AFV.SLUIK"),
        "listCodeLists" => Call::reading("/refData/codeLists"),
        "getCodeList" => Call::reading("/refData/codeLists/closeReason"),
        "listClosureDays" => {
            if app.administrator.reads("/closureDays").is(200)["items"] == json!([]) {
                closure_day(app);
            }
            Call::reading("/closureDays?sort=closedOn")
        }
        "getClosureDay" => Call::reading(path_of(&closure_day(app))),
        "createClosureDay" => Call::creating("/closureDays", closure_day_body(app)),
        "deleteClosureDay" => deletion(app, &closure_day(app)),
        "listTerms" => {
            if app.administrator.reads("/terms").is(200)["items"] == json!([]) {
                term(app);
            }
            Call::reading("/terms?sort=recordedAt")
        }
        "getTerm" => Call::reading(path_of(&term(app))),
        "createTerm" => Call::creating("/terms", term_body(app)),
        "deleteTerm" => deletion(app, &term(app)),
        "listHourlyRates" => {
            hourly_rate(app);
            Call::reading("/hourlyRates?pageSize=1")
        }
        "getHourlyRate" => Call::reading(path_of(&hourly_rate(app))),
        "createHourlyRate" => Call::creating("/hourlyRates", hourly_rate_body(app)),
        "deleteHourlyRate" => deletion(app, &hourly_rate(app)),
        "listEscalationPolicies" => Call::reading("/escalationPolicies?state=active"),
        "getEscalationPolicy" => {
            let policy = app.manager.writes_policy(&steps());
            Call::reading(path_of(&app.manager.simply("activate", &policy)))
        }
        "createEscalationPolicy" => {
            Call::creating("/escalationPolicies", json!({"consultationId": KROONWIJK, "steps": steps()}))
        }
        "updateEscalationPolicy" => {
            let steps = json!([{"id": "late", "condition": "answerLate", "workingDays": 7, "effects": ["informHead"]}]);
            Call::edit(app, &app.manager.writes_policy(&self::steps()), json!({"steps": steps}))
        }
        "activateEscalationPolicy" => Call::bare(app, &app.manager.writes_policy(&steps()), "activate"),
        "retireEscalationPolicy" => {
            let policy = app.manager.writes_policy(&steps());
            Call::bare(app, &app.manager.simply("activate", &policy), "retire")
        }
        "previewEscalationPolicy" => Call::creating(
            "/escalationPolicies/preview",
            json!({"scope": {"consultationId": KROONWIJK}, "until": "2026-06-30"}),
        ),
        _ => return None,
    })
}

/// The steps of a small policy.
fn steps() -> Value {
    json!([{"id": "late", "condition": "answerLate", "workingDays": 0, "effects": ["informHead"]}])
}

/// A day that nobody has used yet.
fn new_day(app: &TestApp) -> jiff::civil::Date {
    let number: i64 = app.shared.new_key().trim_matches('"')["key-".len()..].parse().unwrap();
    jiff::civil::date(2027, 1, 1).saturating_add(jiff::ToSpan::days(number))
}

fn closure_day_body(app: &TestApp) -> Value {
    json!({"organisationId": GREEN, "closedOn": new_day(app), "name": "Brugdag"})
}

fn hourly_rate_body(app: &TestApp) -> Value {
    json!({
        "consultationId": KROONWIJK,
        "function": "guard",
        "centsPerHour": 3_100,
        "validFrom": new_day(app)
    })
}

fn hourly_rate(app: &TestApp) -> Value {
    app.manager.creates("/hourlyRates", &hourly_rate_body(app)).is(201)
}

fn closure_day(app: &TestApp) -> Value {
    app.administrator.creates("/closureDays", &closure_day_body(app)).is(201)
}

/// A term of an organisation that has none yet.
fn term_body(app: &TestApp) -> Value {
    let body = json!({
        "kind": "partner", "regime": "external", "name": {"nl": "Partner"}, "validFrom": "2026-01-01"
    });
    let organisation = app.administrator.creates("/organisations", &body).is(201);
    json!({
        "consultationId": KROONWIJK,
        "organisationId": organisation["id"],
        "receiptWorkingDays": 3,
        "answerWorkingDays": 7
    })
}

fn term(app: &TestApp) -> Value {
    app.administrator.creates("/terms", &term_body(app)).is(201)
}

fn deletion(app: &TestApp, document: &Value) -> Call {
    let path =
        format!("{}/{}", path_of(document).split('/').take(2).collect::<Vec<_>>().join("/"), id_of(document));
    Call { method: "DELETE", path, if_match: Some(app.shared.etag(id_of(document))), body: None }
}
