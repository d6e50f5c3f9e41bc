use super::*;

/// Is one hand-checked term: the instants carry the local offset, so that each row shows on which side of a
/// clock change it lies.
struct Row {
    why: &'static str,
    start: &'static str,
    days: u32,
    pauses: &'static [(&'static str, &'static str)],
    closed: &'static [&'static str],
    due: &'static str,
}

const fn row(why: &'static str, start: &'static str, days: u32, due: &'static str) -> Row {
    Row { why, start, days, pauses: &[], closed: &[], due }
}

impl Row {
    const fn paused(self, pauses: &'static [(&'static str, &'static str)]) -> Self {
        Self { pauses, ..self }
    }

    const fn closed(self, closed: &'static [&'static str]) -> Self {
        Self { closed, ..self }
    }
}

/// Stands for the end of a term that has none.
const NONE: &str = "none";

#[rustfmt::skip] // one row, one line
const ROWS: &[Row] = &[
    row("the start day does not count, however early", "2025-09-01T00:00:01+02", 2, "2025-09-03T23:59:59+02"),
    row("a Friday's day 1 is Monday", "2025-09-05T10:00:00+02", 1, "2025-09-08T23:59:59+02"),
    row("a Saturday's day 1 is Monday", "2025-09-06T10:00:00+02", 3, "2025-09-10T23:59:59+02"),
    row("the last millisecond of Sunday is still Sunday", "2025-09-07T23:59:59.999+02", 1, "2025-09-08T23:59:59+02"),
    row("midnight local time is Monday", "2025-09-08T00:00:00+02", 1, "2025-09-09T23:59:59+02"),
    row("22:00 UTC on Sunday is Monday in summer", "2025-09-07T22:00:00Z", 1, "2025-09-09T23:59:59+02"),
    row("22:00 UTC on Sunday is Sunday in winter", "2025-12-07T22:00:00Z", 1, "2025-12-08T23:59:59+01"),

    row("Easter 2024: 29 March counts, Monday 1 April does not", "2024-03-28T10:00:00+01", 3, "2024-04-03T23:59:59+02"),
    row("Easter 2025: without 21 April and Thursday 1 May", "2025-04-16T10:00:00+02", 10, "2025-05-02T23:59:59+02"),
    row("Easter 2026: without 6 April", "2026-04-02T10:00:00+02", 2, "2026-04-07T23:59:59+02"),
    row("Ascension 2024 is 9 May, its Friday counts", "2024-05-08T10:00:00+02", 1, "2024-05-10T23:59:59+02"),
    row("Ascension 2025 is 29 May, its Friday counts", "2025-05-28T10:00:00+02", 2, "2025-06-02T23:59:59+02"),
    row("Ascension 2026 is 14 May", "2026-05-13T10:00:00+02", 1, "2026-05-15T23:59:59+02"),
    row("Ascension on 1 May takes one day, not two", "2008-04-30T10:00:00+02", 1, "2008-05-02T23:59:59+02"),
    row("Whit Monday 2024 is 20 May", "2024-05-17T10:00:00+02", 1, "2024-05-21T23:59:59+02"),
    row("Whit Monday 2025 is 9 June", "2025-06-06T10:00:00+02", 1, "2025-06-10T23:59:59+02"),
    row("Whit Monday 2026 is 25 May", "2026-05-22T10:00:00+02", 1, "2026-05-26T23:59:59+02"),
    row("21 July on a Friday makes a long weekend", "2023-07-20T10:00:00+02", 1, "2023-07-24T23:59:59+02"),
    row("sent on Monday 21 July: day 1 is Tuesday", "2025-07-21T10:00:00+02", 1, "2025-07-22T23:59:59+02"),
    row("15 August on a Friday", "2025-08-14T10:00:00+02", 2, "2025-08-19T23:59:59+02"),
    row("1 November on a Saturday costs nothing, 11 November a day", "2025-10-31T10:00:00+01", 7, "2025-11-12T23:59:59+01"),
    row("24, 26, 29, 30 and 31 December count, 25 does not", "2025-12-23T10:00:00+01", 5, "2025-12-31T23:59:59+01"),
    row("1 January does not count either", "2025-12-23T10:00:00+01", 6, "2026-01-02T23:59:59+01"),

    row("the service is closed from Christmas to New Year", "2025-12-23T10:00:00+01", 1, "2026-01-02T23:59:59+01")
        .closed(&["2025-12-24", "2025-12-26", "2025-12-29", "2025-12-30", "2025-12-31"]),
    row("11 July is a closure day of this service", "2025-07-10T10:00:00+02", 1, "2025-07-14T23:59:59+02")
        .closed(&["2025-07-11"]),
    row("closed on a Sunday and a holiday: nothing more is lost", "2025-07-18T10:00:00+02", 1, "2025-07-22T23:59:59+02")
        .closed(&["2025-07-20", "2025-07-21"]),

    row("the clock goes forward on 30 March 2025", "2025-03-28T10:00:00+01", 1, "2025-03-31T21:59:59Z"),
    row("the clock goes back on 26 October 2025", "2025-10-24T10:00:00+02", 1, "2025-10-27T22:59:59Z"),
    row("the clock goes forward on 29 March 2026", "2026-03-27T10:00:00+01", 1, "2026-03-30T21:59:59Z"),
    row("the clock goes back on 25 October 2026", "2026-10-23T10:00:00+02", 1, "2026-10-26T22:59:59Z"),

    row("a pause within one day takes no day", "2025-09-01T10:00:00+02", 2, "2025-09-03T23:59:59+02")
        .paused(&[("2025-09-02T09:00:00+02", "2025-09-02T17:00:00+02")]),
    row("a pause over one night takes the day before", "2025-09-01T10:00:00+02", 2, "2025-09-04T23:59:59+02")
        .paused(&[("2025-09-02T17:00:00+02", "2025-09-03T09:00:00+02")]),
    row("a pause of the last second takes the day", "2025-09-01T10:00:00+02", 2, "2025-09-04T23:59:59+02")
        .paused(&[("2025-09-02T23:59:59+02", "2025-09-03T00:00:00+02")]),
    row("a pause that ends at the last second does not", "2025-09-01T10:00:00+02", 2, "2025-09-03T23:59:59+02")
        .paused(&[("2025-09-02T12:00:00+02", "2025-09-02T23:59:59+02")]),
    row("a pause that begins after the last second does not", "2025-09-01T10:00:00+02", 2, "2025-09-03T23:59:59+02")
        .paused(&[("2025-09-02T23:59:59.5+02", "2025-09-03T09:00:00+02")]),
    row("a pause over a holiday takes its working days only", "2025-07-17T10:00:00+02", 2, "2025-07-23T23:59:59+02")
        .paused(&[("2025-07-18T10:00:00+02", "2025-07-22T10:00:00+02")]),
    row("a pause over a weekend takes nothing", "2025-09-04T10:00:00+02", 2, "2025-09-08T23:59:59+02")
        .paused(&[("2025-09-06T00:00:00+02", "2025-09-08T08:00:00+02")]),
    row("a pause on the start day takes nothing", "2025-09-01T10:00:00+02", 1, "2025-09-02T23:59:59+02")
        .paused(&[("2025-09-01T11:00:00+02", "2025-09-02T08:00:00+02")]),
    row("a pause over the clock change in spring: until 00:30 on Tuesday", "2025-03-28T10:00:00+01", 1, "2025-04-01T23:59:59+02")
        .paused(&[("2025-03-29T12:00:00+01", "2025-03-31T22:30:00Z")]),
    row("a pause over the clock change in autumn: until 23:30 on Monday", "2025-10-24T10:00:00+02", 1, "2025-10-27T23:59:59+01")
        .paused(&[("2025-10-25T12:00:00+02", "2025-10-27T22:30:00Z")]),
    row("overlapping pauses take each day once", "2025-09-01T10:00:00+02", 2, "2025-09-05T23:59:59+02")
        .paused(&[("2025-09-03T12:00:00+02", "2025-09-04T08:00:00+02"), ("2025-09-02T12:00:00+02", "2025-09-03T18:00:00+02")]),
    row("a reversed pause is empty", "2025-09-01T10:00:00+02", 2, "2025-09-03T23:59:59+02")
        .paused(&[("2025-09-04T12:00:00+02", "2025-09-01T12:00:00+02")]),

    row("while it waits there is no end", "2025-09-01T10:00:00+02", 2, NONE)
        .paused(&[("2025-09-02T09:00:00+02", OPEN)]),
    row("it waits from the very second at which the term would end", "2025-09-01T10:00:00+02", 2, NONE)
        .paused(&[("2025-09-03T23:59:59+02", OPEN)]),
    row("of two open pauses the first counts, whatever their order", "2025-09-01T10:00:00+02", 2, NONE)
        .paused(&[("2025-09-02T09:00:00+02", OPEN), ("2025-09-04T09:00:00+02", OPEN)]),
    row("a pause after the end takes no breach back", "2025-09-01T10:00:00+02", 2, "2025-09-03T23:59:59+02")
        .paused(&[("2025-09-04T00:00:00+02", OPEN)]),
];

