//! What a report says to one audience, in a form of its own: codes, names as they were, and texts; pages in every language
//! are drawn from it.

use std::collections::BTreeMap;

use domain::agenda::{ItemStatus, Reason, Section};
use domain::consultation::{Consultation, FunctionCode};
use domain::decision::{self, DecisionKind};
use domain::follow_up::{self, AnswerOutcome, QuestionKind, RefusalReason, State, Status, Urgency};
use domain::id::{
    ActionId, AgendaItemId, CaseId, ConsultationId, DecisionId, FollowUpRequestId, MeetingId, NoteId,
    OrganisationId,
};
use domain::labels::Labels;
use domain::meeting::AttendanceState;
use domain::note::{Note, Visibility};
use domain::place::LocationKind;
use domain::report::{Audience, Material, Reader, Treated};
use domain::{action, case};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::ReferenceData;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{
    ActionKindCode, ActionStateCode, AgendaItemStateCode, AgendaReasonCode, AgendaSectionCode,
    AnswerOutcomeCode, AttendanceStateCode, CaseStateCode, DecisionKindCode, FollowUpRequestStateCode,
    LocationKindCode, NoteVisibilityCode, QuestionKindCode, RefusalReasonCode, ReportAudienceCode,
    UrgencyCode,
};
use crate::ref_data::LabelsView;

/// The form in which a report is written down; another one gets another name.
const FORMAT: &str = "wijkoverlegReport1";

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
    id: OrganisationId,
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
    minutes: i64,
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
    agenda_item_id: AgendaItemId,
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
    id: CaseId,
    /// Its reference; for members.
    pub(super) reference: Option<String>,
    /// The case in a few words; for members.
    pub(super) title: Option<String>,
    /// Its primary category.
    category: String,
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
    id: DecisionId,
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
    id: FollowUpRequestId,
    /// The decision that it comes from; for members.
    #[schema(value_type = Option<uuid::Uuid>)]
    decision_id: Option<DecisionId>,
    /// The service that is asked.
    pub(super) organisation: ReportOrganisation,
    /// The question in a few words.
    pub(super) subject: String,
    /// The question.
    pub(super) question: String,
    /// What is asked, coded.
    #[schema(value_type = QuestionKindCode)]
    question_kind: QuestionKind,
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
    id: ActionId,
    /// The decision that it comes from; for members.
    #[schema(value_type = Option<uuid::Uuid>)]
    decision_id: Option<DecisionId>,
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
    id: NoteId,
    /// Who may read it.
    #[schema(value_type = NoteVisibilityCode)]
    pub(super) visibility: Visibility,
    /// The organisation that wrote it.
    pub(super) organisation: ReportOrganisation,
    /// What it says.
    pub(super) text: String,
    /// When it was written.
    written_at: Timestamp,
}

/// Writes what a report says to one audience.
pub(super) struct Writer<'a> {
    reference: &'a ReferenceData,
    consultation: Option<&'a Consultation>,
    reader: Reader,
    now: Timestamp,
}

impl<'a> Writer<'a> {
    /// Prepares to write for a reader, as things stand now.
    pub(super) fn new(
        reference: &'a ReferenceData,
        consultation: ConsultationId,
        reader: Reader,
        now: Timestamp,
    ) -> Self {
        Self { reference, consultation: reference.consultation(consultation), reader, now }
    }

    /// Writes; absent when a partner finds nothing that concerns it.
    pub(super) fn write(&self, material: &Material, written_at: Option<Timestamp>) -> Option<ReportContent> {
        let treated = material.treated(self.reader);
        if !self.is_member() && treated.is_empty() {
            return None;
        }
        let meeting = &material.meeting;
        let members = self.is_member();
        Some(ReportContent {
            format: FORMAT.to_owned(),
            audience: self.reader.audience(),
            partner: self.reader.partner().map(|partner| self.organisation(partner)),
            written_at,
            meeting_id: meeting.id,
            consultation_id: meeting.consultation_id,
            consultation_name: self.consultation.map_or_else(
                || Labels { nl: meeting.consultation_id.to_string(), fr: None, en: None },
                |consultation| consultation.name.clone(),
            ),
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            place: meeting.place.as_ref().map(ToString::to_string),
            attendances: members.then(|| self.attendances(material)),
            person_minutes: members.then(|| meeting.person_minutes()),
            items: (1..).zip(&treated).map(|(number, treated)| self.item(number, treated)).collect(),
            ratified: members.then(|| material.ratified.iter().map(|it| decision(it)).collect()),
            next_meeting_at: material.next.as_ref().map(|next| next.starts_at),
            next_meeting_place: material
                .next
                .as_ref()
                .and_then(|next| next.place.as_ref())
                .map(ToString::to_string),
        })
    }

