//! From what a report is made of to what it says to one audience.

use domain::consultation::{Consultation, FunctionCode};
use domain::follow_up::{self, State};
use domain::id::{ConsultationId, OrganisationId};
use domain::labels::Labels;
use domain::note::Note;
use domain::report::{Material, Reader, Treated};
use domain::{action, decision};
use jiff::Timestamp;
use persistence::ReferenceData;

use super::content::{
    ReportAction, ReportAttendance, ReportCase, ReportContent, ReportDecision, ReportItem, ReportNote,
    ReportOrganisation, ReportRequest,
};

/// The form in which a report is written down; another one gets another name.
const FORMAT: &str = "wijkoverlegReport1";

/// Writes what a report says to one audience.
pub(crate) struct Writer<'a> {
    reference: &'a ReferenceData,
    consultation: Option<&'a Consultation>,
    reader: Reader,
    now: Timestamp,
}

impl<'a> Writer<'a> {
    /// Prepares to write for a reader, as things stand now.
    pub(crate) fn new(
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

    /// Names an organisation.
    pub(crate) fn organisation(&self, id: OrganisationId) -> ReportOrganisation {
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

    /// Writes a request and its answer.
    pub(crate) fn request(&self, request: &follow_up::Facts) -> ReportRequest {
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

    /// Writes an action.
    pub(crate) fn action(&self, action: &action::Facts) -> ReportAction {
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

    /// Writes a note.
    pub(crate) fn note(&self, note: &Note) -> ReportNote {
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
