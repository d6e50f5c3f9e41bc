use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

use super::*;
use crate::category::CategoryCode;
use crate::change::{Actor, Version};
use crate::id::{ClientId, ConsultationId, OrganisationId};
use crate::place::LocationKind;
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

fn case_id(number: u128) -> CaseId {
    CaseId::new(Uuid::from_u128(number))
}

/// The team, on a Monday morning unless told otherwise.
fn stamp(local: &str) -> Stamp {
    let client_id = ClientId::new(Uuid::from_u128(1));
    Stamp { at: at(local), by: Actor { client_id, user: None, organisation_id: organisation(1) } }
}

const MONDAY: &str = "2026-03-02 09:00";
const TUESDAY: &str = "2026-03-03 09:00";

fn words(text: &str) -> Remark {
    Remark::parse(text).unwrap()
}

fn description(lead: Option<OrganisationId>) -> Description {
    Description {
        category: CategoryCode::parse("AFV.SLUIK").unwrap(),
        secondary_categories: Vec::new(),
        title: Title::parse("Sluikstort aan de kade").unwrap(),
        description: None,
        source: Source::Guard,
        pattern: None,
        time_slots: Vec::new(),
        location: Location {
            kind: LocationKind::ALL[0],
            address: None,
            address_uri: None,
            point: None,
            sector: None,
            area_id: None,
        },
        lead_organisation_id: lead,
        severity: None,
    }
}

fn create(number: u128, admit: bool, lead: Option<OrganisationId>) -> Create {
    Create {
        id: case_id(number),
        reference: CaseReference::new(&ConsultationCode::parse("KRO").unwrap(), 2026, 42),
        consultation_id: ConsultationId::new(Uuid::from_u128(10)),
        kind: Kind::Situation,
        description: description(lead),
        admit,
        earlier_cases: None,
    }
}

/// A case that the team handles.
pub(crate) fn open_case(number: u128) -> Case {
    Case::create(create(number, true, Some(organisation(1))), &stamp(MONDAY)).unwrap().state
}

fn signalled() -> Case {
    Case::create(create(1, false, None), &stamp(MONDAY)).unwrap().state
}

fn open() -> Open {
    Open { lead_organisation_id: organisation(5) }
}

fn monitor() -> Monitor {
    Monitor { check_on: on("2026-04-01"), text: words("terug kijken") }
}

fn close(withdraw_open: bool) -> Close {
    Close { close_reason: CloseReason::Solved, text: words("opgelost"), withdraw_open }
}

fn dismiss() -> Dismiss {
    Dismiss { close_reason: CloseReason::NotFounded, text: words("niets te zien"), withdraw_open: false }
}

fn reopen() -> Reopen {
    Reopen { text: words("toch weer") }
}

