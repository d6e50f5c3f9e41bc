//! Page after page, a list gives each row once, whatever its size, its direction and what is written meanwhile.

use domain::follow_up::{FollowUpRequest, QuestionKind};
use domain::id::{CaseId, ClosureDayId};
use jiff::ToSpan;
use persistence::cases::{self, Filter};
use persistence::closure_days::{self, ClosureDay};
use persistence::follow_ups::{self, Listed, Order};
use persistence::{Direction, Page, PageRequest, Place};
use uuid::Uuid;

use crate::world::*;

const SIZES: [i64; 3] = [1, 3, 50];
const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

fn in_direction<T: Clone>(mut ascending: Vec<T>, direction: Direction) -> Vec<T> {
    if direction == Direction::Descending {
        ascending.reverse();
    }
    ascending
}

on_both! {
    fn cases_written_at_the_same_moments(database) {
        let world = World::new(database);
        let mut all: Vec<(jiff::Timestamp, CaseId)> = (0..31)
            .map(|number| world.save_case(minutes(number % 3), world.create_case("Sluikstort")))
            .map(|case| (case.created_at, case.id))
            .collect();
        all.sort();

        for size in SIZES {
            for direction in DIRECTIONS {
                let sight = team_of(world.kroonwijk);
                let pages = all_pages(
                    |after| {
                        let page = PageRequest { direction, after, size };
                        let page = world.store().read(|c| cases::list(c, &sight, &Filter::default(), page)).unwrap();
                        assert!(i64::try_from(page.items.len()).unwrap() <= size);
                        page
                    },
                    |case| Place { at: case.created_at, id: case.id.into() },
                );
                let listed: Vec<_> = pages.iter().map(|case| (case.created_at, case.id)).collect();
                assert_eq!(listed, in_direction(all.clone(), direction), "{size} {direction:?}");
            }
        }
    }

    fn requests_by_creation_and_by_due_instant(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let mut all: Vec<FollowUpRequest> = Vec::new();
        for number in 0..28 {
            let case = if number % 7 == 0 { world.case("Sluikstort") } else { case.clone() };
            let mut command = world.ask(&case);
            command.question_kind = QuestionKind::ALL[number % 7];
            command.organisation_id = if number < 14 { world.green } else { world.roads };
            let at = minutes(i64::try_from(number % 3).unwrap() * 60 * 24);
            let Ok(request) = world.write(at, |transaction| {
                let change = FollowUpRequest::create_and_send(command.clone(), &clockwork(at), &world.stamp(at));
                transaction.save(&change)?;
                Ok(change.state)
            }) else { continue };
            all.push(request);
        }
        assert!(all.len() > 12);

        for order in [Order::CreatedAt, Order::AnswerDueAt] {
            let place = |request: &FollowUpRequest| {
                let at = match order {
                    Order::CreatedAt => request.created_at,
                    Order::AnswerDueAt => request.answer_due_at().unwrap(),
                };
                Place { at, id: request.id.into() }
            };
            all.sort_by_key(|request| (place(request).at, request.id));
            let ids: Vec<Uuid> = all.iter().map(|request| request.id.into()).collect();
            for size in SIZES {
                for direction in DIRECTIONS {
                    let sight = team_of(world.kroonwijk);
                    let pages = all_pages(
                        |after| -> Page<Listed> {
                            let page = PageRequest { direction, after, size };
                            let filter = follow_ups::Filter::default();
                            world.store().read(|c| follow_ups::list(c, &sight, &filter, now(), order, page)).unwrap()
                        },
                        |(request, _)| place(request),
                    );
                    let listed: Vec<Uuid> = pages.iter().map(|(request, _)| request.id.into()).collect();
                    assert_eq!(listed, in_direction(ids.clone(), direction), "{order:?} {size} {direction:?}");
                }
            }
        }
    }

    fn what_was_there_is_given_once_while_more_is_written(database) {
        let world = World::new(database);
        let there: Vec<CaseId> =
            (0..12).map(|number| world.save_case(minutes(number % 2), world.create_case("Er al")).id).collect();

        for direction in DIRECTIONS {
            let pages = all_pages(
                |after| {
                    // Before and after the place that was reached, and at the very moments of what is there.
                    for minute in [-1, 0, 1, 2] {
                        world.save_case(minutes(minute), world.create_case("Nieuw"));
                    }
                    let page = PageRequest { direction, after, size: 9 };
                    world.store().read(|c| cases::list(c, &team_of(world.kroonwijk), &Filter::default(), page)).unwrap()
                },
                |case| Place { at: case.created_at, id: case.id.into() },
            );

            let mut listed: Vec<CaseId> = pages.iter().map(|case| case.id).collect();
            let count = listed.len();
            listed.sort();
            listed.dedup();
            assert_eq!(listed.len(), count, "nothing is given twice");
            assert!(there.iter().all(|id| listed.contains(id)), "nothing is left out");
        }
    }

    fn closure_days_by_day(database) {
        let world = World::new(database);
        let mut all = Vec::new();
        for number in 0..8 {
            for organisation_id in [world.green, world.roads] {
                let closed_on = domain::calendar::local_date(now() + (number * 24).hours());
                let id = ClosureDayId::new(database.new_id());
                let day = ClosureDay { id, organisation_id, closed_on, name: None, recorded_at: now() };
                world.write(now(), |transaction| closure_days::add(transaction, &day)).unwrap();
                all.push((closed_on, id));
            }
        }
        all.sort();

        for size in SIZES {
            for direction in DIRECTIONS {
                let pages = all_pages(
                    |after| {
                        let page = PageRequest { direction, after, size };
                        let filter = closure_days::Filter::default();
                        world.store().read(|c| closure_days::list(c, &everything(), &filter, page)).unwrap()
                    },
                    |day| {
                        let midnight = day.closed_on.to_zoned(jiff::tz::TimeZone::UTC).unwrap();
                        Place { at: midnight.timestamp(), id: day.id.into() }
                    },
                );
                let listed: Vec<_> = pages.iter().map(|day| (day.closed_on, day.id)).collect();
                assert_eq!(listed, in_direction(all.clone(), direction), "{size} {direction:?}");
            }
        }
    }

    fn a_page_tells_whether_more_follow(database) {
        let world = World::new(database);
        for _ in 0..3 {
            world.case("Sluikstort");
        }
        let more = |size| {
            let page = PageRequest { direction: Direction::Ascending, after: None, size };
            let page = world.store().read(|c| cases::list(c, &team_of(world.kroonwijk), &Filter::default(), page));
            page.map(|page| (page.items.len(), page.has_more)).unwrap()
        };

        assert_eq!((more(2), more(3), more(4)), ((2, true), (3, false), (3, false)));
    }
}
