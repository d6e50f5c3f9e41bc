use jiff::ToSpan as _;
use jiff::civil::date;

use super::*;
use crate::calendar::Period;
use crate::hourly_rate::{Cents, HourlyRate};
use crate::meeting::cost::{Figures, Sitting, Totals, by_function};

const FUNCTIONS: [&str; 3] = ["guard", "chiefInspector", "mayor"];

fn function(code: &str) -> FunctionCode {
    FunctionCode::parse(code).unwrap()
}

fn rate(code: &str, cents: u32, from: &str) -> HourlyRate {
    HourlyRate {
        function: function(code),
        cents_per_hour: Cents::new(cents).unwrap(),
        valid_from: from.parse().unwrap(),
    }
}

fn rates() -> Vec<HourlyRate> {
    vec![
        rate("guard", 3_000, "2026-01-01"),
        rate("guard", 3_100, "2026-07-01"),
        rate("chiefInspector", 5_200, "2026-01-01"),
    ]
}

fn of(code: &str, from: Option<&str>, until: Option<&str>) -> Attendance {
    Attendance { function: function(code), ..present(from, until) }
}

fn sitting(starts_at: &str, ends_at: &str, attendances: Vec<Attendance>) -> Sitting {
    Sitting { starts_at: at(starts_at), ends_at: at(ends_at), attendances }
}

fn a_guard(starts_at: &str, ends_at: &str) -> Sitting {
    sitting(starts_at, ends_at, vec![of("guard", None, None)])
}

