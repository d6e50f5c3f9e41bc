//! What the rules make of every life that a request can have.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*};

use super::properties::{Moment, beginning, live, step};
use super::*;
use crate::calendar::start_of_day;
use crate::escalation_policy::{
    Condition, Document, Effect, EscalationPolicy, PolicyBook, Scope, WrittenStep,
};
use crate::escalation_rules::{Evaluation, Fired, evaluate, stretches_of_request};
use crate::id::EscalationPolicyId;

const MICROSECOND: SignedDuration = SignedDuration::from_micros(1);

/// A policy and when it is activated.
type Plan = Vec<(Timestamp, Vec<WrittenStep>)>;

/// The policies that were known at a moment: each ends the one before.
fn book(plan: &Plan, known_at: Timestamp) -> PolicyBook {
    let known: Vec<_> = plan.iter().filter(|(from, _)| *from <= known_at).collect();
    let policies = known.iter().enumerate().map(|(position, (from, steps))| {
        let policy_id = EscalationPolicyId::new(id(u128::try_from(position).unwrap() + 1));
        let document = Document::parse(steps, &Scope::default()).unwrap();
        let number = u32::try_from(position).unwrap() + 1;
        let stamp = stamp(Side::Team, *from);
        let draft = EscalationPolicy::create(policy_id, Scope::default(), number, document, &stamp).state;
        let active = take(draft.activate(&stamp).unwrap());
        match known.get(position + 1) {
            Some((until, _)) => take(active.retire(&super::stamp(Side::Team, *until)).unwrap()),
            None => active,
        }
    });
    PolicyBook::new(policies)
}

fn take(outcome: crate::escalation_policy::Outcome) -> EscalationPolicy {
    match outcome {
        crate::change::Outcome::Changed(change) => change.state,
        crate::change::Outcome::Unchanged(policy) => policy,
    }
}

fn judge(moment: &Moment, plan: &Plan, fired: &Fired, now: Timestamp) -> Evaluation {
    let calendar = |known_at: Timestamp| {
        let known = moment.announced.iter().filter(|(announced_at, _)| *announced_at <= known_at);
        Arc::new(Calendar::new(known.map(|(_, date)| (*date, None)).collect()))
    };
    evaluate(&stretches_of_request(&moment.story, calendar), &book(plan, now), fired, now)
}

/// What is the same for every rhythm of looking.
type Entry = (String, u32, Timestamp, u32);

fn entries(evaluation: &Evaluation) -> Vec<Entry> {
    let entry = |it: &crate::escalation_rules::Firing| {
        (it.step.id.to_string(), it.round, it.effective_at, it.policy_number)
    };
    evaluation.firings.iter().map(entry).collect()
}

fn remember(fired: &mut Fired, evaluation: &Evaluation) {
    fired.extend(evaluation.firings.iter().map(|firing| (firing.step.id.clone(), firing.round)));
}

fn written(id: &str, condition: Condition, working_days: Option<u32>) -> WrittenStep {
    let effects = vec![Effect::RemindService];
    WrittenStep {
        id: id.to_owned(),
        condition: Some(condition),
        working_days,
        effects,
        ..WrittenStep::default()
    }
}

/// Steps whose figures differ from policy to policy, and of which some are missing.
fn steps() -> impl Strategy<Value = Vec<WrittenStep>> {
    (0_u32..4, 1_u32..12, 0_u32..8, any::<bool>(), any::<bool>()).prop_map(
        |(receipt, soon, late, seriously, with_soon)| {
            let mut steps = vec![
                written("receipt", Condition::ReceiptOverdue, Some(receipt)),
                written("late", Condition::AnswerLate, Some(late)),
                written("later", Condition::AnswerLate, Some(late + 5)),
            ];
            if with_soon {
                steps.push(written("soon", Condition::AnswerDueWithin, Some(soon)));
            }
            if seriously {
                steps.push(written("seriously", Condition::AnswerSeriouslyLate, None));
            }
            steps
        },
    )
}

/// Up to three policies, one after the other; the first may come after the request.
fn plan() -> impl Strategy<Value = Plan> {
    vec((-5_000_i64..60_000, steps()), 1..4).prop_map(|mut policies| {
        policies.sort_by_key(|(minutes, _)| *minutes);
        policies.dedup_by_key(|(minutes, _)| *minutes);
        let moment = |minutes| at(MONDAY) + SignedDuration::from_mins(minutes) + SignedDuration::from_secs(7);
        policies.into_iter().map(|(minutes, steps)| (moment(minutes), steps)).collect()
    })
}

/// The moments at which somebody looks: within the gaps between what happens, at these parts of them.
fn looks(moments: &[Moment], parts: &[u8]) -> Vec<(usize, Timestamp)> {
    let mut looks = Vec::new();
    for (index, pair) in moments.windows(2).enumerate() {
        let gap = pair[0].now.duration_until(pair[1].now);
        for part in parts.iter().filter(|part| usize::from(**part) % (index + 2) != 1) {
            let at = pair[0].now + gap * i32::from(*part) / 256 + SignedDuration::from_secs(3);
            if at < pair[1].now {
                looks.push((index, at));
            }
        }
    }
    looks.sort_by_key(|(_, at)| *at);
    looks
}

