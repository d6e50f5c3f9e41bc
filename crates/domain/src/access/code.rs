//! Roles, scopes and regimes.

use crate::code::codes;

codes! {
    /// What a person or application does in the city, as its token tells.
    Role {
        /// Links city and police, keeps the consultation going.
        NeighbourhoodManager = "neighbourhoodManager",
        /// Neighbourhood police.
        PoliceOfficer = "policeOfficer",
        /// Community guard.
        Guard = "guard",
        /// Member of a housing team.
        HousingOfficer = "housingOfficer",
        /// Application or employee of a service that takes requests.
        ServiceAgent = "serviceAgent",
        /// Head of such a service.
        ServiceHead = "serviceHead",
        /// Member of the consultation above.
        CityTeamMember = "cityTeamMember",
        /// Strategic analyst.
        Analyst = "analyst",
        /// Data protection officer.
        DataProtectionOfficer = "dataProtectionOfficer",
        /// Keeps reference data, clients and keys.
        Administrator = "administrator",
    }
}

codes! {
    /// What a token allows its bearer to ask for (RFC 6749 §3.3).
    Scope {
        /// Read cases.
        CasesRead = "cases:read",
        /// Write cases and notes.
        CasesWrite = "cases:write",
        /// Read follow-up requests.
        FollowUpRequestsRead = "followUpRequests:read",
        /// Write follow-up requests.
        FollowUpRequestsWrite = "followUpRequests:write",
        /// Receive, accept, refuse, answer.
        FollowUpRequestsAnswer = "followUpRequests:answer",
        /// Read meetings.
        MeetingsRead = "meetings:read",
        /// Write meetings.
        MeetingsWrite = "meetings:write",
        /// Write presence records.
        PresenceWrite = "presence:write",
        /// Write escalations.
        EscalationsWrite = "escalations:write",
        /// Read indicators.
        IndicatorsRead = "indicators:read",
        /// Read extracts.
        ExtractsRead = "extracts:read",
        /// Read the change feed.
        EventsRead = "events:read",
        /// Manage webhook subscriptions.
        WebhooksManage = "webhooks:manage",
        /// Write reference data.
        RefDataWrite = "refData:write",
        /// Read the audit trail.
        AuditRead = "audit:read",
        /// Manage retention.
        RetentionManage = "retention:manage",
        /// Administer.
        Admin = "admin",
    }
}

codes! {
    /// The law and the owner under which an organisation's data stands.
    Regime {
        /// A city service.
        City = "city",
        /// The police zone.
        Police = "police",
        /// A housing company.
        Housing = "housing",
        /// A partner outside.
        External = "external",
    }
}

/// A role in the light of its organisation's regime: the columns of the visibility matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Neighbourhood manager.
    Manager,
    /// Member of the consultation above.
    CityTeam,
    /// Neighbourhood police.
    Police,
    /// Community guard.
    Guard,
    /// Housing team of the city.
    CityHousing,
    /// Housing company.
    HousingPartner,
    /// Service that takes requests, its head included.
    Service,
    /// Strategic analyst.
    Analyst,
    /// Data protection officer.
    DataProtectionOfficer,
    /// Administrator.
    Administrator,
}

impl Standing {
    /// Gives the standing of a role in an organisation.
    ///
    /// A police officer stands as such only for a police organisation: police notes stay with the police whatever
    /// roles a token claims. A housing officer of any organisation but the city's is a partner.
    pub const fn of(role: Role, regime: Regime) -> Option<Self> {
        match role {
            Role::NeighbourhoodManager => Some(Self::Manager),
            Role::CityTeamMember => Some(Self::CityTeam),
            Role::PoliceOfficer => match regime {
                Regime::Police => Some(Self::Police),
                Regime::City | Regime::Housing | Regime::External => None,
            },
            Role::Guard => Some(Self::Guard),
            Role::HousingOfficer => match regime {
                Regime::City => Some(Self::CityHousing),
                Regime::Police | Regime::Housing | Regime::External => Some(Self::HousingPartner),
            },
            Role::ServiceAgent | Role::ServiceHead => Some(Self::Service),
            Role::Analyst => Some(Self::Analyst),
            Role::DataProtectionOfficer => Some(Self::DataProtectionOfficer),
            Role::Administrator => Some(Self::Administrator),
        }
    }
}
