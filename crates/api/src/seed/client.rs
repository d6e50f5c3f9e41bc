//! The client applications of the demo: one for every role, and further ones of other organisations.

use domain::access::Role;

use super::org::Org;
use super::story::Who;

/// A client application of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoClient {
    /// What it is known by: its role, or role and organisation as in `serviceAgent.groen`.
    pub key: String,
    /// Its role.
    pub role: Role,
    /// Its organisation.
    pub org: Org,
}

impl DemoClient {
    /// Gives its name in the register of clients.
    pub fn name(&self) -> String {
        format!("demo {}", self.key)
    }
}

/// Gives every client: first one of each role, then the further ones.
pub fn clients() -> Vec<DemoClient> {
    let first = Role::ALL.iter().map(|role| DemoClient {
        key: role.code().to_owned(),
        role: *role,
        org: first_org(*role),
    });
    let services = Org::ALL.into_iter().filter(|org| {
        org.facts().takes_requests && !matches!(org, Org::Works | Org::HousingTeam | Org::HousingCompany)
    });
    let further = services
        .map(|org| (Role::ServiceAgent, org))
        .chain([
            (Role::ServiceHead, Org::Waste),
            (Role::HousingOfficer, Org::HousingCompany),
            // Police notes stay with the police: this role gives nothing outside of it.
            (Role::PoliceOfficer, Org::City),
        ])
        .map(|(role, org)| DemoClient { key: format!("{role}.{}", org.facts().slug), role, org });
    first.chain(further).collect()
}

const fn first_org(role: Role) -> Org {
    match role {
        Role::NeighbourhoodManager
        | Role::CityTeamMember
        | Role::DataProtectionOfficer
        | Role::Administrator => Org::City,
        Role::PoliceOfficer | Role::Analyst => Org::Police,
        Role::Guard => Org::Guards,
        Role::HousingOfficer => Org::HousingTeam,
        Role::ServiceAgent | Role::ServiceHead => Org::Works,
    }
}

impl Who {
    /// Gives the organisation in whose name somebody acts.
    pub(super) const fn org(self) -> Org {
        match self {
            Self::Manager | Self::CityTeam => Org::City,
            Self::Police => Org::Police,
            Self::Guard => Org::Guards,
            Self::HousingTeam => Org::HousingTeam,
            Self::Asked(org) => org,
        }
    }

    /// Gives the client through which somebody acts.
    pub(super) fn client(self) -> String {
        let role = match self {
            Self::Manager => Role::NeighbourhoodManager,
            Self::Police => Role::PoliceOfficer,
            Self::Guard => Role::Guard,
            Self::CityTeam => Role::CityTeamMember,
            Self::HousingTeam | Self::Asked(Org::HousingTeam | Org::HousingCompany) => Role::HousingOfficer,
            Self::Asked(_) => Role::ServiceAgent,
        };
        let org = self.org();
        if first_org(role) == org { role.code().to_owned() } else { format!("{role}.{}", org.facts().slug) }
    }
}
