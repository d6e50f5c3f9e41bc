use std::{collections::BTreeSet, error::Error, fmt};

use serde::Deserialize;

use super::{Category, CategoryCode};

/// The Dutch labels are the product's; the French and English ones are unofficial help.
const CATEGORIES: &str = include_str!("../categories.json");

/// Reads the categories that ship with the product: each main group before its kinds.
///
/// Fails only when the data file itself is wrong.
pub fn shipped() -> Result<Vec<Category>, CategoriesFault> {
    read(CATEGORIES)
}

#[derive(Deserialize)]
struct Entry {
    parent: Option<CategoryCode>,
    #[serde(flatten)]
    category: Category,
}

fn read(json: &str) -> Result<Vec<Category>, CategoriesFault> {
    let entries = serde_json::from_str::<Vec<Entry>>(json).map_err(CategoriesFault::Json)?;
    let mut seen = BTreeSet::new();
    for Entry { parent, category: Category { code, .. } } in &entries {
        let expected = (!code.is_group()).then(|| code.group());
        if *parent != expected || parent.as_ref().is_some_and(|group| !seen.contains(group)) {
            return Err(CategoriesFault::Parent(code.clone()));
        }
        if !seen.insert(code) {
            return Err(CategoriesFault::Duplicate(code.clone()));
        }
    }
    Ok(entries.into_iter().map(|entry| entry.category).collect())
}

/// Tells why a list of categories cannot be used.
#[derive(Debug)]
pub enum CategoriesFault {
    /// It is not JSON of the expected form.
    Json(serde_json::Error),
    /// A code occurs twice.
    Duplicate(CategoryCode),
    /// The parent is not the main group of the code, or does not stand before it.
    Parent(CategoryCode),
}

impl fmt::Display for CategoriesFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(fault) => write!(formatter, "the categories cannot be read: {fault}"),
            Self::Duplicate(code) => write!(formatter, "category {code} occurs twice"),
            Self::Parent(code) => write!(formatter, "category {code} does not follow its main group"),
        }
    }
}

impl Error for CategoriesFault {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;
    use crate::category::Flag;

    fn find<'a>(categories: &'a [Category], code: &str) -> &'a Category {
        categories.iter().find(|category| category.code.as_str() == code).unwrap()
    }

    #[test]
    fn every_group_has_its_kinds() {
        let mut kinds = BTreeMap::new();
        for category in shipped().unwrap() {
            *kinds.entry(category.code.group().to_string()).or_insert(0) +=
                u32::from(!category.code.is_group());
        }
        let expected = [
            ("AFV", 8),
            ("BUR", 3),
            ("DIE", 3),
            ("DRU", 7),
            ("GEL", 8),
            ("HAN", 4),
            ("OPD", 7),
            ("OVE", 2),
            ("PAN", 8),
            ("PER", 10),
            ("VAN", 6),
            ("VER", 7),
        ];
        assert_eq!(kinds, expected.map(|(group, count)| (group.to_owned(), count)).into());
    }

    #[test]
    fn every_group_has_a_kind_for_the_rest() {
        let categories = shipped().unwrap();
        for group in categories.iter().filter(|category| category.code.is_group()) {
            find(&categories, &format!("{}.OVER", group.code));
        }
    }

    #[test]
    fn labels_are_complete_and_validity_is_open() {
        for category in shipped().unwrap() {
            let labels =
                [Some(&category.labels.nl), category.labels.fr.as_ref(), category.labels.en.as_ref()];
            assert!(
                labels.iter().all(|label| label.is_some_and(|text| !text.trim().is_empty())),
                "{category:?}"
            );
            assert_eq!(category.valid_from, date(2012, 1, 1));
            assert_eq!((category.valid_to, category.replaced_by), (None, None));
        }
    }

    #[test]
    fn flags_follow_the_taxonomy() {
        let categories = shipped().unwrap();
        let flags = |code| find(&categories, code).flags.as_slice();
        assert_eq!(flags("AFV.SLUIK"), [Flag::GasPossible]);
        assert_eq!(flags("GEL.NACHT"), [Flag::GasPossible, Flag::OffencePossible]);
        assert_eq!(flags("DRU.GEBR"), [Flag::OffencePossible, Flag::PersonSensitive]);
        assert_eq!(flags("OPD.LICHT"), [Flag::Infrastructure]);
        assert_eq!(flags("OPD.ONVEIL"), []);
    }

    #[test]
    fn a_wrong_list_is_refused() {
        let entry = |code: &str, parent: &str| {
            format!(
                r#"{{"code":"{code}",{parent}"labels":{{"nl":"x"}},"flags":[],"validFrom":"2012-01-01"}}"#
            )
        };
        let group = entry("AFV", "");
        let kind = entry("AFV.SLUIK", r#""parent":"AFV","#);
        assert_eq!(read(&format!("[{group},{kind}]")).unwrap().len(), 2);
        let parent = |json: String| matches!(read(&json), Err(CategoriesFault::Parent(_)));
        assert!(parent(format!("[{kind},{group}]")));
        assert!(parent(format!("[{group},{}]", entry("AFV.SLUIK", ""))));
        assert!(parent(format!("[{group},{}]", entry("GEL", r#""parent":"AFV","#))));
        assert!(matches!(read(&format!("[{group},{group}]")), Err(CategoriesFault::Duplicate(_))));
        assert!(matches!(read("[{}]"), Err(CategoriesFault::Json(_))));
    }
}
