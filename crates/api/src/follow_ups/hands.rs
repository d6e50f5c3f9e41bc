//! What a caller can do with which requests: the sides on which its roles, seats and scopes let it act.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use domain::access::{Operation, Principal, Sight};
use domain::follow_up::{Head, Side};

use super::act::scope_of;

/// The requests with which a caller can do what a side does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Hands {
    team: Sight,
    service: Sight,
}

impl Hands {
    /// Finds out what a caller can do.
    pub(super) fn of(principal: &Principal) -> Self {
        let reach = |operation: Operation, side: Side| {
            if principal.scopes.contains(&scope_of(side)) {
                principal.sight(operation)
            } else {
                Sight::default()
            }
        };
        Self {
            team: reach(Operation::AmendFollowUpRequest, Side::Team),
            service: reach(Operation::AcceptFollowUpRequest, Side::Service),
        }
    }

    /// Gives the sides of a request on which the caller can act.
    pub(super) fn sides(&self, request: &Head) -> &'static [Side] {
        let team = request.led_by.unwrap_or(request.consultation_id);
        let team = self.team.everything || self.team.consultations.contains(&team);
        let service = request.is_visible_to_service()
            && (self.service.everything || self.service.addressed.contains(&request.organisation_id));
        match (team, service) {
            (true, true) => &[Side::Team, Side::Service],
            (true, false) => &[Side::Team],
            (false, true) => &[Side::Service],
            (false, false) => &[],
        }
    }

    /// Tells what different callers can do apart.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}