fn changed(outcome: Result<Outcome, CaseError>) -> Case {
    match outcome.unwrap() {
        Outcome::Changed(change) => change.state,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

fn is_unchanged(outcome: Result<Outcome, CaseError>) -> bool {
    matches!(outcome.unwrap(), Outcome::Unchanged(_))
}

#[test]
fn a_case_is_signalled_or_admitted_with_a_lead() {
    assert_eq!(signalled().status, Status::Signalled);
    assert_eq!(open_case(1).status, Status::Open);
    let leaderless = Case::create(create(1, true, None), &stamp(MONDAY));
    assert_eq!(leaderless, Err(CaseError::LeadRequired));
}

#[test]
fn who_opens_a_case_names_its_lead() {
    let case = changed(signalled().open(&open(), &stamp(TUESDAY)));
    assert_eq!((case.status, case.lead()), (Status::Open, Some(organisation(5))));
    assert_eq!((case.version, case.sequence, case.updated_at), (Version(2), 2, at(TUESDAY)));
    let leaderless = case.edit(&description(None), &stamp(TUESDAY));
    assert_eq!(leaderless, Err(CaseError::LeadRequired));
    assert!(signalled().edit(&description(None), &stamp(TUESDAY)).is_ok());
}

#[test]
fn a_monitored_case_comes_back_on_a_day_that_lies_ahead() {
    let case = changed(open_case(1).monitor(&monitor(), &stamp(TUESDAY)));
    assert_eq!((case.status, case.check_on()), (Status::Monitoring, Some(on("2026-04-01"))));
    let yesterday = Monitor { check_on: on("2026-03-02"), ..monitor() };
    assert_eq!(open_case(1).monitor(&yesterday, &stamp(TUESDAY)), Err(CaseError::DayInThePast));
    let today = Monitor { check_on: on("2026-03-03"), ..monitor() };
    assert!(open_case(1).monitor(&today, &stamp(TUESDAY)).is_ok());
}

#[test]
fn editing_and_linking_leave_what_was_said_of_the_state() {
    let monitored = changed(open_case(1).monitor(&monitor(), &stamp(TUESDAY)));
    let edited = changed(monitored.edit(&description(Some(organisation(9))), &stamp(TUESDAY)));
    let link = Link { kind: LinkKind::Related, case_id: case_id(2) };
    let linked = changed(edited.link(link, &stamp(TUESDAY)));
    assert_eq!(linked.remark, Some(words("terug kijken")));
    assert_eq!((linked.status, linked.check_on()), (Status::Monitoring, Some(on("2026-04-01"))));
}

#[test]
fn a_case_with_open_work_is_closed_only_when_that_is_withdrawn() {
    let refused = open_case(1).close(&close(false), 2, &stamp(TUESDAY));
    assert_eq!(refused, Err(CaseError::OpenWork { count: 2 }));
    let case = changed(open_case(1).close(&close(true), 2, &stamp(TUESDAY)));
    assert_eq!(case.ended(), Some((CloseReason::Solved, at(TUESDAY))));
    assert_eq!(changed(open_case(1).close(&close(false), 0, &stamp(TUESDAY))).status, Status::Closed);
    let refused = signalled().dismiss(&dismiss(), 1, &stamp(TUESDAY));
    assert_eq!(refused, Err(CaseError::OpenWork { count: 1 }));
    let withdrawing = Dismiss { withdraw_open: true, ..dismiss() };
    let case = changed(signalled().dismiss(&withdrawing, 1, &stamp(TUESDAY)));
    assert_eq!(case.status, Status::Dismissed);
}

#[test]
fn a_case_that_is_taken_up_again_is_not_ended_any_more() {
    let closed = changed(open_case(1).close(&close(false), 0, &stamp(TUESDAY)));
    let monitored = changed(open_case(1).monitor(&monitor(), &stamp(TUESDAY)));
    for case in [closed, monitored] {
        let again = changed(case.reopen(&reopen(), &stamp(TUESDAY)));
        assert_eq!((again.status, again.ending.clone()), (Status::Open, Ending::None));
        assert_eq!(again.lead(), Some(organisation(1)));
    }
}

#[test]
fn a_dismissed_signal_that_is_taken_up_again_is_led_by_who_does_so() {
    let dismissed = changed(signalled().dismiss(&dismiss(), 0, &stamp(TUESDAY)));
    assert_eq!(dismissed.ended(), Some((CloseReason::NotFounded, at(TUESDAY))));
    let again = changed(dismissed.reopen(&reopen(), &stamp(TUESDAY)));
    assert_eq!((again.status, again.lead()), (Status::Open, Some(organisation(1))));
}

#[test]
fn a_merged_case_names_the_one_that_goes_on_and_ends_for_good() {
    let merged = match signalled().merge(&open_case(2), &stamp(TUESDAY)).unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    };
    assert_eq!(merged.events[0].other_case_id, Some(case_id(2)));
    let case = merged.state;
    assert_eq!((case.status, case.merged_into()), (Status::Merged, Some(case_id(2))));
    assert_eq!(case.links, [Link { kind: LinkKind::Duplicate, case_id: case_id(2) }]);
    let illegal = CaseError::Illegal { from: Status::Merged, verb: Verb::Reopen, allowed: vec![] };
    assert_eq!(case.reopen(&reopen(), &stamp(TUESDAY)), Err(illegal));
}

#[test]
fn a_case_is_merged_into_another_one_that_is_being_handled() {
    assert_eq!(
        open_case(1).merge(&open_case(1), &stamp(TUESDAY)),
        Err(CaseError::SameCase { verb: Verb::Merge })
    );
    let closed = changed(open_case(2).close(&close(false), 0, &stamp(TUESDAY)));
    let refused = open_case(1).merge(&closed, &stamp(TUESDAY));
    assert_eq!(refused, Err(CaseError::TargetNotOpen { state: Status::Closed }));
}

#[test]
fn a_link_is_made_once_and_may_come_back() {
    let link = Link { kind: LinkKind::EarlierElsewhere, case_id: case_id(2) };
    let linked = changed(open_case(1).link(link, &stamp(TUESDAY)));
    assert!(is_unchanged(linked.clone().link(link, &stamp(TUESDAY))));
    let unlinked = changed(linked.unlink(link, &stamp(TUESDAY)));
    assert_eq!(unlinked.links, []);
    assert!(is_unchanged(unlinked.clone().unlink(link, &stamp(TUESDAY))));
    assert_eq!(changed(unlinked.link(link, &stamp(TUESDAY))).links, [link]);
    let itself = Link { kind: LinkKind::Related, case_id: case_id(1) };
    assert_eq!(open_case(1).link(itself, &stamp(TUESDAY)), Err(CaseError::SameCase { verb: Verb::Link }));
}

#[test]
fn the_same_verb_again_changes_nothing_while_its_state_holds() {
    let opened = changed(signalled().open(&open(), &stamp(MONDAY)));
    let edited = changed(opened.edit(&description(Some(organisation(5))), &stamp(MONDAY)));
    assert!(is_unchanged(edited.clone().open(&open(), &stamp(TUESDAY))));
    assert!(is_unchanged(edited.clone().edit(&description(Some(organisation(5))), &stamp(TUESDAY))));

    let other = Open { lead_organisation_id: organisation(6) };
    let allowed = vec![Verb::Edit, Verb::Monitor, Verb::Close, Verb::Merge, Verb::Link, Verb::Unlink];
    let illegal = CaseError::Illegal { from: Status::Open, verb: Verb::Open, allowed };
    assert_eq!(edited.clone().open(&other, &stamp(TUESDAY)), Err(illegal));

    let closed = changed(edited.close(&close(false), 0, &stamp(TUESDAY)));
    assert!(is_unchanged(closed.clone().close(&close(false), 0, &stamp(TUESDAY))));
    let reopened = changed(closed.reopen(&reopen(), &stamp(TUESDAY)));
    let closed_again = changed(reopened.close(&close(false), 0, &stamp(TUESDAY)));
    assert_eq!(closed_again.status, Status::Closed);
}

fn imported(closed_at: Option<&str>) -> Imported {
    let Create { id, reference, consultation_id, kind, description, .. } =
        create(1, true, Some(organisation(7)));
    let created_at = at(MONDAY);
    Imported { id, reference, consultation_id, kind, description, created_at, closed_at: closed_at.map(at) }
}

#[test]
fn an_imported_case_is_open_or_closed_as_solved_with_the_times_of_its_row() {
    let import = stamp("2026-06-01 09:00");
    let change = Case::imported(imported(None), &import).unwrap();
    assert_eq!((change.state.status, change.state.created_at), (Status::Open, at(MONDAY)));
    assert_eq!((change.before, change.events.len()), (None, 1));

    let change = Case::imported(imported(Some(TUESDAY)), &import).unwrap();
    assert_eq!(change.state.ended(), Some((CloseReason::Solved, at(TUESDAY))));
    assert_eq!((change.state.version, change.state.sequence), (Version::FIRST, 2));
    assert_eq!(change.state.updated_at, import.at);
    let told: Vec<_> = change.events.iter().map(|event| (event.verb, event.at, event.state)).collect();
    assert_eq!(told, [(Verb::Create, at(MONDAY), Status::Open), (Verb::Close, at(TUESDAY), Status::Closed)]);
    assert_eq!(change.events[1].close_reason, Some(CloseReason::Solved));

    let leaderless = Imported { description: description(None), ..imported(None) };
    assert_eq!(Case::imported(leaderless, &import), Err(CaseError::LeadRequired));
}

fn attempt(case: Case, verb: Verb, stamp: &Stamp) -> Result<Outcome, CaseError> {
    let link = Link { kind: LinkKind::Related, case_id: case_id(3) };
    match verb {
        Verb::Create | Verb::Escalate => panic!("nobody does this to a case"),
        Verb::Edit => case.edit(&description(Some(organisation(1))), stamp),
        Verb::Open => case.open(&open(), stamp),
        Verb::Monitor => {
            let check_on = local_date(stamp.at);
            case.monitor(&Monitor { check_on, ..monitor() }, stamp)
        }
        Verb::Close => case.close(&close(true), 1, stamp),
        Verb::Dismiss => case.dismiss(&dismiss(), 0, stamp),
        Verb::Reopen => case.reopen(&reopen(), stamp),
        Verb::Merge => case.merge(&open_case(2), stamp),
        Verb::Link => case.link(link, stamp),
        Verb::Unlink => case.unlink(link, stamp),
    }
}

proptest! {
    #[test]
    fn every_life_of_a_case_keeps_its_rules(verbs in vec(1..Verb::ALL.len() - 1, 0..40)) {
        let mut case = signalled();
        let mut events = 1;
        for (verb, day) in verbs.into_iter().zip(1_i64..) {
            let verb = Verb::ALL[verb];
            let before = case.clone();
            let now = Stamp { at: at(MONDAY) + jiff::SignedDuration::from_hours(24 * day), ..stamp(MONDAY) };
            case = match attempt(case, verb, &now) {
                Ok(Outcome::Changed(change)) => {
                    events += 1;
                    prop_assert_eq!(edge(before.status, verb), Some(change.state.status));
                    prop_assert_eq!(change.before.as_ref(), Some(&before));
                    prop_assert_eq!(change.state.version, before.version.next());
                    prop_assert_eq!(&change.events[0].state, &change.state.status);
                    prop_assert_eq!(change.events[0].at, now.at);
                    change.state
                }
                Ok(Outcome::Unchanged(case)) => {
                    prop_assert_eq!(&case, &before);
                    case
                }
                Err(CaseError::Illegal { from, allowed: named, .. }) => {
                    prop_assert_eq!((from, named), (before.status, allowed(before.status)));
                    before
                }
                Err(error) => panic!("{verb}: {error}"),
            };
            prop_assert_eq!(case.sequence, events);
            prop_assert_eq!(case.ended().is_some(), matches!(case.status, Status::Closed | Status::Dismissed));
            prop_assert_eq!(case.merged_into().is_some(), case.status == Status::Merged);
            prop_assert_eq!(case.check_on().is_some(), case.status == Status::Monitoring);
            let handled = matches!(case.status, Status::Open | Status::Monitoring | Status::Closed);
            prop_assert!(!handled || case.lead().is_some());
        }
    }
}