fn the_end(moments: &[Moment]) -> Timestamp {
    moments.last().unwrap().now + SignedDuration::from_hours(24 * 120)
}

proptest! {
    #[test]
    fn it_does_not_matter_how_often_one_looks(
        beginning in beginning(),
        steps in vec(step(), 0..25),
        plan in plan(),
        parts in vec(any::<u8>(), 0..4),
    ) {
        let moments = live(beginning, &steps);
        let (last, end) = (moments.last().unwrap(), the_end(&moments));

        let once = judge(last, &plan, &Fired::new(), end);
        let mut fired = Fired::new();
        let mut told = Vec::new();
        for (index, now) in looks(&moments, &parts) {
            let evaluation = judge(&moments[index], &plan, &fired, now);
            remember(&mut fired, &evaluation);
            told.extend(entries(&evaluation));
        }
        told.extend(entries(&judge(last, &plan, &fired, end)));

        let (one, other): (BTreeSet<_>, BTreeSet<_>) = (entries(&once).into_iter().collect(), told.iter().cloned().collect());
        prop_assert_eq!(told.len(), other.len(), "a step took effect twice");
        prop_assert_eq!(one, other);
    }

    #[test]
    fn steps_take_effect_in_order_and_once_a_round(
        beginning in beginning(), steps in vec(step(), 0..25), plan in plan(),
    ) {
        let moments = live(beginning, &steps);
        let entries = entries(&judge(moments.last().unwrap(), &plan, &Fired::new(), the_end(&moments)));
        prop_assert!(entries.is_sorted_by_key(|entry| entry.2));
        let keys: BTreeSet<_> = entries.iter().map(|entry| (&entry.0, entry.1)).collect();
        prop_assert_eq!(keys.len(), entries.len());
    }

    #[test]
    fn an_instant_is_a_midnight_or_one_at_which_something_happened(
        beginning in beginning(), steps in vec(step(), 0..25), plan in plan(),
    ) {
        let moments = live(beginning, &steps);
        let mut happened: BTreeSet<Timestamp> = moments.iter().map(|moment| moment.now).collect();
        happened.extend(plan.iter().map(|(from, _)| *from));
        // What has a given end is late from the second after it on.
        let story = &moments.last().unwrap().story;
        happened.extend(story.rounds.iter().filter_map(|it| it.answer.original_due_at).map(|due| due + SignedDuration::from_secs(1)));
        for entry in entries(&judge(moments.last().unwrap(), &plan, &Fired::new(), the_end(&moments))) {
            let midnight = start_of_day(local_date(entry.2)) == entry.2;
            prop_assert!(midnight || happened.contains(&entry.2), "{entry:?}");
        }
    }

    #[test]
    fn nothing_takes_effect_before_the_next_instant_and_something_does_then(
        beginning in beginning(), steps in vec(step(), 0..25), plan in plan(),
    ) {
        let moments = live(beginning, &steps);
        let last = moments.last().unwrap();
        // All that will be activated is activated by now.
        let now = plan.iter().map(|(from, _)| *from).chain([last.now]).max().unwrap();
        let mut fired = Fired::new();
        let first = judge(last, &plan, &fired, now);
        remember(&mut fired, &first);
        match first.next {
            None => prop_assert!(judge(last, &plan, &fired, the_end(&moments)).firings.is_empty()),
            Some(next) => {
                prop_assert!(next.at > now);
                prop_assert!(judge(last, &plan, &fired, next.at - MICROSECOND).firings.is_empty());
                let then = judge(last, &plan, &fired, next.at);
                prop_assert_eq!(then.firings.first().map(|it| (&it.step, it.effective_at)), Some((&next.step, next.at)));
            }
        }
    }

    #[test]
    fn who_looks_when_told_to_misses_nothing(beginning in beginning(), steps in vec(step(), 0..25)) {
        // The instant that is kept with the request is never later than the next step.
        let plan = vec![(at("2026-01-01 00:00"), default_plan())];
        for moment in live(beginning, &steps) {
            let evaluation = judge(&moment, &plan, &Fired::new(), moment.now);
            let due = evaluation.firings.first().map(|it| it.effective_at).or(evaluation.next.map(|it| it.at));
            if let Some(due) = due.filter(|_| moment.story.status().is_open()) {
                let waits = moment.story.status() == Status::Waiting;
                prop_assert!(waits || moment.story.next_step_at.is_some_and(|at| at <= due.max(moment.now)));
            }
        }
    }

    #[test]
    fn a_late_answer_is_one_that_the_step_saw(beginning in beginning(), steps in vec(step(), 0..25)) {
        let plan = vec![(at("2026-01-01 00:00"), vec![written("late", Condition::AnswerLate, Some(0))])];
        let steps: Vec<_> = steps.into_iter().filter(|step| step.verb != Verb::Recalculate).collect();
        let moments = live(beginning, &steps);
        let (last, end) = (moments.last().unwrap(), the_end(&moments));
        let told: BTreeSet<u32> =
            entries(&judge(last, &plan, &Fired::new(), end)).iter().map(|entry| entry.1).collect();
        for round in &last.story.rounds {
            let breached_at = round.answer.breached_at(end);
            let imported = last.story.origin == Origin::Imported && round.number == 1;
            prop_assert!(!told.contains(&round.number) || breached_at.is_some());
            let in_time = |due: Timestamp| round.answer.ended_at.is_some_and(|end| end <= due + SignedDuration::from_secs(1));
            if breached_at.is_some_and(|due| !in_time(due)) && round.pauses.is_empty() && !imported {
                prop_assert!(told.contains(&round.number), "the step was lost");
            }
        }
    }
}

