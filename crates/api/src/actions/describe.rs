//! From the members of a body to what describes an action.

use domain::action::Owner;
use domain::consultation::FunctionCode;
use domain::id::{ConsultationId, OrganisationId};
use persistence::ReferenceData;

use crate::input::Faults;
use crate::problem::{Detail, Issue};

/// Finds the consultation of which an organisation does something: the one that leads the case when it is a member there,
/// else the one that the case belongs to.
pub(super) fn home(
    organisation_id: OrganisationId,
    own: ConsultationId,
    led_by: Option<ConsultationId>,
    reference: &ReferenceData,
) -> ConsultationId {
    let is_member = |leader: &ConsultationId| {
        let members = reference.consultation(*leader).map(|found| found.members.as_slice());
        members.unwrap_or_default().iter().any(|member| member.organisation_id == organisation_id)
    };
    led_by.filter(is_member).unwrap_or(own)
}

/// Finds the owner: a function of an organisation that is a member of the consultation. What stands before the members in the
/// body is `prefix`.
pub(super) fn owner(
    organisation_id: OrganisationId,
    function: &str,
    consultation: ConsultationId,
    reference: &ReferenceData,
    prefix: &str,
    faults: &mut Faults,
) -> Option<Owner> {
    let members = reference.consultation(consultation).map(|found| found.members.as_slice());
    let mut members = members.unwrap_or_default().iter().filter(|it| it.organisation_id == organisation_id);
    let function = FunctionCode::parse(function);
    if members.clone().next().is_none() {
        faults.add(Issue::not_found(format!("{prefix}ownerOrganisationId")));
        return None;
    }
    let is_known = function.as_ref().is_some_and(|function| members.any(|it| it.function == *function));
    if !is_known {
        faults.add(Issue::invalid(
            format!("{prefix}ownerFunction"),
            Detail::new(
                "Deze organisatie heeft geen lid met deze functie in het overleg.",
                "Cette organisation n'a pas de membre avec cette fonction dans la concertation.",
                "This organisation has no member with this function in the consultation.",
            ),
        ));
    }
    function.filter(|_| is_known).map(|function| Owner { organisation_id, function })
}
