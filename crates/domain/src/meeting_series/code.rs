//! The code lists of a series.

use crate::code::codes;

codes! {
    /// The state of a series of meetings.
    Status {
        /// Its meetings are planned.
        Active = "active",
        /// No more meetings are planned.
        Ended = "ended",
    }
}

codes! {
    /// What can be done with a series of meetings; the code is the last segment of the operation's path.
    Verb {
        /// Agree on it.
        Create = "create",
        /// Plan its meetings up to a day.
        Plan = "plan",
        /// Plan no more.
        End = "end",
    }
}
