//! Requests taken over from another system: their dates are facts, their sighting and receipt unknown.

use jiff::Timestamp;

use super::code::{QuestionKind, Side, Urgency, Verb};
use super::command::Create;
use super::event::Detail;
use super::facts::{Facts, GivenAnswer, Origin, Redirection, State};
use super::round::Round;
use super::{Change, FollowUpRequest};
use crate::category::CategoryCode;
use crate::change::Stamp;
use crate::id::{CaseId, ConsultationId, FollowUpRequestId, OrganisationId};
use crate::text::{Paragraph, Reference, Title};

/// A request as another system kept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The name that the request gets.
    pub id: FollowUpRequestId,
    /// The consultation that asks: the one of the case.
    pub consultation_id: ConsultationId,
    /// The case that the question is about.
    pub case_id: CaseId,
    /// The category of the case.
    pub category: CategoryCode,
    /// The service that was asked.
    pub organisation_id: OrganisationId,
    /// What was asked, coded.
    pub question_kind: QuestionKind,
    /// How soon it was needed.
    pub urgency: Urgency,
    /// The question in a few words.
    pub subject: Title,
    /// The question.
    pub question: Paragraph,
    /// The key of the record in the other system.
    pub external_reference: Option<Reference>,
    /// When it was written and sent.
    pub created_at: Timestamp,
    /// When the answer was due; may lie at or before its creation.
    pub due_at: Option<Timestamp>,
    /// How and when it ended, at its creation or later; absent while it is open.
    pub ended: Option<(ImportedEnd, Timestamp)>,
}

/// How a request ended in another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportedEnd {
    /// It was dealt with: answered, and taken as done.
    Closed,
    /// It was taken back.
    Withdrawn,
    /// It was passed on, to whom is unknown.
    Redirected,
}

impl FollowUpRequest {
    /// Takes a request over; each event has the time at which it happened, only `updated_at` tells the import.
    pub fn imported(row: Imported, stamp: &Stamp) -> Change {
        let Imported { created_at, due_at, external_reference, ended, category, .. } = row;
        let command = Create {
            id: row.id,
            consultation_id: row.consultation_id,
            led_by: None,
            case_id: row.case_id,
            organisation_id: row.organisation_id,
            question_kind: row.question_kind,
            urgency: row.urgency,
            subject: row.subject,
            question: row.question,
            carries_personal_data: false,
            data_sharing_protocol_id: None,
            decision_id: None,
        };
        let mut facts = Facts {
            origin: Origin::Imported,
            created_at,
            sent_at: Some(created_at),
            chain_started_at: Some(created_at),
            external_reference,
            ..Facts::new(command, stamp)
        };
        let mut events = vec![facts.tell(Verb::Create, Side::Team, created_at, Detail::default(), None)];

        facts.rounds.push(Round::imported(&facts, &category, due_at, stamp.at));
        facts.state = State::Sent;
        facts.next_step_at = ended.is_none().then_some(stamp.at);
        let detail = Detail { round: Some(1), ..Detail::default() };
        events.push(facts.tell(Verb::Send, Side::Team, created_at, detail, None));

        if let Some((end, at)) = ended {
            if let Some(round) = facts.rounds.last_mut() {
                round.answer.end(at);
            }
            let steps = match end {
                ImportedEnd::Closed => {
                    facts.first_answered_at = Some(at);
                    facts.last_answered_at = Some(at);
                    facts.answers.push(GivenAnswer {
                        at,
                        round: 1,
                        text: None,
                        outcome: None,
                        channel: None,
                    });
                    vec![
                        (Verb::Answer, Side::Service, State::Answered),
                        (Verb::Verify, Side::Team, State::Closed),
                    ]
                }
                ImportedEnd::Withdrawn => vec![(Verb::Withdraw, Side::Team, State::Withdrawn)],
                ImportedEnd::Redirected => {
                    vec![(Verb::Redirect, Side::Service, State::Redirected(Redirection::default()))]
                }
            };
            for (verb, side, state) in steps {
                facts.state = state;
                events.push(facts.tell(verb, side, at, Detail::default(), None));
            }
        }
        Change { before: None, state: Self { facts }, events }
    }
}
