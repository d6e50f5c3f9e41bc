//! Lists of requests: what services poll, and what the team keeps an eye on.

use std::collections::BTreeSet;
use std::time::Instant;

use actix_web::get;
use domain::access::Sight;
use domain::follow_up::{Head, QuestionKind, Status, Urgency};
use domain::id::{CaseId, ConsultationId, OrganisationId};
use jiff::Timestamp;
use persistence::follow_ups::{self, Filter, Order};
use persistence::{Direction, PageRequest};
use serde::Deserialize;
use utoipa::IntoParams;

use super::FollowUpRequest;
use super::get::{cache, note_sensitive, note_sightings, unseen};
use super::hands::Hands;
use super::pages::Key;
use super::viewing::Viewing;
use crate::call::Call;
use crate::codes::{FollowUpRequestStateCode, QuestionKindCode, UrgencyCode};
use crate::endpoint;
use crate::etag::EntityTag;
use crate::forms::FollowUpRequestOrder;
use crate::listing::At;
use crate::news::{Records, scopes};
use crate::page::{Collection, PageQuery};
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::{Cache, Reply};

/// How soon it is worth asking again, in seconds.
const POLL_AGAIN_AFTER: u32 = 15;

/// What the list is narrowed to and ordered by.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// In any of these states.
    #[serde(default)]
    #[param(value_type = Vec<FollowUpRequestStateCode>, required = false)]
    state: Vec<Status>,
    /// To this service.
    #[param(value_type = Option<uuid::Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// Of this consultation.
    #[param(value_type = Option<uuid::Uuid>)]
    consultation_id: Option<ConsultationId>,
    /// About this case; for the team that asks.
    #[param(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// With any of these kinds of question.
    #[serde(default)]
    #[param(value_type = Vec<QuestionKindCode>, required = false)]
    question_kind: Vec<QuestionKind>,
    /// Of any of these urgencies.
    #[serde(default)]
    #[param(value_type = Vec<UrgencyCode>, required = false)]
    urgency: Vec<Urgency>,
    /// Late ones, or those that are not: past the effective due date, also when answered since.
    late: Option<bool>,
    /// Seriously late ones, or those that are not: past three times the term.
    seriously_late: Option<bool>,
    /// Those that the service never saw, or those that it did; for the team that asks.
    never_seen: Option<bool>,
    /// Open ones that are due before this moment.
    due_before: Option<Timestamp>,
    /// With this reference of the service.
    #[param(max_length = 100)]
    external_reference: Option<String>,
    /// `createdAt` or `answerDueAt`, with `-` before it for descending; by `answerDueAt` only what has a due date is
    /// listed.
    #[serde(default)]
    #[param(inline, value_type = Vec<FollowUpRequestOrder>, max_items = 1, required = false, example = json!(["-createdAt"]))]
    sort: Vec<String>,
    #[serde(flatten)]
    #[param(ignore)]
    page: PageQuery,
}

impl ListQuery {
    /// Gives what the list is made of: the requests that the caller may see, or those of them of which it sees the team's
    /// side when it filters by what only that side shows.
    fn within(&self, sight: &Sight) -> Result<Sight, Problem> {
        let hidden = [("caseId", self.case_id.is_some()), ("neverSeen", self.never_seen.is_some())];
        let mut asked = hidden.into_iter().filter(|(_, is_asked)| *is_asked).peekable();
        if asked.peek().is_none() || sight.everything {
            return Ok(sight.clone());
        }
        if sight.consultations.is_empty() {
            return Err(Problem::bad_request(asked.map(|(name, _)| {
                Issue::new(Kind::InvalidInput, Place::Query, name).detail(Detail::new(
                    "Enkel het team dat vraagt kan hierop filteren.",
                    "Seule l'équipe qui demande peut filtrer sur ce critère.",
                    "Only the team that asks can filter by this.",
                ))
            })));
        }
        Ok(Sight { addressed: BTreeSet::new(), ..sight.clone() })
    }

    fn filter(&self) -> Filter {
        Filter {
            states: self.state.clone(),
            organisation_id: self.organisation_id,
            consultation_id: self.consultation_id,
            case_id: self.case_id,
            question_kinds: self.question_kind.clone(),
            urgencies: self.urgency.clone(),
            late: self.late,
            seriously_late: self.seriously_late,
            never_seen: self.never_seen,
            due_before: self.due_before,
            external_reference: self.external_reference.clone(),
        }
    }
}

endpoint!(
    /// Lists follow-up requests.
    pub ListFollowUpRequests, query = ListQuery
);

