//! What a client may ask for when nobody says otherwise: as much as its roles can use, and no more.

use std::collections::BTreeSet;

use domain::access::{Role, Scope};

/// Gives the scopes of a role.
pub const fn default_scopes(role: Role) -> &'static [Scope] {
    use Scope::{
        Admin, AuditRead, CasesRead, CasesWrite, EscalationsWrite, EventsRead, ExtractsRead,
        FollowUpRequestsAnswer, FollowUpRequestsRead, FollowUpRequestsWrite, IndicatorsRead, MeetingsRead,
        MeetingsWrite, PresenceWrite, RefDataWrite, RetentionManage, WebhooksManage,
    };
    match role {
        // They keep the terms of their own consultation.
        Role::NeighbourhoodManager | Role::CityTeamMember => &[
            CasesRead,
            CasesWrite,
            FollowUpRequestsRead,
            FollowUpRequestsWrite,
            MeetingsRead,
            MeetingsWrite,
            EscalationsWrite,
            IndicatorsRead,
            EventsRead,
            WebhooksManage,
            RefDataWrite,
        ],
        Role::PoliceOfficer => &[
            CasesRead,
            CasesWrite,
            FollowUpRequestsRead,
            FollowUpRequestsWrite,
            MeetingsRead,
            MeetingsWrite,
            EscalationsWrite,
            IndicatorsRead,
            EventsRead,
            WebhooksManage,
        ],
        // They write the actions of their own.
        Role::Guard => {
            &[CasesRead, CasesWrite, FollowUpRequestsRead, MeetingsRead, MeetingsWrite, PresenceWrite]
        }
        Role::HousingOfficer => &[
            CasesRead,
            CasesWrite,
            FollowUpRequestsRead,
            FollowUpRequestsAnswer,
            MeetingsRead,
            MeetingsWrite,
            IndicatorsRead,
            EventsRead,
            WebhooksManage,
        ],
        Role::ServiceAgent | Role::ServiceHead => {
            &[FollowUpRequestsRead, FollowUpRequestsAnswer, IndicatorsRead, EventsRead, WebhooksManage]
        }
        Role::Analyst => &[IndicatorsRead, ExtractsRead, EventsRead, WebhooksManage],
        Role::DataProtectionOfficer => &[AuditRead, RetentionManage],
        Role::Administrator => &[IndicatorsRead, RefDataWrite, AuditRead, EventsRead, WebhooksManage, Admin],
    }
}

/// Gives the scopes of several roles together.
pub fn default_scopes_of<'a>(roles: impl IntoIterator<Item = &'a Role>) -> BTreeSet<Scope> {
    roles.into_iter().flat_map(|role| default_scopes(*role)).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use domain::access::{Grant, Operation, Regime, Standing};

    use super::*;

    fn may_use(role: Role, operation: Operation) -> bool {
        let standings = Regime::ALL.iter().filter_map(|regime| Standing::of(role, *regime));
        standings.into_iter().any(|standing| operation.grant(standing) != Grant::Nothing)
    }

    #[test]
    fn a_role_has_a_scope_for_whatever_it_may_use() {
        for role in Role::ALL {
            for operation in Operation::ALL.iter().filter(|operation| may_use(*role, **operation)) {
                let needed = operation.scopes();
                let has_one = needed.iter().any(|scope| default_scopes(*role).contains(scope));
                assert!(needed.is_empty() || has_one, "{role} may use {operation}, but lacks {needed:?}");
            }
        }
    }

    #[test]
    fn a_role_has_no_scope_whose_operations_it_may_not_use() {
        for role in Role::ALL {
            for scope in default_scopes(*role) {
                let mut operations =
                    Operation::ALL.iter().filter(|operation| operation.scopes().contains(scope)).peekable();
                // The figures of services, such as their scorecard, are still to come.
                let is_awaited = *scope == Scope::IndicatorsRead;
                let is_for_something = is_awaited
                    || operations.peek().is_none()
                    || operations.any(|operation| may_use(*role, *operation));
                assert!(is_for_something, "{role} has {scope}, but may use nothing of it");
            }
        }
    }

    /// The table as text; a change of what clients get is a visible difference here.
    #[test]
    fn the_default_scopes_are_this_table() {
        let mut table = String::new();
        for role in Role::ALL {
            let scopes: Vec<_> = default_scopes(*role).iter().map(|scope| scope.code()).collect();
            writeln!(table, "{role}: {}", scopes.join(" ")).unwrap();
        }
        assert_eq!(table, include_str!("default_scopes.txt"));
    }
}
