//! What holds for every life that a request can have.

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::calendar::Length;

/// One thing that somebody tries; most states refuse most of them.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) verb: Verb,
    side: Side,
    /// Two bodies to choose from, so that verbs are repeated now and then.
    words: &'static str,
    minutes_later: i64,
    /// A day that the service announces as closed, so many days after the step.
    closed_in_days: Option<i64>,
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let verbs: Vec<_> =
        Verb::ALL.iter().copied().filter(|it| !matches!(it, Verb::Create | Verb::Escalate)).collect();
    let verb = proptest::sample::select(verbs);
    let words = prop_oneof![Just("zo is het"), Just("anders")];
    let minutes = prop_oneof![1 => Just(0), 3 => 0_i64..600, 3 => 0_i64..20_000];
    (verb, any::<bool>(), words, minutes, proptest::option::weighted(0.2, -5_i64..30)).prop_map(
        |(verb, by_team, words, minutes_later, closed_in_days)| {
            let by_team = may(Side::Team, verb) && (by_team || !may(Side::Service, verb));
            let side = if by_team { Side::Team } else { Side::Service };
            Step { verb, side, words, minutes_later, closed_in_days }
        },
    )
}

pub(super) fn beginning() -> impl Strategy<Value = Story> {
    prop_oneof![
        Just(draft()),
        Just(sent()),
        proptest::option::of(0_i64..40_000).prop_map(|due| {
            let due_at = due.map(|minutes| at(MONDAY) + SignedDuration::from_mins(minutes));
            FollowUpRequest::imported(row(due_at, None), &team(MONDAY)).into()
        }),
    ]
}

/// A moment of a life.
#[derive(Clone)]
pub(super) struct Moment {
    pub(super) now: Timestamp,
    pub(super) story: Story,
    /// Changes of the version so far.
    changes: i64,
    /// The closure days that were announced so far, each with when it was.
    pub(super) announced: Vec<(Timestamp, Date)>,
}

impl Moment {
    /// A story at a moment, as no closure day is announced.
    pub(super) fn of(now: Timestamp, story: Story) -> Self {
        Self { now, story, changes: 0, announced: Vec::new() }
    }
}

/// Tries every step in turn and gives the moments after each; refusals and repetitions leave the request as it was.
pub(super) fn live(beginning: Story, steps: &[Step]) -> Vec<Moment> {
    let first = Moment { now: at(MONDAY), story: beginning, changes: 0, announced: Vec::new() };
    let mut moments = vec![first];
    let mut calendar = usual();
    for step in steps {
        let Moment { now, mut story, mut changes, mut announced } = moments.last().unwrap().clone();
        // A closure day is announced at an instant of its own: whatever came before it did not know of it.
        let announced_later = SignedDuration::from_secs(i64::from(step.closed_in_days.is_some()));
        let now = now + SignedDuration::from_mins(step.minutes_later) + announced_later;
        if let Some(days) = step.closed_in_days {
            announced.push((now, local_date(now + SignedDuration::from_hours(24 * days))));
        }
        // Closure days count from the start of a round or a recalculation on.
        let known_now = Calendar::new(announced.iter().map(|(_, date)| (*date, None)).collect());
        let starts = matches!(step.verb, Verb::Send | Verb::Reopen | Verb::Recalculate);
        let used = if starts { known_now } else { calendar.clone() };
        let before = story.request.clone();
        match attempt(story.request, step.verb, step.side, step.words, &used, now) {
            Ok(Outcome::Changed(change)) => {
                changes += i64::from(step.verb != Verb::Remind);
                story.events.extend(change.events);
                story.request = change.state;
                if starts {
                    calendar = used;
                }
            }
            Ok(Outcome::Unchanged(request)) => {
                assert_eq!(request, before);
                story.request = request;
            }
            Err(_) => story.request = before,
        }
        moments.push(Moment { now, story, changes, announced });
    }
    moments
}

/// Both terms of every round.
fn terms(story: &Story) -> Vec<[Option<&TermFacts>; 2]> {
    story.rounds.iter().map(|round| [round.receipt.as_ref(), Some(&round.answer)]).collect()
}

fn stays<T: PartialEq + Copy>(before: Option<T>, after: Option<T>) -> bool {
    before.is_none() || before == after
}

