//! What team and service tell each other: promises, answers, amendments, reminders.

use super::*;

fn promise(day: &str, delay_reason: Option<DelayReason>) -> Promise {
    Promise { promised_on: on(day), delay_reason }
}

#[test]
fn a_promise_after_the_original_term_needs_a_reason() {
    // The effective term ends on Thursday 19 March; the original one on Monday 16 March decides.
    let story = sent().service(Verb::AskBack, "2026-03-05 10:00").team(Verb::Reply, "2026-03-10 10:00");
    let now = service("2026-03-10 11:00");
    let told = |day, reason| story.request.clone().promise(&promise(day, reason), &now);
    assert!(told(ANSWER_DAY, None).is_ok());
    assert_eq!(told("2026-03-17", None), Err(FollowUpError::DelayReasonRequired));
    assert!(told("2026-03-17", Some(DelayReason::Season)).is_ok());
    assert_eq!(told("2026-03-09", None), Err(FollowUpError::DayInThePast));
    assert!(told("2026-03-10", None).is_ok());
}

#[test]
fn promises_are_added_and_move_no_term() {
    let received = sent().service(Verb::Receive, "2026-03-03 10:00");
    let story = received
        .clone()
        .then(|request| request.promise(&promise("2026-03-10", None), &service("2026-03-04 10:00")))
        .service(Verb::AskBack, "2026-03-11 10:00")
        .then(|request| {
            let later = promise("2026-05-04", Some(DelayReason::Permit));
            request.promise(&later, &service("2026-03-11 11:00"))
        });
    let days: Vec<_> = story.promises.iter().map(|promise| promise.promised_on).collect();
    assert_eq!(days, [on("2026-03-10"), on("2026-05-04")]);
    assert_eq!(story.original_answer_due_at(), received.original_answer_due_at());
    assert_eq!(story.status(), Status::Waiting);
    assert_eq!(story.accepted_at, None);
}

#[test]
fn an_answer_on_behalf_tells_its_channel_and_an_own_answer_has_none() {
    let answer = |channel| Answer {
        text: Paragraph::parse("Gesnoeid").unwrap(),
        outcome: AnswerOutcome::Done,
        channel,
    };
    let told = |channel, side, stamp| sent().request.answer(&answer(channel), side, &usual(), &stamp);
    let day = "2026-03-05 10:00";
    assert_eq!(told(None, Side::Team, team(day)), Err(FollowUpError::ChannelRequired));
    assert_eq!(told(Some(Channel::Mail), Side::Service, service(day)), Err(FollowUpError::ChannelNotAllowed));
    let change = changed(told(Some(Channel::Mail), Side::Team, team(day)));
    assert_eq!(change.state.answers[0].channel, Some(Channel::Mail));
    assert_eq!(change.events[0].detail.channel, Some(Channel::Mail));
}

#[test]
fn an_amendment_keeps_both_texts_and_the_terms() {
    let amend = |subject: &str| Amend {
        subject: Title::parse(subject).unwrap(),
        question: Paragraph::parse("Kan de hele haag weg?").unwrap(),
        text: Remark::parse("verkeerd gelezen").unwrap(),
    };
    let story = sent()
        .then(|request| request.amend(&amend("Rooien"), &team("2026-03-03 10:00")))
        .then(|request| request.amend(&amend("Vellen"), &team("2026-03-04 10:00")));
    let subjects: Vec<_> = story.amendments.iter().map(|amendment| amendment.subject.as_str()).collect();
    assert_eq!(subjects, ["Snoeien", "Rooien"]);
    assert_eq!(story.amendments[0].question, question().question);
    assert_eq!(story.subject.as_str(), "Vellen");
    assert_eq!(story.rounds, sent().rounds);
    assert_eq!(story.version, Version(3));
}

#[test]
fn each_reminder_counts_and_changes_neither_version_nor_terms() {
    let remind = |request: FollowUpRequest, local: &str| {
        request.remind(&MaySay::default(), &team(local)).map(Outcome::Changed)
    };
    let story = sent()
        .then(|request| remind(request, "2026-03-05 10:00"))
        .then(|request| remind(request, "2026-03-05 10:00"));
    assert_eq!(story.reminder_count, 2);
    assert_eq!(story.last_reminded_at, Some(at("2026-03-05 10:00")));
    assert_eq!((story.version, story.sequence), (Version::FIRST, 4));
    assert_eq!((story.updated_at, &story.rounds), (at(MONDAY), &sent().rounds));

    let change = story.request.remind(&MaySay::default(), &team("2026-03-06 10:00")).unwrap();
    let before = change.before.as_ref().map(|before| before.version);
    assert_eq!((before, change.state.version), (Some(Version::FIRST), Version::FIRST));
}

#[test]
fn who_waits_for_the_team_is_not_reminded() {
    let waiting = sent().service(Verb::AskBack, "2026-03-05 10:00");
    let refused = waiting.request.remind(&MaySay::default(), &team("2026-03-06 10:00"));
    assert_eq!(
        refused,
        Err(FollowUpError::Illegal {
            from: Status::Waiting,
            verb: Verb::Remind,
            allowed: allowed(Status::Waiting, &[Side::Team])
        })
    );
}

#[test]
fn every_event_tells_its_time_and_the_state_after_it() {
    let story = sent()
        .service(Verb::AskBack, "2026-03-05 10:00")
        .team(Verb::Reply, "2026-03-06 10:00")
        .service(Verb::Answer, "2026-03-09 10:00");
    let told: Vec<_> = story.events.iter().map(|event| (event.verb, event.at, event.detail.state)).collect();
    assert_eq!(
        told,
        [
            (Verb::Create, at(MONDAY), Some(Status::Draft)),
            (Verb::Send, at(MONDAY), Some(Status::Sent)),
            (Verb::AskBack, at("2026-03-05 10:00"), Some(Status::Waiting)),
            (Verb::Reply, at("2026-03-06 10:00"), Some(Status::Received)),
            (Verb::Answer, at("2026-03-09 10:00"), Some(Status::Answered)),
        ]
    );
    assert_eq!((story.version, story.sequence), (Version(4), 5));
}
