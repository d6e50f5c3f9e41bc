//! A small resource of the tests: a list, a document, a creation, an edit and a verb, and a way to fail.

mod inputs;
mod outcomes;
mod served;
mod socket;

use std::sync::Arc;

use actix_web::{HttpRequest, get, patch, post};
use domain::access::{OwnOrganisation, Principal, Regime, Role, Scope, Seat};
use domain::change::Version;
use domain::id::{CaseId, ClientId, ConsultationId, OrganisationId};
use persistence::{DatabaseUrl, PoolSizes, Store};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{AuthFailure, Authenticate, Authentication, bearer_token};
use crate::call::Call;
use crate::clock::{ManualClock, SequentialIds};
use crate::config::Config;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::health::Independent;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::{Cache, Reply};
use crate::state::{Parts, State};

/// The version that every case of the sample is at.
const PRESENT: Version = Version(7);

endpoint!(ListCases, query = ListQuery);
endpoint!(GetCase, path = CasePath);
endpoint!(CreateCase, body = CreateCaseBody);
endpoint!(UpdateCase, path = CasePath, body = CasePatch);
endpoint!(CloseCase, path = CasePath, query = CloseQuery, body = CloseCaseBody);
endpoint!(Explode, open = "explode");

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct CasePath {
    /// The case.
    #[param(value_type = Uuid)]
    case_id: CaseId,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only cases in one of these states.
    #[param(inline)]
    status: Option<Vec<Status>>,
    /// The order.
    sort: Option<Vec<String>>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct CloseQuery {
    /// Whether to act as if.
    dry_run: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum Status {
    Open,
    Closed,
}

/// What a new case is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"title": "Sluikstort", "location": {"postCode": "9000"}}))]
struct CreateCaseBody {
    /// A few words.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// When it began.
    #[schema(value_type = Option<String>, format = Date)]
    began_on: Option<jiff::civil::Date>,
    /// Where it is.
    location: Option<Location>,
}

/// A place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Location {
    /// The post code.
    #[schema(pattern = "^[0-9]{4}$")]
    post_code: String,
}

/// Why a case is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CloseCaseBody {
    /// In words.
    #[schema(min_length = 1, max_length = 2000, example = "Opgeruimd.")]
    text: String,
}

/// What changes; null takes a value away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CasePatch {
    /// Where it is.
    #[serde(default, with = "serde_with::rust::double_option")]
    #[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
    location: Option<Option<Location>>,
}

/// A case.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CaseView {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = Uuid)]
    id: CaseId,
    /// Its title.
    title: String,
    /// Its state.
    status: Status,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    began_on: Option<jiff::civil::Date>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

impl CaseView {
    fn new(state: &State, id: CaseId, title: &str) -> Self {
        let href = format!("{}/cases/{id}", state.base_url);
        Self { href, id, title: title.to_owned(), status: Status::Open, began_on: None, location: None }
    }
}

/// List cases.
#[utoipa::path(
    tag = "Cases",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of cases", body = Collection<CaseView>))
)]
#[get("")]
async fn list_cases(call: Call<ListCases>) -> Result<Reply, Problem> {
    let page = &call.query.page;
    let after = call.position::<(u128,)>(page)?.map_or(0, |(after,)| after);
    call.order(call.query.sort.as_deref().unwrap_or_default(), &[("title", ())])?;
    let is_open = call.query.status.as_ref().is_none_or(|wanted| wanted.contains(&Status::Open));
    let count = if is_open { 25 } else { 0 };
    let ids = (after + 1..=count).take(page.page_size.into());
    let items: Vec<_> =
        ids.map(|id| CaseView::new(&call.state, CaseId::new(Uuid::from_u128(id)), "Geluid")).collect();
    let last = items.last().map(|view| (view.id.uuid().as_u128(),)).filter(|(last,)| *last < 25);
    let collection = call.collection(page, items, last.as_ref(), Some(25));
    let tag = EntityTag::opaque(format_args!("{after}-{}", page.page_size));
    Ok(Reply::ok(&collection)?.tag(&tag).cache(Cache::Revalidate))
}

/// Read a case.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    responses((status = 200, description = "The case", body = CaseView))
)]
#[get("/{caseId}")]
async fn get_case(call: Call<GetCase>) -> Result<Reply, Problem> {
    if call.path.case_id.uuid().is_nil() {
        return Err(Problem::not_found("caseId"));
    }
    let tag = EntityTag::document(PRESENT, "team");
    if call.has(&tag) {
        return Ok(Reply::not_modified(&tag));
    }
    Ok(Reply::ok(&CaseView::new(&call.state, call.path.case_id, "Geluid"))?.tag(&tag))
}

