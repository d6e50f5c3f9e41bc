//! Which areas a list of codes covers.

use std::collections::{BTreeMap, BTreeSet};

use super::AreaCode;

/// An area as its scheme lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedArea<Id> {
    /// Its name in the system.
    pub id: Id,
    /// Its code.
    pub code: AreaCode,
    /// The version of the scheme.
    pub scheme_version: String,
    /// The code of the neighbourhood that a sector lies in.
    pub parent_code: Option<AreaCode>,
}

/// Gives the areas that a list of sector and neighbourhood codes of one version covers: those that it names, the sectors
/// of a neighbourhood that it names, and a neighbourhood of which it names every sector.
pub fn covered<Id: Copy + Ord>(
    codes: &[AreaCode],
    scheme_version: &str,
    areas: &[ListedArea<Id>],
) -> BTreeSet<Id> {
    let named: BTreeSet<&AreaCode> = codes.iter().collect();
    let of_version = || areas.iter().filter(|area| area.scheme_version == scheme_version);
    // Whether every sector of a neighbourhood is named.
    let mut whole: BTreeMap<&AreaCode, bool> = BTreeMap::new();
    for area in of_version() {
        if let Some(parent) = &area.parent_code {
            *whole.entry(parent).or_insert(true) &= named.contains(&area.code);
        }
    }
    of_version()
        .filter(|area| {
            named.contains(&area.code)
                || area.parent_code.as_ref().is_some_and(|parent| named.contains(parent))
                || whole.get(&area.code) == Some(&true)
        })
        .map(|area| area.id)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AreaCode {
        AreaCode::parse(text).unwrap()
    }

    fn area(id: u8, text: &str, version: &str, parent: Option<&str>) -> ListedArea<u8> {
        let scheme_version = version.to_owned();
        ListedArea { id, code: code(text), scheme_version, parent_code: parent.map(code) }
    }

    #[test]
    fn a_list_of_codes_covers_what_lies_in_it_and_nothing_that_sticks_out() {
        let areas = [
            area(1, "41002W06", "2025", None),
            area(2, "41002A20-", "2025", Some("41002W06")),
            area(3, "41002A24-", "2025", Some("41002W06")),
            area(4, "41002W07", "2025", None),
            area(5, "41002A60-", "2025", Some("41002W07")),
            area(6, "41002A20-", "2019", None),
        ];
        for (codes, version, expected) in [
            (&["41002W06"][..], "2025", &[1, 2, 3][..]),
            (&["41002A20-"], "2025", &[2]),
            (&["41002A20-", "41002A24-"], "2025", &[1, 2, 3]),
            (&["41002A20-", "41002W07"], "2025", &[2, 4, 5]),
            (&["41002A20-"], "2019", &[6]),
            (&["41002W06"], "2031", &[]),
            (&[], "2025", &[]),
        ] {
            let codes: Vec<_> = codes.iter().map(|text| code(text)).collect();
            let covered: Vec<u8> = covered(&codes, version, &areas).into_iter().collect();
            assert_eq!(covered, expected, "{codes:?} {version}");
        }
    }
}
