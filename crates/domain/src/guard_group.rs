//! Groups of community guards: named teams of a service.

use jiff::civil::Date;

use crate::change::Version;
use crate::id::{GuardGroupId, OrganisationId};
use crate::labels::Labels;

/// A named team of community guards; never a list of persons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardGroup {
    /// Its name in the system.
    pub id: GuardGroupId,
    /// The number of its changes.
    pub version: Version,
    /// The service that it belongs to.
    pub organisation_id: OrganisationId,
    /// Its name; Dutch is required.
    pub name: Labels,
    /// The first day on which it exists.
    pub valid_from: Date,
    /// The last day on which it exists.
    pub valid_to: Option<Date>,
}

impl GuardGroup {
    /// Tells whether it exists on a day.
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_group_exists_from_its_first_day_through_its_last() {
        let group = GuardGroup {
            id: Uuid::from_u128(1).into(),
            version: Version::FIRST,
            organisation_id: Uuid::from_u128(2).into(),
            name: Labels { nl: "Ploeg".to_owned(), fr: None, en: None },
            valid_from: "2026-01-01".parse().unwrap(),
            valid_to: Some("2026-06-30".parse().unwrap()),
        };
        for (day, is_valid) in
            [("2025-12-31", false), ("2026-01-01", true), ("2026-06-30", true), ("2026-07-01", false)]
        {
            assert_eq!(group.is_valid_on(day.parse().unwrap()), is_valid, "{day}");
        }
        assert!(GuardGroup { valid_to: None, ..group }.is_valid_on("2999-01-01".parse().unwrap()));
    }
}
