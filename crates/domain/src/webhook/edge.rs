//! The one table of edges: which verb leads from which state to which.

use super::code::{Status, Verb};

/// Finds where a verb leads from a state; absent when the state does not allow it.
pub const fn edge(from: Status, verb: Verb) -> Option<Status> {
    use Status::{Active, Ended, Paused, PendingVerification};
    match (from, verb) {
        (PendingVerification | Active | Paused, Verb::MoveEndpoint) => Some(PendingVerification),
        (PendingVerification | Active, Verb::Verify) | (Paused, Verb::Resume) => Some(Active),
        (Active, Verb::Pause) => Some(Paused),
        (PendingVerification | Active | Paused, Verb::End) => Some(Ended),
        (PendingVerification | Active | Paused, Verb::Edit | Verb::RotateSecret | Verb::Replay) => Some(from),
        (PendingVerification | Active | Paused | Ended, _) => None,
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
        let file = "crates/domain/src/webhook/edges.txt";
        crate::golden::assert_is(&table, include_str!("edges.txt"), file);
    }
}
