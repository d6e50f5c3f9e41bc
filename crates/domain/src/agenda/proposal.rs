//! The proposal for an agenda: what the meeting should look at, in the order in which it should, with the reason.
//!
//! A pure function of a snapshot: the same data at the same time gives the same proposal, line by line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::code::{Reason, Section};
use super::item::{About, AboutKind, Figures};
use super::material::{
    AgedRequest, AnsweredRequest, CaseLine, Counts, LeftOver, OpenAction, PendingEscalation, Ruled, Snapshot,
    UnratifiedDecision,
};
use crate::calendar::local_date;
use crate::escalation;
use crate::id::{CaseId, MeetingId};

/// The most lines with one reason; the proposal tells how many more there are.
pub const MOST_LINES: usize = 200;

/// A line of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The part of the agenda that it belongs to.
    pub section: Section,
    /// Why it is proposed.
    pub reason: Reason,
    /// What it is about, in a few words; absent where the reason says all.
    pub title: Option<String>,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// Everything that it is about.
    pub about: Vec<About>,
    /// The figures behind it.
    pub figures: Figures,
}

/// A proposal for an agenda.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Its lines, in the order of the agenda.
    pub lines: Vec<Line>,
    /// How many lines more there would be, by reason.
    pub omitted: BTreeMap<Reason, usize>,
}

impl Proposal {
    /// Adds lines of one reason, at most [`MOST_LINES`].
    fn extend(&mut self, reason: Reason, mut lines: Vec<Line>) {
        let omitted = lines.len().saturating_sub(MOST_LINES);
        if omitted > 0 {
            lines.truncate(MOST_LINES);
            self.omitted.insert(reason, omitted);
        }
        self.lines.extend(lines);
    }
}

/// Proposes an agenda at a moment.
pub fn proposal(snapshot: &Snapshot, at: Timestamp) -> Proposal {
    let mut proposal = Proposal::default();
    proposal.extend(Reason::ReportToApprove, report(snapshot));
    proposal.extend(Reason::LateRequest, late(snapshot, at));
    proposal.extend(Reason::UnansweredRequest, unanswered(snapshot, at));
    proposal.extend(Reason::AnsweredRequest, answered(snapshot));
    proposal.extend(Reason::OpenAction, actions(snapshot));
    proposal.extend(Reason::DecisionToRatify, decisions(snapshot));
    proposal
        .extend(Reason::NewSignal, cases(&snapshot.signals, Section::NewCases, Reason::NewSignal, |_| None));
    proposal.extend(
        Reason::InactiveCase,
        cases(&snapshot.inactive, Section::RunningCases, Reason::InactiveCase, |last| Some(days(*last, at))),
    );
    proposal.extend(
        Reason::AftercareDue,
        cases(&snapshot.aftercare, Section::RunningCases, Reason::AftercareDue, |_| None),
    );
    let ruled = ruled(snapshot, &proposal.lines);
    proposal.extend(Reason::Rule, ruled);
    for (status, reason) in ESCALATIONS {
        proposal.extend(reason, escalations(snapshot, status, reason, at));
    }
    proposal.extend(Reason::LeftOver, left_over(snapshot));
    proposal.extend(Reason::Figures, vec![figures(&snapshot.counts)]);
    // Stable: within a section the lines stay in the order above.
    proposal.lines.sort_by_key(|line| line.section);
    proposal
}

fn report(snapshot: &Snapshot) -> Vec<Line> {
    let line = |(meeting, met_at): &(MeetingId, Timestamp)| Line {
        section: Section::PreviousReport,
        reason: Reason::ReportToApprove,
        title: Some(format!("Goedkeuring van het verslag van {}", local_date(*met_at).strftime("%d/%m/%Y"))),
        case_id: None,
        about: vec![About::new(AboutKind::Meeting, *meeting)],
        figures: Figures::default(),
    };
    let mut waiting: Vec<_> = snapshot.reports_to_approve.iter().collect();
    waiting.sort_by_key(|(meeting, met_at)| (*met_at, *meeting));
    waiting.into_iter().map(line).collect()
}

/// Gives a line for each case with late requests: the longest seriously late first.
fn late(snapshot: &Snapshot, at: Timestamp) -> Vec<Line> {
    let late = snapshot.unanswered.iter().filter_map(|request| Some((request.late_since(at)?, request)));
    by_case(late.map(|(since, request)| {
        let rank = (!request.is_seriously_late(at), since);
        (rank, request)
    }))
    .into_iter()
    .map(|((_, since), requests)| request_line(Reason::LateRequest, &requests, at, Some(days(since, at))))
    .collect()
}

/// Gives a line for each case with requests that were open at the last meeting, still are and are not late: the oldest
/// first.
fn unanswered(snapshot: &Snapshot, at: Timestamp) -> Vec<Line> {
    let Some(last) = snapshot.last_closed_at else { return Vec::new() };
    let open = snapshot.unanswered.iter();
    let open = open.filter(|request| request.late_since(at).is_none() && request.sent_at < last);
    by_case(open.map(|request| (request.sent_at, request)))
        .into_iter()
        .map(|(_, requests)| request_line(Reason::UnansweredRequest, &requests, at, None))
        .collect()
}

