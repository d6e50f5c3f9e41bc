//! Judges everything within reach, a page at a time: each subject is read once, and only counts and the first entries are
//! kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::escalation_ledger::LedgerSubject;
use domain::escalation_policy::{PolicyBook, SubjectKind};
use domain::escalation_rules::{
    Fired, Firing, Judged, Stretch, evaluate, stretches_of_action, stretches_of_case, stretches_of_request,
};
use domain::id::CaseId;
use jiff::Timestamp;
use persistence::sweep::{self, Reach};
use persistence::{AnyConnection, Place, ReferenceData};
use uuid::Uuid;

use super::tally::{Entry, Tally};
use crate::work::Refusal;

/// How many subjects are in memory at once.
const PAGE: usize = 500;

/// What is judged by what.
pub(super) struct Preview<'a> {
    pub(super) reference: &'a ReferenceData,
    /// The policies as they are.
    pub(super) book: PolicyBook,
    /// The policies as they would be.
    pub(super) supposed: Option<PolicyBook>,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

/// The subject of an entry with its case.
type Subject = (LedgerSubject, Option<CaseId>);

impl Preview<'_> {
    /// Judges all that is within reach.
    pub(super) fn run(&self, connection: &mut AnyConnection, reach: &Reach) -> Result<Tally, Refusal> {
        let mut tally = Tally::default();
        let size = i64::try_from(PAGE).unwrap_or(i64::MAX);
        pages(|after| {
            let page = sweep::requests_within(connection, reach, after, size)?;
            for request in page.iter().take(PAGE) {
                let calendar =
                    |known_at| Arc::new(self.reference.calendar(request.organisation_id, known_at));
                let stretches = stretches_of_request(request, calendar);
                let subject = (LedgerSubject::FollowUpRequest(request.id), Some(request.case_id));
                self.judge(&stretches, subject, &mut tally);
            }
            Ok(ends(&page, |request| (request.created_at, request.id.into())))
        })?;
        if reach.organisation_id.is_some() {
            return Ok(tally);
        }
        pages(|after| {
            let page = sweep::cases_within(connection, reach, after, size)?;
            for (case, moments) in page.iter().take(PAGE) {
                self.judge(
                    &stretches_of_case(moments),
                    (LedgerSubject::Case(case.id), Some(case.id)),
                    &mut tally,
                );
            }
            Ok(ends(&page, |(case, _)| (case.created_at, case.id.into())))
        })?;
        if reach.category.is_some() {
            return Ok(tally);
        }
        pages(|after| {
            let page = sweep::actions_within(connection, reach, after, size)?;
            for (action, moments) in page.iter().take(PAGE) {
                let subject = (LedgerSubject::Action(action.id), action.case_id);
                self.judge(&stretches_of_action(moments), subject, &mut tally);
            }
            Ok(ends(&page, |(action, _)| (action.created_at, action.id.into())))
        })?;
        Ok(tally)
    }

    fn judge<F: Judged>(&self, stretches: &[Stretch<F>], (subject, case_id): Subject, tally: &mut Tally) {
        tally.read(F::KIND);
        let mut active = self.firings(stretches, &self.book);
        let supposed = self.supposed.as_ref().map(|book| self.firings(stretches, book));
        for (key, firing) in supposed.unwrap_or_default() {
            let active = active.remove(&key).map(|active| active.effective_at);
            tally.add(Entry {
                subject,
                case_id,
                proposed_at: Some(firing.effective_at),
                active_at: active,
                firing,
            });
        }
        for firing in active.into_values() {
            let active_at = Some(firing.effective_at);
            tally.add(Entry { subject, case_id, proposed_at: None, active_at, firing });
        }
    }

    /// Gives what takes effect within the period, by step and round.
    fn firings<F: Judged>(
        &self,
        stretches: &[Stretch<F>],
        book: &PolicyBook,
    ) -> BTreeMap<(String, u32), Firing> {
        let evaluation = evaluate(stretches, book, &Fired::new(), self.until);
        let within = evaluation.firings.into_iter().filter(|firing| firing.effective_at >= self.from);
        within.map(|firing| ((firing.step.id.as_str().to_owned(), firing.round), firing)).collect()
    }
}

/// Goes from page to page; each gives the place of its last row when more follow.
fn pages(mut page: impl FnMut(Option<Place>) -> Result<Option<Place>, Refusal>) -> Result<(), Refusal> {
    let mut after = None;
    loop {
        after = page(after)?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Gives the place of the last row of a page that was read with one row more than its size.
fn ends<T>(page: &[T], place: impl Fn(&T) -> (Timestamp, Uuid)) -> Option<Place> {
    let last = page.get(PAGE.saturating_sub(1)).filter(|_| page.len() > PAGE)?;
    let (at, id) = place(last);
    Some(Place { at, id })
}

/// Gives the place of a kind of subject in the order in which they are told.
pub(super) const fn rank(kind: SubjectKind) -> u8 {
    match kind {
        SubjectKind::FollowUpRequest => 0,
        SubjectKind::Case => 1,
        SubjectKind::Action => 2,
    }
}
