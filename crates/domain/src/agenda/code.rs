//! The code lists of an agenda.

use crate::code::codes;

codes! {
    /// The parts of an agenda, in the order in which they are dealt with.
    Section {
        /// Opening, who is there and who is excused.
        Opening = "opening",
        /// The report of the meeting before.
        PreviousReport = "previousReport",
        /// Open actions and overdue requests: first, as everything else depends on them.
        OpenWork = "openWork",
        /// New situations and needs.
        NewCases = "newCases",
        /// Situations and needs that are being handled.
        RunningCases = "runningCases",
        /// Cases that were handed to the consultation above, or came back from it.
        Escalations = "escalations",
        /// Figures of the neighbourhood, and the presence of the guards.
        Barometer = "barometer",
        /// Any other business.
        OtherBusiness = "otherBusiness",
        /// The date of the next meeting.
        NextDate = "nextDate",
    }
}

codes! {
    /// Why something is proposed for an agenda.
    Reason {
        /// A member put it on the agenda.
        Member = "member",
        /// The report of the meeting before is not approved yet.
        ReportToApprove = "reportToApprove",
        /// A request is answered late, or not received in time.
        LateRequest = "lateRequest",
        /// A request was open at the last meeting and still is.
        UnansweredRequest = "unansweredRequest",
        /// A service answered or refused, and the team has not looked at it yet.
        AnsweredRequest = "answeredRequest",
        /// An action is not done.
        OpenAction = "openAction",
        /// A decision was taken between two meetings.
        DecisionToRatify = "decisionToRatify",
        /// An item of the last meeting was not dealt with.
        LeftOver = "leftOver",
        /// A case is signalled and not taken up.
        NewSignal = "newSignal",
        /// Nothing happened to an open case for a while.
        InactiveCase = "inactiveCase",
        /// The day came on which the team wanted to look at a case again.
        AftercareDue = "aftercareDue",
        /// A step of the rules put it on the agenda.
        Rule = "rule",
        /// It is proposed to hand a case to the consultation above.
        EscalationProposed = "escalationProposed",
        /// The consultation above gave a case back with advice.
        EscalationReturned = "escalationReturned",
        /// The consultation above refused a case since the last meeting.
        EscalationRefused = "escalationRefused",
        /// The consultation above told what came of a case.
        EscalationOutcome = "escalationOutcome",
        /// Another consultation hands a case over.
        EscalationSubmitted = "escalationSubmitted",
        /// The consultation leads the case of another one.
        EscalationAccepted = "escalationAccepted",
        /// The figures since the last meeting.
        Figures = "figures",
    }
}

codes! {
    /// The state of an item.
    ItemStatus {
        /// Not dealt with yet.
        Open = "open",
        /// Dealt with.
        Treated = "treated",
        /// Moved to the next meeting.
        Moved = "moved",
    }
}

codes! {
    /// What can be done with an item; the code is the last segment of the operation's path.
    ItemVerb {
        /// Put it on the agenda.
        Create = "create",
        /// Change what it says.
        Edit = "edit",
        /// Deal with it.
        Treat = "treat",
        /// Move it to the next meeting.
        Move = "move",
        /// Deal with it after all.
        Reopen = "reopen",
    }
}

/// Finds where a verb leads an item from a state; absent when the state does not allow it.
pub const fn edge(from: ItemStatus, verb: ItemVerb) -> Option<ItemStatus> {
    match (from, verb) {
        (ItemStatus::Open, ItemVerb::Edit) | (ItemStatus::Treated, ItemVerb::Reopen) => {
            Some(ItemStatus::Open)
        }
        (ItemStatus::Open, ItemVerb::Treat) => Some(ItemStatus::Treated),
        (ItemStatus::Open, ItemVerb::Move) => Some(ItemStatus::Moved),
        (ItemStatus::Open | ItemStatus::Treated | ItemStatus::Moved, _) => None,
    }
}
