//! From the members of a body to an organisation: what the domain and the other records have to say about it.

use std::collections::BTreeSet;

use domain::enterprise_number::{EnterpriseNumber, EnterpriseNumberFault};
use domain::id::OrganisationId;
use domain::ovo_code::OvoCode;
use jiff::civil::Date;
use persistence::{ReferenceData, organisations};

use crate::input::Faults;
use crate::problem::{Detail, Issue, Kind, Place};
use crate::ref_data::{Unique, all_or_none};
use crate::work::{Refusal, Unit};

/// The most characters of the function to turn to.
const LONGEST_CONTACT: usize = 200;

/// The members whose values no two present organisations share.
pub(super) const fn unique() -> Unique {
    Unique::new(&[
        ("organisations_enterprise_number", "enterpriseNumber"),
        ("organisations_ovo_code", "ovoCode"),
    ])
}

/// Parses an enterprise number that may be absent.
#[allow(clippy::option_option, reason = "an absent member is no fault")]
pub(super) fn enterprise_number(
    given: Option<&String>,
    faults: &mut Faults,
) -> Option<Option<EnterpriseNumber>> {
    let name = "enterpriseNumber";
    all_or_none(given.map(|given| match EnterpriseNumber::parse(given) {
        Ok(number) => Some(number),
        Err(EnterpriseNumberFault::Form) => {
            faults.add(Issue::new(Kind::SchemaViolation, Place::Body, name));
            None
        }
        Err(EnterpriseNumberFault::CheckNumber) => {
            faults.add(Issue::new(Kind::InvalidStructure, Place::Body, name).detail(Detail::new(
                "Het controlegetal van het ondernemingsnummer klopt niet.",
                "Le chiffre de contrôle du numéro d'entreprise n'est pas correct.",
                "The check number of the enterprise number is wrong.",
            )));
            None
        }
    }))
}

/// Parses an OVO code that may be absent.
#[allow(clippy::option_option, reason = "an absent member is no fault")]
pub(super) fn ovo_code(given: Option<&String>, faults: &mut Faults) -> Option<Option<OvoCode>> {
    all_or_none(given.map(|given| faults.take("ovoCode", Kind::SchemaViolation, OvoCode::parse(given))))
}

/// Parses the function to turn to, which may be absent.
#[allow(clippy::option_option, reason = "an absent member is no fault")]
pub(super) fn contact_function(given: Option<&String>, faults: &mut Faults) -> Option<Option<String>> {
    let text = faults.optional_text::<LONGEST_CONTACT>("contactFunction", given)?;
    Some(text.map(String::from))
}

/// Notes a last day that lies before the first.
pub(super) fn check_period(valid_from: Date, valid_to: Option<Date>, faults: &mut Faults) {
    if valid_to.is_some_and(|last| last < valid_from) {
        faults.add(Issue::new(Kind::InvalidPeriod, Place::Body, "validTo"));
    }
}

/// Notes a successor that does not exist.
pub(super) fn check_successor(
    successor: Option<OrganisationId>,
    reference: &ReferenceData,
    faults: &mut Faults,
) {
    if successor.is_some_and(|successor| reference.organisation(successor).is_none()) {
        faults.add(Issue::not_found("successorId"));
    }
}

/// Notes a successor whose own successors lead back to the organisation.
pub(super) fn check_succession(
    id: OrganisationId,
    successor: Option<OrganisationId>,
    unit: &mut Unit<'_, '_>,
    faults: &mut Faults,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let mut next = successor;
    while let Some(step) = next
        && step != id
        && seen.insert(step)
    {
        next =
            organisations::find(unit.connection(), step)?.and_then(|found| found.organisation.successor_id);
    }
    if next == Some(id) {
        let detail = Detail::new(
            "Een organisatie volgt zichzelf niet op, ook niet over andere heen.",
            "Une organisation ne se succède pas à elle-même, même par l'intermédiaire d'autres.",
            "An organisation does not succeed itself, nor by way of others.",
        );
        faults.add(Issue::invalid("successorId", detail));
    }
    Ok(())
}
