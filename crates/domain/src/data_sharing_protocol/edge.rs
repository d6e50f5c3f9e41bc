//! The one table of edges: which verb leads from which state to which.

use super::code::{Status, Verb};

/// Finds where a verb leads from a state; absent when the state does not allow it.
pub const fn edge(from: Status, verb: Verb) -> Option<Status> {
    match (from, verb) {
        (Status::Draft, Verb::Edit) => Some(Status::Draft),
        (Status::Draft, Verb::Validate) => Some(Status::Valid),
        (Status::Valid, Verb::Revoke) => Some(Status::Revoked),
        (Status::Draft | Status::Valid | Status::Expired | Status::Revoked, _) => None,
    }
}

/// Lists the verbs that a state allows, in the order of the code list.
pub fn allowed(from: Status) -> Vec<Verb> {
    Verb::ALL.iter().copied().filter(|verb| edge(from, *verb).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// The whole life cycle as a table; a change of it is a visible difference here.
    #[test]
    fn the_life_cycle_is_this_table() {
        let mut table = String::new();
        for from in Status::ALL {
            for verb in Verb::ALL {
                if let Some(to) = edge(*from, *verb) {
                    writeln!(table, "{from} --{verb}--> {to}").unwrap();
                }
            }
        }
        let file = "crates/domain/src/data_sharing_protocol/edges.txt";
        crate::golden::assert_is(&table, include_str!("edges.txt"), file);
    }
}
