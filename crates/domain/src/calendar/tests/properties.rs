use jiff::SignedDuration;
use proptest::{collection::vec, prelude::*};

use super::*;

/// Gives instants of the years 2023 to 2027, in seconds, close enough to each other for pauses to matter.
fn instant() -> impl Strategy<Value = Timestamp> {
    (1_672_531_200_i64..1_830_297_600).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn start_and_pauses() -> impl Strategy<Value = (Timestamp, Vec<Pause>)> {
    let pause = (-20_000_i64..60_000, 0_i64..20_000);
    (instant(), vec(pause, 0..12)).prop_map(|(start, pauses)| {
        let minutes_later = |minutes| start + SignedDuration::from_mins(minutes);
        let pauses = pauses.into_iter().map(|(from, length)| Pause {
            from: minutes_later(from),
            until: Some(minutes_later(from + length)),
        });
        (start, pauses.collect())
    })
}

fn closing_days(start: Timestamp, offsets: &[i32]) -> Calendar {
    let start = local_date(start);
    Calendar::new(
        offsets
            .iter()
            .map(|days| (start + SignedDuration::from_hours(24 * i64::from(*days)), None))
            .collect(),
    )
}

/// Counts as a person would: one day after the other, asking each pause about the last second of the day.
fn count_on_paper(term: Term, days: u32, calendar: &Calendar, pauses: &[Pause]) -> Timestamp {
    let mut date = local_date(term.started_at);
    let mut counted = 0;
    while counted < days {
        date = date.tomorrow().unwrap();
        let end = date.at(23, 59, 59, 0).in_tz("Europe/Brussels").unwrap().timestamp();
        let waiting =
            pauses.iter().any(|pause| pause.from <= end && pause.until.is_none_or(|until| end < until));
        if calendar.is_working_day(date) && !waiting {
            counted += 1;
        }
    }
    end_of_day(date)
}

proptest! {
    #[test]
    fn a_term_ends_where_counting_day_by_day_ends(
        (start, pauses) in start_and_pauses(), days in 1_u32..60, closed in vec(0_i32..80, 0..20),
    ) {
        let calendar = closing_days(start, &closed);
        let term = term(start, days);
        let clock = Clock::new(term, &calendar, &pauses);
        prop_assert_eq!(clock.due_at(), Some(count_on_paper(term, days, &calendar, &pauses)));
        prop_assert_eq!(clock.seriously_late_at(), Some(count_on_paper(term, 3 * days, &calendar, &pauses)));
        prop_assert_eq!(clock.original_due_at(), Some(count_on_paper(term, days, &calendar, &[])));
    }

    #[test]
    fn an_end_is_the_last_second_of_a_working_day(
        (start, pauses) in start_and_pauses(), days in 1_u32..60, closed in vec(0_i32..80, 0..20),
    ) {
        let calendar = closing_days(start, &closed);
        let due_at = Clock::new(term(start, days), &calendar, &pauses).due_at().unwrap();
        let local = due_at.in_tz("Europe/Brussels").unwrap();
        prop_assert_eq!((local.hour(), local.minute(), local.second(), local.subsec_nanosecond()), (23, 59, 59, 0));
        prop_assert!(calendar.is_working_day(local.date()));
    }

    #[test]
    fn pauses_and_closure_days_never_bring_an_end_forward(
        (start, pauses) in start_and_pauses(), days in 1_u32..60, closed in vec(0_i32..80, 0..20),
    ) {
        let usual = Calendar::default();
        let fewer_days = closing_days(start, &closed);
        let clock = Clock::new(term(start, days), &usual, &pauses);
        prop_assert!(clock.due_at() >= clock.original_due_at());
        prop_assert!(Clock::new(term(start, days), &fewer_days, &pauses).due_at() >= clock.due_at());
    }

    #[test]
    fn a_pause_cut_in_two_is_the_same_pause(
        (start, pauses) in start_and_pauses(), days in 1_u32..60, cut in 0_i64..=100,
    ) {
        let halves: Vec<_> = pauses
            .iter()
            .flat_map(|pause| {
                let until = pause.until.unwrap();
                let seconds = pause.from.duration_until(until).as_secs() * cut / 100;
                let middle = pause.from + SignedDuration::from_secs(seconds);
                [Pause { from: middle, until: Some(until) }, Pause { from: pause.from, until: Some(middle) }]
            })
            .collect();
        let calendar = Calendar::default();
        let explain = |pauses: &[Pause]| Clock::new(term(start, days), &calendar, pauses).explain(None, start);
        prop_assert_eq!(explain(&pauses), explain(&halves));
    }

    #[test]
    fn an_open_pause_takes_the_end_away_unless_it_came_first(
        (start, mut pauses) in start_and_pauses(), days in 1_u32..60, minutes in 0_i64..100_000,
    ) {
        let calendar = Calendar::default();
        let due_at = Clock::new(term(start, days), &calendar, &pauses).due_at().unwrap();
        let from = start + SignedDuration::from_mins(minutes);
        pauses.push(Pause { from, until: None });
        let expected = (due_at < from).then_some(due_at);
        prop_assert_eq!(Clock::new(term(start, days), &calendar, &pauses).due_at(), expected);
    }

    #[test]
    fn an_explanation_accounts_for_every_day(
        (start, pauses) in start_and_pauses(), days in 1_u32..60, closed in vec(0_i32..80, 0..20), now in 0_i64..300_000,
    ) {
        let calendar = closing_days(start, &closed);
        let clock = Clock::new(term(start, days), &calendar, &pauses);
        let now = start + SignedDuration::from_mins(now);
        let explanation = clock.explain(None, now);
        prop_assert_eq!(explanation.due_at, clock.due_at());
        prop_assert!(!explanation.truncated);

        let due_on = local_date(clock.due_at().unwrap());
        let segments = &explanation.segments;
        prop_assert_eq!(segments[0].from, local_date(start));
        prop_assert_eq!(segments.last().unwrap().to, due_on.max(local_date(now)));
        for pair in segments.windows(2) {
            prop_assert_eq!(pair[0].to.tomorrow().unwrap(), pair[1].from);
        }
        for run in segments {
            prop_assert_eq!(run.from.until(run.to).unwrap().get_days() + 1, i32::try_from(run.days).unwrap());
        }

        let counted_to = |last| -> u32 {
            segments.iter().filter(|run| run.to <= last && run.reason.is_counted()).map(|run| run.days).sum()
        };
        prop_assert_eq!(counted_to(due_on), days);
        prop_assert_eq!(explanation.elapsed_days, calendar.working_days_between(start, now, &pauses));
        prop_assert_eq!(explanation.remaining_days, Some(days.saturating_sub(explanation.elapsed_days)));
    }

    #[test]
    fn working_days_add_up((start, pauses) in start_and_pauses(), parts in vec(0_i64..50_000, 3)) {
        let calendar = Calendar::default();
        let mut instants: Vec<_> = parts.iter().map(|minutes| start + SignedDuration::from_mins(*minutes)).collect();
        instants.sort();
        let between = |from, to| calendar.working_days_between(from, to, &pauses);
        let whole = between(instants[0], instants[2]);
        prop_assert_eq!(between(instants[0], instants[1]) + between(instants[1], instants[2]), whole);
    }

    #[test]
    fn a_term_of_n_days_has_n_days(
        (start, pauses) in start_and_pauses(), days in 1_u32..60, closed in vec(0_i32..80, 0..20),
    ) {
        let calendar = closing_days(start, &closed);
        let due_at = Clock::new(term(start, days), &calendar, &pauses).due_at().unwrap();
        prop_assert_eq!(calendar.working_days_between(start, due_at, &pauses), days);
        prop_assert_eq!(
            Clock::new(term(start, days), &calendar, &[]).due_at().map(local_date),
            calendar.add_working_days(local_date(start), days)
        );
    }
}
