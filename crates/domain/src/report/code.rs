//! The code lists of a report.

use crate::code::codes;

codes! {
    /// The state of a report.
    Status {
        /// Being written: generated anew each time that it is read.
        Draft = "draft",
        /// Sent round to the members.
        Circulated = "circulated",
        /// Approved in a later meeting.
        Approved = "approved",
    }
}

codes! {
    /// What can be done with a report; the code is the last segment of the operation's path.
    Verb {
        /// Begin it.
        Create = "create",
        /// Send it round.
        Circulate = "circulate",
        /// Take it back.
        Recall = "recall",
        /// Approve it.
        Approve = "approve",
        /// Correct what was approved.
        AddAddendum = "addenda",
    }
}

codes! {
    /// Whom a rendition of a report is for.
    Audience {
        /// Every member of the consultation.
        Team = "team",
        /// The police: with its own notes.
        Police = "police",
        /// The housing team of the city: with the housing notes.
        Housing = "housing",
        /// A housing organisation: what concerns it.
        Partner = "partner",
    }
}
