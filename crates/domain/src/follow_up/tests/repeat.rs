//! The same again, and what is refused.

use super::*;

fn again(story: &Story, verb: Verb, side: Side, words: &str) -> Result<Outcome, FollowUpError> {
    attempt(story.request.clone(), verb, side, words, &usual(), at("2026-03-09 10:00"))
}

#[test]
fn the_same_verb_again_by_the_same_actor_with_the_same_body_changes_nothing() {
    let sent_by_hand = draft().team(Verb::Send, MONDAY);
    let accepted = sent().service(Verb::Accept, "2026-03-03 10:00");
    let waiting = sent().service(Verb::AskBack, "2026-03-03 10:00");
    let answered = sent().service(Verb::Answer, "2026-03-03 10:00");
    for (story, verb, side) in [
        (draft().team(Verb::Edit, MONDAY), Verb::Edit, Side::Team),
        (sent_by_hand, Verb::Send, Side::Team),
        (sent().team(Verb::Amend, MONDAY), Verb::Amend, Side::Team),
        (sent().service(Verb::Receive, MONDAY), Verb::Receive, Side::Service),
        (accepted, Verb::Accept, Side::Service),
        (sent().service(Verb::Refuse, MONDAY), Verb::Refuse, Side::Service),
        (sent().service(Verb::Redirect, MONDAY), Verb::Redirect, Side::Service),
        (sent().team(Verb::Redirect, MONDAY), Verb::Redirect, Side::Team),
        (waiting.clone(), Verb::AskBack, Side::Service),
        (waiting.team(Verb::Reply, MONDAY), Verb::Reply, Side::Team),
        (answered.clone(), Verb::Answer, Side::Service),
        (answered.clone().team(Verb::Verify, MONDAY), Verb::Verify, Side::Team),
        (answered.team(Verb::Reopen, MONDAY), Verb::Reopen, Side::Team),
        (sent().team(Verb::Withdraw, MONDAY), Verb::Withdraw, Side::Team),
        (sent().team(Verb::Recalculate, MONDAY), Verb::Recalculate, Side::Team),
    ] {
        assert!(is_unchanged(again(&story, verb, side, "zo is het")), "{verb} by the {side}");
    }
}

#[test]
fn a_promise_is_a_repetition_even_when_its_day_has_passed() {
    let promise = Promise { promised_on: on("2026-03-04"), delay_reason: None };
    let story = sent()
        .service(Verb::Receive, "2026-03-03 10:00")
        .then(|request| request.promise(&promise, &service("2026-03-03 11:00")));
    assert!(is_unchanged(story.request.promise(&promise, &service("2026-03-09 10:00"))));
}

#[test]
fn another_body_or_another_actor_is_no_repetition() {
    let received = sent().service(Verb::Receive, "2026-03-03 10:00");
    let reference = Some(Reference::parse("WO-1").unwrap());
    let other_body = Receive { external_reference: reference };
    let other_actor = Stamp { at: at(MONDAY), by: Actor { user: Some("an".to_owned()), ..actor(GREEN) } };
    for outcome in [
        received.request.clone().receive(&other_body, &service("2026-03-03 11:00")),
        received.request.clone().receive(&Receive::default(), &other_actor),
    ] {
        assert!(matches!(outcome, Err(FollowUpError::Illegal { from: Status::Received, .. })));
    }
    let reworded = sent().team(Verb::Amend, MONDAY);
    assert_eq!(changed(again(&reworded, Verb::Amend, Side::Team, "anders")).state.amendments.len(), 2);
}

