//! What readers see of an action: members of its consultation all of it, an owner outside not what it comes from.

use domain::access::Sight;
use domain::action::{Facts, Kind, Status, Verb, allowed};
use domain::id::{ActionId, CaseId, ConsultationId, DecisionId, MeetingId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{ActionKindCode, ActionStateCode, ActionVerbCode};
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;

/// An action.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ActionId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The consultation whose team does it.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The consultation above that leads the case meanwhile; for members of the consultation.
    #[schema(value_type = Option<uuid::Uuid>)]
    led_by_id: Option<ConsultationId>,
    /// The case that it is about; for members of the consultation.
    #[schema(value_type = Option<uuid::Uuid>)]
    case_id: Option<CaseId>,
    /// The decision that it comes from; for members of the consultation.
    #[schema(value_type = Option<uuid::Uuid>)]
    decision_id: Option<DecisionId>,
    /// The meeting in which it was decided.
    #[schema(value_type = Option<uuid::Uuid>)]
    meeting_id: Option<MeetingId>,
    /// Its state.
    #[schema(value_type = ActionStateCode)]
    state: Status,
    /// What can be done with it now, by who may.
    #[schema(value_type = Vec<ActionVerbCode>)]
    allowed_verbs: Vec<Verb>,
    /// What is done.
    #[schema(value_type = ActionKindCode)]
    kind: Kind,
    /// The action in a few words.
    title: String,
    /// The action in full.
    description: Option<String>,
    /// The organisation that does it.
    #[schema(value_type = uuid::Uuid)]
    owner_organisation_id: OrganisationId,
    /// The function that does it.
    #[schema(example = "guard")]
    owner_function: String,
    /// By when; a day in Europe/Brussels.
    due_on: Option<Date>,
    /// What came of it.
    result: Option<String>,
    /// When it ended.
    ended_at: Option<Timestamp>,
    /// Why it was cancelled or taken up again.
    remark: Option<String>,
    /// How many meetings were held while it was on them and stayed open.
    carry_over_count: usize,
    /// These meetings, in their order.
    #[schema(value_type = Vec<uuid::Uuid>)]
    carried_in_meeting_ids: Vec<MeetingId>,
    /// When it was written.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who wrote it; for members of the consultation.
    created_by: Option<ActorView>,
}

/// What a view depends on beside the action.
#[derive(Clone, Copy)]
pub(super) struct Viewing<'a> {
    /// The records that the reader may read.
    pub(super) sight: &'a Sight,
    /// The address of the API.
    pub(super) base_url: &'a str,
}

impl Viewing<'_> {
    /// Tells whether the reader is a member of the consultation.
    pub(super) fn is_member(&self, action: &Facts) -> bool {
        self.sight.covers(action.consultation_id, action.led_by)
    }

    /// Gives the entity tag of an action as the reader sees it.
    pub(super) fn tag(&self, action: &Facts) -> EntityTag {
        EntityTag::document(
            action.version,
            match (self.is_member(action), action.led_by) {
                (true, None) => "t",
                (true, Some(_)) => "tl",
                (false, _) => "o",
            },
        )
    }

    /// Makes the reader's view of an action.
    pub(super) fn view(&self, action: &Facts) -> Action {
        let is_member = self.is_member(action);
        let description = &action.description;
        Action {
            href: format!("{}/actions/{}", self.base_url, action.id),
            id: action.id,
            version: action.version.0,
            etag: self.tag(action).as_str().to_owned(),
            consultation_id: action.consultation_id,
            led_by_id: action.led_by.filter(|_| is_member),
            case_id: action.case_id.filter(|_| is_member),
            decision_id: action.decision_id.filter(|_| is_member),
            meeting_id: action.meeting_id,
            state: action.status,
            allowed_verbs: allowed(action.status),
            kind: description.kind,
            title: description.title.to_string(),
            description: description.description.as_ref().map(ToString::to_string),
            owner_organisation_id: description.owner.organisation_id,
            owner_function: description.owner.function.to_string(),
            due_on: description.due_on,
            result: action.result().map(ToString::to_string),
            ended_at: action.ended_at(),
            remark: action.remark.as_ref().map(ToString::to_string),
            carry_over_count: action.carry_over_count(),
            carried_in_meeting_ids: action.carried_in.clone(),
            created_at: action.created_at,
            updated_at: action.updated_at,
            created_by: is_member.then(|| (&action.created_by).into()),
        }
    }
}
