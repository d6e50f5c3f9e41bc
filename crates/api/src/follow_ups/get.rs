//! Reading one request, and noting the first sighting.

use actix_web::get;
use domain::access::Sight;
use domain::follow_up::{Head, Origin};
use domain::id::FollowUpRequestId;
use jiff::Timestamp;
use persistence::Subject;
use persistence::follow_ups::{self, CaseSummary};

use super::hands::Hands;
use super::paper::page;
use super::viewing::Viewing;
use super::{FollowUpRequest, RequestPath};
use crate::audit::Reading;
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::paper::Paper;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads a follow-up request.
    pub GetFollowUpRequest, path = RequestPath
);

/// Read a follow-up request.
///
/// The team sees the whole request, the addressed service its own side. The first reading by a client of the service is
/// kept as the moment at which it was first seen. When `Accept` prefers HTML: a page that prints on A4, in the language of
/// `Accept-Language`, for a service without an application: its own side of the request, with room for its answer.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(RequestPath),
    responses((status = 200, description = "The request", content(
        (FollowUpRequest = "application/json"),
        (String = "text/html"),
    )))
)]
#[get("/followUpRequests/{followUpRequestId}")]
pub async fn get_follow_up_request(call: Call<GetFollowUpRequest>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.follow_up_request_id;
        let reference = call.reference().await?;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(follow_ups::find(connection, &sight, id)?)).await?;
        let (request, case) = found.ok_or_else(|| Problem::not_found("followUpRequestId"))?;
        let head = Head::from(&*request);
        let now = call.state.clock.now();
        let hands = Hands::of(call.permit.principal());
        let viewing = Viewing {
            sight: call.permit.sight(),
            hands: &hands,
            now,
            base_url: &call.state.base_url,
            reference: &reference,
            language: call.language,
        };
        let tag = viewing.tag(&head, &case);
        let page_tag = call.page_tag(&tag);
        let shown = page_tag.as_ref().unwrap_or(&tag);
        if call.has(shown) {
            let reply = Reply::not_modified(shown).cache(cache(&head)).language(call.language);
            return Ok(reply.until(next_moment(&head, now)));
        }
        note_sensitive(&call, [(&head, &case)]).await?;
        let reply = if let Some(tag) = &page_tag {
            let paper = Paper::new(call.language, &call.state.code_lists);
            let core = viewing.of_service(&request, &case);
            page(paper, &core, &reference, &call.state.categories, tag)?
        } else {
            Reply::ok(&viewing.view(&request, &case))?.tag(&tag).language(call.language)
        };
        let reply = reply.cache(cache(&head)).until(next_moment(&head, now));
        if !call.request.head_only
            && let Some(seen) = unseen(call.permit.sight(), &head)
        {
            note_sightings(&call, vec![seen]).await?;
        }
        Ok(reply)
    })
    .await
}

/// Gives the next moment after which time alone changes what is seen of a request.
fn next_moment(request: &Head, now: Timestamp) -> Option<Timestamp> {
    let moments = [request.receipt_late_from, request.late_from, request.seriously_late_from];
    moments.into_iter().flatten().filter(|moment| now <= *moment).min()
}

/// What holds personal data is kept nowhere.
pub(super) fn cache(request: &Head) -> Cache {
    if request.carries_personal_data { Cache::NoStore } else { Cache::Revalidate }
}

/// Names a request that a client of the addressed service sees for the first time now.
pub(super) fn unseen(sight: &Sight, request: &Head) -> Option<FollowUpRequestId> {
    let is_first = request.first_seen_at.is_none()
        && request.sent_at.is_some()
        && request.origin == Origin::Own
        && sight.addressed.contains(&request.organisation_id);
    is_first.then_some(request.id)
}

/// Writes down which of some requests are about a case whose category may reveal something of a person; tells whether any is.
pub(super) async fn note_sensitive<'r, E: Operates<Permit = Permit<E>>>(
    call: &Call<E>,
    requests: impl IntoIterator<Item = (&'r Head, &'r CaseSummary)>,
) -> Result<bool, Problem> {
    let sensitive = &call.state.sensitive;
    let sensitive = requests.into_iter().filter(|(_, case)| sensitive.has_one_of([case.category.as_str()]));
    let addressed = &call.permit.sight().addressed;
    let readings: Vec<_> = sensitive
        .map(|(request, _)| Reading {
            subject: Subject::FollowUpRequest,
            id: request.id.uuid(),
            case_id: Some(request.case_id),
            through: addressed.get(&request.organisation_id).copied(),
        })
        .collect();
    let is_any = !readings.is_empty();
    call.note_readings(readings).await?;
    Ok(is_any)
}

/// Notes sightings before the answer goes out.
pub(super) async fn note_sightings<E: Operates<Permit = Permit<E>>>(
    call: &Call<E>,
    seen: Vec<FollowUpRequestId>,
) -> Result<(), Problem> {
    call.note(move |transaction| {
        follow_ups::see(transaction, seen.iter().copied())?;
        Ok(())
    })
    .await
}
