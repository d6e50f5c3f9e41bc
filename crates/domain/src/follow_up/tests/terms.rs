//! The clock: breaches, waiting, recalculation.

use super::*;

const JUNE: &str = "2026-06-01 09:00";

#[test]
fn a_request_is_late_after_the_last_second_of_its_term() {
    let request = sent();
    assert_eq!(request.late_from(), Some(end_of(ANSWER_DAY)));
    assert_eq!(request.answer_breached_at(end_of(ANSWER_DAY)), None);
    assert_eq!(request.answer_breached_at(at("2026-03-17 00:00")), Some(end_of(ANSWER_DAY)));
    assert_eq!(request.receipt_breached_at(at("2026-03-05 00:00")), Some(end_of(RECEIPT_DAY)));
    assert_eq!(request.seriously_late_from(), Some(end_of(SERIOUS_DAY)));
}

#[test]
fn a_late_end_stays_late_whatever_it_is() {
    for (verb, side) in [
        (Verb::Answer, Side::Service),
        (Verb::Answer, Side::Team),
        (Verb::Refuse, Side::Service),
        (Verb::Redirect, Side::Service),
        (Verb::Redirect, Side::Team),
        (Verb::Withdraw, Side::Team),
    ] {
        for (day, late) in [("2026-03-16 23:59:59", false), ("2026-03-17 00:00", true)] {
            let story = sent()
                .service(Verb::Accept, "2026-03-03 10:00")
                .then(|request| attempt(request, verb, side, "ja", &usual(), at(day)));
            let breach = late.then(|| end_of(ANSWER_DAY));
            assert_eq!(story.answer(1).breached_at, breach, "{verb} by the {side} at {day}");
            assert_eq!(story.answer_breached_at(at(JUNE)), breach, "{verb} by the {side} at {day}");
            assert_eq!(story.late_from(), breach, "{verb} by the {side} at {day}");
            assert_eq!(story.answer(1).ended_at, Some(at(day)));
            assert_eq!(story.seriously_late_from(), None);
        }
    }
}

#[test]
fn an_answer_after_three_terms_stays_seriously_late() {
    for (day, serious) in [("2026-04-14 23:00", None), ("2026-04-15 09:00", Some(end_of(SERIOUS_DAY)))] {
        assert_eq!(sent().service(Verb::Answer, day).seriously_late_from(), serious, "{day}");
    }
}

#[test]
fn the_next_moment_is_the_first_that_lies_ahead() {
    let request = sent();
    for (now, next) in [
        (MONDAY, Some(RECEIPT_DAY)),
        ("2026-03-04 23:59:59", Some(RECEIPT_DAY)),
        ("2026-03-05 00:00", Some(ANSWER_DAY)),
        ("2026-03-17 00:00", Some(SERIOUS_DAY)),
        ("2026-04-15 00:00", None),
    ] {
        assert_eq!(request.next_due_at(at(now)), next.map(end_of), "{now}");
    }
    let received = sent().service(Verb::Receive, "2026-03-03 10:00");
    assert_eq!(received.next_due_at(at(MONDAY)), Some(end_of(ANSWER_DAY)));
    assert_eq!(received.service(Verb::Answer, "2026-03-03 11:00").next_due_at(at(MONDAY)), None);
}

#[test]
fn while_waiting_nothing_is_due() {
    let waiting = sent().service(Verb::AskBack, "2026-03-05 10:00");
    assert_eq!(waiting.answer_due_at(), None);
    assert_eq!(waiting.late_from(), None);
    assert_eq!(waiting.seriously_late_from(), None);
    assert_eq!(waiting.original_answer_due_at(), Some(end_of(ANSWER_DAY)));
    assert_eq!(waiting.next_due_at(at("2026-03-05 10:00")), None);
}

#[test]
fn a_reply_lets_the_term_run_on_without_the_days_of_waiting() {
    // Thursday 5 to Tuesday 10: three days end while waiting (Thursday, Friday, Monday).
    let request = sent().service(Verb::AskBack, "2026-03-05 10:00").team(Verb::Reply, "2026-03-10 10:00");
    assert_eq!(request.state, State::Received);
    assert_eq!(request.answer_due_at(), Some(end_of("2026-03-19")));
    assert_eq!(request.original_answer_due_at(), Some(end_of(ANSWER_DAY)));
    assert_eq!(request.seriously_late_from(), Some(end_of("2026-04-17")));
}

#[test]
fn a_reply_leads_back_to_where_the_request_was() {
    let accepted = sent().service(Verb::Accept, "2026-03-03 10:00");
    let back = accepted.service(Verb::AskBack, "2026-03-05 10:00").team(Verb::Reply, "2026-03-05 11:00");
    assert_eq!(back.state, State::Accepted);
    assert_eq!(back.answer_due_at(), Some(end_of(ANSWER_DAY)));
}

#[test]
fn a_request_that_ends_while_waiting_is_judged_on_its_effective_date() {
    for (verb, side) in [
        (Verb::Answer, Side::Service),
        (Verb::Answer, Side::Team),
        (Verb::Refuse, Side::Service),
        (Verb::Redirect, Side::Team),
        (Verb::Withdraw, Side::Team),
    ] {
        let story = sent()
            .service(Verb::AskBack, "2026-03-05 10:00")
            .then(|request| attempt(request, verb, side, "ja", &usual(), at("2026-03-30 10:00")));
        assert_eq!(story.answer(1).breached_at, None, "{verb}");
        // Two days had been counted; the day of the answer is the third.
        assert_eq!(story.answer_due_at(), Some(end_of("2026-04-09")), "{verb}");
        assert_eq!(story.answer(1).ended_at, Some(at("2026-03-30 10:00")));
        assert_eq!(story.rounds[0].pauses[0].until, Some(at("2026-03-30 10:00")));
    }
}

