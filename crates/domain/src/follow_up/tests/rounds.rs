//! Reopening: a new round with new terms, beside the facts of the earlier ones.

use super::*;

#[test]
fn an_answered_request_is_reopened_as_accepted_with_an_answer_term_only() {
    let first = sent().service(Verb::Answer, "2026-03-18 10:00");
    for story in [first.clone(), first.clone().team(Verb::Verify, "2026-03-19 10:00")] {
        let again = story.team(Verb::Reopen, "2026-03-23 10:00");
        assert_eq!(again.state, State::Accepted);
        assert_eq!(again.rounds.len(), 2);
        assert_eq!(again.rounds[0], first.rounds[0]);
        assert_eq!(again.rounds[1].receipt, None);
        assert_eq!(again.rounds[1].started_at, at("2026-03-23 10:00"));
        assert_eq!(again.answer_due_at(), Some(end_of("2026-04-07")));
        assert_eq!(again.original_answer_due_at(), Some(end_of("2026-04-07")));
        assert_eq!(again.receipt_due_at(), None);
        assert_eq!(again.late_from(), Some(end_of("2026-04-07")));
        assert_eq!(again.sent_at, Some(at(MONDAY)));
        assert_eq!(again.events.last().unwrap().detail.round, Some(2));
    }
}

#[test]
fn a_refused_request_is_sent_again_with_both_terms_and_keeps_its_first_receipt() {
    let refused = sent().service(Verb::Receive, "2026-03-03 10:00").service(Verb::Refuse, "2026-03-06 10:00");
    let again = refused.clone().team(Verb::Reopen, "2026-03-09 10:00");
    assert_eq!(again.state, State::Sent);
    assert_eq!(again.rounds[0], refused.rounds[0]);
    assert_eq!(again.received_at, Some(at("2026-03-03 10:00")));
    assert_eq!(again.receipt_due_at(), Some(end_of("2026-03-11")));
    assert_eq!(again.answer_due_at(), Some(end_of("2026-03-23")));
    assert_eq!(again.chain_started_at, Some(at(MONDAY)));

    let received = again.service(Verb::Receive, "2026-03-12 10:00");
    assert_eq!(received.received_at, Some(at("2026-03-03 10:00")));
    assert_eq!(received.receipt(2).breached_at, Some(end_of("2026-03-11")));
    assert_eq!(received.receipt(1).breached_at, None);
}

#[test]
fn a_breach_of_the_first_round_is_still_there_after_a_timely_second() {
    let story = sent()
        .service(Verb::Answer, "2026-03-20 10:00")
        .team(Verb::Reopen, "2026-03-23 10:00")
        .service(Verb::Answer, "2026-03-24 10:00");
    assert_eq!(story.answer(1).breached_at, Some(end_of(ANSWER_DAY)));
    assert_eq!(story.answer(2).breached_at, None);
    assert_eq!(story.answers.iter().map(|answer| answer.round).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_pause_of_the_first_round_does_not_move_the_second() {
    let story = sent()
        .service(Verb::AskBack, "2026-03-05 10:00")
        .service(Verb::Answer, "2026-03-09 10:00")
        .team(Verb::Reopen, "2026-03-09 11:00");
    assert_eq!(story.rounds[1].pauses, []);
    assert_eq!(story.answer_due_at(), Some(end_of("2026-03-23")));
}

#[test]
fn what_was_passed_on_or_taken_back_is_not_reopened() {
    for story in
        [sent().service(Verb::Redirect, "2026-03-05 10:00"), sent().team(Verb::Withdraw, "2026-03-05 10:00")]
    {
        let from = story.status();
        let refused = attempt(story.request, Verb::Reopen, Side::Team, "toch", &usual(), at(MONDAY));
        assert_eq!(refused, Err(FollowUpError::Illegal { from, verb: Verb::Reopen, allowed: vec![] }));
    }
}
