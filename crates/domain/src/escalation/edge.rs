//! The one table of edges: which verb leads from which state to which, and who may take it.

use super::code::{Status, Verb};

/// Which consultation acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The one that hands over.
    Lower,
    /// The one above.
    Upper,
}

/// Finds where a verb leads from a state; absent when the state does not allow it.
pub const fn edge(from: Status, verb: Verb) -> Option<Status> {
    match (from, verb) {
        (Status::Proposed, Verb::Drop) => Some(Status::Dropped),
        (Status::Proposed | Status::Returned, Verb::Submit) => Some(Status::Submitted),
        (Status::Submitted, Verb::Accept) => Some(Status::Accepted),
        (Status::Submitted, Verb::Refuse) => Some(Status::Refused),
        (Status::Submitted | Status::Accepted, Verb::Return) => Some(Status::Returned),
        (Status::Accepted, Verb::GiveOutcome) => Some(Status::OutcomeGiven),
        (Status::OutcomeGiven, Verb::Close) => Some(Status::Closed),
        (
            Status::Proposed
            | Status::Dropped
            | Status::Submitted
            | Status::Accepted
            | Status::Refused
            | Status::Returned
            | Status::OutcomeGiven
            | Status::Closed,
            _,
        ) => None,
    }
}

/// Tells which consultation uses a verb.
pub const fn side(verb: Verb) -> Side {
    match verb {
        Verb::Create | Verb::Drop | Verb::Submit | Verb::Close => Side::Lower,
        Verb::Accept | Verb::Refuse | Verb::Return | Verb::GiveOutcome => Side::Upper,
    }
}

/// Lists the verbs that a state allows to the given sides, in the order of the code list.
pub fn allowed(from: Status, sides: &[Side]) -> Vec<Verb> {
    let all = Verb::ALL.iter().copied();
    all.filter(|verb| edge(from, *verb).is_some() && sides.contains(&side(*verb))).collect()
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
                    let by = match side(*verb) {
                        Side::Lower => "lower",
                        Side::Upper => "upper",
                    };
                    writeln!(table, "{from} --{verb} ({by})--> {to}").unwrap();
                }
            }
        }
        crate::golden::assert_is(&table, include_str!("edges.txt"), "crates/domain/src/escalation/edges.txt");
    }

    #[test]
    fn what_holds_a_case_is_running_and_what_was_returned_does_not() {
        let holding: Vec<_> = Status::ALL.iter().filter(|status| status.holds_case()).collect();
        assert_eq!(
            holding,
            [&Status::Proposed, &Status::Submitted, &Status::Accepted, &Status::OutcomeGiven]
        );
        for status in Status::ALL {
            let leads_on = Verb::ALL.iter().any(|verb| edge(*status, *verb).is_some());
            assert_eq!(status.is_running(), leads_on, "{status}");
        }
    }
}
