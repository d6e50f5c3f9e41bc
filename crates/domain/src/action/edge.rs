//! The one table of edges: which verb leads from which state to which.

use super::code::{Status, Verb};

/// Finds where a verb leads from a state; absent when the state does not allow it.
pub const fn edge(from: Status, verb: Verb) -> Option<Status> {
    match (from, verb) {
        (Status::Open | Status::InProgress, Verb::Edit | Verb::CarryOver) => Some(from),
        (Status::Open, Verb::Start) => Some(Status::InProgress),
        (Status::Open | Status::InProgress, Verb::Complete) => Some(Status::Done),
        (Status::Open | Status::InProgress, Verb::Cancel) => Some(Status::Cancelled),
        (Status::Done | Status::Cancelled, Verb::Reopen) => Some(Status::Open),
        (Status::Open | Status::InProgress | Status::Done | Status::Cancelled, _) => None,
    }
}

/// Lists the verbs that a state allows whoever may use them, in the order of the code list; an action is carried over by
/// its meeting, not by a caller.
pub fn allowed(from: Status) -> Vec<Verb> {
    let all = Verb::ALL.iter().copied();
    all.filter(|verb| *verb != Verb::CarryOver && edge(from, *verb).is_some()).collect()
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
        crate::golden::assert_is(&table, include_str!("edges.txt"), "crates/domain/src/action/edges.txt");
    }
}
