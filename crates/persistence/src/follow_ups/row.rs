//! The row of a follow-up request, and the way there and back.

use diesel::prelude::*;
use domain::change::{Actor, DoneVerbs, Version};
use domain::follow_up::{
    Amendment, Facts, FollowUpRequest, GivenAnswer, GivenPromise, Head, Origin, QuestionKind, Redirection,
    Refusal, Resume, Round, State, Status, Urgency,
};
use domain::id::{DataSharingProtocolId, FollowUpRequestId, OrganisationId};
use domain::text::{Paragraph, Reference, Title};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::row::code;
use crate::schema::follow_up_requests;
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, columns};

pub(super) const TABLE: &str = "follow_up_requests";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resume: Option<Resume>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirection: Option<Redirection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain_started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_sharing_protocol_id: Option<DataSharingProtocolId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked_by: Option<OrganisationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redirected_from: Option<FollowUpRequestId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_reminded_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "is_zero")]
    reminder_count: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<Round>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<GivenAnswer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    promises: Vec<GivenPromise>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    amendments: Vec<Amendment>,
    created_by: Actor,
    #[serde(default)]
    done: DoneVerbs,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = follow_up_requests, treat_none_as_default_value = false)]
pub(crate) struct Row {
    pub(super) id: Key,
    version: i64,
    sequence: i64,
    consultation_id: Key,
    case_id: Key,
    organisation_id: Key,
    status: String,
    question_kind: String,
    urgency: String,
    origin: String,
    subject: String,
    question: String,
    carries_personal_data: bool,
    external_reference: Option<String>,
    planned_on: Option<Day>,
    created_at: Instant,
    updated_at: Instant,
    sent_at: Option<Instant>,
    first_seen_at: Option<Instant>,
    received_at: Option<Instant>,
    accepted_at: Option<Instant>,
    first_answered_at: Option<Instant>,
    last_answered_at: Option<Instant>,
    answer_due_at: Option<Instant>,
    receipt_late_from: Option<Instant>,
    late_from: Option<Instant>,
    seriously_late_from: Option<Instant>,
    next_due_at: Option<Instant>,
    details: Json,
    decision_id: Option<Key>,
    next_step_at: Option<Instant>,
    led_by: Option<Key>,
}

impl Row {
    /// Gives the two texts that a measurement answers with.
    #[cfg(feature = "floor")]
    pub(crate) fn texts(self) -> (String, String) {
        (self.subject, self.question)
    }

    /// Gives the id without reading the rest.
    pub(crate) const fn id(&self) -> Uuid {
        self.id.0
    }

    /// Gives what a change may write.
    pub(super) fn columns(&self) -> Vec<Column<'_>> {
        columns!(
            self,
            version,
            sequence,
            consultation_id,
            case_id,
            organisation_id,
            status,
            question_kind,
            urgency,
            origin,
            subject,
            question,
            carries_personal_data,
            external_reference,
            planned_on,
            created_at,
            updated_at,
            sent_at,
            first_seen_at,
            received_at,
            accepted_at,
            first_answered_at,
            last_answered_at,
            answer_due_at,
            receipt_late_from,
            late_from,
            seriously_late_from,
            next_due_at,
            details,
            decision_id,
            next_step_at,
            led_by,
        )
    }
}

pub(crate) const OWN: &str = "own";
const IMPORTED: &str = "imported";

const fn origin_code(origin: Origin) -> &'static str {
    match origin {
        Origin::Own => OWN,
        Origin::Imported => IMPORTED,
    }
}

fn origin(code: &str) -> Option<Origin> {
    match code {
        OWN => Some(Origin::Own),
        IMPORTED => Some(Origin::Imported),
        _ => None,
    }
}

impl Row {
    /// Gives the head of the request without reading the rest.
    pub(super) fn head(&self) -> Result<Head, StoreError> {
        let at = |at: Option<Instant>| at.map(|at| at.0);
        Ok(Head {
            id: self.id.0.into(),
            version: Version(self.version),
            sequence: self.sequence,
            case_id: self.case_id.0.into(),
            consultation_id: self.consultation_id.0.into(),
            led_by: self.led_by.map(|key| key.0.into()),
            organisation_id: self.organisation_id.0.into(),
            carries_personal_data: self.carries_personal_data,
            origin: code(TABLE, "origin", self.id.0, &self.origin, origin)?,
            created_at: self.created_at.0,
            sent_at: at(self.sent_at),
            first_seen_at: at(self.first_seen_at),
            answer_due_at: at(self.answer_due_at),
            receipt_late_from: at(self.receipt_late_from),
            late_from: at(self.late_from),
            seriously_late_from: at(self.seriously_late_from),
        })
    }
}

