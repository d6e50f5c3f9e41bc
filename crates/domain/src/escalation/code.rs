//! The code lists of an escalation.

use crate::code::codes;

codes! {
    /// The state of an escalation.
    Status {
        /// Proposed, by a rule or the team; the lower consultation decides.
        Proposed = "proposed",
        /// Not handed over.
        Dropped = "dropped",
        /// Handed over; the consultation above decides.
        Submitted = "submitted",
        /// Taken on; the consultation above leads.
        Accepted = "accepted",
        /// Not taken on.
        Refused = "refused",
        /// Given back with advice; it may be submitted again.
        Returned = "returned",
        /// The consultation above told what came of it; the lower one takes note.
        OutcomeGiven = "outcomeGiven",
        /// Over.
        Closed = "closed",
    }
}

impl Status {
    /// Tells whether something is still to be done with it: a case has one such escalation at a time.
    pub const fn is_running(self) -> bool {
        matches!(
            self,
            Self::Proposed | Self::Submitted | Self::Accepted | Self::Returned | Self::OutcomeGiven
        )
    }

    /// Tells whether the case cannot end before the escalation does. One that was returned asks nothing of anybody: the
    /// lower consultation may follow the advice and be done with it.
    pub const fn holds_case(self) -> bool {
        self.is_running() && !matches!(self, Self::Returned)
    }
}

codes! {
    /// What can be done with an escalation; the code is the last segment of the operation's path.
    Verb {
        /// Propose it.
        Create = "create",
        /// Not hand it over.
        Drop = "drop",
        /// Hand it over.
        Submit = "submit",
        /// Take it on.
        Accept = "accept",
        /// Not take it on.
        Refuse = "refuse",
        /// Give it back with advice.
        Return = "return",
        /// Tell what came of it.
        GiveOutcome = "giveOutcome",
        /// Take note of the outcome.
        Close = "close",
    }
}

codes! {
    /// The ground on which a consultation that may hear of persons takes a case; the articles are in the document.
    LegalGateKind {
        /// A protocol between the partners.
        Protocol = "protocol",
        /// A reasoned permission of the public prosecutor.
        ProsecutorPermission = "prosecutorPermission",
        /// A law, decree or ordinance that organises the consultation.
        LawOrDecree = "lawOrDecree",
        /// A measure of the mayor.
        MayorMeasure = "mayorMeasure",
    }
}

codes! {
    /// What speaks for an escalation.
    Criterion {
        /// Several services are asked about the case.
        SeveralServices = "severalServices",
        /// It lies in several main groups of categories.
        SeveralDomains = "severalDomains",
        /// A service refused, or is or was seriously late.
        OverdueRequests = "overdueRequests",
        /// Many actions were done or carried over, and the case is not solved.
        NoResultAfterActions = "noResultAfterActions",
        /// There were other cases of the kind at the same place.
        RepeatAtPlace = "repeatAtPlace",
        /// It weighs heavily.
        Severe = "severe",
        /// It has been going on for long.
        LongRunning = "longRunning",
    }
}
