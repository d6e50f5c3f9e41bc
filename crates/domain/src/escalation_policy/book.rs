//! Which policy judges what, and when.

use jiff::Timestamp;

use super::EscalationPolicy;
use super::scope::About;

/// Every policy that judges or judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyBook {
    policies: Vec<EscalationPolicy>,
}

/// A stretch of time in which one policy judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce<'a> {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it; absent while nobody knows of an end.
    pub until: Option<Timestamp>,
    /// The policy.
    pub policy: &'a EscalationPolicy,
}

impl PolicyBook {
    /// Takes policies; those that never judged are left out.
    pub fn new(policies: impl IntoIterator<Item = EscalationPolicy>) -> Self {
        Self { policies: policies.into_iter().filter(|policy| policy.activated_at.is_some()).collect() }
    }

    /// Lists the stretches of time, in their order and without overlap, in which some policy judges what lies in `about`:
    /// of those that cover it at an instant, the one whose scope names it most closely.
    pub fn in_force(&self, about: &About) -> Vec<InForce<'_>> {
        let covering: Vec<InForce<'_>> = self
            .policies
            .iter()
            .filter(|policy| policy.scope.covers(about))
            .filter_map(|policy| {
                Some(InForce { from: policy.activated_at?, until: policy.retired_at, policy })
            })
            .collect();
        let mut instants: Vec<Timestamp> =
            covering.iter().flat_map(|one| [Some(one.from), one.until]).flatten().collect();
        instants.sort_unstable();
        instants.dedup();
        let ends = instants.iter().skip(1).copied().map(Some).chain([None]);
        let mut stretches: Vec<InForce<'_>> = Vec::new();
        for (from, until) in instants.iter().copied().zip(ends) {
            let judging = covering
                .iter()
                .filter(|one| one.from <= from && one.until.is_none_or(|end| end > from))
                .max_by_key(|one| (one.policy.scope.weight(), one.from, one.policy.id));
            let Some(judging) = judging else { continue };
            match stretches.last_mut() {
                Some(last) if last.policy.id == judging.policy.id && last.until == Some(from) => {
                    last.until = until;
                }
                _ => stretches.push(InForce { from, until, policy: judging.policy }),
            }
        }
        stretches
    }

    /// Gives the book as it would be had a policy judged its scope from an instant on, in place of whatever judged it then.
    #[must_use]
    pub fn supposing(&self, mut policy: EscalationPolicy, from: Timestamp) -> Self {
        let mut policies = self.policies.clone();
        policies.retain(|one| {
            one.id != policy.id && (one.scope != policy.scope || one.activated_at.is_some_and(|at| at < from))
        });
        for one in policies.iter_mut().filter(|one| one.scope == policy.scope) {
            one.facts.retired_at = Some(one.facts.retired_at.map_or(from, |at| at.min(from)));
        }
        policy.facts.activated_at = Some(from);
        policy.facts.retired_at = None;
        policies.push(policy);
        Self { policies }
    }
}