fn default_plan() -> Vec<WrittenStep> {
    crate::escalation_policy::default_steps().unwrap()
}

#[test]
fn a_step_that_an_answer_overtook_is_obsolete() {
    let plan = vec![(at("2026-01-01 00:00"), default_plan())];
    let story = sent().service(Verb::Receive, "2026-03-03 10:00").service(Verb::Answer, "2026-03-18 10:00");
    let moment = Moment::of(at("2026-03-30 10:00"), story);
    let evaluation = judge(&moment, &plan, &Fired::new(), moment.now);
    let told: Vec<_> = evaluation.firings.iter().map(|it| (it.step.id.as_str(), it.obsolete)).collect();
    assert_eq!(told, [("answerDueSoon", true), ("answerLate", true)]);
    assert_eq!(moment.story.request.clone().escalate(&evaluation), None, "nothing is delivered");
    assert_eq!(evaluation.next_at(), None);
}

#[test]
fn a_reminder_of_a_rule_counts_as_an_event_and_changes_neither_version_nor_terms() {
    let plan = vec![(at("2026-01-01 00:00"), default_plan())];
    let moment = Moment::of(at("2026-03-06 09:00"), sent());
    let evaluation = judge(&moment, &plan, &Fired::new(), moment.now);
    let change = moment.story.request.clone().escalate(&evaluation).unwrap();
    let request = change.state;
    let events: Vec<_> =
        change.events.into_iter().map(|it| (it.verb, it.at, it.detail.step.unwrap().to_string())).collect();
    assert_eq!(events, [(Verb::Remind, at("2026-03-05 00:00"), "receiptOverdue".to_owned())]);
    assert_eq!((request.version, request.sequence), (moment.story.version, moment.story.sequence + 1));
    assert_eq!((request.reminder_count, request.last_reminded_at), (1, Some(at("2026-03-05 00:00"))));
    assert_eq!(request.rounds, moment.story.rounds);
    assert_eq!(request.next_step_at, Some(at("2026-03-07 00:00")), "two working days later");
}

#[test]
fn no_step_takes_effect_while_the_request_waits_for_the_team() {
    let plan = vec![(at("2026-01-01 00:00"), default_plan())];
    let story = sent().service(Verb::AskBack, "2026-03-03 10:00");
    let moment = Moment::of(at("2026-06-01 10:00"), story.clone());
    let evaluation = judge(&moment, &plan, &Fired::new(), moment.now);
    assert_eq!((evaluation.firings.len(), evaluation.next), (0, None));

    let story = story.team(Verb::Reply, "2026-06-01 10:00");
    assert_eq!(story.next_step_at, Some(at("2026-06-01 10:00")), "the rules look again");
    let moment = Moment::of(at("2026-06-01 10:00"), story);
    let next = judge(&moment, &plan, &Fired::new(), moment.now).next.unwrap();
    // Monday 1 June is day 1: at the end of 3 March the request waited.
    assert_eq!((next.step.id.as_str(), next.at), ("answerDueSoon", at("2026-06-11 00:00")));
}

#[test]
fn what_was_due_in_another_system_is_not_made_up_for() {
    let plan = vec![(at("2026-01-01 00:00"), default_plan())];
    let imported =
        |due: &str| Story::from(FollowUpRequest::imported(row(Some(at(due)), None), &team(MONDAY)));
    let judged = |due| {
        let moment = Moment::of(at("2026-04-01 10:00"), imported(due));
        judge(&moment, &plan, &Fired::new(), moment.now)
    };
    assert_eq!(judged("2025-03-01 12:00").firings.len(), 0);
    let told = entries(&judged("2026-03-10 12:00"));
    let told: Vec<_> = told.iter().map(|(step, _, at, _)| (step.as_str(), *at)).collect();
    assert_eq!(
        told,
        [
            ("answerDueSoon", at("2026-03-07 00:00")),
            ("answerLate", at("2026-03-10 12:00:01")),
            ("answerStillLate", at("2026-03-18 00:00")),
        ]
    );
}