#[test]
fn terms_end_where_a_person_counting_on_paper_ends() {
    for row in ROWS {
        let calendar = calendar(row.closed);
        let due_at = Clock::new(term(at(row.start), row.days), &calendar, &pauses(row.pauses)).due_at();
        let expected = (row.due != NONE).then(|| at(row.due));
        assert_eq!(due_at, expected, "{}", row.why);
    }
}

#[test]
fn figures_count_like_the_term() {
    let calendar = Calendar::default();
    let paused = pauses(&[("2025-09-02T17:00:00+02", "2025-09-03T09:00:00+02")]);
    let sent_at = at("2025-09-01T10:00:00+02");
    let between = |to| calendar.working_days_between(sent_at, at(to), &paused);

    assert_eq!(between("2025-09-01T23:00:00+02"), 0);
    assert_eq!(between("2025-09-03T08:00:00+02"), 1, "Tuesday was spent waiting");
    assert_eq!(between("2025-09-07T12:00:00+02"), 3, "Sunday counts as Friday did");
    assert_eq!(between("2025-08-01T12:00:00+02"), 0, "never below zero");
}

#[test]
fn a_term_lasts_1_to_1000_days() {
    assert_eq!(WorkingDays::new(0), None);
    assert_eq!(WorkingDays::new(1).map(WorkingDays::get), Some(1));
    assert_eq!(WorkingDays::new(1_000), Some(WorkingDays::MAX));
    assert_eq!(WorkingDays::new(1_001), None);
    assert_eq!(serde_json::from_str::<WorkingDays>("20").ok(), WorkingDays::new(20));
    assert!(serde_json::from_str::<WorkingDays>("0").is_err());
    assert_eq!([0, 20, 1_001].map(|days| WorkingDays::clamped(days).get()), [1, 20, 1_000]);
}
