//! The one table of edges: which verb leads from which state to which, and who may take it.

use super::code::{Side, Status, Verb};

/// Where a verb leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The request stays in its state.
    Same,
    /// The request moves to this state.
    To(Status),
    /// The request returns to the state before it waited.
    Back,
}

/// Finds where a verb leads from a state; absent when the state does not allow it.
#[expect(clippy::match_same_arms, reason = "one line for each verb, as people read the life cycle")]
pub const fn edge(from: Status, verb: Verb) -> Option<Target> {
    use Target::{Back, Same, To};
    match (from, verb) {
        (Status::Draft, Verb::Edit) => Some(Same),
        (Status::Draft, Verb::Send) => Some(To(Status::Sent)),
        (Status::Draft, Verb::Withdraw) => Some(To(Status::Withdrawn)),
        (Status::Draft, _) => None,

        (Status::Sent | Status::Received | Status::Accepted | Status::Waiting, verb) => match (verb, from) {
            (Verb::Amend | Verb::Recalculate, _) => Some(Same),
            (Verb::Refuse, _) => Some(To(Status::Refused)),
            (Verb::Redirect, _) => Some(To(Status::Redirected)),
            (Verb::Answer, _) => Some(To(Status::Answered)),
            (Verb::Withdraw, _) => Some(To(Status::Withdrawn)),
            (Verb::Receive, Status::Sent) => Some(To(Status::Received)),
            (Verb::Accept, Status::Sent | Status::Received) => Some(To(Status::Accepted)),
            (Verb::AskBack, Status::Sent | Status::Received | Status::Accepted) => Some(To(Status::Waiting)),
            (Verb::Remind, Status::Sent | Status::Received | Status::Accepted) => Some(Same),
            (Verb::Promise, Status::Received | Status::Accepted | Status::Waiting) => Some(Same),
            (Verb::Reply, Status::Waiting) => Some(Back),
            _ => None,
        },

        (Status::Answered, Verb::Verify) => Some(To(Status::Closed)),
        (Status::Answered | Status::Closed, Verb::Reopen) => Some(To(Status::Accepted)),
        (Status::Refused, Verb::Reopen) => Some(To(Status::Sent)),
        (Status::Answered | Status::Closed | Status::Refused | Status::Redirected | Status::Withdrawn, _) => {
            None
        }
    }
}

/// Tells whether a side may use a verb at all.
pub const fn may(side: Side, verb: Verb) -> bool {
    match verb {
        Verb::Create
        | Verb::Edit
        | Verb::Send
        | Verb::Amend
        | Verb::Reply
        | Verb::Verify
        | Verb::Reopen
        | Verb::Withdraw
        | Verb::Remind
        | Verb::Recalculate => matches!(side, Side::Team),
        Verb::Receive | Verb::Accept | Verb::Refuse | Verb::AskBack | Verb::Promise => {
            matches!(side, Side::Service)
        }
        Verb::Redirect | Verb::Answer => true,
        Verb::Escalate => false,
    }
}

/// Tells whether what is said with a verb is for the other side; the rest are remarks within the team, or stand in a
/// member of their own: a refusal, a redirection, an amendment, an answer.
///
/// Whoever is asked again has to know why, so the words of a reopening belong to the thread.
pub const fn is_said_to_the_other_side(verb: Verb) -> bool {
    match verb {
        Verb::AskBack | Verb::Reply | Verb::Promise | Verb::Remind | Verb::Reopen => true,
        Verb::Create
        | Verb::Edit
        | Verb::Send
        | Verb::Amend
        | Verb::Receive
        | Verb::Accept
        | Verb::Refuse
        | Verb::Redirect
        | Verb::Answer
        | Verb::Verify
        | Verb::Withdraw
        | Verb::Recalculate
        | Verb::Escalate => false,
    }
}

/// Lists the verbs that a state allows to the given sides, in the order of the code list.
pub fn allowed(from: Status, sides: &[Side]) -> Vec<Verb> {
    Verb::ALL
        .iter()
        .copied()
        .filter(|verb| edge(from, *verb).is_some() && sides.iter().any(|side| may(*side, *verb)))
        .collect()
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
                let Some(target) = edge(*from, *verb) else { continue };
                let target = match target {
                    Target::Same => from.code(),
                    Target::Back => "received | accepted",
                    Target::To(status) => status.code(),
                };
                let sides: Vec<_> =
                    Side::ALL.iter().filter(|side| may(**side, *verb)).map(|side| side.code()).collect();
                writeln!(table, "{from} --{verb} ({})--> {target}", sides.join(", ")).unwrap();
            }
        }
        crate::golden::assert_is(&table, include_str!("edges.txt"), "crates/domain/src/follow_up/edges.txt");
    }

    #[test]
    fn a_state_names_the_verbs_that_it_allows() {
        assert_eq!(allowed(Status::Draft, &[Side::Team]), [Verb::Edit, Verb::Send, Verb::Withdraw]);
        assert_eq!(allowed(Status::Draft, &[Side::Service]), []);
        assert_eq!(
            allowed(Status::Received, &[Side::Service]),
            [Verb::Accept, Verb::Refuse, Verb::Redirect, Verb::AskBack, Verb::Promise, Verb::Answer]
        );
        assert_eq!(allowed(Status::Withdrawn, &[Side::Team, Side::Service]), []);
    }
}
