use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::*;
use crate::case::tests::open_case;
use crate::change::{Actor, Version};
use crate::consultation::FunctionCode;
use crate::id::{ActionId, CaseId, ClientId, ConsultationId, OrganisationId};
use crate::text::{Remark, Title};

fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.in_tz("Europe/Brussels").unwrap().timestamp()
}

fn on(date: &str) -> Date {
    date.parse().unwrap()
}

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(Uuid::from_u128(number))
}

fn meeting(number: u128) -> MeetingId {
    MeetingId::new(Uuid::from_u128(number))
}

fn stamp_of(number: u128, local: &str) -> Stamp {
    let client_id = ClientId::new(Uuid::from_u128(1));
    Stamp { at: at(local), by: Actor { client_id, user: None, organisation_id: organisation(number) } }
}

/// The team.
fn stamp(local: &str) -> Stamp {
    stamp_of(1, local)
}

const MONDAY: &str = "2026-03-02 09:00";
const TUESDAY: &str = "2026-03-03 09:00";

fn words(text: &str) -> Remark {
    Remark::parse(text).unwrap()
}

fn description(title: &str) -> Description {
    Description {
        kind: Kind::Presence,
        title: Title::parse(title).unwrap(),
        description: None,
        owner: Owner { organisation_id: organisation(3), function: FunctionCode::parse("guard").unwrap() },
        due_on: Some(on("2026-03-09")),
    }
}

fn action() -> Action {
    let command = Create {
        id: ActionId::new(Uuid::from_u128(7)),
        consultation_id: ConsultationId::new(Uuid::from_u128(10)),
        led_by: None,
        case_id: Some(CaseId::new(Uuid::from_u128(1))),
        decision_id: None,
        meeting_id: Some(meeting(1)),
        description: description("Elke avond langs het plein"),
    };
    Action::create(command, &stamp(MONDAY)).state
}

fn complete() -> Complete {
    Complete { result: words("Het is rustig.") }
}

fn cancel() -> Cancel {
    Cancel { text: words("Niet meer nodig.") }
}

fn reopen() -> Reopen {
    Reopen { text: words("Toch weer.") }
}

fn change(outcome: Result<Outcome, ActionError>) -> Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

fn changed(outcome: Result<Outcome, ActionError>) -> Action {
    change(outcome).state
}

fn is_unchanged(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Unchanged(_))
}

#[test]
fn an_action_is_begun_and_done_with_a_result() {
    let started = changed(action().start(&Start {}, &stamp(MONDAY)));
    assert_eq!((started.status, started.version, started.sequence), (Status::InProgress, Version(2), 2));
    let done = changed(started.complete(&complete(), &stamp(TUESDAY)));
    assert_eq!((done.status, done.ended_at()), (Status::Done, Some(at(TUESDAY))));
    assert_eq!(done.result(), Some(&words("Het is rustig.")));
    let at_once = changed(action().complete(&complete(), &stamp(TUESDAY)));
    assert_eq!(at_once.status, Status::Done);
}

#[test]
fn an_action_that_is_taken_up_again_has_no_result_any_more() {
    let done = changed(action().complete(&complete(), &stamp(MONDAY)));
    let again = changed(done.reopen(&reopen(), &stamp(TUESDAY)));
    assert_eq!((again.status, again.result(), again.ended_at()), (Status::Open, None, None));
    assert_eq!(again.remark, Some(words("Toch weer.")));
    let cancelled = changed(again.cancel(&cancel(), &stamp(TUESDAY)));
    assert_eq!((cancelled.status, cancelled.ended_at()), (Status::Cancelled, Some(at(TUESDAY))));
    assert_eq!((cancelled.remark.clone(), cancelled.result()), (Some(words("Niet meer nodig.")), None));
    assert_eq!(changed(cancelled.reopen(&reopen(), &stamp(TUESDAY))).status, Status::Open);
}

#[test]
fn an_action_that_ended_is_not_edited() {
    let done = changed(action().complete(&complete(), &stamp(MONDAY)));
    let illegal = ActionError::Illegal { from: Status::Done, verb: Verb::Edit, allowed: vec![Verb::Reopen] };
    assert_eq!(done.edit(&description("Anders"), &stamp(TUESDAY)), Err(illegal));
    let edited = change(action().edit(&description("Anders"), &stamp(TUESDAY)));
    assert_eq!(edited.state.description.title, Title::parse("Anders").unwrap());
    assert_eq!(edited.events[0].due_on, Some(on("2026-03-09")));
}

#[test]
fn an_action_is_carried_over_once_per_meeting_while_it_is_open() {
    let Outcome::Changed(first) = action().carry_over(meeting(2), &stamp(MONDAY)) else {
        panic!("nothing changed")
    };
    assert_eq!((first.state.carry_over_count(), first.state.version), (1, Version(2)));
    assert_eq!((first.events[0].carry_over_count, first.events[0].meeting_id), (1, Some(meeting(2))));
    assert!(is_unchanged(first.state.clone().carry_over(meeting(2), &stamp(TUESDAY))));
    let started = changed(first.state.start(&Start {}, &stamp(TUESDAY)));
    let Outcome::Changed(second) = started.carry_over(meeting(3), &stamp(TUESDAY)) else {
        panic!("nothing changed")
    };
    assert_eq!(second.state.carried_in, [meeting(2), meeting(3)]);
    assert_eq!(second.state.status, Status::InProgress);
    let done = changed(second.state.complete(&complete(), &stamp(TUESDAY)));
    assert!(is_unchanged(done.carry_over(meeting(4), &stamp(TUESDAY))));
}

