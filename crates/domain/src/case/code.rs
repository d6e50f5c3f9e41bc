//! The code lists of a case.

use crate::code::codes;

codes! {
    /// The state of a case.
    Status {
        /// Signalled; the team has not taken it up yet.
        Signalled = "signalled",
        /// Being handled.
        Open = "open",
        /// Handled; the team looks again on an agreed day.
        Monitoring = "monitoring",
        /// Done.
        Closed = "closed",
        /// Not taken up.
        Dismissed = "dismissed",
        /// Counted and handled as part of another case.
        Merged = "merged",
    }
}

codes! {
    /// What can be done with a case; the code is the last segment of the operation's path.
    Verb {
        /// Write it.
        Create = "create",
        /// Change what describes it.
        Edit = "edit",
        /// Take it up.
        Open = "open",
        /// Look again later.
        Monitor = "monitor",
        /// End it.
        Close = "close",
        /// Not take it up.
        Dismiss = "dismiss",
        /// Take it up again.
        Reopen = "reopen",
        /// Make it part of another case.
        Merge = "merge",
        /// Link it to another case.
        Link = "link",
        /// Take a link away.
        Unlink = "unlink",
        /// A step of the rules takes effect; no operation.
        Escalate = "escalate",
    }
}

codes! {
    /// Whether something goes wrong or something is missing.
    Kind {
        /// A nuisance situation.
        Situation = "situation",
        /// A detected need, without nuisance.
        Need = "need",
    }
}

codes! {
    /// Who noticed it.
    Source {
        /// A community guard.
        Guard = "guard",
        /// The neighbourhood police.
        NeighbourhoodPolice = "neighbourhoodPolice",
        /// The housing team.
        Housing = "housing",
        /// The neighbourhood manager.
        NeighbourhoodManager = "neighbourhoodManager",
        /// Another city service.
        CityService = "cityService",
        /// A member of the council.
        CouncilMember = "councilMember",
        /// A partner outside the city.
        ExternalPartner = "externalPartner",
        /// A citizen, through one of the others.
        CitizenVia = "citizenVia",
    }
}

codes! {
    /// How it shows itself over time.
    Pattern {
        /// Once.
        Incident = "incident",
        /// Again and again.
        Recurring = "recurring",
        /// All the time.
        Structural = "structural",
        /// At a place that attracts it.
        Hotspot = "hotspot",
    }
}

codes! {
    /// When it happens: weekday or weekend, by part of the day; the night runs from 22 to 6 hours.
    TimeSlot {
        /// Monday to Friday, 6 to 12 hours.
        WeekdayMorning = "weekdayMorning",
        /// Monday to Friday, 12 to 18 hours.
        WeekdayAfternoon = "weekdayAfternoon",
        /// Monday to Friday, 18 to 22 hours.
        WeekdayEvening = "weekdayEvening",
        /// Monday to Friday, 22 to 6 hours.
        WeekdayNight = "weekdayNight",
        /// Saturday and Sunday, 6 to 12 hours.
        WeekendMorning = "weekendMorning",
        /// Saturday and Sunday, 12 to 18 hours.
        WeekendAfternoon = "weekendAfternoon",
        /// Saturday and Sunday, 18 to 22 hours.
        WeekendEvening = "weekendEvening",
        /// Saturday and Sunday, 22 to 6 hours.
        WeekendNight = "weekendNight",
    }
}

codes! {
    /// How a case ended.
    CloseReason {
        /// Solved.
        Solved = "solved",
        /// Better.
        Improved = "improved",
        /// It went on elsewhere.
        MovedElsewhere = "movedElsewhere",
        /// Handed over to another body.
        HandedOver = "handedOver",
        /// There was nothing to it.
        NotFounded = "notFounded",
        /// The team has no ground to act.
        NoBasis = "noBasis",
        /// Nothing was heard of it any more.
        Expired = "expired",
    }
}

codes! {
    /// How two cases belong together.
    LinkKind {
        /// They have to do with each other.
        Related = "related",
        /// The other one is the same nuisance, earlier and elsewhere: it moved here.
        EarlierElsewhere = "earlierElsewhere",
        /// The other one is the same; set by merging.
        Duplicate = "duplicate",
    }
}

codes! {
    /// How heavy a case weighs, from the sum of its factors.
    SeverityLevel {
        /// A sum of at most 4.
        Low = "low",
        /// A sum of 5 to 9.
        Medium = "medium",
        /// A sum of 10 or more.
        High = "high",
    }
}
