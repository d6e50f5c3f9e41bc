//! What is recorded of a case, as the rules see it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Figures, Holding, Judged, Stretch};
use crate::calendar::{local_date, start_of_day};
use crate::case::Status;
use crate::category::CategoryCode;
use crate::escalation_policy::{About, SubjectKind, When};
use crate::id::{ConsultationId, OrganisationId};

/// Something that people did to a case or to what belongs to it, when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMoment {
    /// When it was recorded.
    pub at: Timestamp,
    /// What it tells beside that something happened.
    pub what: What,
}

/// What an event of a case tells the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The case as it is since then.
    Case {
        /// Its consultation.
        consultation_id: ConsultationId,
        /// Its state.
        status: Status,
        /// Its categories, the primary one first.
        categories: Vec<CategoryCode>,
        /// The earlier cases at its place, when they were counted.
        earlier_cases: Option<u32>,
        /// Whether it was taken up again.
        reopened: bool,
    },
    /// A service was asked about it.
    Asked(OrganisationId),
    /// Nothing else.
    Activity,
}

/// A case while nothing happens to it.
#[derive(Debug, Clone)]
pub struct CaseStretch {
    status: Status,
    active_on: Date,
    services: u32,
    category_groups: u32,
    earlier_cases: u32,
}

/// Tells the stretches of time between what was recorded of a case, in the order in which it was.
pub fn stretches_of_case(moments: &[CaseMoment]) -> Vec<Stretch<CaseStretch>> {
    let mut stretches: Vec<Stretch<CaseStretch>> = Vec::new();
    let mut services: BTreeSet<OrganisationId> = BTreeSet::new();
    let mut known: Option<(About, CaseStretch)> = None;
    let mut round = 1;
    for CaseMoment { at, what } in moments {
        match what {
            What::Case { consultation_id, status, categories, earlier_cases, reopened } => {
                if *reopened {
                    round += 1;
                }
                let earlier_before = known.as_ref().map_or(0, |(_, case)| case.earlier_cases);
                let groups: BTreeSet<_> = categories.iter().map(CategoryCode::group).collect();
                let about = About {
                    consultation_id: *consultation_id,
                    category: categories.first().cloned(),
                    organisation_id: None,
                };
                let case = CaseStretch {
                    status: *status,
                    active_on: local_date(*at),
                    services: count(services.len()),
                    category_groups: count(groups.len()),
                    earlier_cases: earlier_cases.unwrap_or(earlier_before),
                };
                known = Some((about, case));
            }
            What::Asked(organisation) => {
                services.insert(*organisation);
            }
            What::Activity => {}
        }
        let Some((about, case)) = &mut known else { continue };
        case.active_on = local_date(*at);
        case.services = count(services.len());
        if let Some(last) = stretches.last_mut() {
            last.until = Some(*at);
        }
        let (about, facts) = (about.clone(), case.clone());
        stretches.push(Stretch { from: *at, until: None, round, about, facts });
    }
    stretches.retain(|stretch| stretch.until.is_none_or(|until| until > stretch.from));
    stretches
}

impl Judged for CaseStretch {
    const KIND: SubjectKind = SubjectKind::Case;

    fn holds(&self, when: &When) -> Option<Holding> {
        let met = match *when {
            When::CaseInactive { days } => {
                let last = self.active_on.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
                return (self.status == Status::Open)
                    .then(|| last.tomorrow().ok().map(start_of_day).map(Holding::since))?;
            }
            When::RepeatAtPlace { cases } => self.earlier_cases >= cases,
            When::SeveralServices { services, category_groups } => {
                self.services >= services && self.category_groups >= category_groups
            }
            When::ReceiptOverdue { .. }
            | When::AnswerDueWithin { .. }
            | When::AnswerLate { .. }
            | When::AnswerSeriouslyLate
            | When::ActionCarriedOver { .. } => false,
        };
        let goes_on = matches!(self.status, Status::Signalled | Status::Open | Status::Monitoring);
        (met && goes_on).then_some(Holding::since(Timestamp::MIN))
    }

    fn figures(&self, when: &When, _at: Timestamp) -> Figures {
        let only = |wanted: bool, figure: u32| wanted.then_some(figure);
        let several = matches!(when, When::SeveralServices { .. });
        Figures {
            active_on: matches!(when, When::CaseInactive { .. }).then_some(self.active_on),
            services: only(several, self.services),
            category_groups: only(several, self.category_groups),
            earlier_cases: only(matches!(when, When::RepeatAtPlace { .. }), self.earlier_cases),
            ..Figures::default()
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
