//! The term table: how many working days a service has to confirm receipt and to answer.

use serde::{Deserialize, Serialize};

use crate::calendar::WorkingDays;
use crate::category::CategoryCode;
use crate::follow_up::Urgency;
use crate::id::{ConsultationId, OrganisationId};

/// The two terms of a request, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermDays {
    /// To confirm receipt.
    pub receipt: WorkingDays,
    /// To answer.
    pub answer: WorkingDays,
}

/// One row of the term table: for whom it holds, and what it says. What is absent holds for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermRule {
    /// The addressed service.
    pub organisation_id: Option<OrganisationId>,
    /// The consultation that asks.
    pub consultation_id: Option<ConsultationId>,
    /// The main group of the case's category.
    pub category_group: Option<CategoryCode>,
    /// The urgency.
    pub urgency: Option<Urgency>,
    /// The terms.
    pub days: TermDays,
}

/// What a request is asked about, for the choice of its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermSubject {
    /// The addressed service.
    pub organisation_id: OrganisationId,
    /// The consultation that asks.
    pub consultation_id: ConsultationId,
    /// The category of the case.
    pub category: CategoryCode,
    /// The urgency.
    pub urgency: Urgency,
}

impl TermRule {
    fn covers(&self, subject: &TermSubject) -> bool {
        self.organisation_id.is_none_or(|id| id == subject.organisation_id)
            && self.consultation_id.is_none_or(|id| id == subject.consultation_id)
            && self.category_group.as_ref().is_none_or(|group| *group == subject.category.group())
            && self.urgency.is_none_or(|urgency| urgency == subject.urgency)
    }

    /// The more closely a rule names its subject, the more it weighs: service, consultation, category, urgency.
    fn weight(&self) -> (bool, bool, bool, bool) {
        (
            self.organisation_id.is_some(),
            self.consultation_id.is_some(),
            self.category_group.is_some(),
            self.urgency.is_some(),
        )
    }
}

/// Chooses the terms of a request: the rule that names it most closely, else the default terms.
pub fn terms_for(subject: &TermSubject, rules: &[TermRule]) -> TermDays {
    rules
        .iter()
        .filter(|rule| rule.covers(subject))
        .max_by_key(|rule| rule.weight())
        .map_or_else(|| default_terms(subject), |rule| rule.days)
}

/// The default terms: receipt 2 working days (urgent 1); answer urgent 3, normal 10, low 20; normal 5 for the groups
/// public domain (OPD) and waste (AFV).
fn default_terms(subject: &TermSubject) -> TermDays {
    let upkeep = matches!(subject.category.group().as_str(), "OPD" | "AFV");
    let (receipt, answer) = match subject.urgency {
        Urgency::Urgent => (1, 3),
        Urgency::Normal if upkeep => (2, 5),
        Urgency::Normal => (2, 10),
        Urgency::Low => (2, 20),
    };
    TermDays { receipt: WorkingDays::clamped(receipt), answer: WorkingDays::clamped(answer) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const GREEN: u128 = 1;
    const HERE: u128 = 2;

    fn subject(category: &str, urgency: Urgency) -> TermSubject {
        TermSubject {
            organisation_id: OrganisationId::new(Uuid::from_u128(GREEN)),
            consultation_id: ConsultationId::new(Uuid::from_u128(HERE)),
            category: CategoryCode::parse(category).unwrap(),
            urgency,
        }
    }

    fn days(receipt: u32, answer: u32) -> TermDays {
        let days = |days| WorkingDays::new(days).unwrap();
        TermDays { receipt: days(receipt), answer: days(answer) }
    }

    /// A rule for the given service, consultation, group and urgency, of so many days to answer.
    fn rule(
        organisation: Option<u128>,
        consultation: Option<u128>,
        group: Option<&str>,
        urgency: Option<Urgency>,
        answer: u32,
    ) -> TermRule {
        TermRule {
            organisation_id: organisation.map(|number| OrganisationId::new(Uuid::from_u128(number))),
            consultation_id: consultation.map(|number| ConsultationId::new(Uuid::from_u128(number))),
            category_group: group.map(|code| CategoryCode::parse(code).unwrap()),
            urgency,
            days: days(1, answer),
        }
    }

    #[test]
    fn without_a_rule_the_default_terms_hold() {
        for (category, urgency, expected) in [
            ("GEL.MUZIEK", Urgency::Urgent, days(1, 3)),
            ("GEL.MUZIEK", Urgency::Normal, days(2, 10)),
            ("GEL.MUZIEK", Urgency::Low, days(2, 20)),
            ("OPD.PUT", Urgency::Urgent, days(1, 3)),
            ("OPD.PUT", Urgency::Normal, days(2, 5)),
            ("AFV.SLUIK", Urgency::Normal, days(2, 5)),
            ("AFV", Urgency::Normal, days(2, 5)),
            ("AFV.SLUIK", Urgency::Low, days(2, 20)),
        ] {
            assert_eq!(terms_for(&subject(category, urgency), &[]), expected, "{category} {urgency}");
        }
    }

    #[test]
    fn the_rule_that_names_its_subject_most_closely_wins() {
        let from_general_to_close = [
            rule(None, None, None, None, 11),
            rule(None, None, None, Some(Urgency::Normal), 12),
            rule(None, None, Some("AFV"), None, 13),
            rule(None, None, Some("AFV"), Some(Urgency::Normal), 14),
            rule(None, Some(HERE), None, None, 15),
            rule(None, Some(HERE), Some("AFV"), Some(Urgency::Normal), 16),
            rule(Some(GREEN), None, None, None, 17),
            rule(Some(GREEN), None, None, Some(Urgency::Normal), 18),
            rule(Some(GREEN), Some(HERE), None, None, 19),
            rule(Some(GREEN), Some(HERE), Some("AFV"), Some(Urgency::Normal), 20),
        ];
        let asked = subject("AFV.SLUIK", Urgency::Normal);
        for (count, closest) in (1..).zip(&from_general_to_close) {
            let mut rules: Vec<_> = from_general_to_close.iter().take(count).cloned().collect();
            assert_eq!(terms_for(&asked, &rules), closest.days);
            rules.reverse();
            assert_eq!(terms_for(&asked, &rules), closest.days, "in whatever order they come");
        }
    }

    #[test]
    fn a_rule_for_others_does_not_hold() {
        let rules = [
            rule(Some(9), None, None, None, 30),
            rule(None, Some(9), None, None, 31),
            rule(None, None, Some("OPD"), None, 32),
            rule(None, None, None, Some(Urgency::Low), 33),
            rule(Some(GREEN), Some(9), Some("AFV"), Some(Urgency::Normal), 34),
        ];
        assert_eq!(terms_for(&subject("AFV.SLUIK", Urgency::Normal), &rules), days(2, 5));
    }
}
