use jiff::ToSpan;

use super::*;

#[test]
fn an_explanation_names_every_day() {
    let calendar = Calendar::new([(on("2025-07-11"), Some("Feestdag".to_owned()))].into_iter().collect());
    let pauses = pauses(&[("2025-07-17T12:00:00+02", "2025-07-22T09:00:00+02")]);
    let clock = Clock::new(term(at("2025-07-10T10:00:00+02"), 5), &calendar, &pauses);
    let explanation = clock.explain(None, at("2025-07-24T12:00:00+02"));

    let lines: Vec<_> = explanation
        .segments
        .iter()
        .map(|run| format!("{} {} {} {:?}", run.from, run.to, run.days, run.reason))
        .collect();
    assert_eq!(
        lines,
        [
            "2025-07-10 2025-07-10 1 StartDay",
            "2025-07-11 2025-07-11 1 Closure(Some(\"Feestdag\"))",
            "2025-07-12 2025-07-13 2 Weekend",
            "2025-07-14 2025-07-16 3 WorkingDay",
            "2025-07-17 2025-07-18 2 Waiting",
            "2025-07-19 2025-07-20 2 Weekend",
            "2025-07-21 2025-07-21 1 Holiday(NationalDay)",
            "2025-07-22 2025-07-23 2 WorkingDay",
            "2025-07-24 2025-07-24 1 WorkingDay",
        ]
    );
    assert_eq!(explanation.due_at, Some(at("2025-07-23T23:59:59+02")));
    assert_eq!(explanation.original_due_at, Some(at("2025-07-18T23:59:59+02")));
    assert_eq!(explanation.seriously_late_at, Some(at("2025-08-06T23:59:59+02")));
    assert_eq!((explanation.elapsed_days, explanation.remaining_days), (6, Some(0)));
    assert!(explanation.late && !explanation.seriously_late && !explanation.truncated);
}

#[test]
fn late_begins_after_the_last_second_and_stops_with_the_answer() {
    let calendar = Calendar::default();
    let clock = Clock::new(term(at("2025-09-01T10:00:00+02"), 1), &calendar, &[]);
    let due_at = at("2025-09-02T23:59:59+02");
    let much_later = at("2026-09-02T10:00:00+02");

    assert!(!clock.explain(None, due_at).late);
    assert!(clock.explain(None, due_at + 1.nanosecond()).late);
    assert!(!clock.explain(Some(due_at), much_later).late);
    assert!(!clock.explain(None, at("2025-09-04T23:59:59+02")).seriously_late);
    assert!(clock.explain(None, at("2025-09-05T00:00:00+02")).seriously_late);

    let answered_late = clock.explain(Some(at("2025-09-03T10:00:00+02")), much_later);
    assert!(answered_late.late && !answered_late.seriously_late);
    assert_eq!(answered_late.segments.last().unwrap().to, on("2025-09-03"));
}

#[test]
fn a_waiting_term_has_no_end_and_is_not_late() {
    let calendar = Calendar::default();
    let waiting = pauses(&[("2025-09-03T09:00:00+02", OPEN)]);
    let now = at("2025-10-01T10:00:00+02");

    let in_time = Clock::new(term(at("2025-09-01T10:00:00+02"), 5), &calendar, &waiting).explain(None, now);
    assert_eq!((in_time.due_at, in_time.seriously_late_at, in_time.remaining_days), (None, None, None));
    assert_eq!((in_time.elapsed_days, in_time.late), (1, false));
    assert_eq!(in_time.original_due_at, Some(at("2025-09-08T23:59:59+02")));
    assert_eq!(in_time.segments.last().unwrap().to, on("2025-10-01"));

    // The end was on 2 September, before the pause; three times the term was not.
    let breached = Clock::new(term(at("2025-09-01T10:00:00+02"), 1), &calendar, &waiting).explain(None, now);
    assert!(breached.late && !breached.seriously_late);
    assert_eq!((breached.elapsed_days, breached.seriously_late_at), (1, None));
}

#[test]
fn a_given_end_stays_what_was_given() {
    let calendar = Calendar::default();
    let started_at = at("2025-09-01T10:00:00+02");
    let waiting = pauses(&[("2025-09-02T09:00:00+02", OPEN)]);
    let explain = |due_at, now| {
        Clock::new(Term { started_at, length: Length::Given(due_at) }, &calendar, &waiting).explain(None, now)
    };

    let ahead = explain(at("2025-09-05T12:00:00+02"), at("2025-09-03T10:00:00+02"));
    assert_eq!(ahead.due_at, Some(at("2025-09-05T12:00:00+02")));
    assert_eq!(ahead.original_due_at, ahead.due_at);
    assert_eq!((ahead.elapsed_days, ahead.remaining_days, ahead.late), (2, Some(2), false));
    assert_eq!(ahead.segments.last().unwrap().to, on("2025-09-05"));

    let past = explain(at("2025-08-01T12:00:00+02"), at("2030-09-03T10:00:00+02"));
    assert_eq!(past.due_at, Some(at("2025-08-01T12:00:00+02")));
    assert_eq!((past.remaining_days, past.seriously_late_at), (Some(0), None));
    assert!(past.late && !past.seriously_late);
}

#[test]
fn an_old_term_is_counted_in_full_but_listed_in_part() {
    let calendar = Calendar::default();
    let clock = Clock::new(term(at("1995-01-02T10:00:00+01"), 10), &calendar, &[]);
    let explanation = clock.explain(None, at("2025-01-02T10:00:00+01"));
    let listed: u32 = explanation.segments.iter().map(|run| run.days).sum();
    assert!(explanation.truncated && explanation.seriously_late);
    assert_eq!(usize::try_from(listed).unwrap(), LISTED_DAYS);
    assert!(explanation.elapsed_days > 7_000);
}
