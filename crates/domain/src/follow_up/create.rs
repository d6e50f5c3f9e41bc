//! How a request comes to be: as a draft, sent at once, or as the successor of one that was passed on.

use super::code::{Side, Verb};
use super::command::Create;
use super::event::Detail;
use super::facts::{Facts, State};
use super::round::Clockwork;
use super::{Change, FollowUpRequest};
use crate::change::Stamp;
use crate::id::{FollowUpRequestId, OrganisationId};

impl FollowUpRequest {
    /// Writes a draft.
    pub fn create(command: Create, stamp: &Stamp) -> Change {
        let mut facts = Facts::new(command, stamp);
        let event = facts.tell(Verb::Create, Side::Team, stamp.at, Detail::default(), None);
        Change { before: None, state: Self { facts }, events: vec![event] }
    }

    /// Writes a request and sends it at once: one aggregate, two events.
    pub fn create_and_send(command: Create, clockwork: &Clockwork, stamp: &Stamp) -> Change {
        let mut change = Self::create(command, stamp);
        let facts = &mut change.state.facts;
        facts.start_round(State::Sent, clockwork, stamp.at);
        let detail = Detail { round: Some(1), ..Detail::default() };
        change.events.push(facts.tell(Verb::Send, Side::Team, stamp.at, detail, None));
        change
    }

    /// Writes the request that follows one that was passed on; its terms start anew, its chain does not.
    pub fn successor(
        original: &Facts,
        id: FollowUpRequestId,
        organisation_id: OrganisationId,
        clockwork: &Clockwork,
        stamp: &Stamp,
    ) -> Change {
        let command = Create {
            id,
            consultation_id: original.consultation_id,
            case_id: original.case_id,
            organisation_id,
            question_kind: original.question_kind,
            urgency: original.urgency,
            subject: original.subject.clone(),
            question: original.question.clone(),
            carries_personal_data: original.carries_personal_data,
        };
        let mut change = Self::create_and_send(command, clockwork, stamp);
        change.state.facts.redirected_from = Some(original.id);
        change.state.facts.chain_started_at =
            original.chain_started_at.or(original.sent_at).or(Some(stamp.at));
        change
    }
}
