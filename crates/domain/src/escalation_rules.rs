//! The rules at work: a pure function of what was recorded, the policies and the time.
//!
//! What is known of a subject is a list of [`Stretch`]es of time in which nothing about it changed. Each instant is judged by
//! what was recorded by then and by the policy that was in force then; a step takes effect at the first instant at which
//! its condition holds, once for each round of the subject. So it does not matter how often one looks: daily, hourly or
//! once after three weeks, the same steps take effect at the same instants.
//!
//! `requests`, `cases` and `actions` turn what is recorded into stretches and tell when a condition holds in one.

mod actions;
mod cases;
mod requests;
#[cfg(test)]
mod tests;

pub use actions::{ActionMoment, ActionStretch, stretches_of_action};
pub use cases::{CaseMoment, CaseStretch, What, stretches_of_case};
pub use requests::{RequestStretch, stretches_of_request};

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::escalation_policy::{About, EscalationPolicy, PolicyBook, Step, StepId, SubjectKind, When};
use crate::id::EscalationPolicyId;

/// A stretch of time in which nothing about a subject changed.
#[derive(Debug, Clone)]
pub struct Stretch<F> {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it; absent for the present.
    pub until: Option<Timestamp>,
    /// The round of the subject.
    pub round: u32,
    /// What it is about, for the choice of the policy.
    pub about: About,
    /// What is known.
    pub facts: F,
}

/// When a condition holds, as far as a stretch of time tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it; absent when time alone does not end it.
    pub until: Option<Timestamp>,
}

impl Holding {
    const fn since(from: Timestamp) -> Self {
        Self { from, until: None }
    }

    fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| until > at)
    }
}

/// What is known of a subject in a stretch of time.
pub trait Judged {
    /// What kind of subject it is.
    const KIND: SubjectKind;

    /// Tells when a condition holds if nothing else happens.
    fn holds(&self, when: &When) -> Option<Holding>;

    /// Gives the figures of a condition at an instant.
    fn figures(&self, when: &When, at: Timestamp) -> Figures;
}

/// The figures behind a step, as they were when it took effect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Figures {
    /// When the term started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// The length of the term in working days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_working_days: Option<u32>,
    /// When the term ended, or ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The working days of the term that were over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_working_days: Option<u32>,
    /// The last day on which something happened to the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_on: Option<Date>,
    /// The services that were asked about the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<u32>,
    /// The main groups of categories of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_groups: Option<u32>,
    /// The earlier cases at the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_cases: Option<u32>,
    /// The meetings in which the action stayed open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carry_over: Option<u32>,
}

/// A step that takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    /// The step.
    pub step: Step,
    /// The round of the subject.
    pub round: u32,
    /// When it takes effect.
    pub effective_at: Timestamp,
    /// The policy that says so.
    pub policy_id: EscalationPolicyId,
    /// The number of that policy among those of its scope.
    pub policy_number: u32,
    /// The figures then.
    pub figures: Figures,
    /// Whether it came too late to help: the condition does not hold any more.
    pub obsolete: bool,
}

/// What the rules make of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// The steps that take effect, in the order in which they do.
    pub firings: Vec<Firing>,
    /// The next instant at which one may, if nothing else happens; absent when none will.
    pub next: Option<Upcoming>,
}

impl Evaluation {
    /// Lists the steps that are carried out: those that did not come too late to help.
    pub fn carried_out(&self) -> impl Iterator<Item = &Firing> {
        self.firings.iter().filter(|firing| !firing.obsolete)
    }

    /// Gives when the rules have to look again.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.next.as_ref().map(|next| next.at)
    }
}

/// A step that will take effect unless something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// When.
    pub at: Timestamp,
    /// The step.
    pub step: Step,
}

/// The steps that took effect, each with the round in which it did.
pub type Fired = BTreeSet<(StepId, u32)>;

/// Judges a subject up to an instant; `fired` holds the steps that took effect already.
pub fn evaluate<F: Judged>(
    stretches: &[Stretch<F>],
    book: &PolicyBook,
    fired: &Fired,
    now: Timestamp,
) -> Evaluation {
    let mut done = fired.clone();
    let mut firings: Vec<(usize, Firing)> = Vec::new();
    let mut next: Option<Upcoming> = None;
    let present = stretches.last().filter(|it| it.until.is_none_or(|until| until > now));
    each_span(stretches, book, |stretch, policy, from, until| {
        for (position, step) in policy.document.steps().iter().enumerate() {
            if step.when.condition().subject() != F::KIND {
                continue;
            }
            let key = (step.id.clone(), stretch.round);
            if done.contains(&key) {
                continue;
            }
            let Some(holding) = stretch.facts.holds(&step.when) else { continue };
            let at = from.max(holding.from);
            if until.is_some_and(|until| at >= until) || !holding.covers(at) {
                continue;
            }
            if at > now {
                if next.as_ref().is_none_or(|next| at < next.at) {
                    next = Some(Upcoming { at, step: step.clone() });
                }
                continue;
            }
            let holds_now = present.is_some_and(|present| {
                present.round == stretch.round
                    && present.facts.holds(&step.when).is_some_and(|holding| holding.covers(now))
            });
            let firing = Firing {
                step: step.clone(),
                round: stretch.round,
                effective_at: at,
                policy_id: policy.id,
                policy_number: policy.number,
                figures: stretch.facts.figures(&step.when, at),
                obsolete: !holds_now,
            };
            firings.push((position, firing));
            done.insert(key);
        }
    });
    firings.sort_by_key(|(position, firing)| (firing.effective_at, *position));
    Evaluation { firings: firings.into_iter().map(|(_, firing)| firing).collect(), next }
}

/// Visits, in order, each stretch of time in which neither the subject nor the policy that judges it changes.
fn each_span<'s, 'b, F>(
    stretches: &'s [Stretch<F>],
    book: &'b PolicyBook,
    mut visit: impl FnMut(&'s Stretch<F>, &'b EscalationPolicy, Timestamp, Option<Timestamp>),
) {
    let mut known: Option<(&About, Vec<_>)> = None;
    for stretch in stretches {
        if known.as_ref().is_none_or(|(about, _)| **about != stretch.about) {
            known = Some((&stretch.about, book.in_force(&stretch.about)));
        }
        let Some((_, spans)) = &known else { continue };
        for span in spans {
            let from = stretch.from.max(span.from);
            let until = match (stretch.until, span.until) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            if until.is_none_or(|until| from < until) {
                visit(stretch, span.policy, from, until);
            }
        }
    }
}

/// Gives the first instant after the end of a day or term, at which one who has not acted is late: ends are whole seconds.
fn after(end: Timestamp) -> Timestamp {
    end.saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX)
}
