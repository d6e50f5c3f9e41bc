//! The code lists of a meeting.

use crate::code::codes;

codes! {
    /// The state of a meeting.
    Status {
        /// It will take place.
        Planned = "planned",
        /// It takes place now.
        InSession = "inSession",
        /// It took place.
        Held = "held",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What can be done with a meeting; the code is the last segment of the operation's path.
    Verb {
        /// Plan it.
        Create = "create",
        /// Change when and where it takes place.
        Edit = "edit",
        /// Record who was there.
        RecordAttendances = "recordAttendances",
        /// Put what the proposal names on the agenda.
        AdoptProposal = "adoptProposal",
        /// Put the agenda in another order.
        ReorderAgenda = "reorderAgenda",
        /// Open it.
        Start = "start",
        /// Close it.
        Finish = "finish",
        /// Call it off.
        Cancel = "cancel",
    }
}

impl Verb {
    /// Tells whether the verb does something new each time that it is asked for, as what it is about may have changed.
    pub(super) const fn is_new_each_time(self) -> bool {
        matches!(self, Self::AdoptProposal | Self::ReorderAgenda)
    }
}

codes! {
    /// Whether somebody was there.
    AttendanceState {
        /// There.
        Present = "present",
        /// Not there, with notice.
        Excused = "excused",
        /// Not there, without notice.
        Absent = "absent",
    }
}

codes! {
    /// Why a meeting takes place on another day than its series says.
    MoveReason {
        /// The day is a legal holiday.
        Holiday = "holiday",
        /// The day is a Saturday or a Sunday.
        Weekend = "weekend",
        /// The host organisation is closed.
        ClosureDay = "closureDay",
    }
}

codes! {
    /// What totals of meetings are told apart by.
    Grouping {
        /// By calendar month in Europe/Brussels.
        Month = "month",
        /// By calendar year in Europe/Brussels.
        Year = "year",
    }
}
