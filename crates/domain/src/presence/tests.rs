use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::calendar::{Period, start_of_day};
use crate::id::ClientId;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stamp(text: &str) -> Stamp {
    let client_id = ClientId::new(Uuid::from_u128(1));
    let organisation_id = OrganisationId::new(Uuid::from_u128(2));
    Stamp { at: at(text), by: Actor { client_id, user: None, organisation_id } }
}

fn shift(started_at: &str, ended_at: &str) -> Shift {
    Shift {
        guard_group_id: Uuid::from_u128(3).into(),
        area_id: Uuid::from_u128(4).into(),
        started_at: at(started_at),
        ended_at: at(ended_at),
        task: Task::DissuasivePresence,
        guards: 2,
        contacts: 5,
        remarks: None,
    }
}

fn recorded() -> PresenceRecord {
    let shift = shift("2026-03-01T13:00:00Z", "2026-03-01T17:00:00Z");
    let (id, organisation) = (Uuid::from_u128(5).into(), Uuid::from_u128(2).into());
    PresenceRecord::record(id, organisation, shift, &stamp("2026-03-02T09:00:00Z")).state
}

fn reason(text: &str) -> Remark {
    Remark::parse(text).unwrap()
}

fn changed(outcome: Result<Outcome, IsWithdrawn>) -> Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

#[test]
fn every_fault_of_the_times_is_told() {
    let now = at("2026-03-02T09:00:00Z");
    for (started_at, ended_at, faults) in [
        ("2026-03-01T22:00:00Z", "2026-03-02T12:00:00Z", &[][..]),
        ("2026-03-01T22:00:00Z", "2026-03-02T12:01:00Z", &[TimeFault::TooLong]),
        ("2026-03-02T20:00:00Z", "2026-03-03T09:00:00Z", &[]),
        ("2026-03-02T20:00:00Z", "2026-03-03T09:01:00Z", &[TimeFault::TooFarAhead]),
        ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z", &[TimeFault::NoDuration]),
        (
            "2026-03-02T08:00:01Z",
            "2026-03-02T08:00:00.000001Z",
            &[TimeFault::StartNotWhole, TimeFault::EndNotWhole, TimeFault::NoDuration],
        ),
        ("2026-03-02T08:00:00Z", "2036-03-02T08:00:00Z", &[TimeFault::TooLong, TimeFault::TooFarAhead]),
    ] {
        assert_eq!(shift(started_at, ended_at).time_faults(now), faults, "{started_at} {ended_at}");
    }
}

#[test]
fn one_shift_may_begin_when_another_ends() {
    let late = shift("2026-03-01T18:00:00Z", "2026-03-01T22:00:00Z");
    for (started_at, ended_at, overlaps) in [
        ("2026-03-01T14:00:00Z", "2026-03-01T18:00:00Z", false),
        ("2026-03-01T14:00:00Z", "2026-03-01T18:01:00Z", true),
        ("2026-03-01T19:00:00Z", "2026-03-01T20:00:00Z", true),
        ("2026-03-01T21:59:00Z", "2026-03-01T23:00:00Z", true),
        ("2026-03-01T22:00:00Z", "2026-03-01T23:00:00Z", false),
    ] {
        let other = shift(started_at, ended_at);
        assert_eq!((late.overlaps(&other), other.overlaps(&late)), (overlaps, overlaps), "{started_at}");
    }
}

#[test]
fn a_correction_keeps_what_was_said_before_and_counts_from_the_end_of_the_shift() {
    let record = recorded();
    let longer = shift("2026-03-01T13:00:00Z", "2026-03-01T18:00:00Z");
    let later = stamp("2026-03-05T09:00:00Z");
    let change = changed(record.clone().correct(longer.clone(), reason("Vergissing"), &later));
    assert_eq!((change.state.version, change.state.status()), (Version(2), Status::Recorded));
    let correction = Correction {
        at: later.at,
        by: later.by.clone(),
        reason: reason("Vergissing"),
        before: record.shift.clone(),
    };
    assert_eq!(change.state.corrections, [correction]);
    assert_eq!(change.events, [Event { verb: Verb::Correct, at: longer.ended_at }]);
    let again = change.state.clone().correct(longer, reason("Vergissing"), &later).unwrap();
    assert_eq!(again, Outcome::Unchanged(change.state));
}

