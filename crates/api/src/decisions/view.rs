//! What members of a consultation see of its decisions.

use domain::decision::{self, DecisionKind};
use domain::id::{ActionId, AgendaItemId, CaseId, ConsultationId, DecisionId, FollowUpRequestId, MeetingId};
use jiff::Timestamp;
use persistence::decisions::Yield;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::DecisionKindCode;
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// A decision.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Its address.
    #[schema(format = "uri")]
    pub href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: DecisionId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation that decided.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// Whether it was taken between two meetings.
    between_meetings: bool,
    /// The meeting in which it was taken.
    #[schema(value_type = Option<uuid::Uuid>)]
    meeting_id: Option<MeetingId>,
    /// The item of its agenda.
    #[schema(value_type = Option<uuid::Uuid>)]
    agenda_item_id: Option<AgendaItemId>,
    /// The case that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// What was decided, coded.
    #[schema(value_type = DecisionKindCode)]
    kind: DecisionKind,
    /// What was decided.
    text: String,
    /// When it was decided.
    decided_at: Timestamp,
    /// Whether it waits for a meeting to approve it.
    to_ratify: bool,
    /// When it was ratified.
    ratified_at: Option<Timestamp>,
    /// The meeting in which it was ratified.
    #[schema(value_type = Option<uuid::Uuid>)]
    ratified_in_id: Option<MeetingId>,
    /// The actions that came of it.
    #[schema(value_type = Vec<uuid::Uuid>)]
    action_ids: Vec<ActionId>,
    /// The follow-up requests that came of it, with those that followed one that was passed on.
    #[schema(value_type = Vec<uuid::Uuid>)]
    follow_up_request_ids: Vec<FollowUpRequestId>,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who wrote it down.
    created_by: ActorView,
}

impl Decision {
    /// Makes the view of a decision with what came of it.
    pub fn of(decision: &decision::Facts, came: Yield, base_url: &str) -> Self {
        Self {
            href: format!("{base_url}/decisions/{}", decision.id),
            id: decision.id,
            version: decision.version.0,
            etag: tag(decision, &came).as_str().to_owned(),
            consultation_id: decision.consultation_id,
            between_meetings: decision.taken == decision::Taken::BetweenMeetings,
            meeting_id: decision.meeting_id(),
            agenda_item_id: decision.agenda_item_id(),
            case_id: decision.case_id,
            kind: decision.kind,
            text: decision.text.to_string(),
            decided_at: decision.decided_at,
            to_ratify: decision.is_to_ratify(),
            ratified_at: decision.ratification.map(|ratification| ratification.at),
            ratified_in_id: decision.ratification.map(|ratification| ratification.meeting_id),
            action_ids: came.actions,
            follow_up_request_ids: came.follow_up_requests,
            updated_at: decision.updated_at,
            created_by: (&decision.created_by).into(),
        }
    }
}

/// Gives the entity tag of a decision: what came of it can grow without a change of the decision.
pub(super) fn tag(decision: &decision::Facts, came: &Yield) -> EntityTag {
    let grown = came.actions.len() + came.follow_up_requests.len();
    EntityTag::document(decision.version, format_args!("d{grown}"))
}