    const fn is_member(&self) -> bool {
        self.reader.partner().is_none()
    }

    fn organisation(&self, id: OrganisationId) -> ReportOrganisation {
        let known = self.reference.organisation(id).map(|organisation| organisation.name.clone());
        let name = known.unwrap_or_else(|| Labels { nl: id.to_string(), fr: None, en: None });
        ReportOrganisation { id, name }
    }

    /// Names a function of an organisation as the consultation does; as that of another member when only that one has it.
    fn function_name(&self, organisation: OrganisationId, function: &FunctionCode) -> Option<Labels> {
        let members = self.consultation.map(|it| it.members.as_slice()).unwrap_or_default();
        let mut named = members.iter().filter(|member| member.function == *function);
        let own = named.clone().find(|member| member.organisation_id == organisation);
        own.or_else(|| named.next()).map(|member| member.function_name.clone())
    }

    fn attendances(&self, material: &Material) -> Vec<ReportAttendance> {
        let meeting = &material.meeting;
        let attendance = |attended: &domain::meeting::Attendance| ReportAttendance {
            organisation: self.organisation(attended.organisation_id),
            function_name: self.function_name(attended.organisation_id, &attended.function),
            function: attended.function.clone(),
            state: attended.state,
            from: attended.presence.from,
            until: attended.presence.until,
            minutes: attended.minutes(meeting.starts_at, meeting.ends_at),
        };
        meeting.attendances.iter().map(attendance).collect()
    }

    fn item(&self, number: usize, treated: &Treated<'_>) -> ReportItem {
        let members = self.is_member();
        let item = treated.item;
        let case = treated.case.map(|case| ReportCase {
            id: case.id,
            reference: members.then(|| case.reference.clone()),
            title: members.then(|| case.title.clone()),
            category: case.category.clone(),
            state: case.status,
            location_kind: case.location_kind,
            address: case.address.clone(),
        });
        ReportItem {
            number,
            agenda_item_id: item.id,
            section: members.then_some(item.section),
            reason: members.then_some(item.reason),
            state: members.then_some(item.status),
            title: members.then(|| item.title.to_string()),
            text: item.text.as_ref().filter(|_| members).map(ToString::to_string),
            carry_over_count: members.then_some(item.carry_over),
            case,
            decisions: members.then(|| treated.decisions.iter().copied().map(decision).collect()),
            follow_up_requests: treated.requests.iter().map(|request| self.request(request)).collect(),
            actions: treated.actions.iter().map(|action| self.action(action)).collect(),
            notes: treated.notes.iter().map(|note| self.note(note)).collect(),
        }
    }

    fn request(&self, request: &follow_up::Facts) -> ReportRequest {
        let answer = request.answers.last().filter(|_| request.last_answered_at.is_some());
        let (refusal_reason, remark) = match &request.state {
            State::Refused(refusal) => (Some(refusal.reason), Some(refusal.text.to_string())),
            State::Redirected(redirection) => (None, redirection.text.as_ref().map(ToString::to_string)),
            _ => (None, None),
        };
        ReportRequest {
            id: request.id,
            decision_id: request.decision_id.filter(|_| self.is_member()),
            organisation: self.organisation(request.organisation_id),
            subject: request.subject.to_string(),
            question: request.question.to_string(),
            question_kind: request.question_kind,
            urgency: request.urgency,
            state: request.status(),
            sent_at: request.sent_at,
            answer_due_at: request.answer_due_at(),
            late_since: request.answer_breached_at(self.now),
            answered_at: request.last_answered_at,
            outcome: answer.and_then(|answer| answer.outcome),
            answer: answer.and_then(|answer| answer.text.as_ref()).map(ToString::to_string),
            refusal_reason,
            remark,
        }
    }

    fn action(&self, action: &action::Facts) -> ReportAction {
        let owner = action.owner();
        ReportAction {
            id: action.id,
            decision_id: action.decision_id.filter(|_| self.is_member()),
            kind: action.description.kind,
            title: action.description.title.to_string(),
            owner: self.organisation(owner.organisation_id),
            owner_function: owner.function.clone(),
            owner_function_name: self.function_name(owner.organisation_id, &owner.function),
            due_on: action.description.due_on,
            state: action.status,
            result: action.result().map(ToString::to_string),
            carry_over_count: action.carried_in.len(),
        }
    }

    fn note(&self, note: &Note) -> ReportNote {
        ReportNote {
            id: note.id,
            visibility: note.visibility,
            organisation: self.organisation(note.created_by.organisation_id),
            text: note.text.to_string(),
            written_at: note.created_at,
        }
    }
}

fn decision(decision: &decision::Facts) -> ReportDecision {
    ReportDecision {
        id: decision.id,
        kind: decision.kind,
        text: decision.text.to_string(),
        decided_at: decision.decided_at,
    }
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
}
