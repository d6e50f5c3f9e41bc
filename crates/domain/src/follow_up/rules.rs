//! What the rules do to a request: each step that takes effect is an event; neither version nor terms change.

use jiff::Timestamp;

use super::code::{Side, Verb};
use super::event::{Detail, Message};
use super::facts::Facts;
use super::{Change, FollowUpRequest};
use crate::escalation_policy::Effect;
use crate::escalation_rules::{Evaluation, Firing};

impl FollowUpRequest {
    /// Notes the steps that take effect, each at its own instant, and when the rules have to look again; absent when nothing
    /// but that instant changes.
    ///
    /// What came too late leaves no event, and what stays in the team none of the request: its service would learn from the
    /// number of events that something happened. The ledger tells that.
    pub fn escalate(mut self, evaluation: &Evaluation) -> Option<Change> {
        let before = self.clone();
        let events: Vec<_> = evaluation
            .carried_out()
            .filter(|firing| reaches_service(firing))
            .map(|firing| self.facts.carry_out(firing))
            .collect();
        self.facts.next_step_at = evaluation.next_at();
        (!events.is_empty()).then_some(Change { before: Some(before), state: self, events })
    }
}

fn reaches_service(firing: &Firing) -> bool {
    firing.step.effects.iter().any(|effect| effect.reaches_service())
}

impl Facts {
    fn carry_out(&mut self, firing: &Firing) -> super::Event {
        let reminds = firing.step.effects.contains(&Effect::RemindService);
        let at = firing.effective_at;
        let detail = Detail {
            step: Some(firing.step.id.clone()),
            round: Some(firing.round),
            effects: firing.step.effects.clone(),
            ..Detail::default()
        };
        if !reminds {
            return self.tell(Verb::Escalate, Side::Team, at, detail, None);
        }
        self.count_reminder(at);
        let message = Message { text: None, promised_on: None, delay_reason: None };
        self.tell(Verb::Remind, Side::Team, at, detail, Some(message))
    }

    /// Counts a reminder, by hand or by a rule.
    pub(super) fn count_reminder(&mut self, at: Timestamp) {
        self.reminder_count = self.reminder_count.saturating_add(1);
        self.last_reminded_at = self.last_reminded_at.max(Some(at));
    }
}
