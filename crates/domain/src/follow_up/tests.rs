//! Stories of requests: a Monday morning, Monday 2 March 2026, on which a question is sent that the service has to
//! confirm within 2 working days (Wednesday 4 March) and to answer within 10 (Monday 16 March); after 30 (Tuesday
//! 14 April, Easter Monday lies between) it is seriously late.

mod chain;
mod import;
mod properties;
mod receipt;
mod repeat;
mod rounds;
mod rules;
mod terms;
mod thread;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use super::*;
use crate::calendar::{Calendar, WorkingDays, end_of_day, local_date};
use crate::category::CategoryCode;
use crate::change::{Actor, DoneVerbs, Stamp, Version};
use crate::id::{CaseId, ClientId, ConsultationId, FollowUpRequestId, OrganisationId};
use crate::term::TermDays;
use crate::text::{Paragraph, Reference, Remark, Title};

const MONDAY: &str = "2026-03-02 09:00";
const RECEIPT_DAY: &str = "2026-03-04";
const ANSWER_DAY: &str = "2026-03-16";
const SERIOUS_DAY: &str = "2026-04-14";

/// A local time in Brussels.
fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.in_tz("Europe/Brussels").unwrap().timestamp()
}

fn on(date: &str) -> Date {
    date.parse().unwrap()
}

fn end_of(date: &str) -> Timestamp {
    end_of_day(on(date))
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(id(number))
}

fn request_id(number: u128) -> FollowUpRequestId {
    FollowUpRequestId::new(id(number))
}

/// The organisation of the team.
const TEAM: u128 = 1;
/// The addressed service.
const GREEN: u128 = 2;
/// Another service.
const ROADS: u128 = 3;

fn actor(number: u128) -> Actor {
    Actor { client_id: ClientId::new(id(number)), user: None, organisation_id: organisation(number) }
}

fn actor_of(side: Side) -> Actor {
    actor(match side {
        Side::Team => TEAM,
        Side::Service => GREEN,
    })
}

fn stamp(side: Side, at: Timestamp) -> Stamp {
    Stamp { at, by: actor_of(side) }
}

fn team(local: &str) -> Stamp {
    stamp(Side::Team, at(local))
}

fn service(local: &str) -> Stamp {
    stamp(Side::Service, at(local))
}

fn say(words: &str) -> Say {
    Say { text: Remark::parse(words).unwrap() }
}

fn usual() -> Calendar {
    Calendar::default()
}

fn closed(dates: &[&str]) -> Calendar {
    Calendar::new(dates.iter().map(|date| (on(date), None)).collect())
}

fn clockwork(calendar: &Calendar, known_at: Timestamp) -> Clockwork {
    let days = |days| WorkingDays::new(days).unwrap();
    let terms = TermDays { receipt: days(2), answer: days(10) };
    let category = CategoryCode::parse("GRO.BOOM").unwrap();
    Clockwork { terms, calendar: calendar.clone(), known_at, category, protocol_id: None }
}

fn question() -> Create {
    Create {
        id: request_id(100),
        consultation_id: ConsultationId::new(id(10)),
        led_by: None,
        case_id: CaseId::new(id(11)),
        organisation_id: organisation(GREEN),
        question_kind: QuestionKind::CleanOrRepair,
        urgency: Urgency::Normal,
        subject: Title::parse("Snoeien").unwrap(),
        question: Paragraph::parse("Kan de haag gesnoeid worden?").unwrap(),
        carries_personal_data: false,
        data_sharing_protocol_id: None,
        decision_id: None,
    }
}

/// The same question as another system kept it.
fn row(due_at: Option<Timestamp>, ended: Option<(ImportedEnd, Timestamp)>) -> Imported {
    let question = question();
    Imported {
        id: question.id,
        consultation_id: question.consultation_id,
        case_id: question.case_id,
        category: CategoryCode::parse("GRO.BOOM").unwrap(),
        organisation_id: question.organisation_id,
        question_kind: question.question_kind,
        urgency: question.urgency,
        subject: question.subject,
        question: question.question,
        external_reference: Some(Reference::parse("14-00000116").unwrap()),
        created_at: at(MONDAY),
        due_at,
        ended,
    }
}

