//! The order of a list: `sort=-createdAt&sort=reference`.

use crate::problem::{Detail, Issue, Kind, Place};

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The smallest.
    Ascending,
    /// The largest.
    Descending,
}

/// Reads the properties to sort by, each at most once, `-` before one for descending.
pub fn sorted_by<F: Copy>(given: &[String], fields: &[(&str, F)]) -> Result<Vec<(F, Direction)>, Issue> {
    let mut seen = Vec::new();
    let mut order = Vec::new();
    for text in given {
        let (name, direction) = text
            .strip_prefix('-')
            .map_or((text.as_str(), Direction::Ascending), |name| (name, Direction::Descending));
        let field = fields.iter().find(|(known, _)| *known == name).filter(|_| !seen.contains(&name));
        let (_, field) = field.ok_or_else(|| unsortable(fields))?;
        seen.push(name);
        order.push((*field, direction));
    }
    Ok(order)
}

fn unsortable<F>(fields: &[(&str, F)]) -> Issue {
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    Issue::new(Kind::InvalidInput, Place::Query, "sort").detail(
        Detail::new(
            "Sorteren kan op {names}, elk hoogstens een keer, met - ervoor voor aflopend.",
            "On peut trier sur {names}, chacun au plus une fois, précédé de - pour décroissant.",
            "Sorting is by {names}, each at most once, with - before it for descending.",
        )
        .with("names", names.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_in_their_order() {
        let fields = [("createdAt", 1), ("reference", 2)];
        let sorted =
            |given: &[&str]| sorted_by(&given.iter().map(ToString::to_string).collect::<Vec<_>>(), &fields);
        assert_eq!(sorted(&[]), Ok(vec![]));
        assert_eq!(
            sorted(&["-createdAt", "reference"]),
            Ok(vec![(1, Direction::Descending), (2, Direction::Ascending)])
        );
        for refused in [&["title"][..], &["createdAt", "-createdAt"], &[""], &["--createdAt"]] {
            assert!(sorted(refused).is_err(), "{refused:?}");
        }
    }
}
