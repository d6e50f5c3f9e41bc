//! The steps of a policy.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::code::{Condition, Effect};

/// The step under which the ledger keeps a reminder by hand; no step of a policy may have this id.
pub const MANUAL_REMINDER: &str = "manualReminder";

/// The id of a step, stable over the versions of a policy: a step that was renamed is another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(String);

impl StepId {
    /// The most letters of an id.
    pub const LONGEST: usize = 40;

    /// Parses an id in lowerCamelCase; absent when it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.len() <= Self::LONGEST
            && text.bytes().all(|letter| letter.is_ascii_alphanumeric());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// Gives the step of a reminder by hand.
    pub fn manual_reminder() -> Self {
        Self(MANUAL_REMINDER.to_owned())
    }

    /// Gives the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A condition with its figures; numbers of days are working days of the addressed service unless they say otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The receipt is so many working days late; 0 is the moment at which it is late.
    ReceiptOverdue {
        /// Working days after the end of the term.
        working_days: u32,
    },
    /// The answer is due within so many working days.
    AnswerDueWithin {
        /// Working days before the end of the term.
        working_days: u32,
    },
    /// The answer is so many working days late; 0 is the moment at which it is late.
    AnswerLate {
        /// Working days after the end of the term.
        working_days: u32,
    },
    /// Three times the answer term is over.
    AnswerSeriouslyLate,
    /// Nothing happened to a case for so many whole days.
    CaseInactive {
        /// Calendar days.
        days: u32,
    },
    /// An action was carried over so often.
    ActionCarriedOver {
        /// Meetings.
        meetings: u32,
    },
    /// There were so many earlier cases at the place.
    RepeatAtPlace {
        /// Earlier cases.
        cases: u32,
    },
    /// So many services and main groups of categories are involved in a case.
    SeveralServices {
        /// Services that were asked.
        services: u32,
        /// Main groups of categories.
        category_groups: u32,
    },
}

impl When {
    /// Gives the condition without its figures.
    pub const fn condition(&self) -> Condition {
        match self {
            Self::ReceiptOverdue { .. } => Condition::ReceiptOverdue,
            Self::AnswerDueWithin { .. } => Condition::AnswerDueWithin,
            Self::AnswerLate { .. } => Condition::AnswerLate,
            Self::AnswerSeriouslyLate => Condition::AnswerSeriouslyLate,
            Self::CaseInactive { .. } => Condition::CaseInactive,
            Self::ActionCarriedOver { .. } => Condition::ActionCarriedOver,
            Self::RepeatAtPlace { .. } => Condition::RepeatAtPlace,
            Self::SeveralServices { .. } => Condition::SeveralServices,
        }
    }
}

/// A step: when, and what then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: StepId,
    /// When it takes effect.
    pub when: When,
    /// What it does, in the order of the code list.
    pub effects: Vec<Effect>,
}

/// A step as it is written down: flat, with the figures that its condition needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WrittenStep {
    /// Its id.
    pub id: String,
    /// The condition; absent only while it is being written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// For `receiptOverdue`, `answerDueWithin` and `answerLate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u32>,
    /// For `caseInactive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// For `actionCarriedOver`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meetings: Option<u32>,
    /// For `repeatAtPlace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cases: Option<u32>,
    /// For `severalServices`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<u32>,
    /// For `severalServices`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_groups: Option<u32>,
    /// What it does.
    pub effects: Vec<Effect>,
}

impl From<&Step> for WrittenStep {
    fn from(step: &Step) -> Self {
        let mut written = Self {
            id: step.id.as_str().to_owned(),
            condition: Some(step.when.condition()),
            effects: step.effects.clone(),
            ..Self::default()
        };
        match step.when {
            When::ReceiptOverdue { working_days }
            | When::AnswerDueWithin { working_days }
            | When::AnswerLate { working_days } => written.working_days = Some(working_days),
            When::AnswerSeriouslyLate => {}
            When::CaseInactive { days } => written.days = Some(days),
            When::ActionCarriedOver { meetings } => written.meetings = Some(meetings),
            When::RepeatAtPlace { cases } => written.cases = Some(cases),
            When::SeveralServices { services, category_groups } => {
                written.services = Some(services);
                written.category_groups = Some(category_groups);
            }
        }
        written
    }
}
