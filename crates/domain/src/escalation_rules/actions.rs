//! What is recorded of an action, as the rules see it.

use jiff::Timestamp;

use super::{Figures, Holding, Judged, Stretch};
use crate::action::Status;
use crate::escalation_policy::{About, SubjectKind, When};
use crate::id::ConsultationId;

/// An event of an action, when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionMoment {
    /// When it was recorded.
    pub at: Timestamp,
    /// The consultation then.
    pub consultation_id: ConsultationId,
    /// The state after it.
    pub status: Status,
    /// In how many meetings it stayed open until then.
    pub carry_over: u32,
    /// Whether it was taken up again.
    pub reopened: bool,
}

/// An action while nothing happens to it.
#[derive(Debug, Clone)]
pub struct ActionStretch {
    is_open: bool,
    carry_over: u32,
}

/// Tells the stretches of time between the events of an action.
pub fn stretches_of_action(moments: &[ActionMoment]) -> Vec<Stretch<ActionStretch>> {
    let mut round = 1;
    let ends = moments.iter().skip(1).map(|moment| Some(moment.at)).chain([None]);
    let stretches = moments.iter().zip(ends).map(|(moment, until)| {
        if moment.reopened {
            round += 1;
        }
        Stretch {
            from: moment.at,
            until,
            round,
            about: About { consultation_id: moment.consultation_id, category: None, organisation_id: None },
            facts: ActionStretch { is_open: moment.status.is_open(), carry_over: moment.carry_over },
        }
    });
    stretches.filter(|stretch| stretch.until.is_none_or(|until| until > stretch.from)).collect()
}

impl Judged for ActionStretch {
    const KIND: SubjectKind = SubjectKind::Action;

    fn holds(&self, when: &When) -> Option<Holding> {
        match *when {
            When::ActionCarriedOver { meetings } => {
                (self.is_open && self.carry_over >= meetings).then_some(Holding::since(Timestamp::MIN))
            }
            When::ReceiptOverdue { .. }
            | When::AnswerDueWithin { .. }
            | When::AnswerLate { .. }
            | When::AnswerSeriouslyLate
            | When::CaseInactive { .. }
            | When::RepeatAtPlace { .. }
            | When::SeveralServices { .. } => None,
        }
    }

    fn figures(&self, _when: &When, _at: Timestamp) -> Figures {
        Figures { carry_over: Some(self.carry_over), ..Figures::default() }
    }
}
