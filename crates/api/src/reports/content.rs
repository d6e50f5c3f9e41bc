//! What a report says to one audience, in a form of its own: codes, names as they were, and texts; pages in every language
//! are drawn from it.

use std::collections::{BTreeMap, BTreeSet};

use domain::agenda::{ItemStatus, Reason, Section};
use domain::consultation::FunctionCode;
use domain::decision::DecisionKind;
use domain::follow_up::{AnswerOutcome, QuestionKind, RefusalReason, Status, Urgency};
use domain::id::{
    ActionId, AgendaItemId, CaseId, ConsultationId, DecisionId, FollowUpRequestId, MeetingId, NoteId,
    OrganisationId,
};
use domain::labels::Labels;
use domain::meeting::AttendanceState;
use domain::note::Visibility;
use domain::place::LocationKind;
use domain::report::Audience;
use domain::{action, case};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit::Sensitive;
use crate::codes::{
    ActionKindCode, ActionStateCode, AgendaItemStateCode, AgendaReasonCode, AgendaSectionCode,
    AnswerOutcomeCode, AttendanceStateCode, CaseStateCode, DecisionKindCode, FollowUpRequestStateCode,
    LocationKindCode, NoteVisibilityCode, QuestionKindCode, RefusalReasonCode, ReportAudienceCode,
    UrgencyCode,
};
use crate::ref_data::LabelsView;

/// What a report says to one audience.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportContent {
    /// The form in which it is written.
    #[schema(example = "wijkoverlegReport1")]
    pub(super) format: String,
    /// Whom it is for.
    #[schema(value_type = ReportAudienceCode)]
    pub(super) audience: Audience,
    /// The housing organisation that it is for.
    pub(super) partner: Option<ReportOrganisation>,
    /// When it was written down; absent while it is a draft.
    pub(super) written_at: Option<Timestamp>,
    /// The meeting.
    #[schema(value_type = uuid::Uuid)]
    pub(super) meeting_id: MeetingId,
    /// The consultation that met.
    #[schema(value_type = uuid::Uuid)]
    pub(super) consultation_id: ConsultationId,
    /// Its name.
    #[schema(value_type = LabelsView)]
    pub(super) consultation_name: Labels,
    /// When the meeting started, as planned.
    pub(super) starts_at: Timestamp,
    /// When it ended, as planned.
    pub(super) ends_at: Timestamp,
    /// Where it took place.
    pub(super) place: Option<String>,
    /// Who was there; for members.
    pub(super) attendances: Option<Vec<ReportAttendance>>,
    /// The minutes that all of them together were there; for members.
    pub(super) person_minutes: Option<i64>,
    /// What was dealt with, in the order of the agenda.
    pub(super) items: Vec<ReportItem>,
    /// Decisions that were taken between two meetings and ratified in this one; for members.
    pub(super) ratified: Option<Vec<ReportDecision>>,
    /// When the next meeting starts.
    pub(super) next_meeting_at: Option<Timestamp>,
    /// Where the next meeting takes place.
    pub(super) next_meeting_place: Option<String>,
}

/// An organisation, by the name that it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportOrganisation {
    /// The organisation.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: OrganisationId,
    /// Its name.
    #[schema(value_type = LabelsView)]
    pub(super) name: Labels,
}

/// Who was there: function and organisation, no name.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportAttendance {
    /// The organisation that the person is from.
    pub(super) organisation: ReportOrganisation,
    /// The function of the person.
    #[schema(value_type = String)]
    pub(super) function: FunctionCode,
    /// The name of the function.
    #[schema(value_type = Option<LabelsView>)]
    pub(super) function_name: Option<Labels>,
    /// Whether the person was there.
    #[schema(value_type = AttendanceStateCode)]
    pub(super) state: AttendanceState,
    /// When the person came; absent when from the beginning.
    pub(super) from: Option<Timestamp>,
    /// When the person left; absent when at the end.
    pub(super) until: Option<Timestamp>,
    /// The minutes that the person was there.
    pub(super) minutes: i64,
}

/// What was dealt with under an item of the agenda.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportItem {
    /// Its number in this report.
    pub(super) number: usize,
    /// The item.
    #[schema(value_type = uuid::Uuid)]
    pub(super) agenda_item_id: AgendaItemId,
    /// The part of the agenda that it belongs to; for members.
    #[schema(value_type = Option<AgendaSectionCode>)]
    pub(super) section: Option<Section>,
    /// Why it was there; for members.
    #[schema(value_type = Option<AgendaReasonCode>)]
    pub(super) reason: Option<Reason>,
    /// Whether it was dealt with; for members.
    #[schema(value_type = Option<AgendaItemStateCode>)]
    pub(super) state: Option<ItemStatus>,
    /// The item in a few words; for members.
    pub(super) title: Option<String>,
    /// What was said about it; for members.
    pub(super) text: Option<String>,
    /// How often it was moved to a next meeting before; for members.
    pub(super) carry_over_count: Option<i32>,
    /// The case that it is about.
    pub(super) case: Option<ReportCase>,
    /// What was decided; for members.
    pub(super) decisions: Option<Vec<ReportDecision>>,
    /// The requests that came of it or that it is about.
    pub(super) follow_up_requests: Vec<ReportRequest>,
    /// The actions that came of it or that it is about.
    pub(super) actions: Vec<ReportAction>,
    /// The notes on its case that were written during the meeting, as far as the audience reads them.
    pub(super) notes: Vec<ReportNote>,
}

