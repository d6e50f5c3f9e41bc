//! What a proposal for an agenda is made of, as it stands at a moment.

use jiff::Timestamp;
use jiff::civil::Date;

use super::code::Section;
use super::item::About;
use crate::escalation;
use crate::id::{
    ActionId, AgendaItemId, CaseId, DecisionId, EscalationId, FollowUpRequestId, LedgerEntryId, MeetingId,
};

/// A case as an agenda names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseLine {
    /// The case.
    pub id: CaseId,
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub title: String,
}

/// A request that is sent and not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgedRequest {
    /// The request.
    pub id: FollowUpRequestId,
    /// The case that it is about.
    pub case: CaseLine,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Since when its receipt is late.
    pub receipt_late_from: Option<Timestamp>,
    /// Since when it is late.
    pub late_from: Option<Timestamp>,
    /// Since when it is seriously late.
    pub seriously_late_from: Option<Timestamp>,
    /// Whether the service never saw it.
    pub never_seen: bool,
}

impl AgedRequest {
    /// Gives since when it is late at a moment: its answer or its receipt.
    pub(super) fn late_since(&self, at: Timestamp) -> Option<Timestamp> {
        let passed = |from: Option<Timestamp>| from.filter(|from| *from < at);
        passed(self.late_from).into_iter().chain(passed(self.receipt_late_from)).min()
    }

    /// Tells whether it is seriously late at a moment.
    pub(super) fn is_seriously_late(&self, at: Timestamp) -> bool {
        self.seriously_late_from.is_some_and(|from| from < at)
    }
}

/// A request that a service answered or refused, and that the team has not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredRequest {
    /// The request.
    pub id: FollowUpRequestId,
    /// The case that it is about.
    pub case: CaseLine,
    /// When it was answered or refused.
    pub at: Timestamp,
}

/// An action that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAction {
    /// The action.
    pub id: ActionId,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// Its title.
    pub title: String,
    /// When it is due.
    pub due_on: Option<Date>,
    /// In how many meetings it was on the agenda and stayed open.
    pub carry_over: i64,
}

/// A decision that was taken between two meetings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnratifiedDecision {
    /// The decision.
    pub id: DecisionId,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// What was decided.
    pub text: String,
    /// When.
    pub decided_at: Timestamp,
}

/// An item of the last meeting that was not dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    /// The item.
    pub id: AgendaItemId,
    /// Where it stood on the agenda.
    pub section: Section,
    /// Its title.
    pub title: String,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// How often it was moved already.
    pub carry_over: i64,
}

/// An escalation that one of its two consultations has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingEscalation {
    /// The escalation.
    pub id: EscalationId,
    /// The case that is handed over.
    pub case: CaseLine,
    /// Its state.
    pub status: escalation::Status,
    /// When it came into that state.
    pub since: Timestamp,
    /// When the answer of the consultation above is due: its acceptance, or its outcome.
    pub due_at: Option<Timestamp>,
}

/// What happened since the last meeting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cases that were written.
    pub new_cases: i64,
    /// Cases that ended.
    pub ended_cases: i64,
    /// Requests that were sent.
    pub requests_sent: i64,
    /// Answers of services.
    pub requests_answered: i64,
    /// The minutes of the shifts of community guards in the area of the consultation.
    pub shift_minutes: i64,
    /// The same, each shift times its number of guards.
    pub guard_minutes: i64,
}

/// Something that a step of the rules put on the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// The entry of the ledger.
    pub id: LedgerEntryId,
    /// The case that it belongs to.
    pub case: CaseLine,
    /// What the step judged.
    pub subject: About,
}

/// Everything that a proposal is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The meetings that were held and whose report is not approved yet, with when they started.
    pub reports_to_approve: Vec<(MeetingId, Timestamp)>,
    /// The meeting before.
    pub last_meeting: Option<MeetingId>,
    /// When the meeting before was closed; absent before the first.
    pub last_closed_at: Option<Timestamp>,
    /// Requests that are sent and not answered.
    pub unanswered: Vec<AgedRequest>,
    /// Requests that are answered or refused.
    pub answered: Vec<AnsweredRequest>,
    /// Actions that are not done.
    pub actions: Vec<OpenAction>,
    /// Decisions that were taken between two meetings.
    pub decisions: Vec<UnratifiedDecision>,
    /// Items of the last meeting that were not dealt with.
    pub left_over: Vec<LeftOver>,
    /// Cases that are signalled, with when they were.
    pub signals: Vec<(CaseLine, Timestamp)>,
    /// Open cases to which nothing happened for a while, with when something last did.
    pub inactive: Vec<(CaseLine, Timestamp)>,
    /// Cases whose day has come, with that day.
    pub aftercare: Vec<(CaseLine, Date)>,
    /// What a step of the rules put on the next agenda since the last meeting, in the order in which it did.
    pub ruled: Vec<Ruled>,
    /// Escalations that the consultation has to look at.
    pub escalations: Vec<PendingEscalation>,
    /// What happened since the last meeting.
    pub counts: Counts,
}
