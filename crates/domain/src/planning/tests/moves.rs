//! Where meetings go that fall on a free day, and at what time they begin.

use super::*;

/// Gives what moves: from, to, why.
fn moves(text: &str, starts: &str, to: &str, calendar: &Calendar) -> Vec<(String, String, MoveReason)> {
    plan(&rhythm(text, ten(starts)), on(starts), on(to), calendar)
        .into_iter()
        .filter_map(|it| Some((it.occurrence_on.to_string(), it.held_on.to_string(), it.moved?)))
        .collect()
}

fn row(from: &str, to: &str, reason: MoveReason) -> (String, String, MoveReason) {
    (from.to_owned(), to.to_owned(), reason)
}

#[test]
fn no_second_tuesday_of_these_two_years_is_free_but_for_closure_days() {
    let text = "FREQ=MONTHLY;BYDAY=2TU";
    assert_eq!(moves(text, "2026-01-01", "2027-12-31", &Calendar::default()), []);
    // Carnival Tuesday of 2027 is the second one of February.
    let carnival =
        closed(&[("2027-02-08", "Carnaval"), ("2027-02-09", "Carnaval"), ("2027-02-10", "Carnaval")]);
    let reason = MoveReason::Closure(Some("Carnaval".to_owned()));
    assert_eq!(moves(text, "2026-01-01", "2027-12-31", &carnival), [row("2027-02-09", "2027-02-11", reason)]);
}

#[test]
fn a_meeting_on_a_legal_holiday_moves_to_the_next_working_day() {
    let plain = Calendar::default();
    let holiday = MoveReason::Holiday;
    for (text, from, to, expected) in [
        // 11 November 2025 is the second Tuesday.
        (
            "FREQ=MONTHLY;BYDAY=2TU",
            "2025-11-01",
            "2025-11-30",
            vec![row("2025-11-11", "2025-11-12", holiday(Holiday::Armistice))],
        ),
        // 21 July 2026 is the third Tuesday.
        (
            "FREQ=MONTHLY;BYDAY=3TU",
            "2026-07-01",
            "2026-07-31",
            vec![row("2026-07-21", "2026-07-22", holiday(Holiday::NationalDay))],
        ),
        // Mondays: Easter on 6 April, Whit Monday on 25 May.
        (
            "FREQ=WEEKLY;BYDAY=MO",
            "2026-04-01",
            "2026-05-31",
            vec![
                row("2026-04-06", "2026-04-07", holiday(Holiday::EasterMonday)),
                row("2026-05-25", "2026-05-26", holiday(Holiday::WhitMonday)),
            ],
        ),
        // All Saints 2026 is a Sunday: the holiday explains more than the weekend.
        (
            "FREQ=MONTHLY;BYMONTHDAY=1",
            "2026-11-01",
            "2026-11-30",
            vec![row("2026-11-01", "2026-11-02", holiday(Holiday::AllSaints))],
        ),
        // Friday 1 January 2027: the weekend follows.
        (
            "FREQ=MONTHLY;BYMONTHDAY=1",
            "2027-01-01",
            "2027-01-31",
            vec![row("2027-01-01", "2027-01-04", holiday(Holiday::NewYear))],
        ),
    ] {
        assert_eq!(moves(text, from, to, &plain), expected, "{text}");
    }
}

#[test]
fn a_meeting_on_a_weekend_moves_past_what_follows_it() {
    let bridge = closed(&[("2026-04-07", "Brugdag")]);
    // Sunday 5 April 2026 is Easter; Monday is a holiday and Tuesday a closure day.
    assert_eq!(
        moves("FREQ=MONTHLY;BYMONTHDAY=5", "2026-04-01", "2026-04-30", &bridge),
        [row("2026-04-05", "2026-04-08", MoveReason::Weekend)]
    );
    let nameless = Calendar::new([(on("2026-03-10"), None)].into_iter().collect::<ClosureDays>());
    assert_eq!(
        moves("FREQ=MONTHLY;BYDAY=2TU", "2026-03-01", "2026-03-31", &nameless),
        [row("2026-03-10", "2026-03-11", MoveReason::Closure(None))]
    );
}

#[test]
fn a_meeting_keeps_its_local_time_when_the_clock_changes() {
    // The clocks change on Sunday 29 March and Sunday 25 October 2026.
    let planned = plan(
        &rhythm("FREQ=WEEKLY;BYDAY=FR,MO", ten("2026-03-27")),
        on("2026-03-27"),
        on("2026-03-30"),
        &Calendar::default(),
    );
    let times: Vec<_> = planned.iter().map(|it| (it.starts_at.to_string(), it.ends_at.to_string())).collect();
    let expected =
        [("2026-03-27T09:00:00Z", "2026-03-27T13:00:00Z"), ("2026-03-30T08:00:00Z", "2026-03-30T12:00:00Z")];
    assert_eq!(times, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));

    let autumn = plan(
        &rhythm("FREQ=WEEKLY;BYDAY=FR,MO", ten("2026-10-23")),
        on("2026-10-23"),
        on("2026-10-26"),
        &Calendar::default(),
    );
    let begins: Vec<_> = autumn.iter().map(|it| it.starts_at.to_string()).collect();
    assert_eq!(begins, ["2026-10-23T08:00:00Z", "2026-10-26T09:00:00Z"]);
}

#[test]
fn a_local_time_that_the_clock_skips_or_repeats_is_one_moment() {
    let local = |text: &str| local_instant(text.parse().unwrap()).to_string();
    assert_eq!(local("2026-03-29T02:30:00"), "2026-03-29T01:30:00Z");
    assert_eq!(local("2026-10-25T02:30:00"), "2026-10-25T00:30:00Z");
}
