//! The code lists of a follow-up request.

use crate::code::codes;

codes! {
    /// The state of a follow-up request, without its data.
    Status {
        /// Being written; only the team sees it.
        Draft = "draft",
        /// Sent; both terms run.
        Sent = "sent",
        /// The service confirmed that it has it.
        Received = "received",
        /// The service took it on.
        Accepted = "accepted",
        /// The service asked something back; the answer term stands still.
        Waiting = "waiting",
        /// Answered; the team has to verify.
        Answered = "answered",
        /// The team verified the answer.
        Closed = "closed",
        /// The service refused, with a reason.
        Refused = "refused",
        /// Passed on to another service.
        Redirected = "redirected",
        /// Taken back by the team.
        Withdrawn = "withdrawn",
    }
}

impl Status {
    /// Tells whether the request still counts as open: one open request per case, service and question kind.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Draft | Self::Sent | Self::Received | Self::Accepted | Self::Waiting => true,
            Self::Answered | Self::Closed | Self::Refused | Self::Redirected | Self::Withdrawn => false,
        }
    }

    /// Tells whether the service owes an answer.
    pub const fn owes_answer(self) -> bool {
        self.is_open() && !matches!(self, Self::Draft)
    }
}

codes! {
    /// What can be done with a follow-up request; the code is the last segment of the operation's path.
    Verb {
        /// The team writes it.
        Create = "create",
        /// The team changes a draft.
        Edit = "edit",
        /// The team sends a draft.
        Send = "send",
        /// The team corrects a question that was sent.
        Amend = "amend",
        /// The service confirms receipt.
        Receive = "receive",
        /// The service takes it on.
        Accept = "accept",
        /// The service refuses.
        Refuse = "refuse",
        /// Service or team pass it on to another service.
        Redirect = "redirect",
        /// The service needs to know more.
        AskBack = "askBack",
        /// The team tells more.
        Reply = "reply",
        /// The service promises a date.
        Promise = "promise",
        /// The service answers, or the team on its behalf.
        Answer = "answer",
        /// The team confirms that the answer holds on the spot.
        Verify = "verify",
        /// The team asks again.
        Reopen = "reopen",
        /// The team takes it back.
        Withdraw = "withdraw",
        /// The team reminds by hand.
        Remind = "remind",
        /// The team has the terms computed anew with the closure days known now.
        Recalculate = "recalculate",
        /// A step of the rules takes effect that is no reminder; no operation.
        Escalate = "escalate",
    }
}

codes! {
    /// Which side of the question acts.
    Side {
        /// The members of the case's consultation with write access.
        Team = "team",
        /// The addressed service.
        Service = "service",
    }
}

codes! {
    /// What the team asks of the service.
    QuestionKind {
        /// Go and look.
        Inspect = "inspect",
        /// Clean or repair.
        CleanOrRepair = "cleanOrRepair",
        /// Enforce a rule.
        Enforce = "enforce",
        /// Mediate between people.
        Mediate = "mediate",
        /// Give information to the team.
        Inform = "inform",
        /// Give advice.
        Advise = "advise",
        /// Anything else.
        Other = "other",
    }
}

codes! {
    /// How soon the team needs it; together with the category group it sets the terms.
    Urgency {
        /// Short terms.
        Urgent = "urgent",
        /// The usual terms.
        Normal = "normal",
        /// Long terms.
        Low = "low",
    }
}

codes! {
    /// What the service achieved.
    AnswerOutcome {
        /// Done.
        Done = "done",
        /// Done in part.
        PartlyDone = "partlyDone",
        /// It cannot be done.
        NotPossible = "notPossible",
        /// Nothing needs to be done.
        NoActionNeeded = "noActionNeeded",
    }
}

codes! {
    /// Why a service refuses.
    RefusalReason {
        /// Not its task.
        NotCompetent = "notCompetent",
        /// No people or means.
        NoCapacity = "noCapacity",
        /// The question is not justified.
        NotJustified = "notJustified",
        /// The law stands in the way.
        LegalObstacle = "legalObstacle",
        /// It has the same question already.
        Duplicate = "duplicate",
        /// Another reason, in the text.
        Other = "other",
    }
}

codes! {
    /// Why a service promises a date after the original term.
    DelayReason {
        /// No people or means at the moment.
        Capacity = "capacity",
        /// Season or weather.
        Season = "season",
        /// A third party has to act first.
        ThirdParty = "thirdParty",
        /// A permit is needed.
        Permit = "permit",
        /// A procurement is needed.
        Procurement = "procurement",
        /// More information is needed.
        MoreInformationNeeded = "moreInformationNeeded",
        /// It is disputed who should act.
        Disputed = "disputed",
    }
}

codes! {
    /// How an answer reached the team that records it on the service's behalf.
    Channel {
        /// By telephone.
        Phone = "phone",
        /// By letter or e-mail.
        Mail = "mail",
        /// In a meeting.
        Meeting = "meeting",
        /// On the spot.
        OnSite = "onSite",
    }
}
