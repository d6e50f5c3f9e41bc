//! Whom the addressed service turns to: a function in the team that asks, never in the service that passed the question on.

use domain::access::Role;
use domain::follow_up::Facts;
use domain::id::OrganisationId;
use persistence::ReferenceData;

/// Gives the contact function of the team that asks: that of the organisation that wrote the request when it sits in the
/// consultation as one that asks, or else that of the neighbourhood manager's.
pub(super) fn function<'a>(reference: &'a ReferenceData, request: &Facts) -> Option<&'a str> {
    let author = request.created_by.organisation_id;
    let members = reference.consultation(request.consultation_id).map(|found| found.members.as_slice());
    let members = members.unwrap_or_default();
    let asks = |organisation: OrganisationId| {
        members.iter().any(|member| member.organisation_id == organisation && is_asking(member.role))
    };
    let author = Some(author).filter(|author| asks(*author));
    let managers = members
        .iter()
        .filter(|member| member.role == Role::NeighbourhoodManager)
        .map(|member| member.organisation_id);
    author
        .into_iter()
        .chain(managers)
        .find_map(|organisation| reference.organisation(organisation)?.contact_function.as_deref())
}

/// Tells whether members of a role write requests.
const fn is_asking(role: Role) -> bool {
    match role {
        Role::NeighbourhoodManager | Role::CityTeamMember | Role::PoliceOfficer => true,
        Role::Guard
        | Role::HousingOfficer
        | Role::ServiceAgent
        | Role::ServiceHead
        | Role::Analyst
        | Role::DataProtectionOfficer
        | Role::Administrator => false,
    }
}