#[test]
fn a_verb_is_a_repetition_for_as_long_as_its_state_holds() {
    let received = sent()
        .service(Verb::Receive, "2026-03-03 10:00")
        .team(Verb::Amend, "2026-03-04 10:00")
        .team(Verb::Remind, "2026-03-04 11:00")
        .service(Verb::Promise, "2026-03-05 10:00");
    assert!(is_unchanged(again(&received, Verb::Receive, Side::Service, "zo is het")));

    let asked_twice = sent()
        .service(Verb::AskBack, "2026-03-03 10:00")
        .team(Verb::Reply, "2026-03-04 10:00")
        .service(Verb::AskBack, "2026-03-05 10:00");
    assert_eq!(asked_twice.status(), Status::Waiting, "the same question asked back anew");
    let answered_twice = sent()
        .service(Verb::Answer, "2026-03-03 10:00")
        .team(Verb::Reopen, "2026-03-04 10:00")
        .service(Verb::Answer, "2026-03-05 10:00");
    assert_eq!(answered_twice.answers.len(), 2);
}

#[test]
fn what_was_done_in_an_earlier_state_may_be_done_again() {
    let promise = Promise { promised_on: on("2026-03-10"), delay_reason: None };
    let promise_at = |local| {
        let promise = promise.clone();
        move |request: FollowUpRequest| request.promise(&promise, &service(local))
    };
    let story = sent()
        .service(Verb::Accept, "2026-03-03 10:00")
        .then(promise_at("2026-03-03 11:00"))
        .service(Verb::Answer, "2026-03-04 10:00")
        .team(Verb::Reopen, "2026-03-05 10:00")
        .then(promise_at("2026-03-05 11:00"));
    assert_eq!(story.promises.len(), 2);
}

#[test]
fn words_said_before_others_may_be_said_again() {
    let amend = |request, words, local| attempt(request, Verb::Amend, Side::Team, words, &usual(), at(local));
    let story = sent()
        .then(|request| amend(request, "haag", "2026-03-03 10:00"))
        .then(|request| amend(request, "boom", "2026-03-03 11:00"))
        .then(|request| amend(request, "haag", "2026-03-03 12:00"));
    assert_eq!(story.subject.as_str(), "haag");
    assert_eq!(story.amendments.len(), 3);
}

#[test]
fn a_recalculation_that_moves_a_term_is_never_a_repetition() {
    let recalculated = sent().team(Verb::Recalculate, "2026-03-03 10:00");
    let again = recalculated.request.recalculate(
        &say("zo is het"),
        &closed(&["2026-03-09"]),
        &team("2026-03-04 10:00"),
    );
    assert_eq!(changed(again).state.answer_due_at(), Some(end_of("2026-03-17")));
}

#[test]
fn what_a_state_does_not_allow_names_what_it_does_allow_to_that_side() {
    let answered = sent().service(Verb::Answer, "2026-03-03 10:00");
    assert_eq!(
        again(&answered, Verb::Withdraw, Side::Team, "toch niet"),
        Err(FollowUpError::Illegal {
            from: Status::Answered,
            verb: Verb::Withdraw,
            allowed: vec![Verb::Verify, Verb::Reopen]
        })
    );
    assert_eq!(
        again(&answered, Verb::Accept, Side::Service, "ja"),
        Err(FollowUpError::Illegal { from: Status::Answered, verb: Verb::Accept, allowed: vec![] })
    );
    assert_eq!(
        again(&sent(), Verb::Promise, Side::Service, "ja"),
        Err(FollowUpError::Illegal {
            from: Status::Sent,
            verb: Verb::Promise,
            allowed: vec![
                Verb::Receive,
                Verb::Accept,
                Verb::Refuse,
                Verb::Redirect,
                Verb::AskBack,
                Verb::Answer
            ]
        })
    );
}

#[test]
fn what_is_remembered_survives_storage() {
    let story = sent().service(Verb::Receive, MONDAY).team(Verb::Amend, MONDAY);
    let stored = serde_json::to_string(&story.done).unwrap();
    assert_eq!(serde_json::from_str::<DoneVerbs>(&stored).unwrap(), story.done);
    assert_eq!(serde_json::to_string(&DoneVerbs::default()).unwrap(), "{}");
}