/// List follow-up requests.
///
/// A service lists what is addressed to it, a team what its consultations ask; newest first unless told otherwise. Poll
/// with `If-None-Match`: as long as nothing changed in what you see, the answer is 304 and costs next to nothing; with
/// `Prefer: wait=n` it comes as soon as something changes. The first listing of a request by a client of its service is
/// kept as the moment at which it was first seen.
///
/// These pairs of filter and order cost the same whatever the size of the history: any one of `state`, `organisationId`,
/// `caseId` or none with `createdAt`; `dueBefore` or none with `answerDueAt`.
#[utoipa::path(
    tag = "Follow-Up Requests",
    params(ListQuery, PageQuery),
    responses((status = 200, description = "A page of requests", body = Collection<FollowUpRequest>))
)]
#[get("/followUpRequests")]
pub async fn list_follow_up_requests(call: Call<ListFollowUpRequests>) -> Result<Reply, Problem> {
    let (order, direction) = call.order_by(
        &call.query.sort,
        &[("createdAt", Order::CreatedAt), ("answerDueAt", Order::AnswerDueAt)],
        (Order::CreatedAt, Direction::Descending),
    )?;
    let page = call.page_request(&call.query.page, direction);
    let (page, sight) = Problem::both(page, call.query.within(call.permit.sight()))?;
    let hands = Hands::of(call.permit.principal());
    let (tag, known) = call.present_tag(&sight, &hands).await?;
    if let Some(cache) = known {
        let tag = tag_of(tag, cache);
        let reply = Reply::not_modified(&tag).cache(cache).language(call.language);
        let reply = reply.retry_after(POLL_AGAIN_AFTER);
        return Ok(if call.prefer.wait.is_some() { reply.waited(&call.prefer) } else { reply });
    }
    let key = Key { tag, sight, hands };
    call.state.pages.of(&key, call.read_page(&key, order, page)).await
}

/// Marks the tag of a page that holds personal data, so that an unchanged one is known as such without its rows.
fn tag_of(tag: EntityTag, cache: Cache) -> EntityTag {
    match cache {
        Cache::NoStore => EntityTag::opaque(format_args!("{}.p", tag.as_str().trim_matches('"'))),
        Cache::Revalidate | Cache::Public => tag,
    }
}

fn position(last: &Head, order: Order) -> Option<At> {
    let at = match order {
        Order::CreatedAt => Some(last.created_at),
        Order::AnswerDueAt => last.answer_due_at,
    };
    at.map(|at| At::new(at, last.id))
}

impl Call<ListFollowUpRequests> {
    /// Reads a page, and tells whether others who see the same may be given it.
    async fn read_page(&self, key: &Key, order: Order, page: PageRequest) -> Result<(Reply, bool), Problem> {
        let reference = self.reference().await?;
        let now = self.state.clock.now();
        let (filter, sight) = (self.query.filter(), key.sight.clone());
        let found = self.read(move |connection| {
            Ok(follow_ups::list_unread(connection, &sight, &filter, now, order, page)?)
        });
        let found = found.await?;
        let viewing = Viewing {
            sight: self.permit.sight(),
            hands: &key.hands,
            now,
            base_url: &self.state.base_url,
            reference: &reference,
            language: self.language,
        };
        let renderings = &self.state.renderings;
        let heads: Vec<Head> = found.items.iter().map(|request| request.head).collect();
        let is_sensitive =
            note_sensitive(self, found.items.iter().map(|request| (&request.head, &request.case))).await?;
        let items = found.items.into_iter().map(|request| renderings.of(&viewing, request));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let next = heads.last().filter(|_| found.has_more).and_then(|last| position(last, order));
        let is_personal = heads.iter().any(|head| cache(head) == Cache::NoStore);
        let cache = if is_personal { Cache::NoStore } else { Cache::Revalidate };
        let reply = Reply::ok(&self.collection(&self.query.page, items, next.as_ref(), None))?
            .tag(&tag_of(key.tag.clone(), cache))
            .cache(cache)
            .language(self.language)
            .retry_after(POLL_AGAIN_AFTER);
        let seen: Vec<_> = heads.iter().filter_map(|head| unseen(self.permit.sight(), head)).collect();
        let is_for_others = !is_personal && !is_sensitive && seen.is_empty();
        if !self.request.head_only && !seen.is_empty() {
            note_sightings(self, seen).await?;
        }
        Ok((reply, is_for_others))
    }

    /// Gives the entity tag of the list and, when the caller has it, how long that may be kept; as long as it has it and is
    /// willing to wait, the answer comes only once the list changes.
    async fn present_tag(&self, sight: &Sight, hands: &Hands) -> Result<(EntityTag, Option<Cache>), Problem> {
        let started = Instant::now();
        let able = hands.fingerprint();
        loop {
            let standing = self.standing(sight, Records::FollowUpRequests, follow_ups::next_moment).await?;
            let tag = self.list_tag(sight, standing.fingerprint ^ able, standing.until);
            let has = |cache: &Cache| self.has(&tag_of(tag.clone(), *cache));
            let Some(known) = [Cache::Revalidate, Cache::NoStore].into_iter().find(has) else {
                return Ok((tag, None));
            };
            let left = self.prefer.wait.unwrap_or_default().saturating_sub(started.elapsed());
            if left.is_zero() || !self.wait_for_news(scopes(sight), standing, left).await? {
                return Ok((tag, Some(known)));
            }
        }
    }
}
