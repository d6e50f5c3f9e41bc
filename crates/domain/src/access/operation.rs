//! Every operation that needs permission.

use crate::code::codes;

codes! {
    /// Every operation that needs permission; the code is its `operationId`.
    Operation {
        /// List cases.
        ListCases = "listCases",
        /// Read a case.
        GetCase = "getCase",
        /// Write a case.
        CreateCase = "createCase",
        /// Take a new case up at once.
        AdmitCase = "admitCase",
        /// Edit a case.
        UpdateCase = "updateCase",
        /// Take a case up.
        OpenCase = "openCase",
        /// Let a case rest.
        MonitorCase = "monitorCase",
        /// End a case.
        CloseCase = "closeCase",
        /// Not take a case up.
        DismissCase = "dismissCase",
        /// Take a case up again.
        ReopenCase = "reopenCase",
        /// Merge a case.
        MergeCase = "mergeCase",
        /// Link a case.
        LinkCase = "linkCase",
        /// Unlink a case.
        UnlinkCase = "unlinkCase",
        /// Read the timeline of a case.
        GetCaseTimeline = "getCaseTimeline",
        /// Read the notes of a case.
        ListCaseNotes = "listCaseNotes",
        /// Read a note.
        GetCaseNote = "getCaseNote",
        /// Write a note.
        CreateCaseNote = "createCaseNote",
        /// Release a police note.
        ReleaseCaseNote = "releaseCaseNote",
        /// List the contacts of a case.
        ListCaseContacts = "listCaseContacts",
        /// Read a contact.
        GetCaseContact = "getCaseContact",
        /// Record a contact.
        CreateCaseContact = "createCaseContact",
        /// Correct a contact.
        UpdateCaseContact = "updateCaseContact",
        /// List contacts over cases.
        ListContacts = "listContacts",
        /// Count contacts.
        GetContactTotals = "getContactTotals",
        /// List follow-up requests.
        ListFollowUpRequests = "listFollowUpRequests",
        /// Read a follow-up request.
        GetFollowUpRequest = "getFollowUpRequest",
        /// Have the clock explained.
        GetFollowUpRequestClock = "getFollowUpRequestClock",
        /// Read the thread.
        ListFollowUpRequestMessages = "listFollowUpRequestMessages",
        /// Write a follow-up request.
        CreateFollowUpRequest = "createFollowUpRequest",
        /// Edit a draft.
        UpdateFollowUpRequest = "updateFollowUpRequest",
        /// Send a draft.
        SendFollowUpRequest = "sendFollowUpRequest",
        /// Correct a question.
        AmendFollowUpRequest = "amendFollowUpRequest",
        /// Confirm receipt.
        ReceiveFollowUpRequest = "receiveFollowUpRequest",
        /// Confirm receipt of a page.
        ReceiveFollowUpRequests = "receiveFollowUpRequests",
        /// Take a request on.
        AcceptFollowUpRequest = "acceptFollowUpRequest",
        /// Refuse a request.
        RefuseFollowUpRequest = "refuseFollowUpRequest",
        /// Pass a request on.
        RedirectFollowUpRequest = "redirectFollowUpRequest",
        /// Ask the team something.
        AskBackFollowUpRequest = "askBackFollowUpRequest",
        /// Reply to the service.
        ReplyToFollowUpRequest = "replyToFollowUpRequest",
        /// Promise a day.
        PromiseFollowUpRequest = "promiseFollowUpRequest",
        /// Answer a request.
        AnswerFollowUpRequest = "answerFollowUpRequest",
        /// Verify an answer.
        VerifyFollowUpRequest = "verifyFollowUpRequest",
        /// Ask again.
        ReopenFollowUpRequest = "reopenFollowUpRequest",
        /// Take a request back.
        WithdrawFollowUpRequest = "withdrawFollowUpRequest",
        /// Remind a service.
        RemindFollowUpRequest = "remindFollowUpRequest",
        /// Compute the terms anew.
        RecalculateFollowUpRequest = "recalculateFollowUpRequest",
        /// List series of meetings.
        ListMeetingSeries = "listMeetingSeries",
        /// Read a series of meetings.
        GetMeetingSeries = "getMeetingSeries",
        /// Agree on a series of meetings.
        CreateMeetingSeries = "createMeetingSeries",
        /// Plan the meetings of a series.
        PlanMeetingSeries = "planMeetingSeries",
        /// End a series of meetings.
        EndMeetingSeries = "endMeetingSeries",
        /// List actions.
        ListActions = "listActions",
        /// Read an action.
        GetAction = "getAction",
        /// Write an action.
        CreateAction = "createAction",
        /// Edit an action.
        UpdateAction = "updateAction",
        /// Begin with an action.
        StartAction = "startAction",
        /// End an action with a result.
        CompleteAction = "completeAction",
        /// End an action without one.
        CancelAction = "cancelAction",
        /// Take an action up again.
        ReopenAction = "reopenAction",
        /// List meetings.
        ListMeetings = "listMeetings",
        /// Read a meeting.
        GetMeeting = "getMeeting",
        /// Plan a meeting.
        CreateMeeting = "createMeeting",
        /// Edit a meeting.
        UpdateMeeting = "updateMeeting",
        /// Open a meeting.
        StartMeeting = "startMeeting",
        /// Close a meeting.
        FinishMeeting = "finishMeeting",
        /// Call a meeting off.
        CancelMeeting = "cancelMeeting",
        /// Read who was at a meeting.
        ListAttendances = "listAttendances",
        /// Record who was at a meeting.
        RecordAttendances = "recordAttendances",
        /// Count meetings, and what they cost.
        GetMeetingTotals = "getMeetingTotals",
        /// Read what a meeting costs.
        GetMeetingCost = "getMeetingCost",
        /// List the calendar feeds of a consultation.
        ListCalendarFeeds = "listCalendarFeeds",
        /// Read a calendar feed.
        GetCalendarFeed = "getCalendarFeed",
        /// Make a calendar feed.
        CreateCalendarFeed = "createCalendarFeed",
        /// Revoke a calendar feed.
        DeleteCalendarFeed = "deleteCalendarFeed",
        /// Read the proposal for an agenda.
        GetAgendaProposal = "getAgendaProposal",
        /// Adopt the proposal for an agenda.
        AdoptProposal = "adoptProposal",
        /// Order an agenda anew.
        ReorderAgenda = "reorderAgenda",
        /// Read an agenda.
        ListAgendaItems = "listAgendaItems",
        /// Read an item of an agenda.
        GetAgendaItem = "getAgendaItem",
        /// Add an item to an agenda.
        CreateAgendaItem = "createAgendaItem",
        /// Edit an item of an agenda.
        UpdateAgendaItem = "updateAgendaItem",
        /// Deal with an item of an agenda.
        TreatAgendaItem = "treatAgendaItem",
        /// Move an item to the next meeting.
        MoveAgendaItem = "moveAgendaItem",
        /// Take an item of an agenda up again.
        ReopenAgendaItem = "reopenAgendaItem",
        /// List decisions.
        ListDecisions = "listDecisions",
        /// Read a decision.
        GetDecision = "getDecision",
        /// Take a decision in a meeting.
        CreateMeetingDecision = "createMeetingDecision",
        /// Take a decision between two meetings.
        CreateDecision = "createDecision",
        /// Ratify a decision.
        RatifyDecision = "ratifyDecision",
        /// List reports.
        ListReports = "listReports",
        /// Read the report of a meeting.
        GetReport = "getReport",
        /// Send a report round.
        CirculateReport = "circulateReport",
        /// Take a report back.
        RecallReport = "recallReport",
        /// Approve a report.
        ApproveReport = "approveReport",
        /// Correct an approved report.
        CreateReportAddendum = "createReportAddendum",
        /// Read what members say about a report.
        ListReportComments = "listReportComments",
        /// Say something about a report.
        CreateReportComment = "createReportComment",
        /// List organisations.
        ListOrganisations = "listOrganisations",
        /// Read an organisation.
        GetOrganisation = "getOrganisation",
        /// Write an organisation.
        CreateOrganisation = "createOrganisation",
        /// Edit an organisation.
        UpdateOrganisation = "updateOrganisation",
        /// List consultations.
        ListConsultations = "listConsultations",
        /// Read a consultation.
        GetConsultation = "getConsultation",
        /// Write a consultation.
        CreateConsultation = "createConsultation",
        /// Edit a consultation.
        UpdateConsultation = "updateConsultation",
        /// List areas.
        ListAreas = "listAreas",
        /// Read an area.
        GetArea = "getArea",
        /// Import areas.
        ImportAreas = "importAreas",
        /// List closure days.
        ListClosureDays = "listClosureDays",
        /// Read a closure day.
        GetClosureDay = "getClosureDay",
        /// Add a closure day.
        CreateClosureDay = "createClosureDay",
        /// Take a closure day away.
        DeleteClosureDay = "deleteClosureDay",
        /// List the term table.
        ListTerms = "listTerms",
        /// Read a row of the term table.
        GetTerm = "getTerm",
        /// Add a row to the term table.
        CreateTerm = "createTerm",
        /// Take a row out of the term table.
        DeleteTerm = "deleteTerm",
        /// List guard groups.
        ListGuardGroups = "listGuardGroups",
        /// Read a guard group.
        GetGuardGroup = "getGuardGroup",
        /// Write a guard group.
        CreateGuardGroup = "createGuardGroup",
        /// Edit a guard group.
        UpdateGuardGroup = "updateGuardGroup",
        /// List presence records.
        ListPresenceRecords = "listPresenceRecords",
        /// Read a presence record.
        GetPresenceRecord = "getPresenceRecord",
        /// Record a shift.
        CreatePresenceRecord = "createPresenceRecord",
        /// Record many shifts.
        CreatePresenceRecords = "createPresenceRecords",
        /// Correct a presence record.
        CorrectPresenceRecord = "correctPresenceRecord",
        /// Withdraw a presence record.
        WithdrawPresenceRecord = "withdrawPresenceRecord",
        /// Count presence.
        GetPresenceTotals = "getPresenceTotals",
        /// List the hourly rates.
        ListHourlyRates = "listHourlyRates",
        /// Read an hourly rate.
        GetHourlyRate = "getHourlyRate",
        /// Add an hourly rate.
        CreateHourlyRate = "createHourlyRate",
        /// Take an hourly rate away.
        DeleteHourlyRate = "deleteHourlyRate",
        /// List escalation policies.
        ListEscalationPolicies = "listEscalationPolicies",
        /// Read an escalation policy.
        GetEscalationPolicy = "getEscalationPolicy",
        /// Write an escalation policy.
        CreateEscalationPolicy = "createEscalationPolicy",
        /// Change a draft of an escalation policy.
        UpdateEscalationPolicy = "updateEscalationPolicy",
        /// Activate an escalation policy.
        ActivateEscalationPolicy = "activateEscalationPolicy",
        /// Retire an escalation policy.
        RetireEscalationPolicy = "retireEscalationPolicy",
        /// See what an escalation policy would do.
        PreviewEscalationPolicy = "previewEscalationPolicy",
        /// Read the escalation ledger.
        ListEscalationLedger = "listEscalationLedger",
        /// Read an entry of the escalation ledger.
        GetEscalationLedgerEntry = "getEscalationLedgerEntry",
        /// Follow the change feed.
        ListEvents = "listEvents",
        /// Follow the change feed as it grows.
        StreamEvents = "streamEvents",
        /// List the escalations.
        ListEscalations = "listEscalations",
        /// Read an escalation.
        GetEscalation = "getEscalation",
        /// Read the dossier that was submitted with one.
        GetEscalationDossier = "getEscalationDossier",
        /// Propose an escalation.
        CreateEscalation = "createEscalation",
        /// Drop one.
        DropEscalation = "dropEscalation",
        /// Submit one to the consultation above.
        SubmitEscalation = "submitEscalation",
        /// Accept one.
        AcceptEscalation = "acceptEscalation",
        /// Refuse one.
        RefuseEscalation = "refuseEscalation",
        /// Return one with advice.
        ReturnEscalation = "returnEscalation",
        /// Give the outcome of one.
        GiveEscalationOutcome = "giveEscalationOutcome",
        /// Close one.
        CloseEscalation = "closeEscalation",
        /// List webhook subscriptions.
        ListWebhookSubscriptions = "listWebhookSubscriptions",
        /// Read a webhook subscription.
        GetWebhookSubscription = "getWebhookSubscription",
        /// Subscribe an endpoint.
        CreateWebhookSubscription = "createWebhookSubscription",
        /// Change a webhook subscription.
        UpdateWebhookSubscription = "updateWebhookSubscription",
        /// Have an endpoint verified.
        VerifyWebhookSubscription = "verifyWebhookSubscription",
        /// Pause a webhook subscription.
        PauseWebhookSubscription = "pauseWebhookSubscription",
        /// Resume a webhook subscription.
        ResumeWebhookSubscription = "resumeWebhookSubscription",
        /// Give a webhook subscription another secret.
        RotateWebhookSubscriptionSecret = "rotateWebhookSubscriptionSecret",
        /// Send again what came after a place in the change feed.
        ReplayWebhookSubscription = "replayWebhookSubscription",
        /// End a webhook subscription.
        EndWebhookSubscription = "endWebhookSubscription",
        /// List the deliveries of a webhook subscription.
        ListWebhookDeliveries = "listWebhookDeliveries",
        /// Read a delivery of a webhook subscription.
        GetWebhookDelivery = "getWebhookDelivery",
        /// Have something delivered again.
        RedeliverWebhookDelivery = "redeliverWebhookDelivery",
        /// Read the audit trail.
        ListAuditRecords = "listAuditRecords",
        /// Read a record of the audit trail.
        GetAuditRecord = "getAuditRecord",
        /// List data-sharing protocols.
        ListDataSharingProtocols = "listDataSharingProtocols",
        /// Read a data-sharing protocol.
        GetDataSharingProtocol = "getDataSharingProtocol",
        /// Write a data-sharing protocol.
        CreateDataSharingProtocol = "createDataSharingProtocol",
        /// Change a draft of a data-sharing protocol.
        UpdateDataSharingProtocol = "updateDataSharingProtocol",
        /// Put a data-sharing protocol into force.
        ValidateDataSharingProtocol = "validateDataSharingProtocol",
        /// End a data-sharing protocol before its last day.
        RevokeDataSharingProtocol = "revokeDataSharingProtocol",
        /// Export the audit trail.
        ExportAuditRecords = "exportAuditRecords",
        /// Verify the audit trail.
        GetAuditVerification = "getAuditVerification",
    }
}