#[test]
fn the_same_verb_again_changes_nothing_while_its_state_holds() {
    let started = changed(action().start(&Start {}, &stamp(MONDAY)));
    assert!(is_unchanged(started.clone().start(&Start {}, &stamp(TUESDAY)).unwrap()));
    let other = started.clone().start(&Start {}, &stamp_of(3, TUESDAY));
    let allowed = vec![Verb::Edit, Verb::Complete, Verb::Cancel];
    assert_eq!(other, Err(ActionError::Illegal { from: Status::InProgress, verb: Verb::Start, allowed }));
    let done = changed(started.complete(&complete(), &stamp(TUESDAY)));
    assert!(is_unchanged(done.clone().complete(&complete(), &stamp(TUESDAY)).unwrap()));
    let otherwise = Complete { result: words("Niemand gezien.") };
    assert!(done.complete(&otherwise, &stamp(TUESDAY)).is_err());
}

#[test]
fn being_carried_over_does_not_make_a_repetition_a_change() {
    let edited = changed(action().edit(&description("Anders"), &stamp(MONDAY)));
    let Outcome::Changed(carried) = edited.carry_over(meeting(2), &stamp(MONDAY)) else {
        panic!("nothing changed")
    };
    assert!(is_unchanged(carried.state.edit(&description("Anders"), &stamp(TUESDAY)).unwrap()));
}

#[test]
fn an_action_is_overdue_from_the_day_after_its_own_for_as_long_as_it_is_open() {
    assert!(!action().is_overdue_on(on("2026-03-09")));
    assert!(action().is_overdue_on(on("2026-03-10")));
    let timeless = Description { due_on: None, ..description("Ooit") };
    let timeless = changed(action().edit(&timeless, &stamp(MONDAY)));
    assert!(!timeless.is_overdue_on(on("2030-01-01")));
    let done = changed(action().complete(&complete(), &stamp("2026-03-12 09:00")));
    assert!(!done.is_overdue_on(on("2026-03-13")));
}

#[test]
fn an_action_follows_the_case_that_its_own_became_part_of() {
    let into = open_case(2);
    let moved = action().follow_case(&into, &stamp(TUESDAY));
    assert_eq!((moved.state.case_id, moved.state.consultation_id), (Some(into.id), into.consultation_id));
    assert_eq!((moved.state.version, moved.events[0].verb), (Version(2), Verb::Edit));
}

fn attempt(action: Action, verb: Verb, stamp: &Stamp, meeting_id: MeetingId) -> Result<Outcome, ActionError> {
    match verb {
        Verb::Create | Verb::Escalate => panic!("nobody does this to an action"),
        Verb::Edit => action.edit(&description("Anders"), stamp),
        Verb::Start => action.start(&Start {}, stamp),
        Verb::Complete => action.complete(&complete(), stamp),
        Verb::Cancel => action.cancel(&cancel(), stamp),
        Verb::Reopen => action.reopen(&reopen(), stamp),
        Verb::CarryOver => Ok(action.carry_over(meeting_id, stamp)),
    }
}

proptest! {
    #[test]
    fn every_life_of_an_action_keeps_its_rules(
        steps in vec((1..Verb::ALL.len() - 1, 0_u128..4), 0..40),
    ) {
        let mut action = action();
        let mut events = 1;
        for ((verb, number), day) in steps.into_iter().zip(1_i64..) {
            let verb = Verb::ALL[verb];
            let before = action.clone();
            let now = Stamp { at: at(MONDAY) + jiff::SignedDuration::from_hours(24 * day), ..stamp(MONDAY) };
            action = match attempt(action, verb, &now, meeting(100 + number)) {
                Ok(Outcome::Changed(change)) => {
                    events += 1;
                    prop_assert_eq!(edge(before.status, verb), Some(change.state.status));
                    prop_assert_eq!(change.before.as_ref(), Some(&before));
                    prop_assert_eq!(change.state.version, before.version.next());
                    prop_assert_eq!(change.events[0].state, change.state.status);
                    prop_assert_eq!(change.events[0].at, now.at);
                    prop_assert_eq!(
                        change.state.carry_over_count(),
                        before.carry_over_count() + usize::from(verb == Verb::CarryOver)
                    );
                    change.state
                }
                Ok(Outcome::Unchanged(action)) => {
                    prop_assert_eq!(&action, &before);
                    action
                }
                Err(ActionError::Illegal { from, allowed: named, .. }) => {
                    prop_assert_eq!((from, named), (before.status, allowed(before.status)));
                    before
                }
            };
            prop_assert_eq!(action.sequence, events);
            prop_assert_eq!(action.ended_at().is_none(), action.status.is_open());
            prop_assert_eq!(action.result().is_some(), action.status == Status::Done);
            let mut meetings = action.carried_in.clone();
            meetings.sort_unstable();
            meetings.dedup();
            prop_assert_eq!(meetings.len(), action.carry_over_count());
        }
    }
}