fn period(from: &str, to: &str) -> Period {
    Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// Gives minutes, cents and minutes without a rate of one meeting.
fn told(sitting: &Sitting) -> (i64, i64, i64) {
    let figures = Figures::of_meeting(&by_function(sitting, &rates()));
    (figures.minutes, figures.cents, figures.minutes_without_rate)
}

#[test]
fn a_function_costs_its_minutes_times_its_rate() {
    let sitting = sitting(
        "2026-03-10 13:00",
        "2026-03-10 17:00",
        vec![
            of("guard", None, None),
            of("guard", Some("2026-03-10 14:30"), None),
            of("chiefInspector", None, Some("2026-03-10 13:20")),
            of("neighbourhoodManager", None, None),
            Attendance { state: AttendanceState::Excused, ..of("guard", None, None) },
            Attendance { state: AttendanceState::Absent, ..of("mayor", None, None) },
        ],
    );

    let functions = by_function(&sitting, &rates());

    let lines: Vec<_> = functions
        .iter()
        .map(|it| (it.function.as_str(), it.present, it.minutes, it.rate.map(Cents::get), it.cents))
        .collect();
    assert_eq!(
        lines,
        [
            // 20 minutes at 52 euro an hour: 17.333…
            ("chiefInspector", 1, 20, Some(5_200), Some(1_733)),
            // 240 minutes are 120 euro, 150 minutes of who came late 75 euro.
            ("guard", 2, 390, Some(3_000), Some(19_500)),
            ("neighbourhoodManager", 1, 240, None, None),
        ]
    );
    assert_eq!(
        Figures::of_meeting(&functions),
        Figures { meetings: 1, present: 4, minutes: 650, cents: 21_233, minutes_without_rate: 240 }
    );
}

#[test]
fn the_cost_of_each_person_is_rounded_half_up() {
    // A minute costs a cent and a half.
    let odd = [rate("guard", 90, "2026-01-01")];
    for (until, cents) in [("13:01", 2), ("13:02", 3), ("13:03", 5), ("13:04", 6)] {
        let person = of("guard", None, Some(&format!("2026-03-10 {until}")));
        let of_persons = |number| {
            let attendances = vec![person.clone(); number];
            let sitting = sitting("2026-03-10 13:00", "2026-03-10 17:00", attendances);
            by_function(&sitting, &odd)[0].cents
        };
        assert_eq!(of_persons(1), Some(cents), "{until}");
        assert_eq!(of_persons(2), Some(2 * cents), "each on its own: {until}");
    }
}

#[test]
fn a_rate_that_changes_in_the_year_holds_from_its_day_on() {
    let meetings = [
        a_guard("2025-12-09 13:00", "2025-12-09 14:00"),
        a_guard("2026-06-30 13:00", "2026-06-30 14:00"),
        a_guard("2026-07-01 13:00", "2026-07-01 14:00"),
    ];
    assert_eq!(meetings.each_ref().map(told), [(60, 0, 60), (60, 3_000, 0), (60, 3_100, 0)]);

    let totals = Totals::of(period("2025-01-01", "2026-12-31"), Grouping::Year, meetings, &rates());

    let years: Vec<_> = totals
        .groups
        .iter()
        .map(|(year, it)| (*year, it.meetings, it.cents, it.minutes_without_rate))
        .collect();
    assert_eq!(years, [(date(2025, 1, 1), 1, 0, 60), (date(2026, 1, 1), 2, 6_100, 0)]);
}

#[test]
fn the_minutes_are_those_that_pass_when_the_clock_changes() {
    // From half past midnight to half past four on the clock: an hour less in spring, an hour more in autumn.
    assert_eq!(told(&a_guard("2026-03-29 00:30", "2026-03-29 04:30")), (180, 9_000, 0));
    assert_eq!(told(&a_guard("2026-10-25 00:30", "2026-10-25 04:30")), (300, 15_500, 0));
}

#[test]
fn a_meeting_counts_on_the_local_day_on_which_it_starts() {
    // Half past midnight in Brussels is still the day before in UTC.
    let night = || a_guard("2026-07-01 00:30", "2026-07-01 01:30");
    assert_eq!(night().starts_at.to_string(), "2026-06-30T22:30:00Z");
    assert_eq!(told(&night()), (60, 3_100, 0));
    let month = |from, to| {
        Totals::of(period(from, to), Grouping::Month, [night()], &rates()).groups.into_keys().next()
    };
    assert_eq!(month("2026-06-01", "2026-06-30"), None);
    assert_eq!(month("2026-07-01", "2026-07-01"), Some(date(2026, 7, 1)));
    assert_eq!(month("2026-07-02", "2026-07-31"), None);
}

fn a_sitting() -> impl Strategy<Value = Sitting> {
    let person = (0_usize..3, 0_usize..3, -60_i64..300, 1_i64..300);
    (0_i64..900, 1_i64..480, prop::collection::vec(person, 0..6)).prop_map(|(day, length, persons)| {
        let starts_at = at("2025-01-01 00:30") + SignedDuration::from_hours(24 * day);
        let minute = |after| starts_at + SignedDuration::from_mins(after);
        let attendance = |(function, state, from, minutes): (usize, usize, i64, i64)| Attendance {
            state: AttendanceState::ALL[state],
            presence: Presence { from: Some(minute(from)), until: Some(minute(from + minutes)) },
            ..of(FUNCTIONS[function], None, None)
        };
        Sitting {
            starts_at,
            ends_at: minute(length),
            attendances: persons.into_iter().map(attendance).collect(),
        }
    })
}

fn some_rates() -> impl Strategy<Value = Vec<HourlyRate>> {
    let day = |days: i64| date(2025, 1, 1).saturating_add(days.days());
    // A function has one rate from a day.
    let rates = prop::collection::btree_map((0_usize..3, 0_i64..900), 0_u32..=Cents::MOST, 0..8);
    rates.prop_map(move |rates| {
        rates
            .into_iter()
            .map(|((function, days), cents)| HourlyRate {
                valid_from: day(days),
                ..rate(FUNCTIONS[function], cents, "2025-01-01")
            })
            .collect()
    })
}

fn sum(totals: &Totals) -> Figures {
    totals.groups.values().fold(Figures::default(), |sum, it| Figures {
        meetings: sum.meetings + it.meetings,
        present: sum.present + it.present,
        minutes: sum.minutes + it.minutes,
        cents: sum.cents + it.cents,
        minutes_without_rate: sum.minutes_without_rate + it.minutes_without_rate,
    })
}

proptest! {
    #[test]
    fn the_groups_sum_to_everything_in_any_order(
        sittings in prop::collection::vec(a_sitting(), 0..12),
        rates in some_rates(),
        by_month in any::<bool>(),
        turn in 0_usize..12,
    ) {
        let grouping = if by_month { Grouping::Month } else { Grouping::Year };
        let of = |sittings: &[Sitting], rates: &[HourlyRate]| {
            Totals::of(period("2025-03-01", "2026-10-31"), grouping, sittings.to_vec(), rates)
        };
        let totals = of(&sittings, &rates);
        prop_assert_eq!(sum(&totals), totals.all);
        prop_assert!(totals.all.minutes_without_rate <= totals.all.minutes);

        let (mut turned, mut other_way) = (sittings.clone(), rates);
        turned.rotate_left(turn.min(sittings.len()));
        for sitting in &mut turned {
            sitting.attendances.reverse();
        }
        other_way.reverse();
        prop_assert_eq!(of(&turned, &other_way), totals);
    }

    #[test]
    fn without_a_rate_there_is_no_cost(sitting in a_sitting()) {
        let functions = by_function(&sitting, &[]);
        prop_assert!(functions.iter().all(|it| it.rate.is_none() && it.cents.is_none()));
        let figures = Figures::of_meeting(&functions);
        prop_assert_eq!((figures.cents, figures.minutes_without_rate), (0, figures.minutes));
    }

    #[test]
    fn a_cost_is_within_half_a_cent_of_each_person(sitting in a_sitting(), rates in some_rates()) {
        for it in by_function(&sitting, &rates) {
            let Some((rate, cents)) = it.rate.zip(it.cents) else { continue };
            let exact = it.minutes * i64::from(rate.get());
            prop_assert!((cents * 60 - exact).abs() <= 30 * it.present, "{it:?}");
        }
    }
}