/// The verb with a usual body.
fn attempt(
    request: FollowUpRequest,
    verb: Verb,
    side: Side,
    words: &str,
    calendar: &Calendar,
    at: Timestamp,
) -> Result<Outcome, FollowUpError> {
    let stamp = &stamp(side, at);
    let text = Remark::parse(words).unwrap();
    let say = &Say { text: text.clone() };
    match verb {
        Verb::Create | Verb::Escalate => panic!("nobody does this to a request"),
        Verb::Edit => {
            let subject = Some(Title::parse(words).unwrap());
            request.edit(&Edit { subject, ..Edit::default() }, stamp)
        }
        Verb::Send => request.send(&clockwork(calendar, at), stamp),
        Verb::Amend => {
            let subject = Title::parse(words).unwrap();
            let question = Paragraph::parse(words).unwrap();
            request.amend(&Amend { subject, question, text }, stamp)
        }
        Verb::Receive => request.receive(&Receive::default(), stamp),
        Verb::Accept => request.accept(&Accept::default(), stamp),
        Verb::Refuse => {
            let refusal_reason = RefusalReason::NoCapacity;
            request.refuse(&Refuse { refusal_reason, text }, calendar, stamp)
        }
        Verb::Redirect => {
            let command = Redirect { organisation_id: organisation(ROADS), text };
            request.redirect(&command, request_id(101), side, calendar, stamp)
        }
        Verb::AskBack => request.ask_back(say, stamp),
        Verb::Reply => request.reply(say, calendar, stamp),
        Verb::Promise => {
            let delay_reason = Some(DelayReason::Capacity);
            request.promise(&Promise { promised_on: local_date(at), delay_reason }, stamp)
        }
        Verb::Answer => {
            let channel = (side == Side::Team).then_some(Channel::Phone);
            let text = Paragraph::parse(words).unwrap();
            request.answer(&Answer { text, outcome: AnswerOutcome::Done, channel }, side, calendar, stamp)
        }
        Verb::Verify => request.verify(&MaySay::default(), stamp),
        Verb::Reopen => request.reopen(say, &clockwork(calendar, at), stamp),
        Verb::Withdraw => request.withdraw(say, calendar, stamp),
        Verb::Remind => request.remind(&MaySay { text: Some(text) }, stamp).map(Outcome::Changed),
        Verb::Recalculate => request.recalculate(say, calendar, stamp),
    }
}

fn changed(outcome: Result<Outcome, FollowUpError>) -> Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

fn is_unchanged(outcome: Result<Outcome, FollowUpError>) -> bool {
    matches!(outcome.unwrap(), Outcome::Unchanged(_))
}

/// A request with what happened so far.
#[derive(Debug, Clone)]
struct Story {
    request: FollowUpRequest,
    events: Vec<Event>,
}

impl std::ops::Deref for Story {
    type Target = FollowUpRequest;

    fn deref(&self) -> &FollowUpRequest {
        &self.request
    }
}

impl From<Change> for Story {
    fn from(change: Change) -> Self {
        Self { request: change.state, events: change.events }
    }
}

impl Story {
    /// A verb of the service that the state allows.
    fn service(self, verb: Verb, local: &str) -> Self {
        self.then(|request| attempt(request, verb, Side::Service, "zo is het", &usual(), at(local)))
    }

    /// A verb of the team that the state allows.
    fn team(self, verb: Verb, local: &str) -> Self {
        self.then(|request| attempt(request, verb, Side::Team, "zo is het", &usual(), at(local)))
    }

    fn then(mut self, verb: impl FnOnce(FollowUpRequest) -> Result<Outcome, FollowUpError>) -> Self {
        let change = changed(verb(self.request));
        self.events.extend(change.events);
        Self { request: change.state, events: self.events }
    }

    fn receipt(&self, round: usize) -> &TermFacts {
        self.rounds[round - 1].receipt.as_ref().unwrap()
    }

    fn answer(&self, round: usize) -> &TermFacts {
        &self.rounds[round - 1].answer
    }
}

fn draft() -> Story {
    FollowUpRequest::create(question(), &team(MONDAY)).into()
}

fn sent() -> Story {
    FollowUpRequest::create_and_send(question(), &clockwork(&usual(), at(MONDAY)), &team(MONDAY)).into()
}
