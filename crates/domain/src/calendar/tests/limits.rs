use jiff::ToSpan;

use super::*;

#[test]
fn the_edges_of_time_are_safe() {
    let calendar = Calendar::default();
    for date in [Date::MIN, on("-009999-01-02"), on("9999-12-30"), Date::MAX] {
        assert!(start_of_day(date) <= end_of_day(date));
        assert!((local_date(start_of_day(date)) - date).get_days().abs() <= 1);
    }

    // From either limit to a decade within it, and back: a walk over all days takes too long for a test.
    let first = [Timestamp::MIN, at("-009990-01-01T00:00:00Z")];
    let last = [at("9990-01-01T00:00:00Z"), Timestamp::MAX];
    for limits in [first, last] {
        let [early, late] = limits;
        let pauses = [Pause { from: early, until: Some(late) }, Pause { from: late, until: None }];
        for length in [Length::WorkingDays(WorkingDays::MAX), Length::Given(early), Length::Given(late)] {
            for started_at in limits {
                let clock = Clock::new(Term { started_at, length }, &calendar, &pauses);
                for now in limits {
                    assert!(clock.explain(Some(late), now).segments.len() <= LISTED_DAYS);
                }
            }
        }
    }

    let at_the_end = Term { started_at: Timestamp::MAX, length: Length::WorkingDays(WorkingDays::MAX) };
    assert_eq!(Clock::new(at_the_end, &calendar, &[]).due_at(), None);
    assert_eq!(calendar.next_working_day(Date::MAX), None);
    assert_eq!(calendar.add_working_days(on("9990-01-01"), u32::MAX), None);
}

#[test]
fn years_of_closure_and_thousands_of_pauses_end() {
    let start = on("2025-09-01");
    let calendar = Calendar::new(dates_after(start).take(40 * 365).map(|date| (date, None)).collect());
    let due_at = Clock::new(term(at("2025-09-01T10:00:00+02"), 1), &calendar, &[]).due_at().unwrap();
    assert_eq!(local_date(due_at), on("2065-08-24"));

    let base = at("2025-09-01T10:00:00+02");
    let pauses: Vec<_> = (0..10_000_i64)
        .map(|i| {
            let from = base + (i * 7_919 % 10_000).hours();
            Pause { from, until: Some(from + (i % 3).hours()) }
        })
        .collect();
    let clock = Clock::new(term(at("2025-09-01T10:00:00+02"), 1_000), &Calendar::default(), &pauses).due_at();
    assert!(clock > Some(at("2026-09-01T10:00:00+02")));
}
