//! What speaks for an escalation: figures of the case, and the thresholds from which they count.
//!
//! They are recorded, not judged: a team may submit a case that meets none of them, and a rule that finds one only proposes.

use serde::{Deserialize, Serialize};

use super::code::Criterion;
use crate::case::SeverityLevel;

/// From how many services or main groups on there are several: with two, nobody alone can solve it.
pub const SEVERAL: u32 = 2;

/// From how many actions, done or carried over at once, the consultation has tried: one for each of three meetings, the
/// quarter after which an agreement that yields nothing is looked at again.
pub const MANY_ACTIONS: u32 = 3;

/// From how many other cases of the kind at the same place on within half a year a place attracts it: one may be chance.
pub const EARLIER_CASES: u32 = 2;

/// From how many days on a case runs long: the half year over which places are compared too.
pub const LONG_RUNNING_DAYS: u32 = 180;

/// Figures of a case, as they were when they were taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Criteria {
    /// How many services were asked about it.
    pub services: u32,
    /// In how many main groups of categories it lies, the further ones included.
    pub category_groups: u32,
    /// How many of its requests are or were late.
    pub late_requests: u32,
    /// How many of them seriously.
    pub seriously_late_requests: u32,
    /// How many of its requests are refused.
    pub refused_requests: u32,
    /// How many actions were done without the case being solved.
    pub actions_done: u32,
    /// The most meetings that an action was on and stayed open.
    pub most_carried_over: u32,
    /// How many other cases of its category lie at the same place, of the last half year.
    pub earlier_cases: u32,
    /// How many days ago it was written.
    pub days_open: u32,
    /// How heavy it weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<SeverityLevel>,
}

impl Criteria {
    /// Tells which criteria are met, in the order of the code list.
    pub fn met(&self) -> Vec<Criterion> {
        Criterion::ALL.iter().copied().filter(|criterion| self.meets(*criterion)).collect()
    }

    /// Tells whether a criterion is met.
    pub fn meets(&self, criterion: Criterion) -> bool {
        match criterion {
            Criterion::SeveralServices => self.services >= SEVERAL,
            Criterion::SeveralDomains => self.category_groups >= SEVERAL,
            // A refusal and three times the term both mean that the ordinary way is at its end; a late answer does not.
            Criterion::OverdueRequests => self.seriously_late_requests > 0 || self.refused_requests > 0,
            Criterion::NoResultAfterActions => {
                self.actions_done >= MANY_ACTIONS || self.most_carried_over >= MANY_ACTIONS
            }
            Criterion::RepeatAtPlace => self.earlier_cases >= EARLIER_CASES,
            Criterion::Severe => self.severity == Some(SeverityLevel::High),
            Criterion::LongRunning => self.days_open >= LONG_RUNNING_DAYS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_criterion_is_met_from_its_threshold_on() {
        let none = Criteria::default;
        assert_eq!(none().met(), []);
        for (below, at, criterion) in [
            (
                Criteria { services: 1, ..none() },
                Criteria { services: 2, ..none() },
                Criterion::SeveralServices,
            ),
            (
                Criteria { category_groups: 1, ..none() },
                Criteria { category_groups: 2, ..none() },
                Criterion::SeveralDomains,
            ),
            (
                Criteria { late_requests: 9, ..none() },
                Criteria { seriously_late_requests: 1, ..none() },
                Criterion::OverdueRequests,
            ),
            (none(), Criteria { refused_requests: 1, ..none() }, Criterion::OverdueRequests),
            (
                Criteria { actions_done: 2, most_carried_over: 2, ..none() },
                Criteria { actions_done: 3, ..none() },
                Criterion::NoResultAfterActions,
            ),
            (none(), Criteria { most_carried_over: 3, ..none() }, Criterion::NoResultAfterActions),
            (
                Criteria { earlier_cases: 1, ..none() },
                Criteria { earlier_cases: 2, ..none() },
                Criterion::RepeatAtPlace,
            ),
            (
                Criteria { severity: Some(SeverityLevel::Medium), ..none() },
                Criteria { severity: Some(SeverityLevel::High), ..none() },
                Criterion::Severe,
            ),
            (
                Criteria { days_open: 179, ..none() },
                Criteria { days_open: 180, ..none() },
                Criterion::LongRunning,
            ),
        ] {
            assert_eq!(below.met(), [], "{below:?}");
            assert_eq!(at.met(), [criterion], "{at:?}");
        }
    }
}
