//! The timeline of a case: what happened to it, its requests, actions and notes, as the reader may see it.

use actix_web::get;
use domain::change::Actor;
use domain::id::{CaseId, EventId, OrganisationId};
use jiff::Timestamp;
use persistence::timeline::{self, TimelineEvent as StoredEvent};
use persistence::{Direction, cases};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::CasePath;
use crate::call::Call;
use crate::endpoint;
use crate::follow_ups::ActorView;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::Problem;
use crate::reply::Reply;

/// Something that happened.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEvent {
    /// The address of what it happened to.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = Uuid)]
    id: EventId,
    /// What kind of thing it happened to: `case`, `caseNote`, `caseContact`, `followUpRequest`, `action`, `agendaItem`,
    /// `decision`, `escalation` or `ledgerEntry`.
    subject_kind: String,
    /// Which one.
    subject_id: Uuid,
    /// Its place among the events of its subject.
    sequence: i64,
    /// The version of the subject after it.
    version: i64,
    /// What was done.
    verb: String,
    /// The addressed service, the organisation that wrote a note or recorded a contact, or the owner of an action.
    #[schema(value_type = Option<Uuid>)]
    organisation_id: Option<OrganisationId>,
    /// When it took effect.
    effective_at: Timestamp,
    /// When it was recorded.
    recorded_at: Timestamp,
    /// Who did it.
    actor: ActorView,
    /// Codes, ids and dates that belong to it.
    #[schema(value_type = Object)]
    detail: Map<String, Value>,
}

endpoint!(
    /// Reads the timeline of a case.
    pub GetCaseTimeline, path = CasePath, query = PageQuery
);

/// Read the timeline of a case.
///
/// What happened to the case, its requests, actions, notes and contacts, and what meetings said and decided about it, oldest
/// first, as far as the caller may know of it. Another case is named only when the caller may see that one too.
#[utoipa::path(
    tag = "Cases",
    params(CasePath, PageQuery),
    responses((status = 200, description = "A page of events", body = Collection<TimelineEvent>))
)]
#[get("/cases/{caseId}/timeline")]
pub async fn get_case_timeline(call: Call<GetCaseTimeline>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.case_id;
        let page = call.page_request(&call.query, Direction::Ascending)?;
        let sight = call.permit.sight().clone();
        let note_sight = call.permit.principal().note_sight();
        let fingerprint = call.view_fingerprint(&sight).await?;
        let tag = call.list_tag_with_notes(&sight, &note_sight, fingerprint);
        let (case, found) = call
            .snapshot(move |connection| {
                let case =
                    cases::find(connection, &sight, id)?.ok_or_else(|| Problem::not_found("caseId"))?;
                let consultations: Vec<_> =
                    std::iter::once(case.consultation_id).chain(case.led_by).collect();
                let mut found = timeline::list(connection, &note_sight, &consultations, id, page)?;
                let others = found.items.iter().filter_map(other_case);
                let visible = cases::visible(connection, &sight, others)?;
                for event in &mut found.items {
                    if other_case(event).is_some_and(|other| !visible.contains(&other))
                        && let Value::Object(members) = &mut event.data
                    {
                        members.remove(OTHER_CASE);
                    }
                }
                Ok((case, found))
            })
            .await?;
        if !call.has(&tag) {
            call.note_sensitive([&*case]).await?;
        }
        let next =
            found.items.last().filter(|_| found.has_more).map(|event| At::new(event.effective_at, event.id));
        let items =
            found.items.into_iter().map(|event| view(event, &call.state.base_url, id.uuid())).collect();
        Ok(Reply::ok(&call.collection(&call.query, items, next.as_ref(), None))?.tag(&tag))
    })
    .await
}

/// The member that names another case.
const OTHER_CASE: &str = "otherCaseId";

/// Gives the other case that an event names.
fn other_case(event: &StoredEvent) -> Option<CaseId> {
    event.data.get(OTHER_CASE)?.as_str()?.parse::<Uuid>().ok().map(CaseId::new)
}

fn view(event: StoredEvent, base_url: &str, case: Uuid) -> TimelineEvent {
    let actor =
        Actor { client_id: event.client_id, user: event.user, organisation_id: event.actor_organisation_id };
    TimelineEvent {
        href: match event.subject.as_str() {
            "followUpRequest" => format!("{base_url}/followUpRequests/{}", event.subject_id),
            "action" => format!("{base_url}/actions/{}", event.subject_id),
            "ledgerEntry" => format!("{base_url}/escalationLedger/{}", event.subject_id),
            "caseNote" => format!("{base_url}/cases/{case}/notes/{}", event.subject_id),
            "caseContact" => format!("{base_url}/cases/{case}/contacts/{}", event.subject_id),
            _ => format!("{base_url}/cases/{}", event.subject_id),
        },
        id: event.id,
        subject_kind: event.subject,
        subject_id: event.subject_id,
        sequence: event.sequence,
        version: event.version,
        verb: event.verb,
        organisation_id: event.organisation_id,
        effective_at: event.effective_at,
        recorded_at: event.recorded_at,
        actor: (&actor).into(),
        detail: match event.data {
            Value::Object(members) => members,
            _ => Map::new(),
        },
    }
}
