//! From a follow-up request to what its reader sees of it.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use domain::access::Sight;
use domain::calendar::{Pause, WorkingDays};
use domain::follow_up::{self, Head, Side, State, TermFacts, Verb, allowed};
use domain::id::ConsultationId;
use domain::place::LocationKind;
use jiff::Timestamp;
use persistence::ReferenceData;
use persistence::follow_ups::CaseSummary;

use super::contact;
use super::hands::Hands;
use super::view::{
    AmendmentView, AnswerView, FollowUpRequest, FollowUpRequestCore, PauseView, PointView, PromiseView,
    RedirectionView, RefusalView, RequestPlace, RoundView, ServiceFollowUpRequest, TeamFollowUpRequest,
    TermView,
};
use crate::etag::EntityTag;
use crate::language::Language;

/// What a view depends on beside the request.
#[derive(Clone, Copy)]
pub struct Viewing<'a> {
    /// The records that the reader may touch.
    pub sight: &'a Sight,
    /// The records that it can do something with.
    pub hands: &'a Hands,
    /// The moment.
    pub now: Timestamp,
    /// The address of the API.
    pub base_url: &'a str,
    /// The reference data.
    pub reference: &'a ReferenceData,
    /// The language of names.
    pub language: Language,
}

/// Tells on which side of a request a reader stands: whoever may see the team's side does.
pub(super) fn side(sight: &Sight, consultation: ConsultationId, led_by: Option<ConsultationId>) -> Side {
    if sight.covers(consultation, led_by) { Side::Team } else { Side::Service }
}

