//! From the members of a body to a consultation: what the domain and the other records have to say about it.

use std::collections::BTreeSet;

use domain::area::AreaCode;
use domain::consultation::Member;
use domain::id::ConsultationId;
use persistence::{ReferenceData, consultations};

use super::view::ConsultationMember;
use crate::input::Faults;
use crate::problem::{Detail, Issue, Kind, Place};
use crate::ref_data::Unique;
use crate::work::{Refusal, Unit};

/// The members whose values no two consultations share.
pub(super) const fn unique() -> Unique {
    Unique::new(&[("consultations_code", "code")])
}

/// Parses codes of sectors and neighbourhoods; each counts once.
pub(super) fn area(codes: &[String], faults: &mut Faults) -> Option<Vec<AreaCode>> {
    let parsed: Vec<_> = codes
        .iter()
        .enumerate()
        .map(|(position, code)| {
            faults.take(&format!("areaCodes[{position}]"), Kind::SchemaViolation, AreaCode::parse(code))
        })
        .collect();
    let codes: BTreeSet<AreaCode> = parsed.into_iter().collect::<Option<_>>()?;
    Some(codes.into_iter().collect())
}

/// Notes codes without the version of the scheme that they belong to: without it they say nothing.
pub(super) fn check_area_version(has_codes: bool, version: Option<&str>, faults: &mut Faults) {
    if has_codes && version.is_none() {
        faults.add(Issue::required(Place::Body, "areaVersion"));
    }
}

/// Reads the members: organisations that exist; the contract sees to it that each is there once in a role.
pub(super) fn members(
    given: &[ConsultationMember],
    reference: &ReferenceData,
    faults: &mut Faults,
) -> Vec<Member> {
    let mut members = BTreeSet::new();
    for (position, ConsultationMember { organisation_id, role }) in given.iter().copied().enumerate() {
        if reference.organisation(organisation_id).is_none() {
            faults.add(Issue::not_found(format!("members[{position}].organisationId")));
        }
        members.insert(Member { organisation_id, role });
    }
    members.into_iter().collect()
}

/// Notes a consultation above that does not exist.
pub(super) fn check_escalates_to(
    above: Option<ConsultationId>,
    reference: &ReferenceData,
    faults: &mut Faults,
) {
    if above.is_some_and(|above| reference.consultation(above).is_none()) {
        faults.add(Issue::not_found("escalatesToId"));
    }
}

/// Notes a consultation above from which the way up leads back to this one.
pub(super) fn check_ladder(
    id: ConsultationId,
    above: Option<ConsultationId>,
    unit: &mut Unit<'_, '_>,
    faults: &mut Faults,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let mut next = above;
    while let Some(step) = next
        && step != id
        && seen.insert(step)
    {
        next =
            consultations::find(unit.connection(), step)?.and_then(|found| found.consultation.escalates_to);
    }
    if next == Some(id) {
        let detail = Detail::new(
            "Een overleg verwijst niet door naar zichzelf, ook niet over andere heen.",
            "Une concertation ne renvoie pas à elle-même, même par l'intermédiaire d'autres.",
            "A consultation does not escalate to itself, nor by way of others.",
        );
        faults.add(Issue::invalid("escalatesToId", detail));
    }
    Ok(())
}
