//! Requests that were taken over from another system.

use super::*;

const IMPORTED: &str = "2026-06-01 09:00";

fn imported(due: Option<&str>, ended: Option<(ImportedEnd, &str)>) -> Story {
    let row = row(due.map(at), ended.map(|(end, local)| (end, at(local))));
    let change = FollowUpRequest::imported(row, &team(IMPORTED));
    assert_eq!(change.before, None);
    change.into()
}

#[test]
fn the_dates_are_kept_and_what_is_unknown_is_absent() {
    let story = imported(Some("2026-03-10 15:30"), None);
    assert_eq!((story.version, story.sequence, story.origin), (Version::FIRST, 2, Origin::Imported));
    assert_eq!((story.state.clone(), story.created_at), (State::Sent, at(MONDAY)));
    assert_eq!((story.sent_at, story.chain_started_at), (Some(at(MONDAY)), Some(at(MONDAY))));
    assert_eq!((story.first_seen_at, story.received_at, story.accepted_at), (None, None, None));
    assert_eq!(story.updated_at, at(IMPORTED));
    assert_eq!(story.original_answer_due_at(), Some(at("2026-03-10 15:30")));
    assert_eq!(story.answer_due_at(), Some(at("2026-03-10 15:30")));
    assert_eq!((story.receipt_due_at(), story.receipt_late_from()), (None, None));
    assert_eq!(story.external_reference, Some(Reference::parse("14-00000116").unwrap()));
    assert!(!story.is_never_seen(), "nobody knows");
    assert!(story.is_visible_to_service());
}

#[test]
fn each_event_has_the_time_at_which_it_happened() {
    let told = |end| -> Vec<_> {
        imported(None, Some((end, "2026-03-09 10:00")))
            .events
            .into_iter()
            .map(|event| (event.verb, event.at, event.detail.state.unwrap()))
            .collect()
    };
    let begun = [(Verb::Create, at(MONDAY), Status::Draft), (Verb::Send, at(MONDAY), Status::Sent)];
    let end = |verb, status| (verb, at("2026-03-09 10:00"), status);
    for (ended, last) in [
        (ImportedEnd::Closed, vec![end(Verb::Answer, Status::Answered), end(Verb::Verify, Status::Closed)]),
        (ImportedEnd::Withdrawn, vec![end(Verb::Withdraw, Status::Withdrawn)]),
        (ImportedEnd::Redirected, vec![end(Verb::Redirect, Status::Redirected)]),
    ] {
        assert_eq!(told(ended), [begun.to_vec(), last].concat(), "{ended:?}");
    }
}

#[test]
fn a_closed_row_is_answered_without_words() {
    let story = imported(None, Some((ImportedEnd::Closed, "2026-03-09 10:00")));
    let answered_at = at("2026-03-09 10:00");
    assert_eq!(story.state, State::Closed);
    assert_eq!((story.first_answered_at, story.last_answered_at), (Some(answered_at), Some(answered_at)));
    assert_eq!(
        story.answers,
        [GivenAnswer { at: answered_at, round: 1, text: None, outcome: None, channel: None }]
    );
    assert_eq!((story.received_at, story.accepted_at), (None, None));
    assert_eq!(story.sequence, 4);
}

#[test]
fn a_row_that_was_passed_on_has_no_successor() {
    let story = imported(None, Some((ImportedEnd::Redirected, "2026-03-09 10:00")));
    assert_eq!(story.state, State::Redirected(Redirection::default()));
    assert_eq!(story.answers, []);
}

#[test]
fn a_row_is_late_when_it_ended_after_the_given_date() {
    for end in [ImportedEnd::Closed, ImportedEnd::Withdrawn, ImportedEnd::Redirected] {
        for (due, late) in [
            (None, false),
            (Some("2026-03-09 10:00:01"), false),
            (Some("2026-03-09 10:00"), false),
            (Some("2026-03-09 09:59:59"), true),
            (Some(MONDAY), true),
            (Some("2020-01-01 00:00"), true),
        ] {
            let story = imported(due, Some((end, "2026-03-09 10:00")));
            let breach = late.then(|| at(due.unwrap()));
            assert_eq!(story.answer(1).breached_at, breach, "{end:?}, due {due:?}");
            assert_eq!(story.late_from(), breach);
            assert_eq!(story.seriously_late_from(), None);
        }
    }
}

#[test]
fn a_row_that_ended_when_it_was_made_is_late_only_when_it_was_due_before() {
    let at_once = Some((ImportedEnd::Closed, MONDAY));
    assert_eq!(imported(Some(MONDAY), at_once).late_from(), None);
    assert_eq!(imported(Some("2026-03-01 09:00"), at_once).late_from(), Some(at("2026-03-01 09:00")));
}

#[test]
fn an_open_row_is_late_after_its_date_and_never_seriously() {
    let story = imported(Some("2026-03-01 09:00"), None);
    assert_eq!(story.answer_breached_at(at(IMPORTED)), Some(at("2026-03-01 09:00")));
    assert_eq!(story.seriously_late_from(), None);
    assert_eq!(story.next_due_at(at(IMPORTED)), None);
    let without_date = imported(None, None);
    assert_eq!((without_date.answer_due_at(), without_date.next_due_at(at(MONDAY))), (None, None));
}

#[test]
fn waiting_does_not_move_a_given_date() {
    let day = "2026-07-01 12:00";
    let waiting = imported(Some(day), None).service(Verb::AskBack, "2026-06-02 10:00");
    assert_eq!(waiting.answer_due_at(), Some(at(day)));
    for story in [
        waiting.clone().service(Verb::Answer, "2026-07-02 10:00"),
        waiting.team(Verb::Reply, "2026-07-02 09:00").service(Verb::Answer, "2026-07-02 10:00"),
    ] {
        assert_eq!(story.answer_due_at(), Some(at(day)));
        assert_eq!(story.answer(1).breached_at, Some(at(day)));
    }
}

#[test]
fn a_row_lives_on_as_any_other_request() {
    let open = imported(None, None).service(Verb::Accept, "2026-06-02 10:00");
    assert_eq!(open.received_at, Some(at("2026-06-02 10:00")));
    assert_eq!(open.answer_due_at(), None);
    let promise = Promise { promised_on: on("2027-01-01"), delay_reason: None };
    assert!(open.request.promise(&promise, &service("2026-06-02 10:00")).is_ok(), "no term, no reason");

    let again = imported(None, Some((ImportedEnd::Closed, MONDAY))).team(Verb::Reopen, "2026-06-02 10:00");
    assert_eq!(again.rounds.len(), 2);
    assert_eq!(again.answer_due_at(), Some(end_of("2026-06-16")));
}
