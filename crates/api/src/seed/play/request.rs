//! The steps of follow-up requests.

use domain::calendar::local_date;
use domain::case::Case;
use domain::change::Stamp;
use domain::follow_up::{
    Accept, Amend, Answer, Clockwork, Create, FollowUpRequest, MaySay, Promise, Receive, Redirect, Refuse,
    Say, Side, Urgency,
};
use domain::id::OrganisationId;
use domain::term::TermSubject;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use persistence::{Transaction, follow_ups};

use super::{Scene, World, changed, missing, text};
use crate::seed::SeedError;
use crate::seed::story::{RequestStory, Step};
use crate::seed::timeline::Slot;

impl World {
    pub(super) fn write_request(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        slot: Slot,
        story: &RequestStory,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let case = self.case(story.case)?;
        let organisation_id = scene.organisation(story.to)?;
        let clockwork = clockwork(scene, case, organisation_id, story.urgency, stamp.at);
        let command = Create {
            id: transaction.new_id().into(),
            consultation_id: case.consultation_id,
            led_by: case.led_by,
            case_id: case.id,
            organisation_id,
            question_kind: story.kind,
            urgency: story.urgency,
            subject: text(story.subject)?,
            question: text(story.question)?,
            carries_personal_data: false,
            data_sharing_protocol_id: None,
            decision_id: None,
        };
        let change = if story.draft {
            FollowUpRequest::create(command, stamp)
        } else {
            FollowUpRequest::create_and_send(command, &clockwork, stamp)
        };
        transaction.save(&change)?;
        self.requests.insert(slot, change.state);
        Ok(())
    }

    pub(super) fn take_request(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        (slot, successor): (Slot, Slot),
        step: &Step,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let request =
            self.requests.get(&slot).cloned().ok_or_else(|| missing("request", &slot.to_string()))?;
        let known_at = request.round().map_or(stamp.at, |round| round.calendar_known_at);
        let calendar = scene.reference.calendar(request.organisation_id, known_at);
        let outcome = match step {
            Step::See => {
                follow_ups::see(transaction, [request.id])?;
                return Ok(());
            }
            Step::Receive(reference) => {
                let external_reference = reference.map(text).transpose()?;
                request.receive(&Receive { external_reference }, stamp)?
            }
            Step::Accept(days) => {
                let planned_on = days.map(|days| later(stamp.at, days));
                request.accept(&Accept { external_reference: None, planned_on }, stamp)?
            }
            Step::Refuse(refusal_reason, words) => {
                let command = Refuse { refusal_reason: *refusal_reason, text: text(words)? };
                request.refuse(&command, &calendar, stamp)?
            }
            Step::Redirect(to, words, _) => {
                let organisation_id = scene.organisation(*to)?;
                let case = self.case_of(&request)?;
                let clockwork = clockwork(scene, case, organisation_id, request.urgency, stamp.at);
                let id = transaction.new_id().into();
                let next = FollowUpRequest::successor(&request, id, organisation_id, &clockwork, stamp);
                let command = Redirect { organisation_id, text: text(words)? };
                let outcome = request.redirect(&command, id, Side::Service, &calendar, stamp)?;
                transaction.save(&next)?;
                self.requests.insert(successor, next.state);
                outcome
            }
            Step::AskBack(words) => request.ask_back(&Say { text: text(words)? }, stamp)?,
            Step::Reply(words) => request.reply(&Say { text: text(words)? }, &calendar, stamp)?,
            Step::Promise(days, delay_reason) => {
                let command = Promise { promised_on: later(stamp.at, *days), delay_reason: *delay_reason };
                request.promise(&command, stamp)?
            }
            Step::Answer(outcome, words) => {
                let command = Answer { text: text(words)?, outcome: *outcome, channel: None };
                request.answer(&command, Side::Service, &calendar, stamp)?
            }
            Step::AnswerFor(channel, outcome, words) => {
                let command = Answer { text: text(words)?, outcome: *outcome, channel: Some(*channel) };
                request.answer(&command, Side::Team, &calendar, stamp)?
            }
            Step::Verify(words) => request.verify(&MaySay { text: words.map(text).transpose()? }, stamp)?,
            Step::Reopen(words) => {
                let case = self.case_of(&request)?;
                let clockwork = clockwork(scene, case, request.organisation_id, request.urgency, stamp.at);
                request.reopen(&Say { text: text(words)? }, &clockwork, stamp)?
            }
            Step::Withdraw(words) => request.withdraw(&Say { text: text(words)? }, &calendar, stamp)?,
            Step::Remind(words) => {
                let change = request.remind(&MaySay { text: words.map(text).transpose()? }, stamp)?;
                transaction.save(&change)?;
                self.requests.insert(slot, change.state);
                return Ok(());
            }
            Step::Amend(subject, question, words) => {
                let command =
                    Amend { subject: text(subject)?, question: text(question)?, text: text(words)? };
                request.amend(&command, stamp)?
            }
        };
        let change = changed(outcome)?;
        transaction.save(&change)?;
        self.requests.insert(slot, change.state);
        Ok(())
    }

    fn case_of(&self, request: &FollowUpRequest) -> Result<&Case, SeedError> {
        let case = self.cases.values().find(|case| case.id == request.case_id);
        case.ok_or_else(|| missing("case of", request.subject.as_str()))
    }
}

pub(super) fn clockwork(
    scene: &Scene<'_>,
    case: &Case,
    organisation_id: OrganisationId,
    urgency: Urgency,
    at: Timestamp,
) -> Clockwork {
    let subject = TermSubject {
        organisation_id,
        consultation_id: case.consultation_id,
        category: case.description.category.clone(),
        urgency,
    };
    Clockwork {
        terms: scene.reference.terms(&subject),
        calendar: scene.reference.calendar(organisation_id, at),
        known_at: at,
        category: subject.category,
        protocol_id: None,
    }
}

/// Gives the day so many days after a moment.
fn later(at: Timestamp, days: i16) -> Date {
    local_date(at).saturating_add(i64::from(days).days())
}