impl TryFrom<Row> for FollowUpRequest {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let missing = |part: &str| StoreError::corrupt(TABLE, "details", id, part);
        let details: Details = row.details.read(TABLE, "details", id)?;
        let state = match code(TABLE, "status", id, &row.status, Status::from_code)? {
            Status::Draft => State::Draft,
            Status::Sent => State::Sent,
            Status::Received => State::Received,
            Status::Accepted => State::Accepted,
            Status::Waiting => State::Waiting { resume: details.resume.ok_or_else(|| missing("no resume"))? },
            Status::Answered => State::Answered,
            Status::Closed => State::Closed,
            Status::Refused => State::Refused(details.refusal.ok_or_else(|| missing("no refusal"))?),
            Status::Redirected => {
                State::Redirected(details.redirection.ok_or_else(|| missing("no redirection"))?)
            }
            Status::Withdrawn => State::Withdrawn,
        };
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            sequence: row.sequence,
            consultation_id: row.consultation_id.0.into(),
            led_by: row.led_by.map(|key| key.0.into()),
            case_id: row.case_id.0.into(),
            organisation_id: row.organisation_id.0.into(),
            question_kind: code(TABLE, "question_kind", id, &row.question_kind, QuestionKind::from_code)?,
            urgency: code(TABLE, "urgency", id, &row.urgency, Urgency::from_code)?,
            subject: Title::from_stored(row.subject),
            question: Paragraph::from_stored(row.question),
            carries_personal_data: row.carries_personal_data,
            data_sharing_protocol_id: details.data_sharing_protocol_id,
            asked_by: details.asked_by,
            decision_id: row.decision_id.map(|key| key.0.into()),
            state,
            origin: code(TABLE, "origin", id, &row.origin, origin)?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            sent_at: row.sent_at.map(|at| at.0),
            first_seen_at: row.first_seen_at.map(|at| at.0),
            received_at: row.received_at.map(|at| at.0),
            accepted_at: row.accepted_at.map(|at| at.0),
            first_answered_at: row.first_answered_at.map(|at| at.0),
            last_answered_at: row.last_answered_at.map(|at| at.0),
            external_reference: row.external_reference.map(Reference::from_stored),
            planned_on: row.planned_on.map(|day| day.0),
            chain_started_at: details.chain_started_at,
            redirected_from: details.redirected_from,
            rounds: details.rounds,
            answers: details.answers,
            promises: details.promises,
            amendments: details.amendments,
            reminder_count: details.reminder_count,
            last_reminded_at: details.last_reminded_at,
            next_step_at: row.next_step_at.map(|at| at.0),
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

/// Makes the row of a request as it is at a moment.
pub(super) fn row_of(request: &Facts, now: Timestamp) -> Result<Row, StoreError> {
    let mut details = Details {
        resume: None,
        refusal: None,
        redirection: None,
        chain_started_at: request.chain_started_at,
        data_sharing_protocol_id: request.data_sharing_protocol_id,
        asked_by: request.asked_by,
        redirected_from: request.redirected_from,
        last_reminded_at: request.last_reminded_at,
        reminder_count: request.reminder_count,
        rounds: request.rounds.clone(),
        answers: request.answers.clone(),
        promises: request.promises.clone(),
        amendments: request.amendments.clone(),
        created_by: request.created_by.clone(),
        done: request.done.clone(),
    };
    match &request.state {
        State::Waiting { resume } => details.resume = Some(*resume),
        State::Refused(refusal) => details.refusal = Some(refusal.clone()),
        State::Redirected(redirection) => details.redirection = Some(redirection.clone()),
        State::Draft
        | State::Sent
        | State::Received
        | State::Accepted
        | State::Answered
        | State::Closed
        | State::Withdrawn => {}
    }
    Ok(Row {
        id: key(request.id),
        version: request.version.0,
        sequence: request.sequence,
        consultation_id: key(request.consultation_id),
        case_id: key(request.case_id),
        organisation_id: key(request.organisation_id),
        status: request.status().code().to_owned(),
        question_kind: request.question_kind.code().to_owned(),
        urgency: request.urgency.code().to_owned(),
        origin: origin_code(request.origin).to_owned(),
        subject: request.subject.as_str().to_owned(),
        question: request.question.as_str().to_owned(),
        carries_personal_data: request.carries_personal_data,
        external_reference: request
            .external_reference
            .as_ref()
            .map(|reference| reference.as_str().to_owned()),
        planned_on: request.planned_on.map(Day),
        created_at: Instant(request.created_at),
        updated_at: Instant(request.updated_at),
        sent_at: request.sent_at.map(Instant),
        first_seen_at: request.first_seen_at.map(Instant),
        received_at: request.received_at.map(Instant),
        accepted_at: request.accepted_at.map(Instant),
        first_answered_at: request.first_answered_at.map(Instant),
        last_answered_at: request.last_answered_at.map(Instant),
        answer_due_at: request.answer_due_at().map(Instant),
        receipt_late_from: request.receipt_late_from().map(Instant),
        late_from: request.late_from().map(Instant),
        seriously_late_from: request.seriously_late_from().map(Instant),
        next_due_at: request.next_due_at(now).map(Instant),
        details: Json::of(&details)?,
        decision_id: request.decision_id.map(key),
        next_step_at: request.next_step_at.map(Instant),
        led_by: request.led_by.map(key),
    })
}
