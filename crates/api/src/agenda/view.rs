//! What members of a consultation see of an agenda.

use domain::agenda::{self, About, AboutKind, ItemStatus, ItemVerb, Reason, Section, allowed};
use domain::id::{AgendaItemId, CaseId, MeetingId};
use domain::meeting;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codes::{
    AboutKindCode, AgendaItemStateCode, AgendaItemVerbCode, AgendaReasonCode, AgendaSectionCode,
};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// A thing that an item is about.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AboutView {
    /// What kind of thing it is.
    #[schema(value_type = AboutKindCode)]
    kind: AboutKind,
    /// Which one.
    id: Uuid,
    /// Its address; absent for an item of an earlier agenda.
    #[schema(format = "uri")]
    href: Option<String>,
}

impl AboutView {
    pub(super) fn of(about: About, base_url: &str) -> Self {
        let collection = match about.kind {
            AboutKind::Case => Some("cases"),
            AboutKind::FollowUpRequest => Some("followUpRequests"),
            AboutKind::Action => Some("actions"),
            AboutKind::Decision => Some("decisions"),
            AboutKind::Meeting => Some("meetings"),
            AboutKind::LedgerEntry => Some("escalationLedger"),
            AboutKind::Escalation => Some("escalations"),
            AboutKind::AgendaItem => None,
        };
        let href = collection.map(|collection| format!("{base_url}/{collection}/{}", about.id));
        Self { kind: about.kind, id: about.id, href }
    }
}

/// The figures behind an item; what does not apply is absent.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FiguresView {
    /// How many requests it is about.
    requests: Option<i64>,
    /// How many of them are late.
    late: Option<i64>,
    /// How many of them are seriously late.
    seriously_late: Option<i64>,
    /// How many of them the service never saw.
    never_seen: Option<i64>,
    /// For how many days it, or the oldest of them, is late.
    days_late: Option<i64>,
    /// For how many days it waits.
    days_waiting: Option<i64>,
    /// In how many meetings it was on the agenda and stayed open.
    carry_over: Option<i64>,
    /// For how many days nothing happened.
    days_without_activity: Option<i64>,
    /// How many cases were written since the last meeting.
    new_cases: Option<i64>,
    /// How many cases ended since the last meeting.
    ended_cases: Option<i64>,
    /// How many requests were sent since the last meeting.
    requests_sent: Option<i64>,
    /// How many answers came since the last meeting.
    requests_answered: Option<i64>,
    /// The minutes of the shifts of community guards in the area since the last meeting.
    shift_minutes: Option<i64>,
    /// The same, each shift times its number of guards.
    guard_minutes: Option<i64>,
}

impl From<agenda::Figures> for FiguresView {
    fn from(figures: agenda::Figures) -> Self {
        let agenda::Figures {
            requests,
            late,
            seriously_late,
            never_seen,
            days_late,
            days_waiting,
            carry_over,
            days_without_activity,
            new_cases,
            ended_cases,
            requests_sent,
            requests_answered,
            shift_minutes,
            guard_minutes,
        } = figures;
        Self {
            requests,
            late,
            seriously_late,
            never_seen,
            days_late,
            days_waiting,
            carry_over,
            days_without_activity,
            new_cases,
            ended_cases,
            requests_sent,
            requests_answered,
            shift_minutes,
            guard_minutes,
        }
    }
}

/// An item of an agenda.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgendaItem {
    /// Its address.
    #[schema(format = "uri")]
    pub href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: AgendaItemId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The meeting.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
    /// Its place on the agenda, from 1.
    position: i32,
    /// The part of the agenda that it belongs to.
    #[schema(value_type = AgendaSectionCode)]
    section: Section,
    /// Why it is there.
    #[schema(value_type = AgendaReasonCode)]
    reason: Reason,
    /// Its state.
    #[schema(value_type = AgendaItemStateCode)]
    state: ItemStatus,
    /// What can be done with it now.
    #[schema(value_type = Vec<AgendaItemVerbCode>)]
    allowed_verbs: Vec<ItemVerb>,
    /// The item in a few words.
    title: String,
    /// The case that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// Everything that it is about.
    about: Vec<AboutView>,
    /// The figures behind it, as they were when it was put on the agenda.
    figures: FiguresView,
    /// How often it was moved to a next meeting.
    carry_over_count: i32,
    /// The item that it was moved from.
    #[schema(value_type = Option<uuid::Uuid>)]
    moved_from_id: Option<AgendaItemId>,
    /// What was said about it.
    text: Option<String>,
    /// When it was put on the agenda.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who put it on the agenda.
    created_by: ActorView,
}

impl AgendaItem {
    /// Makes the view of an item.
    pub fn of(item: &agenda::Facts, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/meetings/{}/agendaItems/{}", item.meeting_id, item.id),
            id: item.id,
            version: item.version.0,
            etag: tag(item).as_str().to_owned(),
            meeting_id: item.meeting_id,
            position: item.position,
            section: item.section,
            reason: item.reason,
            state: item.status,
            allowed_verbs: allowed(item.status),
            title: item.title.to_string(),
            case_id: item.case_id,
            about: item.about.iter().map(|about| AboutView::of(*about, base_url)).collect(),
            figures: item.figures.into(),
            carry_over_count: item.carry_over,
            moved_from_id: item.moved_from_id,
            text: item.text.as_ref().map(ToString::to_string),
            created_at: item.created_at,
            updated_at: item.updated_at,
            created_by: (&item.created_by).into(),
        }
    }
}

/// Gives the entity tag of an item.
pub(super) fn tag(item: &agenda::Facts) -> EntityTag {
    EntityTag::document(item.version, "a")
}

/// The agenda of a meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agenda {
    /// The address of this list.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The items, in their order.
    items: Vec<AgendaItem>,
    /// What `If-Match` takes when the agenda is ordered anew or a proposal is adopted: the tag of the meeting.
    meeting_etag: String,
    /// Their number.
    total: usize,
}

impl Agenda {
    /// Makes the view of the agenda of a meeting.
    pub(super) fn of(meeting: &meeting::Facts, items: &[agenda::AgendaItem], base_url: &str) -> Self {
        Self {
            self_link: format!("{base_url}/meetings/{}/agendaItems", meeting.id),
            items: items.iter().map(|item| AgendaItem::of(item, base_url)).collect(),
            meeting_etag: crate::meetings::tag(meeting).as_str().to_owned(),
            total: items.len(),
        }
    }
}