#[test]
fn a_withdrawn_record_is_neither_corrected_nor_withdrawn_otherwise() {
    let later = stamp("2026-03-05T09:00:00Z");
    let withdrawn = changed(recorded().withdraw(reason("Dubbel"), &later)).state;
    assert_eq!((withdrawn.status(), withdrawn.version), (Status::Withdrawn, Version(2)));
    let again = withdrawn.clone().withdraw(reason("Dubbel"), &later).unwrap();
    assert_eq!(again, Outcome::Unchanged(withdrawn.clone()));
    assert_eq!(withdrawn.clone().withdraw(reason("Anders"), &later), Err(IsWithdrawn));
    let shift = withdrawn.shift.clone();
    assert_eq!(withdrawn.correct(shift, reason("Toch niet"), &later), Err(IsWithdrawn));
}

fn split(started_at: &str, ended_at: &str) -> Vec<(String, DayPart, i64)> {
    let parts = parts(at(started_at), at(ended_at));
    parts.into_iter().map(|part| (part.on.to_string(), part.day_part, part.minutes)).collect()
}

#[test]
fn a_shift_is_split_at_six_twelve_eighteen_and_twenty_two_hours_and_at_midnight() {
    // From 5.30 to 23.30 hours on a winter's day.
    let day = "2026-01-31".to_owned();
    assert_eq!(
        split("2026-01-31T04:30:00Z", "2026-01-31T22:30:00Z"),
        [
            (day.clone(), DayPart::Night, 30),
            (day.clone(), DayPart::Morning, 360),
            (day.clone(), DayPart::Afternoon, 360),
            (day.clone(), DayPart::Evening, 240),
            (day.clone(), DayPart::Night, 90),
        ]
    );
    assert_eq!(
        split("2026-01-31T22:00:00Z", "2026-02-01T06:00:00Z"),
        [
            (day, DayPart::Night, 60),
            ("2026-02-01".to_owned(), DayPart::Night, 360),
            ("2026-02-01".to_owned(), DayPart::Morning, 60),
        ]
    );
}

#[test]
fn a_night_in_which_the_clock_is_changed_has_its_true_minutes() {
    // From 22 to 6 hours local time: seven hours in spring, nine in autumn.
    let night = |started_at, ended_at| -> i64 {
        split(started_at, ended_at)
            .iter()
            .map(|(_, day_part, minutes)| {
                assert_eq!(*day_part, DayPart::Night);
                minutes
            })
            .sum()
    };
    assert_eq!(night("2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"), 7 * 60);
    assert_eq!(night("2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"), 9 * 60);
    assert_eq!(night("2026-01-10T21:00:00Z", "2026-01-11T05:00:00Z"), 8 * 60);
    // The second of the two hours from two to three is a night's hour as well.
    assert_eq!(
        split("2026-10-25T00:30:00Z", "2026-10-25T06:00:00Z"),
        [("2026-10-25".to_owned(), DayPart::Night, 270), ("2026-10-25".to_owned(), DayPart::Morning, 60)]
    );
}

fn period(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

#[test]
fn counts_stand_where_a_shift_begins_and_minutes_where_they_pass() {
    let area_id = Uuid::from_u128(4).into();
    // From 23 hours on the last of January to 3 hours the next day.
    let counted = Counted {
        area_id,
        started_at: at("2026-01-31T22:00:00Z"),
        ended_at: at("2026-02-01T02:00:00Z"),
        guards: 3,
        contacts: 4,
    };
    let case = Detected { area_id, created_at: at("2026-02-01T00:30:00Z") };
    let by_month = [Dimension::Month].into();
    let both = Totals::of(period("2026-01-01", "2026-02-28"), &by_month, [counted], [case]);
    let january =
        Figures { shifts: 1, shift_minutes: 60, guard_minutes: 180, contacts: 4, cases_detected: 0 };
    let february =
        Figures { shift_minutes: 180, guard_minutes: 540, cases_detected: 1, ..Figures::default() };
    let month = |day: &str| Cell { month: Some(day.parse().unwrap()), ..Cell::default() };
    assert_eq!(both.cells, [(month("2026-01-01"), january), (month("2026-02-01"), february)].into());
    let only = Totals::of(period("2026-02-01", "2026-02-28"), &by_month, [counted], [case]);
    assert_eq!((only.all, only.cells.len()), (february, 1));
    let none = Totals::of(period("2026-03-01", "2026-03-31"), &by_month, [counted], [case]);
    assert_eq!(none, Totals::default());
}

/// A whole minute between 1950 and 2100.
fn minute() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (at("1950-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"));
    let minutes = (first.as_second() / 60)..(last.as_second() / 60);
    minutes.prop_map(|minute| Timestamp::from_second(minute * 60).unwrap())
}

/// A whole minute within two days around a change of the clock, so that many a shift meets one.
fn minute_near_a_change() -> impl Strategy<Value = Timestamp> {
    let changes = prop_oneof![
        Just("2026-03-29T01:00:00Z"),
        Just("2026-10-25T01:00:00Z"),
        Just("2027-03-28T01:00:00Z"),
        Just("2012-10-28T01:00:00Z"),
    ];
    (changes, -1_440_i64..1_440).prop_map(|(change, minutes)| at(change) + SignedDuration::from_mins(minutes))
}

