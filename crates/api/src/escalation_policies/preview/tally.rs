//! What a preview keeps: counts by step, and the earliest entries.

use std::collections::BTreeMap;

use domain::escalation_ledger::LedgerSubject;
use domain::escalation_policy::SubjectKind;
use domain::escalation_rules::Firing;
use domain::id::CaseId;
use jiff::Timestamp;
use uuid::Uuid;

use super::run::rank;

/// The most entries that are told.
const MOST: usize = 500;

/// A step that would take effect, or does, or both.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) subject: LedgerSubject,
    pub(super) case_id: Option<CaseId>,
    /// When it would by the policy that is asked about.
    pub(super) proposed_at: Option<Timestamp>,
    /// When it does by the active policies.
    pub(super) active_at: Option<Timestamp>,
    pub(super) firing: Firing,
}

impl Entry {
    fn place(&self) -> (Timestamp, u8, Uuid, String, u32) {
        let id = match self.subject {
            LedgerSubject::FollowUpRequest(id) => id.uuid(),
            LedgerSubject::Case(id) => id.uuid(),
            LedgerSubject::Action(id) => id.uuid(),
        };
        let step = self.firing.step.id.as_str().to_owned();
        (self.firing.effective_at, rank(self.subject.kind()), id, step, self.firing.round)
    }
}

/// How often a step takes effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) proposed: u64,
    pub(super) active: u64,
    pub(super) both: u64,
}

/// The counts and the earliest entries.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) cases: u64,
    pub(super) actions: u64,
    pub(super) steps: BTreeMap<String, Counts>,
    pub(super) omitted: u64,
    entries: BTreeMap<(Timestamp, u8, Uuid, String, u32), Entry>,
}

impl Tally {
    /// Counts a subject that was read.
    pub(super) const fn read(&mut self, kind: SubjectKind) {
        match kind {
            SubjectKind::FollowUpRequest => self.requests += 1,
            SubjectKind::Case => self.cases += 1,
            SubjectKind::Action => self.actions += 1,
        }
    }

    /// Counts an entry, and keeps it while it is among the earliest.
    pub(super) fn add(&mut self, entry: Entry) {
        let counts = self.steps.entry(entry.firing.step.id.as_str().to_owned()).or_default();
        counts.proposed += u64::from(entry.proposed_at.is_some());
        counts.active += u64::from(entry.active_at.is_some());
        counts.both += u64::from(entry.proposed_at.is_some() && entry.active_at.is_some());
        self.entries.insert(entry.place(), entry);
        if self.entries.len() > MOST {
            self.entries.pop_last();
            self.omitted += 1;
        }
    }

    /// Gives the entries that are kept, the earliest first.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }
}
