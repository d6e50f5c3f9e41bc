//! Consultations: bodies that meet about an area.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::area::AreaCode;
use crate::case::ConsultationCode;
use crate::change::Version;
use crate::code::codes;
use crate::id::{ConsultationId, OrganisationId};
use crate::labels::Labels;

codes! {
    /// Where a consultation stands on the ladder.
    Level {
        /// A neighbourhood.
        Neighbourhood = "neighbourhood",
        /// The whole city.
        City = "city",
    }
}

/// The code of a function in a consultation, such as `chiefInspector`: the city's own, in lowerCamelCase.
///
/// Deserialising is for what the store holds; input of a client goes through [`FunctionCode::parse`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FunctionCode(String);

impl FunctionCode {
    /// The most letters of a code.
    pub const LONGEST: usize = 40;

    /// Parses a code; absent when it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.len() <= Self::LONGEST
            && text.bytes().all(|letter| letter.is_ascii_alphanumeric());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// Gives the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FunctionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A member: an organisation in a role and a function, with a number of persons. The role decides what it may see and
/// do; the function tells who sits at the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The role that it takes part in.
    pub role: Role,
    /// The function that takes part.
    pub function: FunctionCode,
    /// The name of the function; Dutch is required.
    pub function_name: Labels,
    /// How many persons take part in it.
    pub number: NonZeroU16,
}

impl Member {
    /// Gives what no two members of a consultation have in common.
    pub const fn key(&self) -> (OrganisationId, Role, &FunctionCode) {
        (self.organisation_id, self.role, &self.function)
    }
}

/// A body that meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// Its name in the system.
    pub id: ConsultationId,
    /// The number of its changes.
    pub version: Version,
    /// The short code that its references begin with.
    pub code: ConsultationCode,
    /// Its name; Dutch is required.
    pub name: Labels,
    /// Where it stands on the ladder.
    pub level: Level,
    /// Its own list of sector and neighbourhood codes.
    pub area: Vec<AreaCode>,
    /// The version of the scheme that these codes belong to, such as `2025`.
    pub area_version: Option<String>,
    /// Whether the area is one with a risk of nuisance.
    pub nuisance_risk: bool,
    /// Its members.
    pub members: Vec<Member>,
    /// The consultation that complex cases are handed to.
    pub escalates_to: Option<ConsultationId>,
    /// Whether it takes a case from below only with the ground on which it may: a protocol, a permission, a law, a measure.
    pub requires_legal_gate: bool,
}

impl Consultation {
    /// Gives the functions that take part, in the order of their codes, each with the name and number of persons; those of
    /// several members together.
    pub fn functions(&self) -> Vec<(&Labels, u32)> {
        let mut functions: BTreeMap<&FunctionCode, (&Labels, u32)> = BTreeMap::new();
        for member in &self.members {
            let (_, number) = functions.entry(&member.function).or_insert((&member.function_name, 0));
            *number = number.saturating_add(member.number.get().into());
        }
        functions.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn member(organisation: u128, role: Role, function: &str, number: u16) -> Member {
        Member {
            organisation_id: OrganisationId::new(Uuid::from_u128(organisation)),
            role,
            function: FunctionCode::parse(function).unwrap(),
            function_name: Labels { nl: function.to_uppercase(), fr: None, en: None },
            number: NonZeroU16::new(number).unwrap(),
        }
    }

    #[test]
    fn a_function_of_several_members_stands_once() {
        let consultation = Consultation {
            id: ConsultationId::new(Uuid::from_u128(1)),
            version: Version::FIRST,
            code: ConsultationCode::parse("KRO").unwrap(),
            name: Labels { nl: "Kroonwijk".to_owned(), fr: None, en: None },
            level: Level::Neighbourhood,
            area: Vec::new(),
            area_version: None,
            nuisance_risk: false,
            members: vec![
                member(2, Role::PoliceOfficer, "inspector", 4),
                member(3, Role::Guard, "guard", 1),
                member(4, Role::Guard, "guard", 2),
            ],
            escalates_to: None,
            requires_legal_gate: false,
        };
        let functions: Vec<_> =
            consultation.functions().iter().map(|(name, number)| (name.nl.as_str(), *number)).collect();
        assert_eq!(functions, [("GUARD", 3), ("INSPECTOR", 4)]);
    }

    #[test]
    fn a_function_has_a_code_in_lower_camel_case() {
        for code in ["guard", "chiefInspector", "inspector2", "a"] {
            assert!(FunctionCode::parse(code).is_some(), "{code}");
        }
        for code in
            ["", "ChiefInspector", "2nd", "chief inspector", "chef-inspecteur", "café", &"a".repeat(41)]
        {
            assert!(FunctionCode::parse(code).is_none(), "{code}");
        }
    }
}
