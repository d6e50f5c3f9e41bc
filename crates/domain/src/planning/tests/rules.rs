//! What is a rule, and which days it gives.

use super::*;

fn days(text: &str, starts: &str, from: &str, to: &str) -> String {
    let days = rule(text).days(ten(starts), on(from), on(to));
    days.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Read off a calendar.
#[test]
fn the_second_tuesday_of_each_month_of_two_years() {
    assert_eq!(
        days("FREQ=MONTHLY;BYDAY=2TU", "2026-01-01", "2026-01-01", "2027-12-31"),
        "2026-01-13 2026-02-10 2026-03-10 2026-04-14 2026-05-12 2026-06-09 2026-07-14 2026-08-11 2026-09-08 \
         2026-10-13 2026-11-10 2026-12-08 2027-01-12 2027-02-09 2027-03-09 2027-04-13 2027-05-11 2027-06-08 \
         2027-07-13 2027-08-10 2027-09-14 2027-10-12 2027-11-09 2027-12-14"
    );
}

/// Worked out with another implementation of the standard.
#[test]
fn rules_give_these_days() {
    let table = include_str!("days.txt");
    let mut rows = 0;
    for row in table.lines() {
        let mut columns = row.split(" | ");
        let mut next = || columns.next().unwrap();
        let (text, starts, from, to, expected) = (next(), next(), next(), next(), next());
        assert_eq!(days(text, starts, from, to), expected, "{row}");
        rows += 1;
    }
    assert!(rows > 50);
}

#[test]
fn a_rule_ends_after_a_number_of_days_or_with_a_day() {
    let all = |text| days(text, "2026-01-13", "2026-01-01", "2030-12-31");
    assert_eq!(all("FREQ=MONTHLY;BYDAY=2TU;COUNT=3"), "2026-01-13 2026-02-10 2026-03-10");
    assert_eq!(all("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20260310"), "2026-01-13 2026-02-10 2026-03-10");
    assert_eq!(all("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20260309"), "2026-01-13 2026-02-10");
    // Ten o'clock in Brussels is nine in winter.
    assert_eq!(all("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20260310T090000Z"), "2026-01-13 2026-02-10 2026-03-10");
    assert_eq!(all("FREQ=MONTHLY;BYDAY=2TU;UNTIL=20260310T085959Z"), "2026-01-13 2026-02-10");
}

#[test]
fn what_was_before_the_period_counts() {
    let text = "FREQ=MONTHLY;BYDAY=2TU;COUNT=3";
    assert_eq!(days(text, "2026-01-13", "2026-03-01", "2026-12-31"), "2026-03-10");
    assert_eq!(
        days("FREQ=WEEKLY;INTERVAL=2", "2026-01-06", "2026-01-13", "2026-02-04"),
        "2026-01-20 2026-02-03"
    );
}

#[test]
fn a_period_gives_a_bounded_number_of_days() {
    let weekly = rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR");
    let days = weekly.days(ten("2026-01-01"), on("2026-01-01"), Date::MAX);
    assert_eq!(days.len(), Recurrence::MOST_DAYS);
    let never = rule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30");
    assert_eq!(never.days(ten("2026-01-01"), on("2026-01-01"), Date::MAX), []);
}

#[test]
fn a_rule_is_written_in_one_way() {
    for (given, written) in [
        ("freq=monthly;byday=2tu", "FREQ=MONTHLY;BYDAY=2TU"),
        ("BYDAY=+2TU,-1FR,2TU;FREQ=MONTHLY;INTERVAL=1", "FREQ=MONTHLY;BYDAY=2TU,-1FR"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,01;BYMONTH=9,1", "FREQ=MONTHLY;BYMONTH=9,1;BYMONTHDAY=-1,1"),
        ("FREQ=WEEKLY;WKST=MO;INTERVAL=02;COUNT=10", "FREQ=WEEKLY;INTERVAL=2;COUNT=10"),
        ("FREQ=WEEKLY;UNTIL=20271231", "FREQ=WEEKLY;UNTIL=20271231"),
        ("FREQ=WEEKLY;UNTIL=20271231T225959Z", "FREQ=WEEKLY;UNTIL=20271231T225959Z"),
    ] {
        assert_eq!(rule(given).to_string(), written);
        assert_eq!(rule(written), rule(given));
    }
}

#[test]
fn what_is_no_rule_is_refused_with_its_fault() {
    use RecurrenceFault::*;
    for (text, fault) in [
        ("", Malformed),
        ("FREQ", Malformed),
        ("FREQ=MONTHLY;", Malformed),
        (";FREQ=MONTHLY", Malformed),
        ("RRULE:FREQ=MONTHLY", UnknownPart),
        ("FREQ=MONTHLY;BYSETPOS=1", UnknownPart),
        ("FREQ=MONTHLY;BYHOUR=10", UnknownPart),
        ("FREQ=MONTHLY; BYDAY=2TU", UnknownPart),
        ("BYDAY=2TU", Missing(Part::Freq)),
        ("FREQ=DAILY", Invalid(Part::Freq)),
        ("FREQ=YEARLY", Invalid(Part::Freq)),
        ("FREQ=MONTHLY;FREQ=WEEKLY", Repeated(Part::Freq)),
        ("FREQ=MONTHLY;INTERVAL=0", Invalid(Part::Interval)),
        ("FREQ=MONTHLY;INTERVAL=+1", Invalid(Part::Interval)),
        ("FREQ=MONTHLY;INTERVAL=121", Invalid(Part::Interval)),
        ("FREQ=MONTHLY;INTERVAL=99999999999", Invalid(Part::Interval)),
        ("FREQ=MONTHLY;COUNT=0", Invalid(Part::Count)),
        ("FREQ=MONTHLY;COUNT=1000", Invalid(Part::Count)),
        ("FREQ=MONTHLY;COUNT=2;UNTIL=20270101", CountAndUntil),
        ("FREQ=MONTHLY;UNTIL=20270230", Invalid(Part::Until)),
        ("FREQ=MONTHLY;UNTIL=2027-01-01", Invalid(Part::Until)),
        ("FREQ=MONTHLY;UNTIL=20270101T100000", Invalid(Part::Until)),
        ("FREQ=MONTHLY;UNTIL=20270101T250000Z", Invalid(Part::Until)),
        ("FREQ=MONTHLY;BYDAY=", Invalid(Part::ByDay)),
        ("FREQ=MONTHLY;BYDAY=0TU", Invalid(Part::ByDay)),
        ("FREQ=MONTHLY;BYDAY=6TU", Invalid(Part::ByDay)),
        ("FREQ=MONTHLY;BYDAY=2DI", Invalid(Part::ByDay)),
        ("FREQ=MONTHLY;BYDAY=2É", Invalid(Part::ByDay)),
        ("FREQ=MONTHLY;BYDAY=TU,", Invalid(Part::ByDay)),
        ("FREQ=WEEKLY;BYDAY=2TU", NotWithFrequency(Part::ByDay)),
        ("FREQ=WEEKLY;BYMONTHDAY=2", NotWithFrequency(Part::ByMonthDay)),
        ("FREQ=MONTHLY;BYMONTHDAY=0", Invalid(Part::ByMonthDay)),
        ("FREQ=MONTHLY;BYMONTHDAY=32", Invalid(Part::ByMonthDay)),
        ("FREQ=MONTHLY;BYMONTHDAY=--1", Invalid(Part::ByMonthDay)),
        ("FREQ=MONTHLY;BYMONTH=13", Invalid(Part::ByMonth)),
        ("FREQ=MONTHLY;BYMONTH=-1", Invalid(Part::ByMonth)),
        ("FREQ=WEEKLY;WKST=SU", Invalid(Part::Wkst)),
    ] {
        assert_eq!(Recurrence::parse(text), Err(fault), "{text}");
    }
    assert_eq!(Recurrence::parse(&"A".repeat(201)), Err(TooLong));
}
