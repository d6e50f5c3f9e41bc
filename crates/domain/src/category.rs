//! The two-level taxonomy of nuisance.

mod code;
mod shipped;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::{
    code::{CategoryCode, CategoryCodeFault},
    shipped::{CategoriesFault, shipped},
};
use crate::code::codes;
use crate::labels::Labels;

/// A kind of nuisance, or a main group of kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// The code: printed, quoted and never used again for something else.
    pub code: CategoryCode,
    /// The name in each language.
    pub labels: Labels,
    /// What is to be kept in mind for this kind of nuisance.
    pub flags: Vec<Flag>,
    /// The first day on which it may be chosen.
    pub valid_from: Date,
    /// The last day on which it may be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The category to choose instead after the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<CategoryCode>,
}

impl Category {
    /// Tells whether the category may be chosen on a day; its first and its last day count.
    pub fn is_valid_on(&self, date: Date) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|last| date <= last)
    }

    /// Tells whether the category has a flag.
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }
}

codes! {
    /// What is to be kept in mind for a kind of nuisance.
    Flag {
        /// A municipal administrative sanction (GAS) is possible.
        GasPossible = "gasPossible",
        /// It may be a criminal offence.
        OffencePossible = "offencePossible",
        /// It may reveal the health or an addiction of a person: stricter visibility.
        PersonSensitive = "personSensitive",
        /// It is upkeep of infrastructure: to be passed on rather than discussed.
        Infrastructure = "infrastructure",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_first_and_last_day_are_valid() {
        let mut category = Category {
            code: CategoryCode::parse("AFV.SLUIK").unwrap(),
            labels: Labels { nl: "Sluikstort".to_owned(), fr: None, en: None },
            flags: vec![Flag::GasPossible],
            valid_from: date(2012, 1, 1),
            valid_to: None,
            replaced_by: None,
        };
        assert!(!category.is_valid_on(date(2011, 12, 31)));
        assert!(category.is_valid_on(date(2012, 1, 1)));
        assert!(category.is_valid_on(date(2099, 1, 1)));
        category.valid_to = Some(date(2026, 6, 30));
        assert!(category.is_valid_on(date(2026, 6, 30)));
        assert!(!category.is_valid_on(date(2026, 7, 1)));
        assert!(category.has(Flag::GasPossible) && !category.has(Flag::PersonSensitive));
    }
}
