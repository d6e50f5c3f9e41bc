//! Seen, received, accepted, answered: which verb proves what.

use super::*;

const TUESDAY: &str = "2026-03-03 10:00";

#[test]
fn each_first_verb_proves_what_it_proves_and_no_more() {
    let no = None;
    let yes = Some(at(TUESDAY));
    for (side, verb, seen, received, accepted, answered) in [
        (Side::Service, Verb::Receive, yes, yes, no, no),
        (Side::Service, Verb::Accept, no, yes, yes, no),
        (Side::Service, Verb::Refuse, no, yes, no, no),
        (Side::Service, Verb::Redirect, no, yes, no, no),
        (Side::Service, Verb::AskBack, no, yes, no, no),
        (Side::Service, Verb::Answer, no, yes, yes, yes),
        (Side::Team, Verb::Answer, no, yes, yes, yes),
        (Side::Team, Verb::Amend, no, no, no, no),
        (Side::Team, Verb::Redirect, no, no, no, no),
        (Side::Team, Verb::Withdraw, no, no, no, no),
        (Side::Team, Verb::Remind, no, no, no, no),
        (Side::Team, Verb::Recalculate, no, no, no, no),
    ] {
        let request =
            sent().then(|request| attempt(request, verb, side, "ja", &usual(), at(TUESDAY))).request;
        let facts =
            (request.first_seen_at, request.received_at, request.accepted_at, request.first_answered_at);
        assert_eq!(facts, (seen, received, accepted, answered), "{verb} by the {side}");
    }
}

#[test]
fn the_first_proof_stays() {
    let mut seen = sent();
    seen.request.facts.first_seen_at = Some(at("2026-03-02 09:30"));
    let request = seen
        .service(Verb::Receive, "2026-03-03 10:00")
        .service(Verb::Accept, "2026-03-05 10:00")
        .service(Verb::Answer, "2026-03-06 10:00")
        .team(Verb::Reopen, "2026-03-09 10:00")
        .service(Verb::Answer, "2026-03-10 10:00");
    assert_eq!(request.first_seen_at, Some(at("2026-03-02 09:30")));
    assert_eq!(request.received_at, Some(at("2026-03-03 10:00")));
    assert_eq!(request.accepted_at, Some(at("2026-03-05 10:00")));
    assert_eq!(request.first_answered_at, Some(at("2026-03-06 10:00")));
    assert_eq!(request.last_answered_at, Some(at("2026-03-10 10:00")));
}

#[test]
fn a_service_that_neither_saw_nor_did_anything_never_saw_it() {
    assert!(!draft().is_never_seen());
    assert!(sent().is_never_seen());
    assert!(sent().team(Verb::Withdraw, TUESDAY).is_never_seen());
    assert!(!sent().service(Verb::Accept, TUESDAY).is_never_seen());
    assert!(!sent().team(Verb::Answer, TUESDAY).is_never_seen());
}

#[test]
fn the_service_sees_what_was_sent_whatever_became_of_it() {
    assert!(!draft().is_visible_to_service());
    assert!(!draft().team(Verb::Withdraw, TUESDAY).is_visible_to_service());
    assert!(draft().team(Verb::Send, TUESDAY).is_visible_to_service());
    assert!(sent().team(Verb::Withdraw, TUESDAY).is_visible_to_service());
}

#[test]
fn a_draft_has_no_terms_until_it_is_sent() {
    assert_eq!(draft().rounds, []);
    let request = draft().team(Verb::Edit, "2026-02-27 09:00").team(Verb::Send, MONDAY);
    assert_eq!(request.sent_at, Some(at(MONDAY)));
    assert_eq!(request.chain_started_at, Some(at(MONDAY)));
    assert_eq!(request.receipt_due_at(), Some(end_of(RECEIPT_DAY)));
    assert_eq!(request.answer_due_at(), Some(end_of(ANSWER_DAY)));
    assert_eq!(request.original_answer_due_at(), Some(end_of(ANSWER_DAY)));
    assert_eq!(request.rounds, sent().rounds);
}

#[test]
fn a_confirmed_receipt_ends_the_receipt_term_only() {
    let request = sent().service(Verb::Receive, "2026-03-04 23:00");
    assert_eq!(request.receipt(1).ended_at, Some(at("2026-03-04 23:00")));
    assert_eq!(request.receipt_breached_at(at("2026-06-01 09:00")), None);
    assert_eq!(request.answer(1).ended_at, None);
}

#[test]
fn a_receipt_after_its_last_second_stays_late() {
    for (received, late) in [("2026-03-04 23:59:59", false), ("2026-03-05 00:00", true)] {
        let request = sent().service(Verb::Receive, received).service(Verb::Answer, "2026-03-05 10:00");
        let breach = late.then(|| end_of(RECEIPT_DAY));
        assert_eq!(request.receipt(1).breached_at, breach, "received at {received}");
        assert_eq!(request.receipt_breached_at(at("2026-06-01 09:00")), breach, "received at {received}");
    }
}

#[test]
fn a_receipt_that_nobody_waits_for_any_more_is_judged_when_the_request_ends() {
    let withdrawn = sent().team(Verb::Withdraw, "2026-03-06 10:00");
    assert_eq!(withdrawn.receipt(1).breached_at, Some(end_of(RECEIPT_DAY)));
    let withdrawn = sent().team(Verb::Withdraw, "2026-03-04 10:00");
    assert_eq!(withdrawn.receipt_breached_at(at("2026-06-01 09:00")), None);
}

#[test]
fn a_planned_day_lies_ahead_and_the_reference_is_kept() {
    let accept = |day: &str, reference: Option<&str>| Accept {
        external_reference: reference.map(|text| Reference::parse(text).unwrap()),
        planned_on: Some(on(day)),
    };
    let late = sent().request.accept(&accept("2026-03-02", None), &service(TUESDAY));
    assert_eq!(late, Err(FollowUpError::DayInThePast));

    let command = Receive { external_reference: Some(Reference::parse("WO-1").unwrap()) };
    let request = sent()
        .then(|request| request.receive(&command, &service(TUESDAY)))
        .then(|request| request.accept(&accept("2026-03-03", None), &service(TUESDAY)));
    assert_eq!(request.planned_on, Some(on("2026-03-03")));
    assert_eq!(request.external_reference, Some(Reference::parse("WO-1").unwrap()));
}
