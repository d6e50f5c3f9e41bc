//! Confirming receipt of a whole page, with an outcome for each request.

use std::collections::{HashMap, HashSet};

use actix_web::post;
use domain::change::Outcome as GenericOutcome;
use domain::follow_up::{Head, Receive};
use domain::id::FollowUpRequestId;
use persistence::follow_ups::{self, CaseSummary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::acting;
use super::hands::Hands;
use super::viewing::Viewing;
use crate::call::Call;
use crate::endpoint;
use crate::etag::version_of;
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// The requests of a page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"items": [{"id": "019a9d3e-0000-7000-8000-0000000000f1", "etag": "\"2-s2.1.000\""}]})))]
pub struct ReceiveManyBody {
    /// What is received, each request at most once.
    #[schema(min_items = 1, max_items = 500)]
    items: Vec<Received>,
}

/// A request of the page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Received {
    /// The request.
    #[schema(value_type = uuid::Uuid)]
    id: FollowUpRequestId,
    /// Its `etag` from the list; the version part is compared.
    #[schema(min_length = 1, max_length = 200)]
    etag: String,
}

/// What became of a page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReceiveManyOutcome {
    /// One outcome for each request, in the same order.
    items: Vec<ReceiveOutcome>,
}

/// What became of one request.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiveOutcome {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// The request.
    #[schema(value_type = uuid::Uuid)]
    id: FollowUpRequestId,
    /// What became of it.
    outcome: ReceiveOutcomeCode,
    /// What `If-Match` takes from now on; absent when it was not found.
    etag: Option<String>,
}

/// What became of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum ReceiveOutcomeCode {
    /// It is received now.
    Received,
    /// It had been received before; nothing changed.
    Unchanged,
    /// It changed since the list was read; nothing happened to it.
    Stale,
    /// Its state does not allow it; nothing happened to it.
    NotAllowed,
    /// There is no such request, or none that the caller may see.
    NotFound,
}

endpoint!(
    /// Confirms receipt of a page of requests.
    pub ReceiveFollowUpRequests, body = ReceiveManyBody
);

/// Confirm receipt of a page of requests.
///
/// Up to 500 at once, none of them twice; each has an outcome of its own, and one that fails does not stop the others.
#[utoipa::path(
    tag = "Follow-Up Requests",
    request_body = ReceiveManyBody,
    responses((status = 200, description = "An outcome for each", body = ReceiveManyOutcome))
)]
#[post("/followUpRequests/receive")]
pub async fn receive_follow_up_requests(call: Call<ReceiveFollowUpRequests>) -> Result<Reply, Problem> {
    let items = call.body.items.clone();
    each_once(&items)?;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let hands = Hands::of(&principal);
    let (base_url, language) = (call.state.base_url.clone(), call.language);
    call.write(move |unit| {
        let ids = items.iter().map(|item| item.id);
        let mut found = follow_ups::find_all(unit.connection(), &sight, ids)?;
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(still_visible(reply, &found)?);
        }
        let mut outcomes = Vec::with_capacity(items.len());
        for item in &items {
            let href = format!("{base_url}/followUpRequests/{}", item.id);
            let (outcome, etag) = match found.remove(&item.id) {
                None => (ReceiveOutcomeCode::NotFound, None),
                Some((request, case)) => {
                    let acting = acting(
                        &principal,
                        domain::access::Operation::ReceiveFollowUpRequests,
                        &sight,
                        &request,
                    )?;
                    unit.act_for(acting.organisation_id);
                    let (outcome, request) = receive(unit, request, &item.etag)?;
                    let (now, reference) = (unit.now(), unit.reference);
                    let viewing = Viewing {
                        sight: &sight,
                        hands: &hands,
                        now,
                        base_url: &base_url,
                        reference,
                        language,
                    };
                    (outcome, Some(viewing.tag(&Head::from(&*request), &case).as_str().to_owned()))
                }
            };
            outcomes.push(ReceiveOutcome { href, id: item.id, outcome, etag });
        }
        Ok::<_, Refusal>(Reply::ok(&ReceiveManyOutcome { items: outcomes })?)
    })
    .await
}

type Request = domain::follow_up::FollowUpRequest;
type Found = HashMap<FollowUpRequestId, (Request, CaseSummary)>;

/// Refuses a request that is named twice.
fn each_once(items: &[Received]) -> Result<(), Problem> {
    let mut named = HashSet::with_capacity(items.len());
    let again = items.iter().enumerate().filter(|(_, item)| !named.insert(item.id));
    let issues: Vec<Issue> = again
        .map(|(position, _)| {
            Issue::new(Kind::InvalidInput, Place::Body, format!("items[{position}].id")).detail(Detail::new(
                "Elke opvolgvraag hoogstens één keer.",
                "Chaque demande de suivi au plus une fois.",
                "Each follow-up request at most once.",
            ))
        })
        .collect();
    if issues.is_empty() { Ok(()) } else { Err(Problem::bad_request(issues)) }
}

/// Gives an answer again, without what the caller may not see any more.
fn still_visible(reply: Reply, found: &Found) -> Result<Reply, Problem> {
    let told: ReceiveManyOutcome = reply.document()?;
    let is_hidden = |it: &ReceiveOutcome| it.etag.is_some() && !found.contains_key(&it.id);
    if !told.items.iter().any(is_hidden) {
        return Ok(reply);
    }
    let items = told.items.into_iter().map(|it| {
        if is_hidden(&it) {
            ReceiveOutcome { outcome: ReceiveOutcomeCode::NotFound, etag: None, ..it }
        } else {
            it
        }
    });
    Ok(Reply::ok(&ReceiveManyOutcome { items: items.collect() })?.replayed())
}

fn receive(
    unit: &mut Unit<'_, '_>,
    request: Request,
    etag: &str,
) -> Result<(ReceiveOutcomeCode, Request), Refusal> {
    if version_of(etag) != Some(request.version) {
        return Ok((ReceiveOutcomeCode::Stale, request));
    }
    match request.clone().receive(&Receive::default(), &unit.stamp()) {
        Ok(GenericOutcome::Changed(change)) => {
            unit.save(&change)?;
            Ok((ReceiveOutcomeCode::Received, change.state))
        }
        Ok(GenericOutcome::Unchanged(request)) => Ok((ReceiveOutcomeCode::Unchanged, request)),
        Err(_) => Ok((ReceiveOutcomeCode::NotAllowed, request)),
    }
}