/// Puts requests together by their case, cases and requests in the order of their ranks.
fn by_case<'a, R: Ord + Copy>(
    ranked: impl Iterator<Item = (R, &'a AgedRequest)>,
) -> Vec<(R, Vec<&'a AgedRequest>)> {
    let mut cases: BTreeMap<CaseId, Vec<(R, &AgedRequest)>> = BTreeMap::new();
    for (rank, request) in ranked {
        cases.entry(request.case.id).or_default().push((rank, request));
    }
    let mut groups: Vec<_> = cases
        .into_iter()
        .filter_map(|(case, mut requests)| {
            requests.sort_by_key(|(rank, request)| (*rank, request.id));
            let (first, _) = *requests.first()?;
            Some((first, case, requests.into_iter().map(|(_, request)| request).collect::<Vec<_>>()))
        })
        .collect();
    groups.sort_by_key(|(rank, case, _)| (*rank, *case));
    groups.into_iter().map(|(rank, _, requests)| (rank, requests)).collect()
}

fn request_line(reason: Reason, requests: &[&AgedRequest], at: Timestamp, days_late: Option<i64>) -> Line {
    let case = requests.first().map(|request| &request.case);
    let number = |is_so: &dyn Fn(&AgedRequest) -> bool| {
        Some(count(requests.iter().filter(|request| is_so(request)).count())).filter(|number| *number > 0)
    };
    let about = requests.iter().map(|request| About::new(AboutKind::FollowUpRequest, request.id));
    Line {
        section: Section::OpenWork,
        reason,
        title: case.map(named),
        case_id: case.map(|case| case.id),
        about: case.map(|case| About::new(AboutKind::Case, case.id)).into_iter().chain(about).collect(),
        figures: Figures {
            requests: Some(count(requests.len())),
            late: number(&|request| request.late_since(at).is_some()),
            seriously_late: number(&|request| request.is_seriously_late(at)),
            never_seen: number(&|request| request.never_seen),
            days_late,
            ..Figures::default()
        },
    }
}

/// Gives a line for each case with answers to look at, the longest waiting first.
fn answered(snapshot: &Snapshot) -> Vec<Line> {
    let mut cases: BTreeMap<CaseId, Vec<&AnsweredRequest>> = BTreeMap::new();
    for request in &snapshot.answered {
        cases.entry(request.case.id).or_default().push(request);
    }
    let mut groups: Vec<_> = cases.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|request| (request.at, request.id));
    }
    groups.sort_by_key(|group| group.first().map(|request| (request.at, request.id)));
    let lines = groups.into_iter().filter_map(|group| {
        let case = &group.first()?.case;
        let requests = group.iter().map(|request| About::new(AboutKind::FollowUpRequest, request.id));
        Some(Line {
            section: Section::OpenWork,
            reason: Reason::AnsweredRequest,
            title: Some(named(case)),
            case_id: Some(case.id),
            about: std::iter::once(About::new(AboutKind::Case, case.id)).chain(requests).collect(),
            figures: Figures { requests: Some(count(group.len())), ..Figures::default() },
        })
    });
    lines.collect()
}

/// Gives a line for each open action: the most carried over first, then the first due.
fn actions(snapshot: &Snapshot) -> Vec<Line> {
    let mut actions: Vec<_> = snapshot.actions.iter().collect();
    actions.sort_by_key(|action| {
        (std::cmp::Reverse(action.carry_over), action.due_on.is_none(), action.due_on, action.id)
    });
    let line = |action: &OpenAction| Line {
        section: Section::OpenWork,
        reason: Reason::OpenAction,
        title: Some(action.title.clone()),
        case_id: action.case_id,
        about: vec![About::new(AboutKind::Action, action.id)],
        figures: Figures { carry_over: Some(action.carry_over), ..Figures::default() },
    };
    actions.into_iter().map(line).collect()
}

fn decisions(snapshot: &Snapshot) -> Vec<Line> {
    let mut decisions: Vec<_> = snapshot.decisions.iter().collect();
    decisions.sort_by_key(|decision| (decision.decided_at, decision.id));
    let line = |decision: &UnratifiedDecision| Line {
        section: Section::OpenWork,
        reason: Reason::DecisionToRatify,
        title: Some(shortened(&decision.text)),
        case_id: decision.case_id,
        about: vec![About::new(AboutKind::Decision, decision.id)],
        figures: Figures::default(),
    };
    decisions.into_iter().map(line).collect()
}

