//! Every route of the API, in one list.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpResponse, Resource, Route, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Code, Problem, catalogue};
use crate::state::State;
use crate::{
    actions, agenda, areas, audit, calendar_feeds, calendars, cases, categories, closure_days, code_lists,
    consultations, contacts, data_sharing_protocols, decisions, escalation_ledger, escalation_policies,
    escalations, events, follow_ups, guard_groups, health, hourly_rates, meeting_series, meetings,
    organisations, presence_records, reports, terms, webhooks,
};

/// The path below which the API is.
pub const BASE_PATH: &str = "/wijkoverleg/v1";

/// Registers routes; the same function makes the application and its document.
pub type Routes = fn(&mut ServiceConfig<'_>);

/// Registers every operation.
///
/// Only `service(…)` puts an operation into the contract; one scope per resource keeps the router quick.
pub fn routes(config: &mut ServiceConfig<'_>) {
    follow_ups::configure(config);
    cases::configure(config);
    actions::configure(config);
    escalations::configure(config);
    meetings::configure(config);
    agenda::configure(config);
    decisions::configure(config);
    reports::configure(config);
    meeting_series::configure(config);
    calendar_feeds::configure(config);
    calendars::configure(config);
    contacts::configure(config);
    presence_records::configure(config);
    guard_groups::configure(config);
    organisations::configure(config);
    consultations::configure(config);
    areas::configure(config);
    closure_days::configure(config);
    terms::configure(config);
    hourly_rates::configure(config);
    escalation_policies::configure(config);
    escalation_ledger::configure(config);
    webhooks::configure(config);
    categories::configure(config);
    code_lists::configure(config);
    events::configure(config);
    audit::configure(config);
    data_sharing_protocols::configure(config);
    config.service(health::check_health);
    config.service(catalogue::list_problem_types);
    config.service(catalogue::get_problem_type);
}

/// Makes a resource beside the contract that can only be read.
pub(crate) fn read_only(path: &str, route: Route) -> Resource {
    let refuse = || async { Err::<HttpResponse, _>(Problem::method_not_allowed("GET, HEAD")) };
    web::resource(path).route(route).default_service(web::to(refuse))
}

/// Answers for an address or method that there is not; also on a fixed path beside one with a parameter, whose
/// operations are not meant there.
pub(crate) async fn fallback(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let state = State::of(&request).ok_or_else(|| Problem::internal("no state"))?;
    let path = request.path().strip_prefix(BASE_PATH);
    let Some(allowed) = path.and_then(|path| state.contract.allowed_methods(path)) else {
        return Err(Problem::new(Code::ResourceNotFound));
    };
    if request.method() == Method::OPTIONS {
        let mut response = HttpResponse::new(StatusCode::OK);
        let allow = HeaderValue::try_from(allowed).map_err(Problem::internal)?;
        response.headers_mut().insert(ALLOW, allow);
        return Ok(response);
    }
    Err(Problem::method_not_allowed(&allowed))
}
