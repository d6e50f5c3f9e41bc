//! What holds for every rule and every calendar.

use std::collections::BTreeSet;

use jiff::ToSpan;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

use super::*;
use crate::calendar::local_date;

fn any_rule() -> impl Strategy<Value = String> {
    let weekday = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let ordinal = prop::sample::select(vec!["", "1", "2", "3", "4", "5", "-1", "-2", "-5"]);
    let monthly = (vec((ordinal, weekday.clone()), 0..4), vec(prop_oneof![1_i8..=31, -31_i8..=-1], 0..4))
        .prop_map(|(weekdays, month_days)| {
            let mut text = "FREQ=MONTHLY".to_owned();
            if !weekdays.is_empty() {
                let weekdays: Vec<_> =
                    weekdays.iter().map(|(ordinal, day)| format!("{ordinal}{day}")).collect();
                text = format!("{text};BYDAY={}", weekdays.join(","));
            }
            if !month_days.is_empty() {
                let days: Vec<_> = month_days.iter().map(ToString::to_string).collect();
                text = format!("{text};BYMONTHDAY={}", days.join(","));
            }
            text
        });
    let weekly = btree_set(weekday, 0..4).prop_map(|weekdays| {
        let weekdays: Vec<_> = weekdays.into_iter().collect();
        if weekdays.is_empty() {
            "FREQ=WEEKLY".to_owned()
        } else {
            format!("FREQ=WEEKLY;BYDAY={}", weekdays.join(","))
        }
    });
    let end = prop_oneof![
        Just(String::new()),
        (1_u16..50).prop_map(|count| format!(";COUNT={count}")),
        Just(";UNTIL=20280615".to_owned()),
        Just(";UNTIL=20280615T080000Z".to_owned()),
    ];
    let months = btree_set(1_u8..=12, 0..4).prop_map(|months| {
        let months: Vec<_> = months.iter().map(ToString::to_string).collect();
        if months.is_empty() { String::new() } else { format!(";BYMONTH={}", months.join(",")) }
    });
    (prop_oneof![monthly, weekly], 1_u16..7, end, months)
        .prop_map(|(rule, interval, end, months)| format!("{rule};INTERVAL={interval}{end}{months}"))
}

fn any_day() -> impl Strategy<Value = Date> {
    (0_i64..1_200).prop_map(|days| on("2025-01-01").saturating_add(days.days()))
}

proptest! {
    #[test]
    fn the_days_of_a_rule_are_in_order_in_the_period_and_not_before_its_start(
        text in any_rule(), starts in any_day(), from in any_day(), length in 0_i64..2_000,
    ) {
        let to = from.saturating_add(length.days());
        let days = rule(&text).days(starts.at(10, 0, 0, 0), from, to);
        prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(days.iter().all(|day| from <= *day && *day <= to && starts <= *day));
        prop_assert!(days.len() <= Recurrence::MOST_DAYS);
    }

    #[test]
    fn planning_in_parts_gives_the_days_of_planning_at_once(
        text in any_rule(), starts in any_day(), first in 0_i64..600, second in 0_i64..600,
    ) {
        let starts_at = starts.at(10, 0, 0, 0);
        let middle = starts.saturating_add(first.days());
        let end = middle.saturating_add((second + 1).days());
        let rule = rule(&text);
        let mut parts = rule.days(starts_at, starts, middle);
        parts.extend(rule.days(starts_at, middle.tomorrow().unwrap(), end));
        let whole = rule.days(starts_at, starts, end);
        if whole.len() < Recurrence::MOST_DAYS && parts.len() < Recurrence::MOST_DAYS {
            prop_assert_eq!(parts, whole);
        }
    }

    #[test]
    fn a_rule_survives_being_written(text in any_rule()) {
        let rule = rule(&text);
        prop_assert_eq!(Recurrence::parse(&rule.to_string()), Ok(rule));
    }

    #[test]
    fn no_text_makes_parsing_panic(text in "\\PC{0,60}|FREQ=(MONTHLY|WEEKLY);[A-Z=;,0-9é+-]{0,40}") {
        let _ = Recurrence::parse(&text);
    }

    #[test]
    fn a_meeting_is_held_on_the_first_working_day_from_its_own(
        text in any_rule(), starts in any_day(), closures in btree_set(0_i64..1_000, 0..60),
    ) {
        let closures: BTreeSet<Date> =
            closures.into_iter().map(|days| on("2025-01-01").saturating_add(days.days())).collect();
        let calendar = Calendar::new(closures.iter().map(|day| (*day, None)).collect::<ClosureDays>());
        let rhythm = rhythm(&text, starts.at(20, 15, 0, 0));
        for meeting in plan(&rhythm, starts, starts.saturating_add(700.days()), &calendar) {
            let mut between = meeting.occurrence_on;
            while between < meeting.held_on {
                prop_assert!(!calendar.is_working_day(between), "{between} would do");
                between = between.tomorrow().unwrap();
            }
            prop_assert!(calendar.is_working_day(meeting.held_on));
            prop_assert_eq!(meeting.moved.is_some(), meeting.held_on != meeting.occurrence_on);
            prop_assert_eq!(local_date(meeting.starts_at), meeting.held_on);
            let local = meeting.starts_at.in_tz("Europe/Brussels").unwrap();
            prop_assert_eq!((local.hour(), local.minute()), (20, 15));
        }
    }
}