/// Gives a line for each case, the earliest first.
fn cases<T: Ord>(
    cases: &[(CaseLine, T)],
    section: Section,
    reason: Reason,
    days_without_activity: impl Fn(&T) -> Option<i64>,
) -> Vec<Line> {
    let mut cases: Vec<_> = cases.iter().collect();
    cases.sort_by(|(one, at), (other, other_at)| (at, one.id).cmp(&(other_at, other.id)));
    let line = |(case, at): &(CaseLine, T)| Line {
        section,
        reason,
        title: Some(named(case)),
        case_id: Some(case.id),
        about: vec![About::new(AboutKind::Case, case.id)],
        figures: Figures { days_without_activity: days_without_activity(at), ..Figures::default() },
    };
    cases.into_iter().map(line).collect()
}

/// Gives a line for each case that a step put on the agenda and that no other line speaks of for the same thing.
fn ruled(snapshot: &Snapshot, lines: &[Line]) -> Vec<Line> {
    let spoken_of: BTreeSet<About> = lines.iter().flat_map(|line| line.about.iter().copied()).collect();
    let mut cases: Vec<(&CaseLine, Vec<&Ruled>)> = Vec::new();
    for ruled in snapshot.ruled.iter().filter(|ruled| !spoken_of.contains(&ruled.subject)) {
        match cases.iter_mut().find(|(case, _)| case.id == ruled.case.id) {
            Some((_, steps)) => steps.push(ruled),
            None => cases.push((&ruled.case, vec![ruled])),
        }
    }
    let line = |(case, steps): (&CaseLine, Vec<&Ruled>)| {
        let mut about = vec![About::new(AboutKind::Case, case.id)];
        for step in steps {
            about.extend([step.subject, About::new(AboutKind::LedgerEntry, step.id)]);
        }
        let mut named = BTreeSet::new();
        about.retain(|thing| named.insert(*thing));
        Line {
            section: Section::RunningCases,
            reason: Reason::Rule,
            title: Some(self::named(case)),
            case_id: Some(case.id),
            about,
            figures: Figures::default(),
        }
    };
    cases.into_iter().map(line).collect()
}

/// Why an escalation in a state is on the agenda of the consultation that has to act; the most urgent first.
const ESCALATIONS: [(escalation::Status, Reason); 6] = [
    (escalation::Status::Submitted, Reason::EscalationSubmitted),
    (escalation::Status::Accepted, Reason::EscalationAccepted),
    (escalation::Status::OutcomeGiven, Reason::EscalationOutcome),
    (escalation::Status::Returned, Reason::EscalationReturned),
    (escalation::Status::Refused, Reason::EscalationRefused),
    (escalation::Status::Proposed, Reason::EscalationProposed),
];

/// Gives a line for each escalation in a state, the longest waiting first.
///
/// The line of the consultation above names no case: what is written about it belongs to the lower one's reports.
fn escalations(snapshot: &Snapshot, status: escalation::Status, reason: Reason, at: Timestamp) -> Vec<Line> {
    let is_above = matches!(status, escalation::Status::Submitted | escalation::Status::Accepted);
    let mut pending: Vec<_> = snapshot.escalations.iter().filter(|it| it.status == status).collect();
    pending.sort_by_key(|it| (it.since, it.id));
    let line = |it: &PendingEscalation| Line {
        section: Section::Escalations,
        reason,
        title: Some(named(&it.case)),
        case_id: (!is_above).then_some(it.case.id),
        about: std::iter::once(About::new(AboutKind::Escalation, it.id))
            .chain((!is_above).then(|| About::new(AboutKind::Case, it.case.id)))
            .collect(),
        figures: Figures {
            days_waiting: Some(days(it.since, at)),
            days_late: it.due_at.filter(|due| *due < at).map(|due| days(due, at)),
            ..Figures::default()
        },
    };
    pending.into_iter().map(line).collect()
}

fn left_over(snapshot: &Snapshot) -> Vec<Line> {
    let line = |item: &LeftOver| Line {
        section: item.section,
        reason: Reason::LeftOver,
        title: Some(item.title.clone()),
        case_id: item.case_id,
        about: vec![About::new(AboutKind::AgendaItem, item.id)],
        figures: Figures { carry_over: Some(item.carry_over.saturating_add(1)), ..Figures::default() },
    };
    snapshot.left_over.iter().map(line).collect()
}

fn figures(counts: &Counts) -> Line {
    Line {
        section: Section::Barometer,
        reason: Reason::Figures,
        title: None,
        case_id: None,
        about: Vec::new(),
        figures: Figures {
            new_cases: Some(counts.new_cases),
            ended_cases: Some(counts.ended_cases),
            requests_sent: Some(counts.requests_sent),
            requests_answered: Some(counts.requests_answered),
            shift_minutes: Some(counts.shift_minutes),
            guard_minutes: Some(counts.guard_minutes),
            ..Figures::default()
        },
    }
}

fn named(case: &CaseLine) -> String {
    shortened(&format!("{} {}", case.reference, case.title))
}

/// Cuts a text to what fits a title.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().nth(200).is_none() { line } else { line.chars().take(199).chain(['…']).collect() }
}

fn days(from: Timestamp, until: Timestamp) -> i64 {
    from.duration_until(until).as_hours() / 24
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
