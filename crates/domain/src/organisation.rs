//! Organisations: police zone, city services, housing companies and other partners.

use jiff::civil::Date;

use crate::access::Regime;
use crate::change::Version;
use crate::code::codes;
use crate::enterprise_number::EnterpriseNumber;
use crate::id::OrganisationId;
use crate::labels::Labels;
use crate::ovo_code::OvoCode;

codes! {
    /// What an organisation is.
    Kind {
        /// The city itself.
        City = "city",
        /// A service of the city.
        CityService = "cityService",
        /// A police zone.
        PoliceZone = "policeZone",
        /// A housing company.
        HousingCompany = "housingCompany",
        /// A partner outside the city.
        Partner = "partner",
    }
}

/// An organisation, with the days between which it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name in the system.
    pub id: OrganisationId,
    /// The number of its changes.
    pub version: Version,
    /// What it is.
    pub kind: Kind,
    /// The regime under which its data stands.
    pub regime: Regime,
    /// Its name; Dutch is required.
    pub name: Labels,
    /// Its enterprise number.
    pub enterprise_number: Option<EnterpriseNumber>,
    /// Its code in the register of organisations of Flanders.
    pub ovo_code: Option<OvoCode>,
    /// Whether it takes follow-up requests.
    pub takes_requests: bool,
    /// How to reach the function that answers; no personal names.
    pub contact_function: Option<String>,
    /// The first day on which it exists.
    pub valid_from: Date,
    /// The last day on which it exists.
    pub valid_to: Option<Date>,
    /// The organisation that took its place.
    pub successor_id: Option<OrganisationId>,
}

impl Organisation {
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
    fn an_organisation_exists_from_its_first_to_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let housing_company = Organisation {
            id: OrganisationId::new(Uuid::from_u128(1)),
            version: Version::FIRST,
            kind: Kind::HousingCompany,
            regime: Regime::Housing,
            name: Labels { nl: "Woonpunt".to_owned(), fr: None, en: None },
            enterprise_number: None,
            ovo_code: None,
            takes_requests: true,
            contact_function: None,
            valid_from: day("2020-01-01"),
            valid_to: Some(day("2023-06-30")),
            successor_id: None,
        };
        for (date, exists) in
            [("2019-12-31", false), ("2020-01-01", true), ("2023-06-30", true), ("2023-07-01", false)]
        {
            assert_eq!(housing_company.is_valid_on(day(date)), exists, "{date}");
        }
        assert!(Organisation { valid_to: None, ..housing_company }.is_valid_on(day("2050-01-01")));
    }
}