impl Viewing<'_> {
    /// Gives the entity tag of a request as the reader sees it.
    ///
    /// A sighting is not part of the service's view; reminders, the case's place and category, lateness, the language, the
    /// reference data that names come from and what the reader can do are.
    pub fn tag(&self, request: &Head, case: &CaseSummary) -> EntityTag {
        let late = [request.late_from, request.seriously_late_from, request.receipt_late_from]
            .map(|from| from.is_some_and(|from| self.now > from));
        let late: String = late.iter().map(|late| if *late { '1' } else { '0' }).collect();
        let (sequence, case_version) = (request.sequence, case.version);
        let around = self.surroundings(request);
        match side(self.sight, request.consultation_id, request.led_by) {
            Side::Service => EntityTag::document(
                request.version,
                format_args!("s{sequence}.{case_version}.{late}.{around:x}"),
            ),
            Side::Team => {
                let seen = request.first_seen_at.map_or(0, Timestamp::as_microsecond);
                let led = if request.led_by.is_some() { ".l" } else { "" };
                EntityTag::document(
                    request.version,
                    format_args!("t{sequence}.{case_version}.{late}.{around:x}.{seen:x}{led}"),
                )
            }
        }
    }

    /// Gives a fingerprint of the reference data, of the language and of what the reader can do; it differs from one build of
    /// the program to another at most.
    fn surroundings(&self, request: &Head) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.language.code().hash(&mut hasher);
        self.hands.sides(request).hash(&mut hasher);
        self.reference.fingerprint().hash(&mut hasher);
        hasher.finish()
    }

    fn name(&self, redirection: &follow_up::Redirection) -> Option<&str> {
        let organisation = self.reference.organisation(redirection.organisation_id?)?;
        Some(organisation.name.pick(self.language))
    }

    /// Makes the reader's view of a request.
    pub fn view(&self, request: &follow_up::Facts, case: &CaseSummary) -> FollowUpRequest {
        let side = side(self.sight, request.consultation_id, request.led_by);
        let core = self.core(request, case, side);
        match side {
            Side::Service => FollowUpRequest::Service(Box::new(ServiceFollowUpRequest { core })),
            Side::Team => FollowUpRequest::Team(Box::new(TeamFollowUpRequest {
                core,
                case_id: request.case_id,
                led_by_id: request.led_by,
                decision_id: request.decision_id,
                first_seen_at: request.first_seen_at,
                never_seen: request.is_never_seen(),
                imported: request.origin == follow_up::Origin::Imported,
                redirected_from_id: request.redirected_from,
                rounds: request.rounds.iter().map(|round| self.round(round)).collect(),
                created_by: (&request.created_by).into(),
            })),
        }
    }

    /// Makes the side of the service, whoever reads it.
    pub(super) fn of_service(&self, request: &follow_up::Facts, case: &CaseSummary) -> FollowUpRequestCore {
        self.core(request, case, Side::Service)
    }

    fn core(&self, request: &follow_up::Facts, case: &CaseSummary, side: Side) -> FollowUpRequestCore {
        FollowUpRequestCore {
            href: format!("{}/followUpRequests/{}", self.base_url, request.id),
            id: request.id,
            version: request.version.0,
            etag: self.tag(&request.into(), case).as_str().to_owned(),
            state: request.status(),
            allowed_verbs: self.verbs(request, case),
            consultation_id: request.consultation_id,
            contact_function: contact::function(self.reference, request).map(str::to_owned),
            organisation_id: request.organisation_id,
            question_kind: request.question_kind,
            urgency: request.urgency,
            subject: request.subject.to_string(),
            question: request.question.to_string(),
            carries_personal_data: request.carries_personal_data,
            data_sharing_protocol_id: request.data_sharing_protocol_id,
            category: case.category.clone(),
            place: place(case),
            created_at: request.created_at,
            updated_at: request.updated_at,
            sent_at: request.sent_at,
            received_at: request.received_at,
            accepted_at: request.accepted_at,
            first_answered_at: request.first_answered_at,
            answered_at: request.last_answered_at,
            round: request.round().map(|round| round.number),
            receipt_due_at: request.receipt_due_at(),
            original_answer_due_at: request.original_answer_due_at(),
            answer_due_at: request.answer_due_at(),
            receipt_breached_at: request.receipt_breached_at(self.now),
            answer_breached_at: request.answer_breached_at(self.now),
            late: request.late_from().is_some_and(|from| self.now > from),
            seriously_late: request.seriously_late_from().is_some_and(|from| self.now > from),
            external_reference: request.external_reference.as_ref().map(ToString::to_string),
            planned_on: request.planned_on,
            promises: request.promises.iter().map(promise).collect(),
            amendments: request.amendments.iter().map(amendment).collect(),
            answers: request.answers.iter().map(answer).collect(),
            refusal: match &request.state {
                State::Refused(refusal) => {
                    Some(RefusalView { refusal_reason: refusal.reason, text: refusal.text.to_string() })
                }
                _ => None,
            },
            redirection: self.redirection(&request.state, side),
            chain_started_at: request.chain_started_at,
            reminder_count: request.reminder_count,
            last_reminded_at: request.last_reminded_at,
        }
    }

    /// Gives what the reader can do with a request now; on a case that has ended, nothing is asked again.
    fn verbs(&self, request: &follow_up::Facts, case: &CaseSummary) -> Vec<Verb> {
        let mut verbs = allowed(request.status(), self.hands.sides(&request.into()));
        verbs.retain(|verb| case.goes_on || *verb != Verb::Reopen);
        verbs
    }

    fn redirection(&self, state: &State, side: Side) -> Option<RedirectionView> {
        let State::Redirected(redirection) = state else { return None };
        Some(RedirectionView {
            organisation_id: redirection.organisation_id,
            organisation_name: self.name(redirection).map(str::to_owned),
            follow_up_request_id: redirection.successor_id.filter(|_| side == Side::Team),
            text: redirection.text.as_ref().map(ToString::to_string),
        })
    }

    fn round(&self, round: &follow_up::Round) -> RoundView {
        RoundView {
            number: round.number,
            started_at: round.started_at,
            receipt: round.receipt.as_ref().map(|term| self.term(term)),
            answer: self.term(&round.answer),
            pauses: round
                .pauses
                .iter()
                .map(|Pause { from, until }| PauseView { from: *from, until: *until })
                .collect(),
        }
    }

    fn term(&self, term: &TermFacts) -> TermView {
        TermView {
            working_days: term.working_days.map(WorkingDays::get),
            original_due_at: term.original_due_at,
            due_at: term.due_at,
            ended_at: term.ended_at,
            breached_at: term.breached_at(self.now),
        }
    }
}

fn place(case: &CaseSummary) -> RequestPlace {
    RequestPlace {
        kind: LocationKind::from_code(&case.location_kind).unwrap_or(LocationKind::Unknown).code().to_owned(),
        address: case.address.clone(),
        address_uri: case.address_uri.clone(),
        point: case
            .longitude
            .zip(case.latitude)
            .map(|(longitude, latitude)| PointView { longitude, latitude }),
        sector: case.sector.clone(),
    }
}

fn promise(promise: &follow_up::GivenPromise) -> PromiseView {
    PromiseView { at: promise.at, promised_on: promise.promised_on, delay_reason: promise.delay_reason }
}

fn amendment(amendment: &follow_up::Amendment) -> AmendmentView {
    AmendmentView {
        at: amendment.at,
        subject: amendment.subject.to_string(),
        question: amendment.question.to_string(),
        text: amendment.text.to_string(),
    }
}

fn answer(answer: &follow_up::GivenAnswer) -> AnswerView {
    AnswerView {
        at: answer.at,
        round: answer.round,
        text: answer.text.as_ref().map(ToString::to_string),
        outcome: answer.outcome,
        channel: answer.channel,
    }
}