#[test]
fn a_term_that_was_exceeded_before_the_waiting_stays_exceeded() {
    let waiting = sent().service(Verb::AskBack, "2026-03-20 10:00");
    assert_eq!(waiting.answer(1).breached_at, Some(end_of(ANSWER_DAY)));
    assert_eq!(waiting.answer_due_at(), Some(end_of(ANSWER_DAY)));
    for story in [
        waiting.clone().team(Verb::Reply, "2026-03-25 10:00").service(Verb::Answer, "2026-03-25 11:00"),
        waiting.clone().service(Verb::Answer, "2026-03-25 11:00"),
        waiting.clone().team(Verb::Withdraw, "2026-03-25 11:00"),
        waiting.clone().service(Verb::Redirect, "2026-03-25 11:00"),
    ] {
        assert_eq!(story.answer(1).breached_at, Some(end_of(ANSWER_DAY)));
        assert_eq!(story.answer_due_at(), Some(end_of(ANSWER_DAY)));
    }
}

#[test]
fn a_late_request_does_not_become_seriously_late_while_it_waits() {
    let waiting = sent().service(Verb::AskBack, "2026-03-20 10:00");
    assert_eq!(waiting.seriously_late_from(), None);
    let back = waiting.team(Verb::Reply, "2026-04-20 10:00");
    assert_eq!(back.late_from(), Some(end_of(ANSWER_DAY)));
    // Twenty days end while waiting, from Friday 20 March to Friday 17 April without Easter Monday.
    assert_eq!(back.seriously_late_from(), Some(end_of("2026-05-13")));

    let serious = sent().service(Verb::AskBack, "2026-04-20 10:00");
    assert_eq!(serious.seriously_late_from(), Some(end_of(SERIOUS_DAY)));
}

#[test]
fn a_question_asked_back_in_the_last_second_comes_in_time() {
    let waiting = sent().service(Verb::AskBack, "2026-03-16 23:59:59");
    assert_eq!(waiting.answer_due_at(), None);
    assert_eq!(waiting.answer(1).breached_at, None);
    let back = waiting.team(Verb::Reply, "2026-03-17 09:00");
    assert_eq!(back.answer_due_at(), Some(end_of("2026-03-17")));
}

#[test]
fn later_closure_days_count_after_a_recalculation_only() {
    let story = sent().service(Verb::Receive, "2026-03-03 09:00").then(|request| {
        let calendar = closed(&["2026-03-04", "2026-03-09"]);
        request.recalculate(&say("staking"), &calendar, &team("2026-03-06 09:00"))
    });
    assert_eq!(story.answer_due_at(), Some(end_of("2026-03-18")));
    assert_eq!(story.original_answer_due_at(), Some(end_of(ANSWER_DAY)));
    assert_eq!(story.rounds[0].calendar_known_at, at("2026-03-06 09:00"));
    assert_eq!(story.receipt_due_at(), Some(end_of(RECEIPT_DAY)), "it had ended");
    let story = story.then(|request| {
        let calendar = closed(&["2026-03-04", "2026-03-09", "2026-03-11"]);
        request.recalculate(&say("weer staking"), &calendar, &team("2026-03-10 09:00"))
    });
    let round = story.round().unwrap();
    assert_eq!(round.known_for(story.receipt(1)), at(MONDAY), "as it was counted");
    assert_eq!(round.known_for(story.answer(1)), at("2026-03-10 09:00"));
}

#[test]
fn a_recalculation_moves_what_is_due_and_takes_no_breach_back() {
    let story = sent().then(|request| {
        let calendar = closed(&["2026-03-03", "2026-03-16"]);
        request.recalculate(&say("sluiting"), &calendar, &team("2026-03-17 09:00"))
    });
    assert_eq!(story.receipt_due_at(), Some(end_of("2026-03-05")));
    assert_eq!(story.receipt_breached_at(at(JUNE)), Some(end_of(RECEIPT_DAY)));
    assert_eq!(story.answer_due_at(), Some(end_of("2026-03-18")));
    assert_eq!(story.late_from(), Some(end_of(ANSWER_DAY)));

    let answered = story.service(Verb::Answer, "2026-03-17 10:00");
    assert_eq!(answered.answer(1).breached_at, Some(end_of(ANSWER_DAY)));
    assert_eq!(answered.answer_breached_at(at(JUNE)), Some(end_of(ANSWER_DAY)));
}

#[test]
fn a_recalculation_while_waiting_counts_at_the_reply() {
    let calendar = closed(&["2026-03-12"]);
    let story = sent()
        .service(Verb::AskBack, "2026-03-05 10:00")
        .then(|request| request.recalculate(&say("sluiting"), &calendar, &team("2026-03-05 11:00")));
    assert_eq!(story.answer_due_at(), None);
    let story = story.then(|request| request.reply(&say("ja"), &calendar, &team("2026-03-05 12:00")));
    assert_eq!(story.answer_due_at(), Some(end_of("2026-03-17")));
}

#[test]
fn a_clock_that_runs_behind_takes_no_breach_back() {
    let story = sent()
        .team(Verb::Recalculate, "2026-03-20 10:00")
        .then(|request| request.recalculate(&say("weer"), &usual(), &team("2026-03-16 10:00")))
        .service(Verb::Answer, "2026-03-16 11:00");
    assert_eq!(story.receipt(1).breached_at, Some(end_of(RECEIPT_DAY)));
    assert_eq!(story.answer(1).breached_at, Some(end_of(ANSWER_DAY)));
}