proptest! {
    #[test]
    fn versions_count_changes_and_sequences_count_events(
        beginning in beginning(), steps in vec(step(), 0..40),
    ) {
        for Moment { story, changes, .. } in live(beginning, &steps) {
            prop_assert_eq!(story.version, Version(1 + changes));
            prop_assert_eq!(story.sequence, i64::try_from(story.events.len()).unwrap());
            prop_assert_eq!(story.events.last().unwrap().detail.state, Some(story.status()));
            prop_assert!(story.events.is_sorted_by_key(|event| event.at));
        }
    }

    #[test]
    fn every_step_is_an_edge_of_the_table(beginning in beginning(), steps in vec(step(), 0..40)) {
        let moments = live(beginning, &steps);
        for pair in moments.last().unwrap().story.events.windows(2) {
            let (from, to) = (pair[0].detail.state.unwrap(), pair[1].detail.state.unwrap());
            let target = edge(from, pair[1].verb).unwrap();
            let leads_there = match target {
                Target::Same => to == from,
                Target::To(status) => to == status,
                Target::Back => matches!(to, Status::Received | Status::Accepted),
            };
            prop_assert!(leads_there, "{} led from {} to {}", pair[1].verb, from, to);
        }
    }

    #[test]
    fn a_breach_never_disappears(beginning in beginning(), steps in vec(step(), 0..40)) {
        for pair in live(beginning, &steps).windows(2) {
            for (before, after) in terms(&pair[0].story).iter().zip(terms(&pair[1].story)) {
                for (before, after) in before.iter().zip(after).filter_map(|(b, a)| b.zip(a)) {
                    prop_assert!(stays(before.breached_at, after.breached_at));
                    let (then, now) = (pair[0].now, pair[1].now);
                    prop_assert!(stays(before.breached_at(then), after.breached_at(now)));
                    prop_assert!(stays(before.ended_at, after.ended_at));
                }
            }
        }
    }

    #[test]
    fn what_was_first_stays_first(beginning in beginning(), steps in vec(step(), 0..40)) {
        for pair in live(beginning, &steps).windows(2) {
            let (before, after) = (&pair[0].story, &pair[1].story);
            prop_assert!(stays(before.sent_at, after.sent_at));
            prop_assert!(stays(before.first_seen_at, after.first_seen_at));
            prop_assert!(stays(before.received_at, after.received_at));
            prop_assert!(stays(before.accepted_at, after.accepted_at));
            prop_assert!(stays(before.first_answered_at, after.first_answered_at));
            prop_assert!(stays(before.chain_started_at, after.chain_started_at));
            prop_assert!(after.answers.starts_with(&before.answers));
            prop_assert!(after.promises.starts_with(&before.promises));
            prop_assert!(after.amendments.starts_with(&before.amendments));
            prop_assert!(after.reminder_count >= before.reminder_count);
        }
    }

    #[test]
    fn rounds_only_grow_and_an_earlier_one_never_changes(
        beginning in beginning(), steps in vec(step(), 0..40),
    ) {
        for pair in live(beginning, &steps).windows(2) {
            let (before, after) = (&pair[0].story.rounds, &pair[1].story.rounds);
            prop_assert!(after.len() >= before.len());
            prop_assert_eq!(&after[..before.len().saturating_sub(1)], &before[..before.len().saturating_sub(1)]);
            if after.len() > before.len() {
                prop_assert!(after.starts_with(before), "a new round leaves the last one as it was");
            }
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                prop_assert_eq!(usize::try_from(after.number).unwrap(), index + 1);
                prop_assert_eq!(before.answer.original_due_at, after.answer.original_due_at);
                prop_assert_eq!(
                    before.receipt.as_ref().map(|receipt| receipt.original_due_at),
                    after.receipt.as_ref().map(|receipt| receipt.original_due_at)
                );
            }
        }
    }

    #[test]
    fn who_still_has_to_answer_has_a_due_date(beginning in beginning(), steps in vec(step(), 0..40)) {
        for Moment { story, .. } in live(beginning, &steps) {
            let round = story.round();
            prop_assert_eq!(round.is_none(), story.sent_at.is_none());
            let Some(round) = round else { continue };
            let term = round.answer.term(round.started_at);
            let is_given = term.is_some_and(|term| matches!(term.length, Length::Given(_)));
            let passed_before_waiting = story.answer_due_at().is_some_and(|due| round.answer.breached_at == Some(due));
            match term {
                None => prop_assert_eq!(story.answer_due_at(), None),
                Some(_) if story.status() == Status::Waiting && !is_given && !passed_before_waiting => {
                    prop_assert_eq!(story.late_from(), round.answer.breached_at);
                }
                Some(_) => prop_assert!(story.answer_due_at().is_some()),
            }
            prop_assert_eq!(round.answer.ended_at.is_none(), story.status().is_open());
            let is_paused = round.pauses.last().is_some_and(|pause| pause.until.is_none());
            prop_assert_eq!(is_paused, story.status() == Status::Waiting);
        }
    }

    #[test]
    fn a_term_is_judged_on_its_effective_date(beginning in beginning(), steps in vec(step(), 0..40)) {
        let steps: Vec<_> = steps.into_iter().filter(|step| step.verb != Verb::Recalculate).collect();
        let Moment { story, .. } = live(beginning, &steps).pop().unwrap();
        for term in terms(&story).into_iter().flatten().flatten() {
            if let Some(ended_at) = term.ended_at {
                prop_assert_eq!(term.breached_at, term.due_at.filter(|due| ended_at > *due));
            }
        }
    }

    #[test]
    fn time_alone_changes_nothing_before_the_next_moment(
        beginning in beginning(), steps in vec(step(), 0..20), minutes in 0_i64..100_000,
    ) {
        let Moment { now, story, .. } = live(beginning, &steps).pop().unwrap();
        let said = |at: Timestamp| {
            [story.receipt_late_from(), story.late_from(), story.seriously_late_from()]
                .map(|from| from.is_some_and(|from| at > from))
        };
        let next = story.next_due_at(now);
        prop_assert!(next.is_none_or(|next| next >= now));
        let later = now + SignedDuration::from_mins(minutes);
        let until = next.map_or(later, |next| later.min(next));
        prop_assert_eq!(said(now), said(until));
        if let Some(next) = next {
            prop_assert_ne!(said(now), said(next + SignedDuration::from_micros(1)));
        }
    }
}
