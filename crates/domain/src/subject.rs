//! What events and audit records are about.

use crate::code::codes;

codes! {
    /// What an event or an audit record is about.
    Subject {
        /// A case.
        Case = "case",
        /// A note on a case.
        CaseNote = "caseNote",
        /// A contact with a partner on a case.
        CaseContact = "caseContact",
        /// A follow-up request.
        FollowUpRequest = "followUpRequest",
        /// A presence record.
        PresenceRecord = "presenceRecord",
        /// A group of community guards.
        GuardGroup = "guardGroup",
        /// An organisation.
        Organisation = "organisation",
        /// A consultation.
        Consultation = "consultation",
        /// An area.
        Area = "area",
        /// A closure day.
        ClosureDay = "closureDay",
        /// A row of the term table.
        Term = "term",
        /// A client application.
        Client = "client",
        /// A series of meetings.
        MeetingSeries = "meetingSeries",
        /// A meeting.
        Meeting = "meeting",
        /// The report of a meeting.
        Report = "report",
        /// What a member says about a report.
        ReportComment = "reportComment",
        /// An item of an agenda.
        AgendaItem = "agendaItem",
        /// A decision.
        Decision = "decision",
        /// An action.
        Action = "action",
        /// An hourly rate.
        HourlyRate = "hourlyRate",
        /// A calendar feed.
        CalendarFeed = "calendarFeed",
        /// An escalation policy.
        EscalationPolicy = "escalationPolicy",
        /// An entry of the escalation ledger.
        LedgerEntry = "ledgerEntry",
        /// An escalation to the consultation above.
        Escalation = "escalation",
        /// A data-sharing protocol.
        DataSharingProtocol = "dataSharingProtocol",
        /// A webhook subscription.
        WebhookSubscription = "webhookSubscription",
    }
}
