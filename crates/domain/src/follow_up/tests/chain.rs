//! Requests that are passed on, and requests of merged cases.

use super::*;
use crate::case::tests::open_case;

fn successor(original: &Facts, number: u128, local: &str) -> Story {
    let clockwork = clockwork(&usual(), at(local));
    let organisation_id = organisation(number);
    FollowUpRequest::successor(original, request_id(number), organisation_id, &clockwork, &service(local))
        .into()
}

#[test]
fn a_request_that_is_passed_on_ends_and_names_who_has_it_now() {
    let story = sent().service(Verb::Redirect, "2026-03-03 10:00");
    assert_eq!(
        story.state,
        State::Redirected(Redirection {
            successor_id: Some(request_id(101)),
            organisation_id: Some(organisation(ROADS)),
            text: Some(Remark::parse("zo is het").unwrap()),
        })
    );
    let told = &story.events.last().unwrap().detail;
    assert_eq!((told.successor_id, told.organisation_id), (Some(request_id(101)), Some(organisation(ROADS))));
    assert_eq!(story.answer(1).ended_at, Some(at("2026-03-03 10:00")));
}

#[test]
fn a_service_does_not_pass_a_request_on_to_itself() {
    let command = Redirect { organisation_id: organisation(GREEN), text: Remark::parse("wij").unwrap() };
    let refused =
        sent().request.redirect(&command, request_id(101), Side::Service, &usual(), &service(MONDAY));
    assert_eq!(refused, Err(FollowUpError::SameOrganisation));
}

#[test]
fn the_terms_of_a_successor_start_anew_and_the_chain_goes_on() {
    let first = sent().team(Verb::Amend, "2026-03-03 09:00").service(Verb::Redirect, "2026-03-05 10:00");
    let second = successor(&first, ROADS, "2026-03-05 10:00");
    assert_eq!(second.state, State::Sent);
    assert_eq!((second.version, second.sequence), (Version::FIRST, 2));
    assert_eq!(second.sent_at, Some(at("2026-03-05 10:00")));
    assert_eq!(second.chain_started_at, Some(at(MONDAY)));
    assert_eq!(second.redirected_from, Some(first.id));
    assert_eq!(second.receipt_due_at(), Some(end_of("2026-03-09")));
    assert_eq!(second.subject, first.subject, "the question as it was amended");
    assert_eq!(second.received_at, None);

    let fourth = Redirect { organisation_id: organisation(4), text: Remark::parse("van hen").unwrap() };
    let second = second.then(|request| {
        let now = Stamp { at: at("2026-03-09 10:00"), by: actor(ROADS) };
        request.redirect(&fourth, request_id(4), Side::Service, &usual(), &now)
    });
    let third = successor(&second, 4, "2026-03-09 10:00");
    assert_eq!(third.chain_started_at, Some(at(MONDAY)));
    assert_eq!(third.sent_at, Some(at("2026-03-09 10:00")));
}

#[test]
fn an_open_request_follows_its_case_without_a_change_of_terms() {
    let into = open_case(77);
    let before = sent().service(Verb::Receive, "2026-03-03 10:00");
    let change = before.request.clone().follow_case(&into, &team("2026-03-04 10:00"));
    assert_eq!(change.state.case_id, into.id);
    assert_eq!(change.before.as_ref(), Some(&before.request));
    assert_eq!(change.state.version, Version(3));
    assert_eq!((change.state.status(), &change.state.rounds), (Status::Received, &before.rounds));
}

#[test]
fn a_request_gives_way_to_the_one_that_the_other_case_has_open() {
    let waiting = sent().service(Verb::AskBack, "2026-03-03 10:00");
    let change = waiting.request.yield_to(request_id(200), &usual(), &team("2026-03-04 10:00"));
    assert!(matches!(&change.state.state, State::Redirected(to) if to.successor_id == Some(request_id(200))));
    assert_eq!(change.state.round().unwrap().answer.ended_at, Some(at("2026-03-04 10:00")));
    let repeated = attempt(change.state, Verb::AskBack, Side::Service, "zo is het", &usual(), at(MONDAY));
    assert!(matches!(repeated, Err(FollowUpError::Illegal { from: Status::Redirected, .. })));
}

#[test]
fn a_draft_that_gives_way_is_taken_back_and_stays_with_the_team() {
    let change = draft().request.yield_to(request_id(200), &usual(), &team("2026-03-04 10:00"));
    assert_eq!(change.state.state, State::Withdrawn);
    assert!(!change.state.is_visible_to_service());
    assert_eq!(change.events[0].verb, Verb::Withdraw);
    assert_eq!(change.events[0].detail.successor_id, Some(request_id(200)));
}

#[test]
fn an_open_request_names_the_first_that_was_passed_on_to_it() {
    let first = sent().service(Verb::Redirect, "2026-03-05 10:00");
    let create =
        |number| Create { id: request_id(number), organisation_id: organisation(ROADS), ..question() };
    let clock = clockwork(&usual(), at("2026-03-04 10:00"));
    let known: Story =
        FollowUpRequest::create_and_send(create(200), &clock, &team("2026-03-04 10:00")).into();
    let now = service("2026-03-05 10:00");

    let change = known.request.clone().take_over(&first, &clock, &now).unwrap();

    assert_eq!((change.before.as_ref(), change.state.version), (Some(&known.request), Version(2)));
    assert_eq!(change.state.redirected_from, Some(first.id));
    assert_eq!(change.state.chain_started_at, Some(at(MONDAY)), "that of the first of them");
    assert_eq!((&change.state.rounds, change.state.sent_at), (&known.rounds, known.sent_at));
    let other: Story =
        FollowUpRequest::create_and_send(create(300), &clock, &team("2026-03-04 10:00")).into();
    assert_eq!(change.state.take_over(&other, &clock, &now), None);
}

#[test]
fn a_draft_that_something_is_passed_on_to_is_sent() {
    let first = sent().service(Verb::Redirect, "2026-03-05 10:00");
    let command = Create { id: request_id(200), organisation_id: organisation(ROADS), ..question() };
    let draft = FollowUpRequest::create(command, &team(MONDAY)).state;
    let clock = clockwork(&usual(), at("2026-03-05 10:00"));

    let change = draft.take_over(&first, &clock, &service("2026-03-05 10:00")).unwrap();

    let (sent, event) = (&change.state, &change.events[0]);
    assert_eq!((sent.status(), sent.sent_at), (Status::Sent, Some(at("2026-03-05 10:00"))));
    assert_eq!((sent.redirected_from, sent.chain_started_at), (Some(first.id), Some(at(MONDAY))));
    assert_eq!(sent.receipt_due_at(), Some(end_of("2026-03-09")));
    assert_eq!((event.verb, event.detail.round), (Verb::Send, Some(1)));
}
