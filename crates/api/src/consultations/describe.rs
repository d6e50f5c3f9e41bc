//! From the members of a body to a consultation: what the domain and the other records have to say about it.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use domain::area::AreaCode;
use domain::consultation::{FunctionCode, Member};
use domain::id::ConsultationId;
use persistence::{ReferenceData, consultations};

use super::view::ConsultationMemberBody;
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

/// Notes codes that there are not in their version of the scheme, as far as it is loaded.
pub(super) fn check_area(
    area: &[AreaCode],
    version: Option<&str>,
    reference: &ReferenceData,
    given: &[String],
    faults: &mut Faults,
) {
    let Some(version) = version else { return };
    for code in area.iter().filter(|code| reference.knows_area(code, version) == Some(false)) {
        match given.iter().position(|given| given == code.as_str()) {
            Some(position) => faults.add(Issue::not_found(format!("areaCodes[{position}]"))),
            // A code that stays is not one of the new version.
            None => faults.add(Issue::not_found("areaVersion")),
        }
    }
}

/// Reads the members: organisations that exist, each at most once in a role and function.
pub(super) fn members(
    given: &[ConsultationMemberBody],
    reference: &ReferenceData,
    faults: &mut Faults,
) -> Option<Vec<Member>> {
    let mut members: Vec<Member> = Vec::with_capacity(given.len());
    let mut all = true;
    for (position, body) in given.iter().enumerate() {
        let name = |member: &str| format!("members[{position}].{member}");
        if reference.organisation(body.organisation_id).is_none() {
            faults.add(Issue::not_found(name("organisationId")));
        }
        let function = FunctionCode::parse(&body.function).ok_or(());
        let function = faults.take(&name("function"), Kind::SchemaViolation, function);
        let function_name = body.function_name.parsed(&name("functionName"), faults);
        let number = NonZeroU16::new(body.number).ok_or(());
        let number = faults.take(&name("number"), Kind::OutOfRange, number);
        let Some(((function, function_name), number)) = function.zip(function_name).zip(number) else {
            all = false;
            continue;
        };
        let ConsultationMemberBody { organisation_id, role, .. } = *body;
        let member = Member { organisation_id, role, function, function_name, number };
        if members.iter().any(|other| other.key() == member.key()) {
            let detail = Detail::new(
                "Deze organisatie is al lid in deze rol en functie.",
                "Cette organisation est déjà membre dans ce rôle et cette fonction.",
                "This organisation is a member in this role and function already.",
            );
            faults.add(Issue::invalid(format!("members[{position}]"), detail));
        }
        members.push(member);
    }
    sort(&mut members);
    all.then_some(members)
}

/// Puts members in the order in which two lists of them are compared.
pub(super) fn sort(members: &mut [Member]) {
    members.sort_by(|one, other| one.key().cmp(&other.key()));
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
