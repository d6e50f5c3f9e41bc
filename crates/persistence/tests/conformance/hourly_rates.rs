//! Hourly rates: loaded as they were added, one of a function from a day, listed to their team.

use domain::consultation::FunctionCode;
use domain::hourly_rate::{Cents, HourlyRate, rate_on};
use domain::id::{ConsultationId, HourlyRateId};
use jiff::civil::{Date, date};
use persistence::hourly_rates::{self, Filter, StoredRate};
use persistence::{Direction, PageRequest, StoreError};

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn guard() -> FunctionCode {
    FunctionCode::parse("guard").unwrap()
}

fn rate(
    world: &World<'_>,
    consultation_id: ConsultationId,
    cents: u32,
    valid_from: Date,
    minute: i64,
) -> StoredRate {
    StoredRate {
        id: HourlyRateId::new(world.database.new_id()),
        consultation_id,
        rate: HourlyRate { function: guard(), cents_per_hour: Cents::new(cents).unwrap(), valid_from },
        recorded_at: minutes(minute),
    }
}

fn add(world: &World<'_>, stored: &StoredRate) -> Result<(), StoreError> {
    world.write(stored.recorded_at, |transaction| hourly_rates::add(transaction, stored))
}

on_both! {
    fn a_rate_is_loaded_as_it_was_added_until_it_is_taken_away(database) {
        let world = World::new(database);
        let stored = rate(&world, world.kroonwijk, 3_100, date(2026, 1, 1), 0);
        add(&world, &stored).unwrap();
        let find = |sight| world.store().read(|c| hourly_rates::find(c, &sight, stored.id)).unwrap();

        assert_eq!(find(everything()), Some(stored.clone()));
        assert_eq!(find(team_of(world.kroonwijk)), Some(stored.clone()));
        assert_eq!(find(team_of(world.molenwijk)), None);
        let remove = |minute| world.write(minutes(minute), |transaction| hourly_rates::remove(transaction, &stored));
        assert_eq!((remove(1).unwrap(), remove(2).unwrap(), find(everything())), (true, false, None));
    }

    fn a_function_has_one_rate_from_a_day_in_a_consultation(database) {
        let world = World::new(database);
        let first = rate(&world, world.kroonwijk, 3_100, date(2026, 1, 1), 0);
        add(&world, &first).unwrap();

        match add(&world, &rate(&world, world.kroonwijk, 3_200, date(2026, 1, 1), 1)) {
            Err(StoreError::Taken { constraint }) => assert_eq!(constraint, "hourly_rates_begin"),
            other => panic!("{other:?}"),
        }
        add(&world, &rate(&world, world.molenwijk, 3_200, date(2026, 1, 1), 1)).unwrap();
        add(&world, &rate(&world, world.kroonwijk, 3_200, date(2027, 1, 1), 2)).unwrap();
        assert!(world.write(minutes(3), |transaction| hourly_rates::remove(transaction, &first)).unwrap());
        add(&world, &rate(&world, world.kroonwijk, 3_300, date(2026, 1, 1), 4)).unwrap();

        let rates = world.store().read(|c| hourly_rates::of_consultation(c, world.kroonwijk)).unwrap();
        let cents = |day| rate_on(&rates, &guard(), day).map(|it| it.cents_per_hour.get());
        assert_eq!((cents(date(2025, 12, 31)), cents(date(2026, 6, 1)), cents(date(2027, 6, 1))), (None, Some(3_300), Some(3_200)));
        let list = |sight, filter: Filter| {
            world.store().read(|c| hourly_rates::list(c, &sight, &filter, ALL)).unwrap().items.len()
        };
        assert_eq!(list(team_of(world.kroonwijk), Filter::default()), 2);
        assert_eq!(list(everything(), Filter::default()), 3);
        assert_eq!(list(everything(), Filter { consultation_id: Some(world.molenwijk), ..Filter::default() }), 1);
        assert_eq!(list(everything(), Filter { function: FunctionCode::parse("mayor"), ..Filter::default() }), 0);
        assert_eq!(list(service(world.green), Filter::default()), 0);
    }
}