/// Record a case.
#[utoipa::path(
    tag = "Cases",
    request_body = CreateCaseBody,
    responses((status = 201, description = "The case", body = CaseView))
)]
#[post("")]
async fn create_case(call: Call<CreateCase>) -> Result<Reply, Problem> {
    let id = CaseId::new(call.state.ids.next());
    let mut view = CaseView::new(&call.state, id, &call.body.title);
    view.location = call.body.location;
    view.began_on = call.body.began_on;
    let tag = EntityTag::document(Version::FIRST, "team");
    Ok(Reply::created(&view, view.href.clone())?.tag(&tag))
}

/// Edit a case.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CasePatch,
    responses((status = 200, description = "The case", body = CaseView))
)]
#[patch("/{caseId}")]
async fn update_case(call: Call<UpdateCase>) -> Result<Reply, Problem> {
    call.precondition.check(PRESENT)?;
    let mut view = CaseView::new(&call.state, call.path.case_id, "Geluid");
    view.location = call.body.location.flatten();
    Ok(Reply::ok(&view)?.tag(&EntityTag::document(PRESENT.next(), "team")))
}

/// Close a case.
#[utoipa::path(
    tag = "Cases",
    params(CasePath, CloseQuery),
    request_body = CloseCaseBody,
    responses((status = 200, description = "The case", body = CaseView))
)]
#[post("/{caseId}/close")]
async fn close_case(call: Call<CloseCase>) -> Result<Reply, Problem> {
    call.precondition.check(PRESENT)?;
    if call.body.text == "again" {
        return Err(Problem::illegal_transition("closed", "close", "state", ["reopen"]));
    }
    let view = CaseView::new(&call.state, call.path.case_id, "Geluid");
    let version = if call.query.dry_run.unwrap_or_default() { PRESENT } else { PRESENT.next() };
    Ok(Reply::ok(&view)?.tag(&EntityTag::document(version, "team")))
}

/// Fail.
#[utoipa::path(tag = "Cases", responses((status = 204, description = "Never")))]
#[get("/explode")]
async fn explode(_: Call<Explode>) -> Result<Reply, Problem> {
    panic!("on purpose");
}

/// Registers the sample.
pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(explode);
    config.service(
        scope("/cases")
            .service(list_cases)
            .service(create_case)
            .service(get_case)
            .service(update_case)
            .service(close_case),
    );
}

/// Knows a few tokens by name.
struct Tokens;

impl Authenticate for Tokens {
    fn authenticate(&self, request: &HttpRequest) -> Authentication {
        let token = bearer_token(request);
        let principal = match token {
            None => Err(AuthFailure::Missing),
            Some("expired") => Err(AuthFailure::Expired),
            Some("away") => Err(AuthFailure::Unavailable("issuer away".into())),
            Some("manager" | "slow") => Ok(principal(Role::NeighbourhoodManager, Scope::ALL)),
            Some("service") => Ok(principal(Role::ServiceAgent, Scope::ALL)),
            Some("reader") => Ok(principal(Role::NeighbourhoodManager, &[Scope::CasesRead])),
            Some(_) => Err(AuthFailure::Invalid("unknown")),
        };
        let principal = principal.map(Arc::new);
        if token == Some("slow") {
            return Authentication::Pending(Box::pin(async move {
                actix_web::rt::task::yield_now().await;
                principal
            }));
        }
        Authentication::Known(principal)
    }
}

fn principal(role: Role, scopes: &[Scope]) -> Principal {
    let organisation = OrganisationId::new(Uuid::from_u128(1));
    Principal {
        client_id: ClientId::new(Uuid::from_u128(3)),
        user: None,
        organisations: vec![OwnOrganisation { id: organisation, regime: Regime::City }],
        roles: [role].into(),
        scopes: scopes.iter().copied().collect(),
        seats: vec![Seat {
            consultation_id: ConsultationId::new(Uuid::from_u128(2)),
            organisation_id: organisation,
            role,
            is_above: false,
        }],
    }
}

/// Makes a state with a standing clock and settings from TOML.
pub(crate) fn state(settings: &str) -> Arc<State> {
    let config = Config::read(settings.parse().unwrap(), []).unwrap();
    let parts = Parts {
        config,
        clock: Arc::new(ManualClock::at("2026-01-15T10:00:00Z".parse().unwrap())),
        ids: Arc::new(SequentialIds::default()),
        authenticate: Arc::new(Tokens),
        issuer: None,
        probe: Arc::new(Independent),
        store: Store::open(&DatabaseUrl::parse("unused.sqlite"), PoolSizes::default()),
        sandbox: None,
    };
    Arc::new(State::new(parts, routes).unwrap())
}