/// The case that an item is about; a partner finds what its summary of the case tells.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportCase {
    /// The case.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: CaseId,
    /// Its reference; for members.
    pub(super) reference: Option<String>,
    /// The case in a few words; for members.
    pub(super) title: Option<String>,
    /// Its primary category.
    pub(super) category: String,
    /// Its state.
    #[schema(value_type = CaseStateCode)]
    pub(super) state: case::Status,
    /// What kind of place it is.
    #[schema(value_type = LocationKindCode)]
    pub(super) location_kind: LocationKind,
    /// The address or a description of the place.
    pub(super) address: Option<String>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportDecision {
    /// The decision.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: DecisionId,
    /// What was decided, coded.
    #[schema(value_type = DecisionKindCode)]
    pub(super) kind: DecisionKind,
    /// What was decided.
    pub(super) text: String,
    /// When it was decided.
    pub(super) decided_at: Timestamp,
}

/// A request to a service, and its answer.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportRequest {
    /// The request.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: FollowUpRequestId,
    /// The decision that it comes from; for members.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(super) decision_id: Option<DecisionId>,
    /// The service that is asked.
    pub(super) organisation: ReportOrganisation,
    /// The question in a few words.
    pub(super) subject: String,
    /// The question.
    pub(super) question: String,
    /// What is asked, coded.
    #[schema(value_type = QuestionKindCode)]
    pub(super) question_kind: QuestionKind,
    /// How soon it is needed.
    #[schema(value_type = UrgencyCode)]
    pub(super) urgency: Urgency,
    /// Its state.
    #[schema(value_type = FollowUpRequestStateCode)]
    pub(super) state: Status,
    /// When it was sent.
    pub(super) sent_at: Option<Timestamp>,
    /// When the answer is due.
    pub(super) answer_due_at: Option<Timestamp>,
    /// The due instant that passed without an answer.
    pub(super) late_since: Option<Timestamp>,
    /// When it was answered last.
    pub(super) answered_at: Option<Timestamp>,
    /// What the service achieved.
    #[schema(value_type = Option<AnswerOutcomeCode>)]
    pub(super) outcome: Option<AnswerOutcome>,
    /// The answer.
    pub(super) answer: Option<String>,
    /// Why the service refused, coded.
    #[schema(value_type = Option<RefusalReasonCode>)]
    pub(super) refusal_reason: Option<RefusalReason>,
    /// Why the service refused or passed it on, in words.
    pub(super) remark: Option<String>,
}

/// An action.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportAction {
    /// The action.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: ActionId,
    /// The decision that it comes from; for members.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(super) decision_id: Option<DecisionId>,
    /// What is done.
    #[schema(value_type = ActionKindCode)]
    pub(super) kind: action::Kind,
    /// The action in a few words.
    pub(super) title: String,
    /// The organisation that does it.
    pub(super) owner: ReportOrganisation,
    /// The function that does it.
    #[schema(value_type = String)]
    pub(super) owner_function: FunctionCode,
    /// The name of the function.
    #[schema(value_type = Option<LabelsView>)]
    pub(super) owner_function_name: Option<Labels>,
    /// By when.
    pub(super) due_on: Option<Date>,
    /// Its state.
    #[schema(value_type = ActionStateCode)]
    pub(super) state: action::Status,
    /// What came of it.
    pub(super) result: Option<String>,
    /// How many meetings were held while it was on them and stayed open.
    pub(super) carry_over_count: usize,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportNote {
    /// The note.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: NoteId,
    /// Who may read it.
    #[schema(value_type = NoteVisibilityCode)]
    pub(super) visibility: Visibility,
    /// The organisation that wrote it.
    pub(super) organisation: ReportOrganisation,
    /// What it says.
    pub(super) text: String,
    /// When it was written.
    pub(super) written_at: Timestamp,
}

impl ReportContent {
    /// Gives the items of each part of the agenda, in its order; those of a partner stand together.
    pub(super) fn sections(&self) -> Vec<(Option<Section>, Vec<&ReportItem>)> {
        let mut sections: BTreeMap<Option<Section>, Vec<&ReportItem>> = BTreeMap::new();
        for item in &self.items {
            sections.entry(item.section).or_default().push(item);
        }
        sections.into_iter().collect()
    }

    /// Finds the number of an item in it.
    pub(super) fn number_of(&self, item: AgendaItemId) -> Option<usize> {
        self.items.iter().find(|known| known.agenda_item_id == item).map(|known| known.number)
    }

    /// Tells whether it holds notes of the police or of housing: reading those is audited.
    pub(super) fn holds_guarded_notes(&self) -> bool {
        let mut notes = self.items.iter().flat_map(|item| &item.notes);
        notes.any(|note| note.visibility != Visibility::Team)
    }

    /// Gives the cases of which such notes stand in it, and those whose category may reveal something of a person.
    pub(super) fn guarded_cases(&self, sensitive: &Sensitive) -> Vec<CaseId> {
        let is_guarded = |item: &&ReportItem| {
            let category = item.case.as_ref().map(|case| case.category.as_str());
            item.notes.iter().any(|note| note.visibility != Visibility::Team)
                || sensitive.has_one_of(category)
        };
        let cases = self.items.iter().filter(is_guarded).filter_map(|item| item.case.as_ref());
        let cases: BTreeSet<CaseId> = cases.map(|case| case.id).collect();
        cases.into_iter().collect()
    }
}
