//! The code lists of an action.

use crate::code::codes;

codes! {
    /// The state of an action.
    Status {
        /// Agreed; nobody has begun.
        Open = "open",
        /// Begun.
        InProgress = "inProgress",
        /// Done, with a result.
        Done = "done",
        /// Not needed any more.
        Cancelled = "cancelled",
    }
}

impl Status {
    /// Tells whether something is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }
}

codes! {
    /// What can be done with an action; the code is the last segment of the operation's path.
    Verb {
        /// Write it.
        Create = "create",
        /// Change what describes it.
        Edit = "edit",
        /// Begin with it.
        Start = "start",
        /// End it with a result.
        Complete = "complete",
        /// End it without one.
        Cancel = "cancel",
        /// Take it up again.
        Reopen = "reopen",
        /// Take it along from a meeting that is over; no operation of its own.
        CarryOver = "carryOver",
        /// A step of the rules takes effect; no operation.
        Escalate = "escalate",
    }
}

codes! {
    /// What is done.
    Kind {
        /// Keep an eye on it.
        Observe = "observe",
        /// Be present in the area.
        Presence = "presence",
        /// Talk with those concerned, mediate.
        Mediate = "mediate",
        /// Clean up or repair.
        CleanOrRepair = "cleanOrRepair",
        /// Inspect.
        Inspect = "inspect",
        /// Inform.
        Inform = "inform",
        /// Refer to another organisation.
        Refer = "refer",
        /// Have an authorised person find an infringement; a reference only.
        GasFinding = "gasFinding",
        /// Propose an administrative measure.
        AdministrativeMeasure = "administrativeMeasure",
        /// Bring it to the consultation above.
        Escalate = "escalate",
    }
}