fn shifts() -> impl Strategy<Value = Counted> {
    let started_at = prop_oneof![minute(), minute_near_a_change()];
    (started_at, 1_i64..=840, 1_u16..10, 0_u16..50, 0_u128..3).prop_map(
        |(started_at, minutes, guards, contacts, area)| Counted {
            area_id: Uuid::from_u128(area).into(),
            started_at,
            ended_at: started_at + SignedDuration::from_mins(minutes),
            guards,
            contacts,
        },
    )
}

fn dimensions() -> impl Strategy<Value = BTreeSet<Dimension>> {
    prop::sample::subsequence(Dimension::ALL, 0..=Dimension::ALL.len())
        .prop_map(|dimensions| dimensions.into_iter().collect())
}

proptest! {
    #[test]
    fn the_parts_of_a_shift_sum_to_the_minutes_that_passed(shift in shifts()) {
        let parts = parts(shift.started_at, shift.ended_at);
        let sum: i64 = parts.iter().map(|part| part.minutes).sum();
        prop_assert_eq!(sum, shift.ended_at.duration_since(shift.started_at).as_mins());
        prop_assert!(parts.iter().all(|part| part.minutes > 0));
    }

    #[test]
    fn each_part_lies_in_one_day_and_one_part_of_it(shift in shifts()) {
        let mut from = shift.started_at;
        for part in parts(shift.started_at, shift.ended_at) {
            for minute in [0, part.minutes - 1] {
                let within = from + SignedDuration::from_mins(minute);
                prop_assert_eq!(crate::calendar::local_date(within), part.on);
                prop_assert_eq!(DayPart::at(within), part.day_part);
            }
            from += SignedDuration::from_mins(part.minutes);
        }
    }

    #[test]
    fn splitting_at_any_minute_changes_no_sum(shift in shifts(), cut in 0_i64..=840) {
        let cut = (shift.started_at + SignedDuration::from_mins(cut)).min(shift.ended_at);
        let mut whole = std::collections::BTreeMap::new();
        for part in parts(shift.started_at, shift.ended_at) {
            *whole.entry((part.on, part.day_part)).or_insert(0) += part.minutes;
        }
        for part in parts(shift.started_at, cut).into_iter().chain(parts(cut, shift.ended_at)) {
            *whole.entry((part.on, part.day_part)).or_insert(0) -= part.minutes;
        }
        prop_assert!(whole.values().all(|left| *left == 0));
    }

    #[test]
    fn the_cells_of_totals_sum_to_the_whole_however_they_are_told_apart(
        shifts in prop::collection::vec(shifts(), 0..20),
        dimensions in dimensions(),
    ) {
        let always = period("1949-01-01", "2101-12-31");
        let totals = Totals::of(always, &dimensions, shifts.clone(), []);
        let mut sum = Figures::default();
        for figures in totals.cells.values() {
            sum.shifts += figures.shifts;
            sum.shift_minutes += figures.shift_minutes;
            sum.guard_minutes += figures.guard_minutes;
            sum.contacts += figures.contacts;
        }
        prop_assert_eq!(sum, totals.all);
        let minutes = |shift: &Counted| shift.ended_at.duration_since(shift.started_at).as_mins();
        prop_assert_eq!(totals.all.shift_minutes, shifts.iter().map(minutes).sum::<i64>());
        let guarded = shifts.iter().map(|shift| minutes(shift) * i64::from(shift.guards)).sum::<i64>();
        prop_assert_eq!(totals.all.guard_minutes, guarded);
    }

    #[test]
    fn two_periods_side_by_side_have_what_both_have_together(
        shift in shifts(),
        days in -3_i64..3,
    ) {
        let edge: Date = crate::calendar::local_date(shift.started_at).saturating_add(jiff::ToSpan::days(days));
        prop_assume!(start_of_day(edge) > at("1950-01-01T00:00:00Z"));
        let (first, last): (Date, Date) = ("1949-01-01".parse().unwrap(), "2101-12-31".parse().unwrap());
        let none = BTreeSet::new();
        let all = |from, to| Totals::of(Period { from, to }, &none, [shift], []).all;
        let (before, after) = (all(first, edge.yesterday().unwrap()), all(edge, last));
        let whole = all(first, last);
        prop_assert_eq!(before.shift_minutes + after.shift_minutes, whole.shift_minutes);
        prop_assert_eq!(before.shifts + after.shifts, 1);
        prop_assert_eq!(before.contacts + after.contacts, whole.contacts);
    }
}
