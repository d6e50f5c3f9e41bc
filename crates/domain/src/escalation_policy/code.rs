//! The code lists of escalation policies.

use crate::code::codes;

codes! {
    /// What a step judges.
    SubjectKind {
        /// A follow-up request.
        FollowUpRequest = "followUpRequest",
        /// A case.
        Case = "case",
        /// An action.
        Action = "action",
    }
}

codes! {
    /// When a step takes effect.
    Condition {
        /// A service has not confirmed receipt `workingDays` working days after it was due.
        ReceiptOverdue = "receiptOverdue",
        /// The answer of a service is due within `workingDays` working days.
        AnswerDueWithin = "answerDueWithin",
        /// A service has not answered `workingDays` working days after it was due.
        AnswerLate = "answerLate",
        /// A service has not answered after three times its term.
        AnswerSeriouslyLate = "answerSeriouslyLate",
        /// Nothing happened to an open case for `days` whole days.
        CaseInactive = "caseInactive",
        /// An open action was carried over in `meetings` meetings.
        ActionCarriedOver = "actionCarriedOver",
        /// There were `cases` earlier cases of the same category at the same place in the half year before.
        RepeatAtPlace = "repeatAtPlace",
        /// `services` services were asked about a case that belongs to `categoryGroups` main groups of categories.
        SeveralServices = "severalServices",
    }
}

impl Condition {
    /// Gives what it judges.
    pub const fn subject(self) -> SubjectKind {
        match self {
            Self::ReceiptOverdue | Self::AnswerDueWithin | Self::AnswerLate | Self::AnswerSeriouslyLate => {
                SubjectKind::FollowUpRequest
            }
            Self::CaseInactive | Self::RepeatAtPlace | Self::SeveralServices => SubjectKind::Case,
            Self::ActionCarriedOver => SubjectKind::Action,
        }
    }
}

codes! {
    /// What a step does.
    Effect {
        /// Reminds the addressed service.
        RemindService = "remindService",
        /// Informs the head of the addressed service.
        InformHead = "informHead",
        /// Puts it on the next agenda of the consultation.
        PutOnAgenda = "putOnAgenda",
        /// Proposes to hand the case to the consultation above.
        ProposeEscalation = "proposeEscalation",
    }
}

impl Effect {
    /// Tells whether it reaches the addressed service; the other effects stay in the team.
    pub const fn reaches_service(self) -> bool {
        match self {
            Self::RemindService | Self::InformHead => true,
            Self::PutOnAgenda | Self::ProposeEscalation => false,
        }
    }
}

codes! {
    /// The state of a policy.
    Status {
        /// Being written; it judges nothing.
        Draft = "draft",
        /// It judges.
        Active = "active",
        /// It judged; what it did stays explained by it.
        Retired = "retired",
    }
}

codes! {
    /// What can be done with a policy; the code is the last segment of the operation's path.
    Verb {
        /// Write it.
        Create = "create",
        /// Change a draft.
        Edit = "edit",
        /// Let it judge.
        Activate = "activate",
        /// End it.
        Retire = "retire",
    }
}
